/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests which devices can be captured from. tests/netns compares the table with libpcap
 * itself.
 */
#include "config.h"

#include <net/if_arp.h>

#include "core/linktype.h"
#include "tests/unit/fixture/check.h"

static void every_type_is_taken_or_refused(void **state)
{
	const char *why;
	u32 type, linktype;

	(void)state;
	for (type = 0; type <= 0xffff; type++) {
		linktype = pfq_linktype_of(type);
		if (linktype) {
			assert_true(pfq_linktype_is_supported(linktype));
			continue;
		}
		why = pfq_linktype_refusal(type);
		assert_non_null(why);
		/*
		 * The text goes into attribute WHY, and into an error after the name of the
		 * device.
		 */
		assert_true(strlen(why) < 200);
		assert_non_null(strstr(why, "; allowed: " PFQ_LINKTYPES_ALLOWED));
	}
}

static void types_are_what_they_are(void **state)
{
	(void)state;
	assert_int_equal(pfq_linktype_of(ARPHRD_ETHER), PFQ_LINKTYPE_ETHERNET);
	assert_int_equal(pfq_linktype_of(ARPHRD_LOOPBACK), PFQ_LINKTYPE_ETHERNET);
	assert_int_equal(pfq_linktype_of(ARPHRD_TUNNEL), PFQ_LINKTYPE_RAW);
	assert_int_equal(pfq_linktype_of(ARPHRD_SIT), PFQ_LINKTYPE_RAW);
	assert_int_equal(pfq_linktype_of(0xfffe), PFQ_LINKTYPE_RAW);
	assert_non_null(strstr(pfq_linktype_refusal(ARPHRD_PPP),
			       "PPP (ARPHRD_PPP, 512), is one that "
			       "libpcap captures cooked (LINUX_SLL)"));
	assert_non_null(strstr(pfq_linktype_refusal(ARPHRD_IEEE80211),
			       "IEEE802_11 (ARPHRD_IEEE80211, 801)"));
	assert_non_null(strstr(pfq_linktype_refusal(9999), "unknown"));
	assert_false(pfq_linktype_is_supported(0));
	assert_false(pfq_linktype_is_supported(113));
	assert_string_equal(PFQ_LINKTYPES_NUMBERED, "1 Ethernet, 101 raw IP");
	assert_int_equal(PFQ_LINKTYPE_ETHERNET, 1);
	assert_int_equal(PFQ_LINKTYPE_RAW, 101);
	assert_string_equal(pfq_linktype_name(PFQ_LINKTYPE_RAW), "raw IP");
	assert_string_equal(pfq_linktype_name(PFQ_LINKTYPE_ETHERNET), "Ethernet");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_taken_or_refused),
		cmocka_unit_test(types_are_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
