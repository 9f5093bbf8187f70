/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The work of programs of programs.c, written by hand in C. The group calls these functions in
 * place of a program's steps, so that nothing else differs.
 */
#ifndef PFQ_BENCH_STAGES_HAND_H
#define PFQ_BENCH_STAGES_HAND_H

#include "core/object.h"
#include "core/program.h"

#define STAGES_HAND_COUNTS	2
#define STAGES_LANES		2

/* The counters, in the order in which a program names them; by lane. */
extern struct pfq_count stages_hand_count[STAGES_HAND_COUNTS][STAGES_LANES];

const struct pfq_step *stages_hand_5(const struct pfq_step *s, struct pfq_run *r);
const struct pfq_step *stages_hand_15(const struct pfq_step *s, struct pfq_run *r);

#endif /* PFQ_BENCH_STAGES_HAND_H */
