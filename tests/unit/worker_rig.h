/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One group of endpoints, its sources and the workers between them, and their threads. */
#ifndef TESTS_WORKER_RIG_H
#define TESTS_WORKER_RIG_H

#include "worker_world.h"

#define MS		1000000ULL
/* holds all that a test sends: how fast it is read must not matter */
#define LANE_BYTES	(16ULL << 20)
#define SEEN_MAX	(1U << 20)

struct workers *rig_start(unsigned int count, int notify_fd);
void rig_publish(struct workers *w, struct world_plan *p);
void rig_stop(struct workers *w);

/* Wait up to two seconds until *@value is @want. */
void rig_wait(const uint64_t *value, uint64_t want);

/* one group of @policy with @members, fed by fakes in @lanes lanes */
struct rig {
	uint32_t lanes, members;
	struct workers *workers;
	struct fake *fake[WORLD_LANES_MAX];
	struct world_endpoint *member[WORLD_MEMBERS_MAX];
	struct world_group *group;
	struct world_plan *plan;
	int notify_fd;
};

/* a plan for @r's group with the first @members of its members */
struct world_plan *rig_plan(struct rig *r, uint32_t members);
void rig_make(struct rig *r, uint32_t lanes, const char *policy, uint32_t members);
void rig_free(struct rig *r);

uint64_t rig_cpu_ns(void);

#endif /* TESTS_WORKER_RIG_H */
