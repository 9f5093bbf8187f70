/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Parses any bytes as pfqd.conf. Either there is no error, and then each value is allowed, and the
 * configuration is the same when it is printed and read again; or there are errors, each one line
 * with the file's name. After "+" or "=", the bytes are settings that add or change a group.
 * Captures and the filter compiler are replaced, because they are libpcap's.
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pfqd/conf/conf_diff.h"
#include "pfqd/conf/conf_edit.h"
#include "pfqd/conf/conf_text.h"
#include "pfqd/base/error.h"
#include "pfqd/base/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define require(x)	do { if (!(x)) abort(); } while (0)

int filter_compile(const char *text, uint32_t linktype, struct pfq_filter **filter,
		   struct pfq_error *err)
{
	(void)linktype;
	*filter = NULL;
	require(strlen(text) <= FILTER_TEXT_MAX);
	if (strlen(text) % 2)
		return error_set(err, -EINVAL, "odd");
	*filter = malloc(1);
	return 0;
}

static int not_looked_at(const char *path, struct pfq_error *err)
{
	require(*path && strlen(path) <= SETTINGS_PATH_MAX);
	return error_set(err, -EINVAL, "not looked at");
}

static const struct ingest_driver drivers[] = {
	{ .name = "packet", .is_device = true, .in_kernel_engine = true },
	{ .name = "xdp", .is_device = true, .is_tap = true, .only_received = true },
	{ .name = "file", .check_path = not_looked_at },
};

const struct ingest_driver *ingest_driver(unsigned int i)
{
	return i < ARRAY_SIZE(drivers) ? &drivers[i] : NULL;
}

const struct ingest_driver *ingest_driver_find(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (!strcmp(name, drivers[i].name))
			return &drivers[i];
	}
	return NULL;
}

bool ingest_driver_is_to_come(const char *name)
{
	return !strcmp(name, "memif");
}

void ingest_driver_list(bool (*is_listed)(const struct ingest_driver *driver),
			char text[INGEST_LIST_MAX])
{
	(void)is_listed;
	strcpy(text, "some");
}

static void on_complaint(void *arg, unsigned int line, const char *text)
{
	const struct conf_report *report = arg;

	(void)line;
	require(!report->file || !strncmp(text, "F:", 2));
	require(!strchr(text, '\n'));
}

static void check_group(const struct group_settings *s)
{
	char text[8 * BINDING_TEXT_MAX];
	struct binding_list again;
	struct pfq_error err;

	require(value_is_name(s->name));
	require(s->id <= PFQ_GROUP_ID_MAX);
	require(s->direction < __PFQ_DIRECTION_MAX);
	require(s->is_tap == s->driver->is_tap);
	require(!s->is_tap || s->direction != PFQ_DIRECTION_OUT);
	require(s->members_wanted <= PFQ_MEMBERS_MAX);
	require(s->frag_wait_ns <= PFQ_FRAG_WAIT_MAX_NS);
	require(s->linger_ns <= PFQ_LINGER_MAX_NS);
	require(s->linger_to < __PFQ_LINGER_MAX);
	require(s->snaplen && s->snaplen <= PFQ_SNAPLEN_MAX);
	require(s->ring_bytes >= SETTINGS_RING_MIN);
	require(!(s->access.mode & ~0666U));
	require(s->program && (s->program->core || s->program->wire));
	require(!s->filter == !s->filter_text[0]);
	require(s->driver->is_device ? !!s->bindings.count : !!s->file.path[0]);
	binding_list_print(&s->bindings, text, sizeof(text));
	if (!s->bindings.count || strlen(text) > BINDING_TEXT_MAX)
		return;
	/* Printed and read again, the bindings are the same. */
	require(!binding_list_parse(&again, text, &err));
	require(again.count == s->bindings.count);
	require(!memcmp(again.binding, s->bindings.binding,
			again.count * sizeof(again.binding[0])));
}

static void check(const struct conf *conf)
{
	unsigned int i;

	require(conf->daemon.workers >= 1 && conf->daemon.workers <= PFQ_LANES_MAX);
	require(conf->daemon.socket[0] == '/');
	for (i = 0; i < conf->groups; i++)
		check_group(&conf->group[i].settings);
}

static struct conf *parse(const char *bytes, size_t size, struct conf_report *report)
{
	char *text = malloc(size + 1);
	struct conf *conf = NULL;
	int ret;

	memcpy(text, bytes, size);
	ret = conf_parse(&conf, text, size, report);
	free(text);
	require(!ret == !report->errors && !ret == !!conf);
	return conf;
}

/* Printed and read again, the configuration is the same. */
static void check_printed(struct conf *conf)
{
	struct conf_report report = { .fn = on_complaint, .arg = &report, .file = "F" };
	struct conf_diff *diff;
	struct conf *again;
	char *text = NULL;
	unsigned int i;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	conf_text_daemon(f, &conf->daemon);
	for (i = 0; i < conf->groups; i++)
		conf_text_group(f, &conf->group[i]);
	require(!fclose(f));
	again = parse(text, len, &report);
	require(again);
	diff = conf_diff(conf, again);
	require(!diff->daemon_keys && diff->groups == conf->groups);
	for (i = 0; i < diff->groups; i++)
		require(diff->group[i].kind == CONF_DIFF_SAME);
	free(diff);
	conf_free(again);
	free(text);
}

static void change(enum conf_edit_kind kind, const char *lines)
{
	static const char two[] = "[group a]\ndevice = up/0-1, eth0\nid = 7\nfilter = ip\n"
				  "[group b]\ndevice = eth3\nvlan = 10\nfrag_wait = 0\n";
	struct conf_report report = { .fn = on_complaint, .arg = &report };
	const struct conf_edit edit = { kind, kind == CONF_EDIT_ADD ? "c" : "a", lines };
	struct conf *conf = parse(two, sizeof(two) - 1, &report), *changed = NULL;
	int ret;

	require(conf);
	ret = conf_edit(&changed, conf, &edit, &report);
	require(!ret == !report.errors && !ret == !!changed);
	if (!ret) {
		require(changed->groups == (kind == CONF_EDIT_ADD ? 3 : 2));
		check_group(&conf_group_find(changed, edit.group)->settings);
		check_printed(changed);
	}
	conf_free(changed);
	conf_free(conf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_report report = { .fn = on_complaint, .arg = &report, .file = "F" };
	struct conf *conf;
	char *lines;

	if (size && (*data == '+' || *data == '=')) {
		lines = strndup((const char *)data + 1, size - 1);
		change(*data == '+' ? CONF_EDIT_ADD : CONF_EDIT_SET, lines);
		free(lines);
		return 0;
	}
	conf = parse((const char *)data, size, &report);
	if (!conf)
		return 0;
	check(conf);
	check_printed(conf);
	conf_free(conf);
	return 0;
}
