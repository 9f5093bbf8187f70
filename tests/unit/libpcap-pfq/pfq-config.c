/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "libpcap-pfq/pfq-config.h"

static char err[256];

static int parse(struct pfq_config *c, const char *text)
{
	err[0] = '\0';
	return pfq_config_parse(c, "/x/pcap.conf", text, strlen(text), "snort", err, sizeof(err));
}

/* the value of the program's section, else of [default] */
static const char *value(const struct pfq_config *c, bool is_default, const char *key)
{
	const struct pfq_config_entry *e = pfq_config_find(c, is_default, key);

	return e ? e->value : NULL;
}

static void sections(void **state)
{
	struct pfq_config c;

	(void)state;
	assert_int_equal(parse(&c, "[default]\ngroup = ids\n"
				   "[tcpdump]\nthis is not looked at\ngroup = no\n"
				   "[snort]\ngroup=fast\r\n\tring\t=  64M  "), 0);
	assert_int_equal(c.count, 3);
	assert_string_equal(value(&c, true, "group"), "ids");
	assert_string_equal(value(&c, false, "group"), "fast");
	assert_string_equal(value(&c, false, "ring"), "64M");
	assert_null(value(&c, true, "ring"));
	assert_int_equal(pfq_config_find(&c, false, "ring")->line, 8);
	pfq_config_free(&c);
}

static void nothing_in_it(void **state)
{
	struct pfq_config c;

	(void)state;
	assert_int_equal(parse(&c, ""), 0);
	assert_int_equal(c.count, 0);
	pfq_config_free(&c);
	assert_int_equal(parse(&c, "\n  \n; comment\n # comment\n[snort] ; none\n"), 0);
	assert_int_equal(c.count, 0);
	pfq_config_free(&c);
}

static void values(void **state)
{
	struct pfq_config c;

	(void)state;
	assert_int_equal(parse(&c, "[snort]\n"
				   "a = x ; comment\n"
				   "b = x;y#z\n"
				   "c = \"x ; y\" # comment\n"
				   "d =\n"
				   "e = ; comment\n"
				   "f = 10, 20-29, untagged\n"
				   "g = x = y\n"), 0);
	assert_string_equal(value(&c, false, "a"), "x");
	assert_string_equal(value(&c, false, "b"), "x;y#z");
	assert_string_equal(value(&c, false, "c"), "x ; y");
	assert_string_equal(value(&c, false, "d"), "");
	assert_string_equal(value(&c, false, "e"), "");
	assert_string_equal(value(&c, false, "f"), "10, 20-29, untagged");
	assert_string_equal(value(&c, false, "g"), "x = y");
	pfq_config_free(&c);
}

/* A device's name in a key may be written as it is. */
static void keys_of_devices(void **state)
{
	struct pfq_config c;

	(void)state;
	assert_int_equal(parse(&c, "[snort]\ngroup_eth0.5 = ids\nbr-lan = yes\n"), 0);
	assert_string_equal(value(&c, false, "group_eth0_5"), "ids");
	assert_string_equal(value(&c, false, "br_lan"), "yes");
	pfq_config_free(&c);
}

static void errors(void **state)
{
	static const struct { const char *text, *says; } cases[] = {
		{ "group = ids\n", "1: \"group = ids\" stands before the first section" },
		{ "[snort]\n\ngroup ids\n", "3: \"group ids\": expected KEY = VALUE" },
		{ "[snort\n", "1: \"[snort\" is no section; allowed: [default] or" },
		{ "[snort] x\n", "1: " },
		{ "[ ]\n", "1: the section has no name" },
		{ "[snort]\n= x\n", "2: a key has 1 to" },
		{ "[snort]\ngroup = a\nring = 1M\ngroup = b\n",
		  "4: group is there already, at line 2" },
		{ "[snort]\neth0.5 = 1\neth0-5 = 0\n", "3: eth0_5 is there already, at line 2" },
		{ "[snort]\n[other]\n[snort]\n",
		  "3: section [snort] is there already, at line 1" },
		{ "[snort]\nsteer = \"flow\n", "2: steer: text in quotes" },
		{ "[snort]\nsteer = \"flow\" x\n", "2: steer: text in quotes" },
	};
	struct pfq_config c;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(&c, cases[i].text), -EINVAL);
		assert_memory_equal(err, "/x/pcap.conf:", 13);
		if (strncmp(err + 13, cases[i].says, strlen(cases[i].says)))
			fail_msg("%s: \"%s\"", cases[i].text, err);
	}
}

static void long_lines_and_zeros(void **state)
{
	char text[2 * PFQ_CONFIG_LINE_MAX] = "[snort]\na=";
	struct pfq_config c;

	(void)state;
	memset(text + 10, 'x', PFQ_CONFIG_LINE_MAX - 2);
	assert_int_equal(parse(&c, text), 0);
	assert_int_equal(strlen(value(&c, false, "a")), PFQ_CONFIG_LINE_MAX - 2);
	pfq_config_free(&c);
	text[strlen(text)] = 'x';
	assert_int_equal(parse(&c, text), -EINVAL);
	assert_non_null(strstr(err, ":2: the line is longer than 1023 bytes"));
	assert_int_equal(pfq_config_parse(&c, "/x", "[snort]\n\0", 9, "snort", err, sizeof(err)),
			 -EINVAL);
	assert_non_null(strstr(err, "/x:2: there is a byte of value 0"));
}

/* A key longer than those of devices is refused, one of this length is not. */
static void long_keys(void **state)
{
	char text[400] = "[snort]\n";
	struct pfq_config c;

	(void)state;
	memset(text + 8, 'k', PFQ_CONFIG_KEY_MAX);
	strcpy(text + 8 + PFQ_CONFIG_KEY_MAX, "=1");
	assert_int_equal(parse(&c, text), 0);
	pfq_config_free(&c);
	strcpy(text + 8 + PFQ_CONFIG_KEY_MAX, "k=1");
	assert_int_equal(parse(&c, text), -EINVAL);
}

/* Is the program told of the section @name? */
static bool is_near(const char *name)
{
	struct pfq_config c;
	char text[256];
	bool is;

	snprintf(text, sizeof(text), "[default]\nring = 1M\n[%s]\ngroup = ids\n", name);
	assert_int_equal(parse(&c, text), 0);
	is = c.near_line;
	if (is) {
		assert_int_equal(c.near_line, 3);
		assert_string_equal(c.near_section, name);
		assert_string_equal(c.program, "snort");
	}
	pfq_config_free(&c);
	return is;
}

static void near_sections(void **state)
{
	static const char *const near[] = { "snrot", "SNORT", "Snort", "/usr/sbin/snort",
					    "/opt/Snort", "/usr/bin/snrt", "snortt", "snotr" };
	static const char *const others[] = { "snort3", "SNORT3", "tcpdump", "snorted", "port", "x",
					      "/usr/bin/", "/usr/sbin/suricata" };
	struct pfq_config c;
	char folder[] = "/tmp/pfq-config.XXXXXX", path[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		assert_true(is_near(near[i]));
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(is_near(others[i]));
	/* the program has a section */
	assert_int_equal(parse(&c, "[snrot]\ngroup = ids\n[snort]\n"), 0);
	assert_int_equal(c.near_line, 0);
	pfq_config_free(&c);
	/* there is a program with that name */
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/snrot", folder);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755));
	setenv("PATH", folder, 1);
	assert_false(is_near("snrot"));
	assert_false(is_near("/other/snrot"));
	assert_true(is_near("snotr"));
	unlink(path);
	rmdir(folder);
}

static void many_entries(void **state)
{
	char text[8000] = "[snort]\n", key[16];
	struct pfq_config c;
	unsigned int i;

	(void)state;
	for (i = 0; i < 500; i++)
		sprintf(text + strlen(text), "k%u=%u\n", i, i);
	assert_int_equal(parse(&c, text), 0);
	assert_int_equal(c.count, 500);
	for (i = 0; i < 500; i++) {
		sprintf(key, "k%u", i);
		assert_string_equal(value(&c, false, key), key + 1);
	}
	pfq_config_free(&c);
}

/* --- files --------------------------------------------------------------------- */

static char path[] = "/tmp/pfq-config-XXXXXX";

static int read_it(struct pfq_config *c, bool trusted)
{
	err[0] = '\0';
	return pfq_config_read(c, path, "snort", trusted, err, sizeof(err));
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || write(fd, "[snort]\ngroup = ids\n", 20) != 20 || close(fd))
		return -1;
	return 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void a_file(void **state)
{
	struct pfq_config c;

	(void)state;
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(read_it(&c, false), 0);
	assert_string_equal(value(&c, false, "group"), "ids");
	assert_string_equal(c.path, path);
	pfq_config_free(&c);
}

static void no_file(void **state)
{
	struct pfq_config c;

	(void)state;
	assert_int_equal(pfq_config_read(&c, "/nonexistent/x", "snort", false, err, sizeof(err)),
			 -ENOENT);
	assert_string_equal(err, "/nonexistent/x: No such file or directory");
	assert_int_equal(pfq_config_read(&c, "/tmp", "snort", false, err, sizeof(err)), -EISDIR);
	assert_int_equal(pfq_config_read(&c, "/dev/zero", "snort", false, err, sizeof(err)),
			 -EFBIG);
	assert_int_equal(pfq_config_read(&c, "/dev/null", "snort", false, err, sizeof(err)), 0);
	assert_int_equal(c.count, 0);
	pfq_config_free(&c);
	assert_int_equal(pfq_config_read(&c, "/dev/null", "snort", true, err, sizeof(err)), -EPERM);
}

/* For a privileged program, root must own the file, and nobody else may write it. */
static void trust(void **state)
{
	static const struct { uid_t uid; gid_t gid; mode_t mode; int ret; } cases[] = {
		{ 0, 0, 0644, 0 },
		{ 0, 0, 0664, 0 },
		{ 0, 4, 0640, 0 },
		{ 0, 4, 0664, -EPERM },
		{ 0, 0, 0646, -EPERM },
		{ 1, 0, 0644, -EPERM },
	};
	struct pfq_config c;
	unsigned int i;

	(void)state;
	if (geteuid())
		skip();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(chown(path, cases[i].uid, cases[i].gid), 0);
		assert_int_equal(chmod(path, cases[i].mode), 0);
		if (read_it(&c, true) != cases[i].ret)
			fail_msg("case %u: %s", i, err);
		if (!cases[i].ret)
			pfq_config_free(&c);
		else
			assert_non_null(strstr(err, path));
		assert_int_equal(read_it(&c, false), 0);
		pfq_config_free(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections),
		cmocka_unit_test(nothing_in_it),
		cmocka_unit_test(values),
		cmocka_unit_test(keys_of_devices),
		cmocka_unit_test(errors),
		cmocka_unit_test(long_lines_and_zeros),
		cmocka_unit_test(long_keys),
		cmocka_unit_test(near_sections),
		cmocka_unit_test(many_entries),
		cmocka_unit_test(a_file),
		cmocka_unit_test(no_file),
		cmocka_unit_test(trust),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
