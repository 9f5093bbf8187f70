/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Parses any bytes as pfqd.conf. Either there is no error, and then each value is allowed;
 * or there are errors, each one line with the file's name. Captures and the filter compiler
 * are replaced, because they are libpcap's.
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pfqd/conf/conf.h"
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
	(void)arg;
	(void)line;
	require(!strncmp(text, "F:", 2));
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
	require(s->program.count == 1);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_report report = { .fn = on_complaint, .file = "F" };
	char *text = malloc(size + 1);
	struct conf *conf;
	unsigned int i;
	int ret;

	memcpy(text, data, size);
	ret = conf_parse(&conf, text, size, &report);
	free(text);
	require(!ret == !report.errors);
	if (ret)
		return 0;
	require(conf->daemon.workers >= 1 && conf->daemon.workers <= PFQ_LANES_MAX);
	require(conf->daemon.socket[0] == '/');
	for (i = 0; i < conf->groups; i++)
		check_group(&conf->group[i].settings);
	conf_free(conf);
	return 0;
}
