/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests the table of ingest drivers, and that pfqd.conf accepts each row. This test names
 * no driver.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pfqd/ingest/ingest.h"
#include "tests/unit/fixture/pfqd_report.h"

static bool is_named(const struct ingest_driver *driver, const char *name)
{
	return driver && !strcmp(driver->name, name);
}

static void test_rows(void **state)
{
	const struct ingest_driver *d;
	unsigned int i;

	(void)state;
	/*
	 * The first row is the default, for a group that names no driver and for each JOIN
	 * of devices.
	 */
	assert_true(is_named(ingest_driver(0), "packet"));
	for (i = 0; (d = ingest_driver(i)); i++) {
		check_case(d->name, ingest_driver_find(d->name) == d);
		check_case(d->name, !ingest_driver_is_to_come(d->name));
		check_case(d->name,
			   d->absent || (d->mode && d->open && d->linktype && d->rx && d->close));
		check_case(d->name, d->absent || !d->is_device == !!d->check_path);
		check_case(d->name, !d->is_tap || d->is_device);
	}
	assert_null(ingest_driver(i + 1));
	assert_null(ingest_driver_find("pigeon"));
	assert_null(ingest_driver_find("memif"));
	assert_true(ingest_driver_is_to_come("memif"));
}

static bool is_of_files(const struct ingest_driver *driver)
{
	return !driver->is_device;
}

static bool is_none(const struct ingest_driver *driver)
{
	(void)driver;
	return false;
}

static void test_list(void **state)
{
	char text[INGEST_LIST_MAX];
	const struct ingest_driver *d;

	(void)state;
	ingest_driver_list(NULL, text);
	assert_int_equal(strncmp(text, "packet, ", 8), 0);
	for (unsigned int i = 0; (d = ingest_driver(i)); i++)
		check_case(d->name, !strstr(text, d->name) == !!d->absent);
	ingest_driver_list(is_of_files, text);
	check_text(text, "file:PATH");
	assert_null(strstr(text, "packet"));
	ingest_driver_list(is_none, text);
	assert_string_equal(text, "");
}

/* Parse a pfqd.conf of @format with the driver's name in it. @out gets the errors; "": none. */
static void parse(const char *format, const struct ingest_driver *d, struct report_text *out)
{
	char text[512];
	struct conf *conf;
	int ret;

	snprintf(text, sizeof(text), format, d->name);
	ret = report_parse(text, strlen(text), &conf, out);
	assert_int_equal(ret, out->text[0] ? -EINVAL : 0);
	if (ret)
		return;
	assert_ptr_equal(conf->group[0].settings.driver, d);
	conf_free(conf);
}

static void check_device(const struct ingest_driver *d, const char *mode)
{
	struct report_text out;
	char text[256];

	snprintf(text, sizeof(text), D "ingest = %%s\nmode = %s\n", mode);
	parse(text, d, &out);
	check_case(d->name, !out.text[0]);
	snprintf(text, sizeof(text), D "ingest = %%s\nmode = %s\ndirection = out\n", mode);
	parse(text, d, &out);
	check_case(d->name, !!out.text[0] == d->only_received);
	parse(d->is_tap ? D "ingest = %s\nmode = sniff\n" : D "ingest = %s\nmode = tap\n", d, &out);
	check_text(out.text, "] mode: ");
	snprintf(text, sizeof(text), "[pfqd]\nengine = kernel\n" D "ingest = %%s\nmode = %s\n",
		 mode);
	parse(text, d, &out);
	check_case(d->name, !out.text[0] == d->in_kernel_engine);
	parse(D "ingest = %s:/nowhere\n", d, &out);
	check_text(out.text, "is not allowed here; allowed: packet, ");
}

static void check_file(const struct ingest_driver *d)
{
	struct report_text out;
	struct pfq_error err;

	parse("[group g]\ningest = %s\n", d, &out);
	check_text(out.text, "is not allowed here; allowed: packet, ");
	parse("[group g]\ningest = %s:\n", d, &out);
	check_text(out.text, ": and a path of 1-250 bytes");
	/* A missing file is no error of pfqd.conf. The driver itself checks the file. */
	parse("[group g]\ningest = %s:/nowhere\n", d, &out);
	assert_string_equal(out.text, "");
	assert_int_equal(d->check_path("/nowhere", &err), -ENOENT);
	parse(D "ingest = %s:/nowhere\n", d, &out);
	check_text(out.text, "\"lo\" is not allowed with ingest = file; allowed: no device");
}

static void test_conf(void **state)
{
	const struct ingest_driver *d;
	struct report_text out;

	(void)state;
	for (unsigned int i = 0; (d = ingest_driver(i)); i++) {
		if (d->absent) {
			parse(D "ingest = %s\n", d, &out);
			check_text(out.text, "is not part of this pfqd: ");
			check_text(out.text, d->absent);
		} else if (d->is_device) {
			check_device(d, d->is_tap ? "tap" : "sniff");
		} else {
			check_file(d);
		}
	}
}

static bool is_tap(const struct ingest_driver *driver)
{
	return driver->is_tap;
}

static void refuse(const char *conf, const char *text, const char *list)
{
	struct report_text out;
	char expected[512];
	struct conf *parsed;

	snprintf(expected, sizeof(expected), text, list);
	assert_int_equal(report_parse(conf, strlen(conf), &parsed, &out), -EINVAL);
	assert_string_equal(out.text, expected);
}

static void test_refusals(void **state)
{
	char all[INGEST_LIST_MAX], taps[INGEST_LIST_MAX];

	(void)state;
	ingest_driver_list(NULL, all);
	ingest_driver_list(is_tap, taps);
	refuse(D "ingest = memif\n",
	       "F:3: [group g] ingest: \"memif\" is not supported yet; allowed: %s", all);
	refuse(D "ingest = pigeon\n",
	       "F:3: [group g] ingest: \"pigeon\" is not allowed here; allowed: %s", all);
	refuse(D "mode = tap\n",
	       *taps ? "F:3: [group g] mode: \"tap\" is not allowed with ingest = packet; allowed: "
		       "sniff, or "
		       "ingest = %s"
		     : "F:3: [group g] mode: \"tap\" is not allowed with ingest = packet; allowed: "
		       "sniff%s",
	       taps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_conf),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
