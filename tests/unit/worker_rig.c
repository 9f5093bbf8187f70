/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "ingest_net.h"
#include "worker_rig.h"

struct workers *rig_start(unsigned int count, int notify_fd)
{
	struct pfq_error err = { "" };
	struct workers *w;

	if (workers_start(&w, count, NULL, 42, notify_fd, &err))
		fail_msg("%s", err.text);
	assert_int_equal(workers_count(w), count);
	return w;
}

void rig_publish(struct workers *w, struct world_plan *p)
{
	assert_int_equal(workers_publish(w, &p->plan), 0);
}

void rig_stop(struct workers *w)
{
	struct world_plan *nothing = world_plan_new();

	rig_publish(w, nothing);
	workers_stop(w);
	world_plan_free(nothing);
}

void rig_wait(const uint64_t *value, uint64_t want)
{
	for (int i = 0; i < 2000 && __atomic_load_n(value, __ATOMIC_ACQUIRE) != want; i++)
		usleep(1000);
	assert_int_equal(__atomic_load_n(value, __ATOMIC_ACQUIRE), want);
}

struct world_plan *rig_plan(struct rig *r, uint32_t members)
{
	struct world_plan *p = world_plan_new();

	world_plan_group(p, r->group, r->member, members);
	world_plan_source(p, &fake_driver, (struct ingest **)r->fake, r->lanes, 1);
	return p;
}

void rig_make(struct rig *r, uint32_t lanes, const char *policy, uint32_t members)
{
	memset(r, 0, sizeof(*r));
	r->lanes = lanes;
	r->members = members;
	r->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	for (uint32_t i = 0; i < lanes; i++)
		r->fake[i] = fake_new(i);
	for (uint32_t i = 0; i < members; i++)
		r->member[i] = world_endpoint_new(lanes, LANE_BYTES, SEEN_MAX);
	r->group = world_group_new(lanes, policy);
	r->plan = rig_plan(r, members);
	r->workers = rig_start(lanes, r->notify_fd);
	rig_publish(r->workers, r->plan);
}

void rig_free(struct rig *r)
{
	rig_stop(r->workers);
	world_plan_free(r->plan);
	world_group_free(r->group);
	for (uint32_t i = 0; i < r->members; i++)
		world_endpoint_free(r->member[i]);
	for (uint32_t i = 0; i < r->lanes; i++)
		fake_free(r->fake[i]);
	close(r->notify_fd);
}

uint64_t rig_cpu_ns(void)
{
	return net_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}
