/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests how many of a group's places a user may have. */
#include "core/place.h"
#include "tests/unit/fixture/check.h"

#define ROOT	PFQ_PLACE_USER_ROOT
#define OWNER	PFQ_PLACE_USER_OWNER
#define OTHER	PFQ_PLACE_USER_OTHER
#define NONE	PFQ_PLACE_LIMIT_NONE
#define USER	PFQ_PLACE_LIMIT_USER
#define USERS	PFQ_PLACE_LIMIT_USERS
#define GROUP	PFQ_PLACE_LIMIT_GROUP

static void limits(void **state)
{
	static const struct {
		const char *name;
		enum pfq_place_user user;
		struct pfq_places places;	/* own, users, all */
		enum pfq_place_limit limit;
	} cases[] = {
		{ "an empty group",			OTHER,	{ 0, 0, 0 },		NONE },
		{ "the user's last place",		OTHER,	{ 127, 127, 127 },	NONE },
		{ "half of the group",			OTHER,	{ 128, 128, 128 },	USER },
		{ "more, from an earlier owner",	OTHER,	{ 200, 200, 200 },	USER },
		{ "the owner has half",			OWNER,	{ 128, 128, 128 },	NONE },
		{ "the owner's last place",		OWNER,	{ 239, 239, 239 },	NONE },
		{ "the owner has all of users",		OWNER,	{ 240, 240, 240 },	USERS },
		{ "the last place of users",		OTHER,	{ 0, 239, 250 },	NONE },
		{ "users have all of theirs",		OTHER,	{ 1, 240, 240 },	USERS },
		{ "root comes when users have theirs",	ROOT,	{ 0, 240, 240 },	NONE },
		{ "root's last place",			ROOT,	{ 15, 240, 255 },	NONE },
		{ "no place for root",			ROOT,	{ 16, 240, 256 },	GROUP },
		{ "root has all but one",		OTHER,	{ 0, 0, 255 },		NONE },
		{ "root has all",			OTHER,	{ 0, 0, 256 },		GROUP },
		{ "root has all, for root",		ROOT,	{ 256, 0, 256 },	GROUP },
		{ "as many users as an engine had",	ROOT,	{ 0, 255, 255 },	NONE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(cases[i].name, pfq_places_limit(&cases[i].places, cases[i].user) ==
						  cases[i].limit);
}

static void count(void **state)
{
	struct pfq_places p = { 0 };

	(void)state;
	pfq_places_count(&p, true, false);
	pfq_places_count(&p, false, true);
	pfq_places_count(&p, false, false);
	assert_int_equal(p.own, 1);
	assert_int_equal(p.users, 2);
	assert_int_equal(p.all, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits),
		cmocka_unit_test(count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
