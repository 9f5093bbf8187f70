/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Groups with members and sources as the control thread has them, without workers. */
#ifndef TESTS_PLAN_RIG_H
#define TESTS_PLAN_RIG_H

#include "pfqd/engine/plan.h"

#define LANES	2

extern struct group_list groups;
extern struct source_set sources;

/* before each test */
int plan_setup(void **state);
/* a group that steers by @steer, and waits for @wanted members */
struct group *plan_group(const char *steer, uint32_t wanted);
/* takes its members with it, and sources that nobody else has */
void plan_end(struct group *g);
struct endpoint *plan_join(struct group *g, uint64_t classes, uint32_t weight);
void plan_leave(struct endpoint *ep);
/* a plan as if the workers had taken it */
void plan_settled(void);

#endif /* TESTS_PLAN_RIG_H */
