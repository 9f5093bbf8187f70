/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests "pfqctl lang show" of a group, with the engine of lib_fake.c. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lib_fake.h"

#define PFQCTL	"../../tools/pfqctl/pfqctl"

static struct fake *f;
static char out[65536];

static int begin(void **state)
{
	(void)state;
	f = fake_start(NULL);
	return setenv("PFQ_SOCKET", f->path, 1);
}

static int begin_short(void **state)
{
	(void)state;
	f = fake_start(&(struct fake_config){ .profiles = 3 });
	return setenv("PFQ_SOCKET", f->path, 1);
}

static int end(void **state)
{
	(void)state;
	fake_stop(f);
	return 0;
}

/* Run pfqctl. Stores the text of both outputs; returns its exit status. */
static int run(const char *args)
{
	char command[512];
	size_t n;
	FILE *p;

	snprintf(command, sizeof(command), "(" PFQCTL " %s) 2>&1", args);
	p = popen(command, "r");
	assert_non_null(p);
	n = fread(out, 1, sizeof(out) - 1, p);
	out[n] = 0;
	return WEXITSTATUS(pclose(p));
}

/* The program of a group looks as its text does. */
static void of_a_group(void **state)
{
	static char text[sizeof(out)];

	(void)state;
	assert_int_equal(run("lang show -e '" FAKE_PROGRAM "' | grep -v note:"), 0);
	strcpy(text, out);
	assert_int_equal(run("lang show ids"), 0);
	assert_string_equal(out, text);
	assert_int_equal(run("lang show other"), 0);
	check_text(out, "   0  steer_to 3  end  -\n");
	assert_int_equal(run("lang show later"), 1);
	check_text(out, "this pfqctl does not know the policy by-moon");
	assert_int_equal(run("lang show odd"), 1);
	check_text(out, "group odd has a program that this pfqctl does not know");
	assert_int_equal(run("-j lang show ids"), 0);
	check_text(out, "\"function\": \"count web\"");
}

/* A name is that of a file, if there is one. */
static void file_or_group(void **state)
{
	char folder[] = "/tmp/pfq-show-XXXXXX", name[64], here[200];
	FILE *file;

	(void)state;
	assert_int_equal(run("lang show gone"), 1);
	check_text(out, "no file \"gone\"; as a group's name: group \"gone\": no such group");
	assert_int_equal(run("lang show ./ids"), 1);
	check_text(out, "./ids: No such file or directory");
	assert_int_equal(run("-S /nonexistent/sock lang show ids"), 1);
	check_text(out, "no file \"ids\"; as a group's name: pfqd is not running: nothing ");
	assert_non_null(mkdtemp(folder));
	snprintf(name, sizeof(name), "%s/ids", folder);
	file = fopen(name, "w");
	assert_non_null(file);
	fputs("udp\n", file);
	fclose(file);
	snprintf(here, sizeof(here), "lang list nothing; p=$(realpath " PFQCTL "); cd %s; "
		 "$p lang show ids", folder);
	assert_int_equal(run(here), 0);
	check_text(out, "   0  is_udp    end  drop\n");
	unlink(name);
	rmdir(folder);
}

static void profile_once(void **state)
{
	struct timespec a, b;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(run("lang show ids --profile=1"), 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_true(b.tv_sec > a.tv_sec);
	assert_int_equal(f->profile_s, 2);
	check_text(out, "after 1.");
	check_text(out, "STEP  FUNCTION     IN  YES        NO\n"
		   "   0  is_ip        21  11 -> 1    10 -> drop\n"
		   "   1  has_port 22  25  13 -> 3    12 -> 2\n"
		   "   2  count web    29  15 -> 3    -\n"
		   "   3  steer_flow   33  17 -> end  -\n");
}

static void profile_again_and_again(void **state)
{
	unsigned int tables = 0;
	const char *at;

	(void)state;
	/* at once, after a half, and at the end */
	assert_int_equal(run("lang show ids --profile=1 -w 0.5"), 0);
	for (at = out; (at = strstr(at, "STEP  FUNCTION")); at++)
		tables++;
	assert_int_equal(tables, 3);
	assert_int_equal(run("-j lang show ids --profile=1 -w 0.5"), 0);
	check_text(out, "\"no\":12,\"no_to\":\"2\"");
	for (tables = 0, at = out; (at = strchr(at, '\n')); at++)
		tables++;
	assert_int_equal(tables, 3);
}

/* The third answer is the last one with counts. */
static void profile_ends_early(void **state)
{
	(void)state;
	assert_int_equal(run("lang show ids --profile=30 -w 0.1"), 1);
	check_text(out, "group ids counts no more: it has another program now, or the time ");
}

static void refused(void **state)
{
	(void)state;
	assert_int_equal(run("lang show gone --profile"), 1);
	check_text(out, "group \"gone\": no such group");
	assert_int_equal(run("lang show ids -w 1"), 2);
	check_text(out, "lang show takes -w with --profile only");
	assert_int_equal(run("lang show -e udp --profile"), 2);
	check_text(out, "lang show takes no -e with --profile: give a group");
	assert_int_equal(run("lang check -e udp --profile"), 2);
	assert_int_equal(run("lang list --profile"), 2);
	check_text(out, "lang list takes no --profile");
	assert_int_equal(run("stats --profile"), 2);
	check_text(out, "stats does not take --profile");
	assert_int_equal(run("lang show ids --profile=60"), 2);
	check_text(out, "--profile \"60\": 1 to 59 seconds are allowed");
	assert_int_equal(run("lang show ids --profile=0"), 2);
	assert_int_equal(run("lang show ids --profile -w x"), 2);
	check_text(out, "-w \"x\": seconds from 0.1 to 86400 are allowed");
	assert_int_equal(f->profile_s, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(of_a_group),
		TEST(file_or_group),
		TEST(profile_once),
		TEST(profile_again_and_again),
		cmocka_unit_test_setup_teardown(profile_ends_early, begin_short, end),
		TEST(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
