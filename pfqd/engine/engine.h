/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The user engine as the control thread keeps it: groups, endpoints, sources,
 * and the plan that the workers have of them. Each change is made to these
 * lists and takes effect by engine_update(); what a change removed is freed
 * when no worker uses it any more.
 */
#ifndef PFQD_ENGINE_H
#define PFQD_ENGINE_H

#include <sched.h>

#include "pfqd/host/device.h"
#include "group.h"
#include "limit.h"
#include "pfqd/base/loop.h"
#include "pfqd/host/promisc.h"
#include "source.h"
#include "pfqd/worker/worker.h"

struct engine {
	struct loop *loop;
	bool is_kernel;			/* all below but limits is the module's: nothing is here */
	struct workers *workers;
	uint32_t lanes;
	char cpus[256];			/* as text, "": not pinned */
	uint32_t seed;
	uint64_t started_ns;		/* CLOCK_MONOTONIC */
	struct devices *devices;
	struct uevents *uevents;	/* NULL: the kernel has none */
	struct promisc *promisc;
	struct limits *limits;
	struct source_set sources;
	struct group_list groups;
	struct group_list dead_groups;
	struct endpoint_list dead_endpoints;
	struct plan *plan;		/* published */
	uint32_t last_endpoint_id;
	uint64_t last_group_serial;
	unsigned int group_count;
	int notify_fd;			/* written by workers */
	struct loop_watch *notify, *retry;
};

struct engine_params {
	struct loop *loop;
	bool is_kernel;			/* only tell clients to go there */
	uint32_t workers;
	const cpu_set_t *cpus;		/* NULL: not pinned */
};

int engine_create(struct engine **engine, const struct engine_params *params,
		  struct pfq_error *err);
/* The workers end; fragments that wait go to the members that are there. Nothing but destroying comes after. */
void engine_halt(struct engine *engine);
/* Endpoints that are still there go with it. */
void engine_destroy(struct engine *engine);

/*
 * Make a group, bind what @settings names (which it takes over, also on failure). Takes effect
 * by engine_update().
 */
int engine_group_add(struct engine *engine, enum group_kind kind, struct group_settings *settings,
		     struct pfqd_group **group, struct pfq_error *err);
/* It has no members. */
void engine_group_remove(struct engine *engine, struct pfqd_group *group);
/* by name, or id in decimal. NULL: none */
struct pfqd_group *engine_group_named(const struct engine *engine, const char *name);
/* the same of those that can be joined: no private ones */
struct pfqd_group *engine_group_find(const struct engine *engine, const char *name);

/* Its group, if that was made by a JOIN, goes with the last member. Published at once. */
void engine_endpoint_remove(struct engine *engine, struct endpoint *ep);

/* Open what the sources need, and let the workers have it all. -ENOMEM: nothing has changed. */
int engine_update(struct engine *engine, struct pfq_error *err);
/* engine_update() where nobody can be told of a failure: tried again later. */
void engine_update_later(struct engine *engine);

/* Sources and feeds as the present devices ask for, not published yet. */
void engine_sync(struct engine *engine);

/* engine_check.c */
/*
 * Before names of @list are looked for: the kernel did not tell of those that a device got
 * while it was down.
 */
void engine_learn_names(struct engine *engine, const struct binding_list *list);

/*
 * Bring the sources of @group up to date before it is published; the first one that @list
 * names and that cannot be used is the error: -ENOENT, -ENETDOWN, -EINVAL, or the driver's.
 */
int engine_group_check(struct engine *engine, struct pfqd_group *group,
		       const struct binding_list *list, struct pfq_error *err);
/*
 * The same of all its sources, for a group that begins: one that is absent or down is waited
 * for, one whose link type is not supported is left out, and neither is an error.
 */
int engine_group_check_start(struct engine *engine, struct pfqd_group *group, struct pfq_error *err);

uint64_t engine_now_ns(void);

#endif /* PFQD_ENGINE_H */
