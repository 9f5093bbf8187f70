/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests what a lane learns from packets that come later than their timestamps. */
#include "core/slack.h"
#include "tests/unit/fixture/check.h"

#define DAY_NS	(86400 * 1000000000ULL)

static void learns(void **state)
{
	static const struct {
		const char *name;
		u64 slack_ns, late_ns, then_ns;
	} cases[] = {
		{ "in time",			0,	0,			0 },
		{ "in time, later",		5000,	0,			5000 },
		{ "late",			0,	3000,			6000 },
		{ "as late as before",		6000,	3000,			6000 },
		{ "less late than before",	6000,	1000,			6000 },
		{ "later than before",		6000,	4000,			8000 },
		{ "half of the limit",		0,	PFQ_SLACK_MAX_NS / 2,	PFQ_SLACK_MAX_NS },
		{ "beyond the limit",		6000,	PFQ_SLACK_MAX_NS,	PFQ_SLACK_MAX_NS },
		{ "at most with a queue",	6000,	PFQ_LAG_MAX_NS,		PFQ_SLACK_MAX_NS },
		{ "the clock was set",		6000,	PFQ_LAG_MAX_NS + 1,	6000 },
		{ "by a day",			6000,	DAY_NS,			6000 },
		{ "from 1970",			0,	20000 * DAY_NS,		0 },
		{ "without a clock",		6000,	~0ULL,			6000 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(cases[i].name, pfq_slack_learn(cases[i].slack_ns, cases[i].late_ns) ==
						  cases[i].then_ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
