/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that a difference in any key is found, printed and read again. */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include "pfqd/conf/conf_diff.h"
#include "pfqd/conf/conf_text.h"
#include "tests/unit/fixture/pfqd_report.h"

static char capture[2][32] = { "/tmp/pfq-diff-a-XXXXXX", "/tmp/pfq-diff-b-XXXXXX" };
static char other_cpu[16];

/* Two values of each key that a release supports, with the lines that they need beside them. */
static struct {
	const char *key, *one, *other, *daemon, *group;
} cases[] = {
	{ "engine", "user", "auto", "", "device = lo" },
	{ "workers", "1", "3", "", "device = lo" },
	{ "cpus", NULL, other_cpu, "", "device = lo" },
	{ "socket", "/tmp/a", "/tmp/b c", "", "device = lo" },
	{ "user", NULL, "root", "", "device = lo" },
	{ "log", "info", "debug", "", "device = lo" },
	{ "id", "1", "65535", "", "device = lo" },
	{ "device", "lo", "eth8/0-3,eth9,eth8/5", "", "" },
	{ "ingest", capture[0], capture[1], "", "" },
	{ "mode", "sniff", "tap", "engine = kernel", "device = lo" },
	{ "promisc", "yes", "no", "", "device = lo" },
	{ "direction", "inout", "in", "", "device = lo" },
	{ "steer", "flow", "to:7", "", "device = lo" },
	{ "lang", "count a", "count b", "", "device = lo" },
	{ "frag_wait", "50ms", "1us", "", "device = lo" },
	{ "frag_wait", "0", "1500us", "", "device = lo" },
	{ "frag_wait", "2s", "3000ms", "", "device = lo" },
	{ "filter", NULL, "tcp", "", "device = lo" },
	{ "vlan", NULL, "10, 20-29", "", "device = lo" },
	{ "members", "0", "256", "", "device = lo" },
	{ "linger", "10s", "0", "", "device = lo" },
	{ "linger", "3600s", "1500ms", "", "device = lo" },
	{ "linger_to", "drop", "others", "", "device = lo" },
	{ "access", "root 0600", "root:7 0660", "", "device = lo" },
	{ "ring", "64M", "65537", "", "device = lo" },
	{ "ring", "66K", "3M", "", "device = lo" },
	{ "snaplen", "262144", "1", "", "device = lo" },
	{ "speed", "full", "recorded", "", capture[0] },
	{ "loops", "1", "forever", "", capture[0] },
	{ "timestamps", "file", "now", "", capture[0] },
};

#define CASES	(sizeof(cases) / sizeof(cases[0]))

static const struct conf_key *key_of(const char *name)
{
	const struct conf_key *key = conf_key_find(CONF_SECTION_DAEMON, name);

	return key ? key : conf_key_find(CONF_SECTION_GROUP, name);
}

static struct conf *parse(const char *text)
{
	struct report_text out;
	struct conf *conf;

	if (report_parse(text, strlen(text), &conf, &out))
		fail_msg("%s\n%s", out.text, text);
	return conf;
}

/* A configuration with one value of the key of case @i. NULL: without the key. */
static struct conf *with(size_t i, const char *value)
{
	bool is_daemon = key_of(cases[i].key)->section == CONF_SECTION_DAEMON;
	const char *group = cases[i].group;
	char text[2048], line[512] = "";

	if (value)
		snprintf(line, sizeof(line), "%s = %s%s\n", cases[i].key,
			 *value == '/' && !strcmp(cases[i].key, "ingest") ? "file:" : "", value);
	snprintf(text, sizeof(text), "[pfqd]\n%s\n%s[group g]\n%s%s\n%s", cases[i].daemon,
		 is_daemon ? line : "", *group == '/' ? "ingest = file:" : "", group,
		 is_daemon ? "" : line);
	return parse(text);
}

/* The set of keys in which two configurations differ. */
static uint64_t keys_of(struct conf *a, struct conf *b)
{
	struct conf_diff *diff = conf_diff(a, b);
	uint64_t keys;

	assert_non_null(diff);
	assert_int_equal(diff->groups, 1);
	keys = diff->daemon_keys | diff->group[0].keys;
	assert_int_equal(diff->group[0].kind,
			 diff->group[0].keys ? CONF_DIFF_CHANGED : CONF_DIFF_SAME);
	free(diff);
	return keys;
}

/* Each key of the parser has a row here and one among the values, and these have no others. */
static void test_all_keys(void **state)
{
	const struct conf_value *v;
	const struct conf_key *key;
	unsigned int i;
	size_t k;

	(void)state;
	for (i = 0; (key = conf_key(i)); i++) {
		check_case(key->name, conf_key_is_to_come(key) ==
			   !conf_value_find(key->section, key->name));
		for (k = 0; k < CASES && strcmp(cases[k].key, key->name); k++)
			;
		check_case(key->name, conf_key_is_to_come(key) == (k == CASES));
	}
	for (i = 0; (v = conf_value(i)); i++)
		check_case(v->name, conf_key_find(v->section, v->name));
}

static void test_one_key(void **state)
{
	const struct conf_value *v;
	struct conf *a, *b;
	unsigned int row;
	uint64_t keys;
	size_t i;

	(void)state;
	for (i = 0; i < CASES; i++) {
		for (row = 0; (v = conf_value(row)) && strcmp(v->name, cases[i].key); row++)
			;
		a = with(i, cases[i].one);
		b = with(i, cases[i].other);
		keys = keys_of(a, b);
		if (keys != 1ULL << row)
			fail_msg("%s: keys %#lx, row %u", cases[i].key, keys, row);
		check_case(cases[i].key, keys_of(b, a) == 1ULL << row || v->is_free);
		check_case(cases[i].key, !keys_of(a, a) && !keys_of(b, b));
		conf_free(a);
		conf_free(b);
	}
}

static struct conf *printed(const struct conf *conf)
{
	struct conf *again;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	conf_text_daemon(f, &conf->daemon);
	conf_text_group(f, &conf->group[0]);
	fclose(f);
	again = parse(text);
	free(text);
	return again;
}

/* A printed configuration is read as the same one. */
static void test_print(void **state)
{
	struct conf *a, *b;
	size_t i;

	(void)state;
	for (i = 0; i < 2 * CASES; i++) {
		a = with(i / 2, i % 2 ? cases[i / 2].other : cases[i / 2].one);
		b = printed(a);
		check_case(cases[i / 2].key, !keys_of(a, b) && !keys_of(b, a));
		conf_free(a);
		conf_free(b);
	}
}

/* Values with characters that begin a comment or a quote, or that a line must not end with */
static void test_quotes(void **state)
{
	static const struct {
		const char *line, *value;
	} lines[] = {
		{ "\"/a & 1 = 0 or host a#b\"", "/a & 1 = 0 or host a#b" },
		{ "'/host \"a\" ;'", "/host \"a\" ;" },
		{ "\"/it's\"", "/it's" },
		{ "/both\"'", "/both\"'" },
		{ "/end\\ ; comment", "/end\\" },
		{ "/both\"'\\ # comment", "/both\"'\\" },
		{ "\"/end;\\\" ;", "/end;\\" },
	};
	struct conf *a, *b;
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		/* only a path may have any characters */
		snprintf(text, sizeof(text), "[pfqd]\nsocket = %s\n[group g]\ndevice = lo\n",
			 lines[i].line);
		a = parse(text);
		b = printed(a);
		assert_string_equal(a->daemon.socket, lines[i].value);
		assert_string_equal(b->daemon.socket, lines[i].value);
		conf_free(a);
		conf_free(b);
	}
}

static void test_groups(void **state)
{
	struct conf *a = parse("[group same]\ndevice = lo\n[group gone]\ndevice = lo\n"
			       "[group id]\ndevice = lo\nid = 3\n");
	struct conf *b = parse("[group new]\ndevice = lo\n[group id]\ndevice = lo\n"
			       "[group same]\npromisc = yes\ndevice = lo\n");
	static const struct {
		const char *name;
		enum conf_diff_kind kind;
	} wanted[] = {
		{ "new", CONF_DIFF_ADDED }, { "id", CONF_DIFF_SAME }, { "same", CONF_DIFF_SAME },
		{ "gone", CONF_DIFF_REMOVED },
	};
	const struct conf_diff_group *d;
	struct conf_diff *diff;
	unsigned int i;

	(void)state;
	diff = conf_diff(a, b);
	assert_int_equal(diff->groups, 4);
	for (i = 0; i < 4; i++) {
		d = &diff->group[i];
		assert_string_equal((d->new ? d->new : d->old)->settings.name, wanted[i].name);
		check_case(wanted[i].name, d->kind == wanted[i].kind);
		check_case(wanted[i].name, !d->old == (d->kind == CONF_DIFF_ADDED));
		check_case(wanted[i].name, !d->new == (d->kind == CONF_DIFF_REMOVED));
	}
	free(diff);
	conf_free(a);
	conf_free(b);
}

static int make_files(void **state)
{
	/* an empty pcap file */
	static const uint32_t head[6] = { 0xa1b2c3d4, 0x40002, 0, 0, 65535, 1 };
	int fd, i;

	(void)state;
	for (i = 0; i < 2; i++) {
		fd = mkstemp(capture[i]);
		assert_int_equal(write(fd, head, sizeof(head)), sizeof(head));
		close(fd);
	}
	snprintf(other_cpu, sizeof(other_cpu), "%u", check_cpu());
	return 0;
}

static int remove_files(void **state)
{
	(void)state;
	return unlink(capture[0]) || unlink(capture[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_keys),
		cmocka_unit_test(test_one_key),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
