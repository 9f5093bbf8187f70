/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests changes of one group by hand: what comes out, and the texts of errors. */
#include "config.h"

#include <errno.h>

#include "pfqd/conf/conf_edit.h"
#include "pfqd/conf/conf_text.h"
#include "tests/unit/fixture/pfqd_report.h"

#define ALPHA	"[group alpha]\ndevice = lo, eth9/0-3\nid = 7\nfilter = tcp\nmembers = 2\n"
#define BETA	"[group beta]\ndevice = eth8\nsteer = copy\n"

static const char base[] = ALPHA BETA;

static struct conf *parse(void)
{
	struct report_text out;
	struct conf *conf;

	assert_int_equal(report_parse(base, strlen(base), &conf, &out), 0);
	return conf;
}

/* Edit, and print the changed group to @text, or the complaints. */
static int edit(enum conf_edit_kind kind, const char *group, const char *lines, char text[4096])
{
	const struct conf_edit e = { kind, group, lines };
	struct report_text out = { "" };
	struct conf_report report = { .fn = report_add, .arg = &out };
	struct conf *conf = parse(), *changed;
	FILE *f;
	int ret = conf_edit(&changed, conf, &e, &report);

	snprintf(text, 4096, "%.4095s", out.text);
	if (!ret) {
		assert_int_equal(changed->groups, kind == CONF_EDIT_ADD ? 3 :
				 kind == CONF_EDIT_DEL ? 1 : 2);
		f = fmemopen(text, 4096, "w");
		conf_text_group(f, &changed->group[changed->groups - 1]);
		fclose(f);
		conf_free(changed);
	}
	conf_free(conf);
	return ret;
}

static void test_right(void **state)
{
	static const struct {
		enum conf_edit_kind kind;
		const char *group, *lines, *wanted;
	} cases[] = {
		{ CONF_EDIT_ADD, "new", "device=eth7\n\n; a comment\nsteer = ip",
		  "[group new]\ndevice = eth7\nsteer = ip\n" },
		{ CONF_EDIT_SET, "alpha", "steer=ip",
		  "[group alpha]\nid = 7\ndevice = lo,eth9/0-3\n"
		  "steer = ip\nfilter = tcp\nmembers = 2\n" },
		{ CONF_EDIT_SET, "alpha", "filter=\n members = 0 ; none\nID =",
		  "[group alpha]\ndevice = lo,eth9/0-3\n" },
		{ CONF_EDIT_SET, "alpha", "device += eth7, eth9/4", "[group alpha]\nid = 7\n"
		  "device = lo,eth9/0-4,eth7\nfilter = tcp\nmembers = 2\n" },
		{ CONF_EDIT_SET, "alpha", "device-=lo,eth9/1-2", "[group alpha]\nid = 7\n"
		  "device = eth9/0,eth9/3\nfilter = tcp\nmembers = 2\n" },
		{ CONF_EDIT_SET, "alpha", "device -= eth9", "[group alpha]\nid = 7\ndevice = lo\n"
		  "filter = tcp\nmembers = 2\n" },
		{ CONF_EDIT_SET, "alpha", "device -= eth9/0-3",
		  "[group alpha]\nid = 7\ndevice = lo\n"
		  "filter = tcp\nmembers = 2\n" },
		{ CONF_EDIT_SET, "alpha", "device += eth7\ndevice -= lo\ndevice+=eth9/9",
		  "[group alpha]\nid = 7\ndevice = eth9/0-3,eth9/9,eth7\n"
		  "filter = tcp\nmembers = 2\n" },
		{ CONF_EDIT_DEL, "alpha", NULL, BETA },
	};
	char text[4096];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (edit(cases[i].kind, cases[i].group, cases[i].lines, text))
			fail_msg("%zu: %s", i, text);
		assert_string_equal(text, cases[i].wanted);
	}
}

static const struct {
	enum conf_edit_kind kind;
	const char *group, *lines;
	int error;
	const char *text;
} wrong[] = {
	{ CONF_EDIT_ADD, "beta", "device = lo", -EEXIST,
	  "[group beta] this group exists already; change it by group set" },
	{ CONF_EDIT_SET, "gamma", "steer = ip", -ENOENT,
	  "[group gamma] pfqd.conf and group add have made no such group; pfqctl groups "
	  "lists all groups" },
	{ CONF_EDIT_DEL, "gamma", NULL, -ENOENT,
	  "[group gamma] pfqd.conf and group add have made no such group; pfqctl groups "
	  "lists all groups" },
	{ CONF_EDIT_ADD, "0x", "device = lo", -EINVAL,
	  "\"0x\" is not a valid name of a group; allowed: a-z, then up to 30 of a-z 0-9 _ . -" },
	{ CONF_EDIT_ADD, "g", "steer = ip", -EINVAL,
	  "[group g] device: is missing; name a device, or a file by ingest = file:PATH" },
	{ CONF_EDIT_ADD, "g]\ndevice = lo\n[group h", "device = lo", -EINVAL,
	  "this is not a valid name of a group; allowed: a-z, then up to 30 of a-z 0-9 _ . -" },
	/* in a file, this would be another beta */
	{ CONF_EDIT_ADD, "Beta", "device = lo", -EINVAL,
	  "\"Beta\" is not a valid name of a group; allowed: a-z, then up to 30 of a-z 0-9 _ . -" },
	{ CONF_EDIT_ADD, "g", "device += lo", -EINVAL,
	  "[group g] device: += and -= are for a group that exists" },
	{ CONF_EDIT_SET, "beta", "members = 300", -EINVAL,
	  "[group beta] members: \"300\" is not allowed here; allowed: 0-256" },
	{ CONF_EDIT_SET, "beta", "id = 7", -EINVAL,
	  "[group beta] id: 7 is the id of [group alpha]; allowed: one that no other group "
	  "has" },
	{ CONF_EDIT_SET, "beta", "steer += 7", -EINVAL,
	  "[group beta] += and -= are for device only" },
	{ CONF_EDIT_SET, "beta", "steer = ip\n[group alpha]\nsteer = ip", -EINVAL,
	  "[group beta] a section is not allowed here; allowed: key = value" },
	{ CONF_EDIT_SET, "beta", "steer", -EINVAL,
	  "\"steer\" is not understood; allowed: [section], key = value, ; comment" },
	{ CONF_EDIT_SET, "alpha", "device -= eth8", -EINVAL,
	  "[group alpha] device: \"eth8\" is not bound like this; allowed: one of "
	  "lo,eth9/0-3" },
	{ CONF_EDIT_SET, "alpha", "device -= lo/2", -EINVAL,
	  "[group alpha] device: \"lo/2\" is not bound like this; allowed: one of "
	  "lo,eth9/0-3" },
	{ CONF_EDIT_SET, "alpha", "device += eth9/3", -EINVAL,
	  "[group alpha] device: \"eth9/0-3\" and \"eth9/3\" overlap; allowed: each queue "
	  "once" },
	{ CONF_EDIT_SET, "alpha", "device -= lo, eth9", -EINVAL,
	  "[group alpha] device: is missing; name a device, or a file by ingest = "
	  "file:PATH" },
};

static void test_wrong(void **state)
{
	char text[4096];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(edit(wrong[i].kind, wrong[i].group, wrong[i].lines, text),
				 wrong[i].error);
		assert_string_equal(text, wrong[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
