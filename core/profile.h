/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * How often each step of a program has answered yes, and no. The shell makes a second program that
 * does the same as the first one, lets it count, and publishes it for a while.
 */
#ifndef PFQ_CORE_PROFILE_H
#define PFQ_CORE_PROFILE_H

#include "program.h"

/* The answers of one step in one lane. Only that lane writes them; anybody reads them. */
struct pfq_answers {
	u64	times[2];	/* no, yes */
	u64	reserved[4];
};

struct pfq_profile {
	u32	steps;		/* without the one that drops */
	u32	lanes;
	struct pfq_answers answers[];	/* [lanes][pfq_profile_row(steps)] */
};

/*
 * Answers of a lane: one for each step, and one for the step that drops. Rows end with a cache
 * line.
 */
static inline u32 pfq_profile_row(u32 steps)
{
	return (steps + 1 + 7) / 8 * 8;
}

/* Bytes of the profile of a program of @steps steps. Allocate them zeroed. */
u64 pfq_profile_bytes(u32 steps, u32 lanes);
/* @profile: zeroed memory of pfq_profile_bytes() bytes. */
void pfq_profile_init(struct pfq_profile *profile, u32 steps, u32 lanes);
/* Set times[0] and times[1] to the numbers of no and yes of a step, in all lanes. Any thread. */
void pfq_profile_sum(const struct pfq_profile *profile, u32 step, u64 times[2]);

/*
 * Let @prog, which nobody runs yet, count in @profile. Each packet goes through its steps then,
 * also where another way would be shorter.
 */
void pfq_program_count(struct pfq_program *prog, struct pfq_profile *profile);

#endif /* PFQ_CORE_PROFILE_H */
