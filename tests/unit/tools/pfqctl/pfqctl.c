/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests pfqctl as a user runs it, with the engine of lib_fake.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <pty.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "tests/unit/fixture/lib_fake.h"
#include "tests/unit/fixture/pfqctl_run.h"

static struct fake *f;

static int begin(void **state)
{
	(void)state;
	f = fake_start(NULL);
	return setenv("PFQ_SOCKET", f->path, 1);
}

static int begin_broken(void **state)
{
	static const struct fake_config config = { .why = "broke off in packet 7" };

	(void)state;
	f = fake_start(&config);
	return setenv("PFQ_SOCKET", f->path, 1);
}

static int end(void **state)
{
	(void)state;
	fake_stop(f);
	return 0;
}

/* pfqctl_run() on a terminal with @columns columns */
static void run_on_terminal(const char *args, unsigned short columns)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	char command[512];
	size_t n = 0;
	ssize_t got;
	int fd, status;
	pid_t pid;

	snprintf(command, sizeof(command), "exec " PFQCTL " %s", args);
	pid = forkpty(&fd, NULL, NULL, &size);
	assert_true(pid >= 0);
	if (!pid) {
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	while (n < sizeof(pfqctl_out) - 1 &&
	       (got = read(fd, pfqctl_out + n, sizeof(pfqctl_out) - 1 - n)) > 0)
		n += (size_t)got;
	pfqctl_out[n] = 0;
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void assert_out(const char *part)
{
	if (!strstr(pfqctl_out, part))
		fail_msg("\"%s\" is not in:\n%s", part, pfqctl_out);
}

static json_t *at(json_t *array, size_t i)
{
	json_t *o = json_array_get(array, i);

	assert_non_null(o);
	return o;
}

static void for_people(void **state)
{
	(void)state;
	assert_int_equal(pfqctl_run("status"), 0);
	assert_out("engine   user 9.8.7");
	assert_out("workers  3");
	assert_out("eth7    packet");
	assert_int_equal(pfqctl_run("groups"), 0);
	assert_out("other  40");
	assert_out("ids    41");
	assert_out("raw IP");
	assert_out("Ethernet");
	assert_int_equal(pfqctl_run("endpoints ids"), 0);
	assert_out("42  other");
	assert_out("absent");
	assert_out("7.5");
	assert_int_equal(pfqctl_run("stats"), 0);
	/* Each of three groups received 7 and dropped 8 + 9; endpoints have similar numbers. */
	assert_out("The sums do not hold: 60 packets are unexplained.");
}

/* Count the words of a line and store the last one. Returns the place after the line. */
static char *take_words(char *line, unsigned int *words, char *last, size_t size)
{
	char *end = strchr(line, '\n'), *word;

	assert_non_null(end);
	*end = 0;
	*words = 0;
	for (word = strtok(line, " "); word; word = strtok(NULL, " ")) {
		++*words;
		snprintf(last, size, "%s", word);
	}
	return end + 1;
}

/* Check that each row of the table whose first column is @title fills all columns. */
static void assert_table(const char *args, const char *title, const char *last_title,
			 const char *last_word)
{
	unsigned int columns, words;
	char last[64], *line;

	assert_int_equal(pfqctl_run(args), 0);
	assert_out(title);
	line = strstr(pfqctl_out, title);
	line = take_words(line, &columns, last, sizeof(last));
	assert_string_equal(last, last_title);
	while (*line && *line != '\n') {
		line = take_words(line, &words, last, sizeof(last));
		assert_int_equal(words, columns);
	}
	assert_string_equal(last, last_word);
}

static void every_counter_has_a_column(void **state)
{
	(void)state;
	assert_table("status", "SOURCE ", "CUT_BUFFER", "0");
	assert_table("stats", "SOURCE ", "cut_buffer", "0");
	assert_table("stats", "GROUP ", "unexplained", "10");
	assert_table("stats", "ENDPOINT ", "unexplained", "10");
}

/* This command asks no engine. */
static void counters(void **state)
{
	json_t *j, *o;

	(void)state;
	assert_int_equal(pfqctl_run("-S /nonexistent/s counters"), 0);
	assert_out("group     drop_filter           drop  refused by the group's filter\n");
	assert_out("endpoint  offered               in ");
	assert_out("ingest    rx_bytes              info  ");
	j = pfqctl_json("-S /nonexistent/s counters --json");
	o = at(json_object_get(j, "counters"), PFQ_GROUP_pending);
	assert_string_equal(json_string_value(json_object_get(o, "of")), "group");
	assert_string_equal(json_string_value(json_object_get(o, "name")), "pending");
	assert_string_equal(json_string_value(json_object_get(o, "kind")), "held");
	json_decref(j);
}

static void for_programs(void **state)
{
	json_t *j = pfqctl_json("stats --json"), *o;

	(void)state;
	/* the older name stays for a while */
	assert_true(json_equal(json_object_get(json_object_get(j, "status"), "ingests"),
			       json_object_get(json_object_get(j, "status"), "sources")));
	o = at(json_object_get(json_object_get(j, "status"), "sources"), 1);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(o, "counters"),
							    "drop_socket")), 1000000);
	o = at(json_object_get(j, "groups"), 1);
	assert_string_equal(json_string_value(json_object_get(o, "name")), "ids");
	assert_string_equal(json_string_value(json_object_get(o, "linktype_name")), "raw IP");
	assert_int_equal(json_integer_value(json_object_get(o, "unexplained")), 10);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(o, "counters"),
							    "drop_vlan")), 9);
	o = at(json_object_get(o, "devices"), 0);
	assert_string_equal(json_string_value(json_object_get(o, "state")), "up");
	o = at(json_object_get(j, "endpoints"), 2);
	assert_int_equal(json_integer_value(json_object_get(o, "id")), 42);
	assert_int_equal(json_integer_value(json_object_get(o, "unexplained")), 10);
	json_decref(j);
	json_decref(pfqctl_json("status --json"));
	json_decref(pfqctl_json("groups --json ids"));
	json_decref(pfqctl_json("--json endpoints"));
}

/* "status" ends with hints; the others have none. */
static void hints(void **state)
{
	json_t *j, *o;

	(void)state;
	assert_int_equal(pfqctl_run("status"), 0);
	assert_out("\nhints\n  group other has no member");
	assert_out("\n  group ids has no member");
	j = pfqctl_json("status --json");
	o = at(json_object_get(j, "hints"), 0);
	assert_string_equal(json_string_value(json_object_get(o, "hint")), "no-member");
	assert_string_equal(json_string_value(json_object_get(o, "group")), "other");
	json_decref(j);
	j = pfqctl_json("stats --json");
	assert_null(json_object_get(json_object_get(j, "status"), "hints"));
	json_decref(j);
}

/* Scripts can recognise a replay that failed, by the exit status and by JSON. */
static void broken(void **state)
{
	json_t *j, *o;

	(void)state;
	assert_int_equal(pfqctl_run("status"), 3);
	assert_out("broken");
	assert_out("\neth7: broke off in packet 7\n");
	assert_int_equal(pfqctl_run("status --json"), 3);
	j = json_loads(pfqctl_out, 0, NULL);
	o = at(json_object_get(j, "ingests"), 1);
	assert_string_equal(json_string_value(json_object_get(o, "state")), "broken");
	assert_string_equal(json_string_value(json_object_get(o, "why")),
			    "broke off in packet 7");
	o = at(json_object_get(j, "ingests"), 0);
	assert_string_equal(json_string_value(json_object_get(o, "why")), "");
	json_decref(j);
	assert_int_equal(pfqctl_run("status >/dev/full"), 1);
	/* Only "status" exits with that status. */
	assert_int_equal(pfqctl_run("stats"), 0);
}

static void watches(void **state)
{
	(void)state;
	/* pfqctl goes on until it cannot write any more: sed ends at the first rates. */
	assert_int_equal(pfqctl_run("stats -w 0.1 | sed '/^per second, over [0-9.]* s:$/q'"), 0);
	assert_out("\nper second, over ");
}

static void colours(void **state)
{
	(void)state;
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	run_on_terminal("stats", 400);
	/* The names, lost packets and unexplained packets have colours. */
	assert_out("\033[1mGROUP");
	assert_out("\033[1;33m");
	assert_out("\033[31m");
	run_on_terminal("groups", 400);
	assert_null(strstr(pfqctl_out, "\033[1;33m"));
	assert_int_equal(pfqctl_run("stats"), 0);
	assert_null(strchr(pfqctl_out, '\033'));
	run_on_terminal("stats --json", 400);
	assert_null(strchr(pfqctl_out, '\033'));
	setenv("NO_COLOR", "1", 1);
	run_on_terminal("stats", 400);
	assert_null(strchr(pfqctl_out, '\033'));
	setenv("NO_COLOR", "", 1);
	run_on_terminal("stats", 400);
	assert_out("\033[1;33m");
	setenv("TERM", "dumb", 1);
	run_on_terminal("stats", 400);
	assert_null(strchr(pfqctl_out, '\033'));
	unsetenv("NO_COLOR");
}

/* A name is cut if the table then fits. Numbers are not cut, and nothing is cut in a pipe. */
static void narrow(void **state)
{
	size_t width;

	(void)state;
	setenv("NO_COLOR", "1", 1);
	setenv("COLUMNS", "20", 1);
	assert_int_equal(pfqctl_run("groups"), 0);
	unsetenv("COLUMNS");
	width = strcspn(pfqctl_out, "\n");
	assert_out("root:root");
	run_on_terminal("groups", (unsigned short)width);
	assert_out("root:root");
	run_on_terminal("groups", (unsigned short)(width - 2));
	assert_int_equal(strcspn(pfqctl_out, "\r"), width - 2);
	assert_null(strstr(pfqctl_out, "root:root"));
	assert_out("root:ro");
	run_on_terminal("groups", 20);
	assert_out("root:root");
	unsetenv("NO_COLOR");
}

/* Count the characters of a line of UTF-8 text. */
static size_t line_width(const char *line)
{
	size_t n = 0;

	for (; *line && *line != '\n'; line++)
		n += (*line & 0xc0) != 0x80;
	return n;
}

/* A character takes one column, whatever its bytes and the locale. */
static void names_in_all_languages(void **state)
{
	static const char *const locales[] = { "C", "C.UTF-8" };
	const char *line;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(locales) / sizeof(locales[0]); i++) {
		setenv("LC_ALL", locales[i], 1);
		assert_int_equal(pfqctl_run("endpoints"), 0);
		unsetenv("LC_ALL");
		assert_out("жук");
		/* The last column is aligned to the right, so that all lines are equally long. */
		for (line = pfqctl_out; *line; line = strchr(line, '\n') + 1)
			assert_int_equal(line_width(line), line_width(pfqctl_out));
	}
}

/* A table without rows still has its names. */
static void without_rows(void **state)
{
	(void)state;
	assert_int_equal(pfqctl_run("endpoints empty"), 0);
	assert_out("ID  GROUP  NAME  PID  COMM");
}

static void errors(void **state)
{
	static const struct {
		const char *args;
		int status;
		const char *text;
	} cases[] = {
		{ "groups gone",	1, "pfqctl: group \"gone\": no such group\n" },
		{ "-S s status", 1,
		  "pfqctl: socket \"s\" is not allowed; allowed: an absolute path" },
		{ "-S /nonexistent/s status", 1, "pfqctl: pfqd is not running: nothing listens" },
		{ "top",		1, "pfqctl: top: not supported yet\n" },
		{ "group",		2, "group: arguments are missing: add|set|del" },
		{ "group set x steer",	2, "\"steer\" is no setting; allowed: KEY=VALUE" },
		{ "group del x y=1",	2, "\"y=1\": only the group's name is allowed" },
		{ "group foo ids",	2, "\"foo\" is not allowed; allowed: add, set, del" },
		{ "bind x",		2, "bind: arguments are missing: GROUP DEV..." },
		{ "unbind",		2, "unbind: arguments are missing: GROUP DEV..." },
		{ "reload x",		2, "unexpected argument \"x\"" },
		{ "lang make x",	2, "\"make\" is not allowed; allowed: check, show" },
		{ "run g -n 4 -- true",	1, "pfqctl: run: not supported yet\n" },
		{ "status >/dev/full",	1, "No space left" },
		{ "stats --json >/dev/full", 1, "pfqctl:" },
		{ "stats >&-",		1, "standard output: Bad file" },
		{ "",			2, "give a command" },
		{ "what",		2, "unknown command \"what\"" },
		{ "status x",		2, "unexpected argument \"x\"" },
		{ "stats x y",		2, "unexpected argument \"y\"" },
		{ "groups a b",		2, "unexpected argument \"b\"" },
		{ "set ids.blocked list", 1, "answer to SET_GET is not in pfqd's protocol" },
		{ "counters x",		2, "unexpected argument \"x\"" },
		{ "groups -w 1",	2, "groups does not take -w" },
		{ "stats -w 0",		2, "-w \"0\": seconds from 0.1 to 86400" },
		{ "stats -w nan",	2, "seconds from 0.1 to 86400" },
		{ "stats -w 1e1",	2, "seconds from 0.1 to 86400" },
		{ "stats -w 1s",	2, "seconds from 0.1 to 86400" },
		{ "--what",		2, "unrecognized option" },
		{ "--help",		0, "counters by cause" },
		{ "--version",		0, "pfqctl " },
	};
	int status;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		status = pfqctl_run(cases[i].args);
		if (status != cases[i].status)
			fail_msg("\"%s\": status %d: %s", cases[i].args, status, pfqctl_out);
		assert_out(cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(for_people, begin, end),
		cmocka_unit_test_setup_teardown(every_counter_has_a_column, begin, end),
		cmocka_unit_test(counters),
		cmocka_unit_test_setup_teardown(for_programs, begin, end),
		cmocka_unit_test_setup_teardown(hints, begin, end),
		cmocka_unit_test_setup_teardown(broken, begin_broken, end),
		cmocka_unit_test_setup_teardown(watches, begin, end),
		cmocka_unit_test_setup_teardown(colours, begin, end),
		cmocka_unit_test_setup_teardown(narrow, begin, end),
		cmocka_unit_test_setup_teardown(names_in_all_languages, begin, end),
		cmocka_unit_test_setup_teardown(without_rows, begin, end),
		cmocka_unit_test_setup_teardown(errors, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
