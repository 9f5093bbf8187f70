/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The programs that bench-programs has written */
#ifndef PFQ_BENCH_STAGES_PROGRAM_H
#define PFQ_BENCH_STAGES_PROGRAM_H

#include "core/program.h"

/* Load the program in the file @name of @folder. If that is not possible, print why and exit. */
struct pfq_program *stages_program_load(const char *folder, const char *name);
void stages_program_free(struct pfq_program *prog);

/* The number of steps that the packet takes. */
unsigned int stages_program_steps(const struct pfq_program *prog, struct pfq_view v,
				  struct pfq_lane_env *env);

/*
 * Check that @hand does to the packet what the steps do: the output, and the counters of
 * stages_hand.h, which are 0 afterwards. Otherwise print what differs and exit.
 */
void stages_program_compare(const struct pfq_program *prog, pfq_op_fn hand, struct pfq_view v,
			    struct pfq_lane_env *env);

#endif /* PFQ_BENCH_STAGES_PROGRAM_H */
