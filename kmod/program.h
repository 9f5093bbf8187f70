/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group's program, which the group's settings and snapshots share. It does not change. The last
 * user frees it: a snapshot puts its program after the grace period, so that no packet uses it.
 */
#ifndef PFQK_PROGRAM_H
#define PFQK_PROGRAM_H

#include <linux/refcount.h>
#include "../core/program.h"

struct pfqk_program {
	refcount_t users;
	struct pfq_program *core;
};

/* Make the program of PFQ_DEFAULT_STEER. Call it before all others here. */
void pfqk_program_init(void);
/* Get it. It always exists, so this cannot fail. */
struct pfqk_program *pfqk_program_usual(void);
/* Make the program of a steering policy: an error of pfq_program_from_policy(), or -ENOMEM. */
int pfqk_program_from_policy(struct pfqk_program **program, const char *policy);
/* Become a user of @program, which is returned; and no longer be one. NULL: nothing. */
struct pfqk_program *pfqk_program_get(struct pfqk_program *program);
void pfqk_program_put(struct pfqk_program *program);

#endif /* PFQK_PROGRAM_H */
