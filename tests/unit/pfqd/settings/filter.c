/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group's filter accepts the same packets as on an ordinary device, although its views
 * have no tag in the bytes. It is compiled here and run by core: with lo up, with lo down,
 * and for raw IP.
 */
#include "config.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <unistd.h>

#include "core/view.h"
#include "pfqd/settings/filter.h"
#include "tests/unit/fixture/check.h"

/* UDP from 10.0.0.1:1000 to 10.0.0.2:53. The outer tag is not in the bytes. */
static uint8_t udp[] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,
	0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
	0x03, 0xe8, 0, 53, 0, 8, 0, 0,
};

/* The same with an inner tag 7 in the bytes */
static uint8_t qinq[sizeof(udp) + 4];

static struct pfq_view view(const uint8_t *data, uint32_t len, int vlan)
{
	struct pfq_view v = {
		.data = data, .caplen = len, .len = len, .linktype = PFQ_LINKTYPE_ETHERNET,
		.protocol = data[12] << 8 | data[13], .pkttype = PACKET_HOST,
	};

	if (vlan >= 0) {
		v.flags = PFQ_REC_F_VLAN;
		v.tci = vlan;
		v.tpid = ETH_P_8021Q;
	}
	return v;
}

static bool matches(const char *text, const struct pfq_view *v)
{
	struct pfq_filter *f;
	struct pfq_error err;
	bool match;

	if (filter_compile(text, v->linktype, &f, &err))
		fail_msg("%s: %s", text, err.text);
	match = pfq_filter_match(f, v);
	free(f);
	return match;
}

static void check_ethernet(void)
{
	static const struct {
		const char *text;
		bool plain, vlan5, qinq5;	/* matches without tag; with tag 5; with 5 and 7 */
	} cases[] = {
		{ "ip", true, true, false },
		{ "udp port 53", true, true, false },
		{ "udp port 54", false, false, false },
		{ "vlan", false, true, true },
		{ "vlan 5", false, true, true },
		{ "vlan 6", false, false, false },
		{ "vlan 5 and ip", false, true, false },
		{ "vlan and vlan 7", false, false, true },
		{ "vlan 5 and vlan 7 and udp port 53", false, false, true },
		{ "not vlan", true, false, false },
		{ "ether proto 0x0800", true, true, false },
		{ "ether proto 0x8100", false, false, true },
		{ "ether host 02:00:00:00:00:01", true, true, true },
		{ "inbound", true, true, true },
		{ "outbound", false, false, false },
		{ "less 42", true, true, false },
	};
	struct pfq_view plain = view(udp, sizeof(udp), -1);
	struct pfq_view vlan5 = view(udp, sizeof(udp), 5);
	struct pfq_view qinq5 = view(qinq, sizeof(qinq), 5);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_case(cases[i].text, matches(cases[i].text, &plain) == cases[i].plain);
		check_case(cases[i].text, matches(cases[i].text, &vlan5) == cases[i].vlan5);
		check_case(cases[i].text, matches(cases[i].text, &qinq5) == cases[i].qinq5);
	}
}

static void test_ethernet(void **state)
{
	(void)state;
	check_ethernet();
}

/* In a new network namespace lo is down. */
static void test_loopback_down(void **state)
{
	(void)state;
	if (geteuid() || unshare(CLONE_NEWNET))
		skip();
	check_ethernet();
}

static void test_raw(void **state)
{
	struct pfq_view v = view(udp, sizeof(udp), -1);
	struct pfq_filter *f;
	struct pfq_error err;

	(void)state;
	v.data += 14;
	v.len = v.caplen = sizeof(udp) - 14;
	v.linktype = PFQ_LINKTYPE_RAW;
	assert_true(matches("udp port 53", &v));
	assert_false(matches("tcp", &v));
	assert_int_equal(filter_compile("vlan 5", PFQ_LINKTYPE_RAW, &f, &err), -EINVAL);
	assert_null(f);
}

static void test_errors(void **state)
{
	struct sock_filter loop = { .code = BPF_JMP | BPF_JA, .k = -1 };
	struct sock_filter *many;
	struct pfq_filter *f;
	struct pfq_error err;

	(void)state;
	assert_int_equal(filter_compile("prot 3", PFQ_LINKTYPE_ETHERNET, &f, &err), -EINVAL);
	assert_string_equal(err.text, "can't parse filter expression: syntax error");
	assert_int_equal(filter_load(&loop, sizeof(loop), &f, &err), -EINVAL);
	assert_null(f);
	many = calloc(PFQ_FILTER_MAX + 1, sizeof(*many));
	assert_int_equal(filter_load(many, (PFQ_FILTER_MAX + 1) * sizeof(*many), &f, &err), -E2BIG);
	assert_string_equal(err.text, "a filter of 4097 instructions; allowed: 4096");
	free(many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ethernet),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_loopback_down),	/* last, because it leaves the namespace */
	};
	static const uint8_t tag[4] = { 0x81, 0, 0, 7 };
	struct pfq_filter *f;
	struct pfq_error err;

	memcpy(qinq, udp, 12);
	memcpy(qinq + 12, tag, 4);
	memcpy(qinq + 16, udp + 12, sizeof(udp) - 12);
	if (filter_compile("ip", PFQ_LINKTYPE_ETHERNET, &f, &err) == -EPERM) {
		fprintf(stderr, "skipped: %s\n", err.text);
		return 77;
	}
	free(f);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
