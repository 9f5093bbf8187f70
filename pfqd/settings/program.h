/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group's program, which the group's settings and snapshots share. It does not change: a group
 * that is given another program has both until the workers have the new snapshot. The last user
 * frees it. Control thread only.
 */
#ifndef PFQD_PROGRAM_H
#define PFQD_PROGRAM_H

#include "core/program.h"

struct program {
	unsigned int users;
	struct pfq_program *core;
};

/* Make the program of a steering policy. Returns 0, -ENOMEM, or as pfq_program_from_policy(). */
int program_from_policy(struct program **program, const char *policy);
/* Get the program of PFQ_DEFAULT_STEER. It always exists, so this cannot fail. */
struct program *program_usual(void);
/* Become a user of @program, which is returned; and no longer be one. NULL: nothing. */
struct program *program_get(struct program *program);
void program_put(struct program *program);

#endif /* PFQD_PROGRAM_H */
