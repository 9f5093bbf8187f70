/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that each possible error in the lines and in [pfqd] of pfqd.conf has its text. */
#include "config.h"

#include <errno.h>

#include "tests/unit/fixture/pfqd_report.h"

/* --- lines -------------------------------------------------------------------- */

static void test_lines(void **state)
{
	static const struct wrong cases[] = {
		{ "workers = 2\n",
		  "F:1: workers: is not in a section; put [pfqd] or [group NAME] before it" },
		{ "[pfqd]\nworkers\n", "F:2: \"workers\" is not understood; allowed: [section], "
				       "key = value, ; comment" },
		{ "[pfqd]\nworkers =\n",
		  "F:2: workers: the value is missing; leave the line out for the default" },
		{ "[pfqd]\nworkers = \"\"\n",
		  "F:2: workers: the value is missing; leave the line out for the default" },
		{ "[pfqd]\nworkers = ; none\n",
		  "F:2: workers: the value is missing; leave the line out for the default" },
		{ "[pfqd]\n= 2\n", "F:2: \"\" is not a valid key; allowed: letters, digits, _, -" },
		{ "[pfqd]\nwor kers = 2\n",
		  "F:2: \"wor kers\" is not a valid key; allowed: letters, digits, _, -" },
		{ "[pfqd]\npfqd:workers = 2\n",
		  "F:2: \"pfqd:workers\" is not a valid key; allowed: letters, digits, _, -" },
		{ "[pfqd]\nworkers = 2;3\n", "F:2: \"2;3\": ; begins a comment; put a blank before "
					     "it, or the value in double quotes" },
		{ "[pfqd]\nworkers = 2#3\n", "F:2: \"2#3\": # begins a comment; put a blank before "
					     "it, or the value in double quotes" },
		{ "[pfqd]\nworkers = \"2\n", "F:2: a quote is not closed: \"2" },
		{ "[pfqd]\nworkers = '2\n", "F:2: a quote is not closed: '2" },
		{ "[pfqd]\nworkers = \"2\" 3\n",
		  "F:2: \"3\" follows a closed quote; allowed: a comment, as ; text" },
		{ "[pfqd]\nworkers = \\\n2\n",
		  "F:2: a line cannot be continued by \\; write it in one\n"
		  "F:3: \"2\" is not understood; allowed: [section], key = value, ; comment" },
		{ "; note \\\n[pfqd]\n", "F:1: a line cannot be continued by \\; write it in one" },
		{ "[pfqd]\n\x01 = 2\n", "F:2: byte 0x01 is not allowed here; allowed: text" },
		{ "[pfqd]\rworkers = 2\n", "F:1: byte 0x0d is not allowed here; allowed: text" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

/* Lines of sections, and what is there twice. */
static void test_sections(void **state)
{
	static const struct wrong cases[] = {
		{ "[pfqd]\nworkers = 2\nlog = info\nworkers = 3\n",
		  "F:4: [pfqd] workers: is set already, in line 2" },
		{ "[pfqd]\nWORKERS = 2\nworkers = 3\n",
		  "F:3: [pfqd] workers: is set already, in line 2" },
		{ "[pfqd]\n[group a]\ndevice = lo\n[pfqd]\nworkers = 2\n",
		  "F:4: section [pfqd] exists already, in line 1; put its keys together" },
		{ "[group a]\ndevice = lo\n[group a]\ndevice = lo\n",
		  "F:3: section [group a] exists already, in line 1; put its keys together" },
		{ "[pfqd] x\n",
		  "F:1: \"[pfqd] x\": a section has a line of its own, [pfqd] or [group NAME]; "
		  "only a comment may follow" },
		{ "[pfqd\n",
		  "F:1: \"[pfqd\": a section has a line of its own, [pfqd] or [group NAME]; "
		  "only a comment may follow" },
		{ "[]\n", "F:1: section \"\" is not allowed here; allowed: pfqd, group NAME" },
		{ "[group a:b]\n",
		  "F:1: section \"group a:b\" is not allowed here; allowed: pfqd, group NAME" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_nul(void **state)
{
	static const char text[] = "[pfqd]\nworkers = 2\0[group a]\n";
	struct report_text out;
	struct conf *conf;

	(void)state;
	assert_int_equal(report_parse(text, sizeof(text) - 1, &conf, &out), -EINVAL);
	assert_string_equal(out.text, "F:2: byte 0x00 is not allowed here; allowed: text");
}

static void test_long_line(void **state)
{
	struct report_text out;
	char text[1200];
	struct conf *conf;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, "[pfqd]\n;", 8);
	/* the longest line allowed */
	text[7 + CONF_LINE_MAX] = '\n';
	assert_int_equal(report_parse(text, 8 + CONF_LINE_MAX, &conf, &out), 0);
	conf_free(conf);
	text[7 + CONF_LINE_MAX] = ' ';
	text[8 + CONF_LINE_MAX] = '\n';
	assert_int_equal(report_parse(text, 9 + CONF_LINE_MAX, &conf, &out), -EINVAL);
	assert_string_equal(out.text, "F:2: a line of 1001 bytes; allowed: 1000");
}

static void test_all_at_once(void **state)
{
	static const struct wrong cases[] = {
		{ "[pfqd]\nworkers = 65\nwrokers = 2\n[grup a]\nid = 1\n[group b]\nid = 0\nring = "
		  "3X\n",
		  "F:2: [pfqd] workers: \"65\" is not allowed here; allowed: 1-64, or 0 for one on "
		  "each CPU, 64 at most\n"
		  "F:3: [pfqd] wrokers: no such key; allowed: {keys of pfqd}\n"
		  "F:4: section [grup a] is not allowed here; allowed: [pfqd], [group NAME]\n"
		  "F:7: [group b] id: \"0\" is not allowed here; allowed: 1-65535\n"
		  "F:8: [group b] ring: \"3X\" is not allowed here; allowed: bytes, as 64M, from "
		  "64K to 1G\n"
		  "F:6: [group b] device: is missing; name a device, or a file by ingest = "
		  "file:PATH" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

/* --- [pfqd] ------------------------------------------------------------------- */

static void test_daemon_keys(void **state)
{
	static const struct wrong cases[] = {
		{ "[pfqd]\nengine = fast\n",
		  "F:2: [pfqd] engine: \"fast\" is not allowed here; allowed: auto, user, kernel" },
		{ "[pfqd]\nengine = kernel\n[group g]\ndevice = lo\ndirection = out\nmode = tap\n",
		  "F:5: [group g] direction: \"out\" is not allowed with mode = tap, which takes "
		  "received packets only; allowed: inout, in" },
		{ "[pfqd]\nengine = kernel\n[group a]\ndevice = lo\nmode = tap\n"
		  "[group b]\ndevice = lo\n",
		  "F:7: [group b] device: lo is tapped, and [group a], line 4, has it too; "
		  "allowed: the same ingest and mode in both, or another device" },
		{ "[pfqd]\nworkers = -1\n",
		  "F:2: [pfqd] workers: \"-1\" is not allowed here; allowed: 1-64, "
		  "or 0 for one on each CPU, 64 at most" },
		{ "[pfqd]\nworkers = two\n",
		  "F:2: [pfqd] workers: \"two\" is not allowed here; allowed: "
		  "1-64, or 0 for one on each CPU, 64 at most" },
		{ "[pfqd]\ncpus = 3-1\n",
		  "F:2: [pfqd] cpus: \"3-1\" is not allowed here; allowed: CPUs that "
		  "pfqd may run on, as 0-3,6" },
		{ "[pfqd]\ncpus = 1000\n",
		  "F:2: [pfqd] cpus: CPU 1000 of \"1000\" cannot be used; allowed: CPUs "
		  "that pfqd may run on, as 0-3,6" },
		{ "[pfqd]\nsocket = run/x\n",
		  "F:2: [pfqd] socket: \"run/x\" is not allowed here; allowed: an "
		  "absolute path of at most 107 bytes" },
		{ "[pfqd]\nuser = no-such-user\n",
		  "F:2: [pfqd] user: \"no-such-user\" is not allowed here; allowed: a user that "
		  "this system knows, by name or uid" },
		{ "[pfqd]\nuser = 4294967294\n",
		  "F:2: [pfqd] user: \"4294967294\" is not allowed here; allowed: a user that "
		  "this system knows, by name or uid" },
		{ "[pfqd]\nmetrics = 127.0.0.1:9469\n",
		  "F:2: [pfqd] metrics: is not supported yet; leave the line out" },
		{ "[pfqd]\nlog = loud\n",
		  "F:2: [pfqd] log: \"loud\" is not allowed here; allowed: error, "
		  "warning, info, debug" },
		{ "[pfqd]\nid = 3\n",
		  "F:2: [pfqd] id: no such key; allowed: {keys of pfqd}" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_all_at_once),
		cmocka_unit_test(test_daemon_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
