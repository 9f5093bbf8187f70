/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests frames with a VLAN tag in their bytes. */
#include "core/untag.h"
#include "tests/unit/fixture/check.h"

static void tags(void **state)
{
	static const struct {
		const char *name;
		u16 type;
		u32 caplen;
		bool has_tag;
	} cases[] = {
		{ "802.1Q",		0x8100,	60,	true },
		{ "802.1ad",		0x88a8,	60,	true },
		{ "no tag",		0x0800,	60,	false },
		{ "old QinQ",		0x9100,	60,	false },
		{ "the shortest",	0x8100,	18,	true },
		{ "too short",		0x8100,	17,	false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		u8 frame[60] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, cases[i].type >> 8,
				 cases[i].type & 0xff, 0x20, 5, 0x08, 0x06 };
		struct pfq_view v = { .data = frame, .caplen = cases[i].caplen, .len = 1000 };
		bool is_right;

		pfq_untag(&v, frame);
		if (cases[i].has_tag)
			is_right = v.flags == PFQ_REC_F_VLAN && v.tpid == cases[i].type &&
				   v.tci == 0x2005 && v.len == 996 &&
				   v.caplen == cases[i].caplen - 4 && v.data == frame + 4 &&
				   v.data[0] == 1 && v.data[11] == 12 && v.data[12] == 0x08;
		else
			is_right = !v.flags && v.len == 1000 && v.data == frame &&
				   v.caplen == cases[i].caplen && frame[12] == cases[i].type >> 8;
		check_case(cases[i].name, is_right);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
