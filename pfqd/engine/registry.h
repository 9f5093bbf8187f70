/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The user engine as the control thread keeps it: groups, endpoints, sources,
 * and the plan that the workers have of them. Each change is made to these
 * lists and takes effect by registry_update(); what a change removed is freed
 * when no worker uses it any more.
 */
#ifndef PFQD_REGISTRY_H
#define PFQD_REGISTRY_H

#include <sched.h>

#include "pfqd/host/device.h"
#include "group.h"
#include "limit.h"
#include "pfqd/base/loop.h"
#include "pfqd/host/promisc.h"
#include "source.h"
#include "pfqd/worker/worker.h"

struct registry {
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

struct registry_params {
	struct loop *loop;
	bool is_kernel;			/* only tell clients to go there */
	uint32_t workers;
	const cpu_set_t *cpus;		/* NULL: not pinned */
};

int registry_create(struct registry **registry, const struct registry_params *params,
		  struct pfq_error *err);
/* The workers end; fragments that wait go to the members that are there. Nothing but destroying comes after. */
void registry_halt(struct registry *registry);
/* Endpoints that are still there go with it. */
void registry_destroy(struct registry *registry);

/*
 * Make a group, bind what @settings names (which it takes over, also on failure). Takes effect
 * by registry_update().
 */
int registry_group_add(struct registry *registry, enum group_kind kind,
		       struct group_settings *settings, struct pfqd_group **group,
		       struct pfq_error *err);
/* It has no members. */
void registry_group_remove(struct registry *registry, struct pfqd_group *group);
/* by name, or id in decimal. NULL: none */
struct pfqd_group *registry_group_named(const struct registry *registry, const char *name);
/* the same of those that can be joined: no private ones */
struct pfqd_group *registry_group_find(const struct registry *registry, const char *name);

/* Its group, if that was made by a JOIN, goes with the last member. Published at once. */
void registry_endpoint_remove(struct registry *registry, struct endpoint *ep);

/* Open what the sources need, and let the workers have it all. -ENOMEM: nothing has changed. */
int registry_update(struct registry *registry, struct pfq_error *err);
/* registry_update() where nobody can be told of a failure: tried again later. */
void registry_update_later(struct registry *registry);

/* Sources and feeds as the present devices ask for, not published yet. */
void registry_sync(struct registry *registry);

/* engine_check.c */
/*
 * Before names of @list are looked for: the kernel did not tell of those that a device got
 * while it was down.
 */
void registry_learn_names(struct registry *registry, const struct binding_list *list);

/*
 * Bring the sources of @group up to date before it is published; the first one that @list
 * names and that cannot be used is the error: -ENOENT, -ENETDOWN, -EINVAL, or the driver's.
 */
int registry_group_check(struct registry *registry, struct pfqd_group *group,
		       const struct binding_list *list, struct pfq_error *err);
/*
 * The same of all its sources, for a group that begins: one that is absent or down is waited
 * for, one whose link type is not supported is left out, and neither is an error.
 */
int registry_group_check_start(struct registry *registry, struct pfqd_group *group,
			       struct pfq_error *err);

uint64_t registry_now_ns(void);

#endif /* PFQD_REGISTRY_H */
