/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Items of live sets: read and written. */
#include "tests/unit/fixture/check.h"
#include <errno.h>
#include "tools/pfqctl/entry.h"

/* written: NULL: as it is read */
static const struct {
	const char *text;
	uint32_t type;
	const char *written;
} good[] = {
	{ "10.1.2.3", PFQ_ENTRY_ADDR, NULL },
	{ "10.1.2.3/32", PFQ_ENTRY_ADDR, "10.1.2.3" },
	{ "10.0.0.0/8", PFQ_ENTRY_ADDR, NULL },
	{ "2001:db8::/32", PFQ_ENTRY_ADDR, NULL },
	{ "::1", PFQ_ENTRY_ADDR, NULL },
	{ "00:11:22:AA:bb:cc", PFQ_ENTRY_MAC, "00:11:22:aa:bb:cc" },
	{ "53", PFQ_ENTRY_NUMBER, NULL },
	{ "5060-5061", PFQ_ENTRY_NUMBER, NULL },
	{ "0-65535", PFQ_ENTRY_NUMBER, NULL },
	{ "tcp:10.0.0.1:80-10.0.0.2:4000", PFQ_ENTRY_FLOW, NULL },
	{ "17:10.0.0.1:0-10.0.0.2:65535", PFQ_ENTRY_FLOW, "udp:10.0.0.1:0-10.0.0.2:65535" },
	{ "udp:[2001:db8::1]:53-[::2]:4000", PFQ_ENTRY_FLOW, NULL },
	{ "icmp:10.0.0.1-10.0.0.2", PFQ_ENTRY_FLOW, NULL },
	{ "47:[::1]-[::2]", PFQ_ENTRY_FLOW, NULL },
};

static const struct {
	const char *text, *why;
} bad[] = {
	{ "10.0.0.1/8", "no prefix: its host bits are set; did you mean 10.0.0.0/8?" },
	{ "10.0.0.0/33", "the prefix of an IPv4 address is 0-32" },
	{ "web", "no item; allowed: 10.0.0.0/8, " },
	{ "", "no item; " },
	{ "30s", "no item; ports and VLAN ids are from 0 to 65535" },
	{ "65536", "from 0 to 65535" },
	{ "5-4", "no item; " },
	{ "tcp:10.0.0.1-10.0.0.2", "no flow; allowed: tcp:10.0.0.1:80-10.0.0.2:4000, " },
	{ "tcp:10.0.0.1:80-10.0.0.2:65536", "no flow" },
	{ "tcp:10.0.0.1:80-[::1]:80", "no flow" },
	{ "tcp:[10.0.0.1]:80-10.0.0.2:80", "no flow" },
	{ "tcp:[::1:80-[::2]:80", "no flow" },
	{ "256:10.0.0.1-10.0.0.2", "no flow" },
	{ "icmp:10.0.0.1:5-10.0.0.2:5", "no flow" },
	{ "tcp:10.0.0.1:80-10.0.0.2:80x", "no flow" },
	{ "ipx:10.0.0.1-10.0.0.2", "no flow" },
	{ "udp:1111:2222:3333:4444:5555:6666:7777:8888:9999:1-2", "no flow" },
};

static void items_are_read_and_written(void **state)
{
	char text[ENTRY_TEXT_MAX], why[ENTRY_WHY_MAX];
	struct pfq_entry e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		check_case(good[i].text, !entry_read(&e, good[i].text, why));
		check_case(good[i].text, e.type == good[i].type);
		entry_write(text, sizeof(text), &e);
		assert_string_equal(text, good[i].written ? good[i].written : good[i].text);
	}
	/* of a flow in a list only its hash is known */
	entry_write(text, sizeof(text), &(struct pfq_entry){ .type = PFQ_ENTRY_FLOW });
	assert_string_equal(text, "flow");
}

static void others_are_refused(void **state)
{
	char why[ENTRY_WHY_MAX];
	struct pfq_entry e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		check_case(bad[i].text, entry_read(&e, bad[i].text, why) == -EINVAL);
		check_case(bad[i].text, strstr(why, bad[i].why));
	}
}

static void timeouts(void **state)
{
	static const char *const wrong[] = { "", "0s", "999ms", "366d", "5", "1pps", "never " };
	uint32_t s;
	size_t i;

	(void)state;
	assert_int_equal(entry_timeout(&s, "60s"), 0);
	assert_int_equal(s, 60);
	assert_int_equal(entry_timeout(&s, "365d"), 0);
	assert_int_equal(entry_timeout(&s, "1500ms"), 0);
	assert_int_equal(s, 2);
	assert_int_equal(entry_timeout(&s, "never"), 0);
	assert_int_equal(s, PFQ_TIMEOUT_NEVER);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check_case(wrong[i], entry_timeout(&s, wrong[i]) == -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_read_and_written),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(timeouts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
