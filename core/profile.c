/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "profile.h"

/* Then the compiler finds a step's answers by the step's address, without a multiplication. */
_Static_assert(sizeof(struct pfq_answers) == sizeof(struct pfq_step),
	       "the answers of a step are as large as the step");

u64 pfq_profile_bytes(u32 steps, u32 lanes)
{
	return sizeof(struct pfq_profile) +
	       (u64)lanes * pfq_profile_row(steps) * sizeof(struct pfq_answers);
}

void pfq_profile_init(struct pfq_profile *profile, u32 steps, u32 lanes)
{
	profile->steps = steps;
	profile->lanes = lanes;
}

void pfq_profile_sum(const struct pfq_profile *profile, u32 step, u64 times[2])
{
	const struct pfq_answers *at = &profile->answers[step];
	u32 lane;

	times[0] = times[1] = 0;
	for (lane = 0; lane < profile->lanes; lane++, at += pfq_profile_row(profile->steps)) {
		times[0] += READ_ONCE(at->times[0]);
		times[1] += READ_ONCE(at->times[1]);
	}
}
