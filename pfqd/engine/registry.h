/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The user engine as the control thread keeps it: groups, endpoints, sources, and the published
 * plan of the workers. Callers change these lists; a change takes effect with registry_update().
 * Objects that a change removed are freed once no worker uses them. Control thread only.
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
	/* the kernel module holds the state: only limits is used of the fields below */
	bool is_kernel;
	struct workers *workers;
	struct maker *maker;		/* makes and frees the memory of endpoints */
	uint32_t lanes;
	char cpus[256];			/* as text; "": workers are not pinned */
	uint32_t seed;
	uint64_t started_ns;		/* CLOCK_MONOTONIC */
	struct devices *devices;
	struct uevents *uevents;	/* NULL: the kernel sends none */
	struct promisc *promisc;
	struct limits *limits;
	struct source_set sources;
	struct group_list groups;
	struct group_list dead_groups;
	struct endpoint_list dead_endpoints;
	struct plan *plan;		/* the plan that the workers use */
	uint32_t last_endpoint_id;
	uint64_t last_group_serial;
	unsigned int group_count;
	int notify_fd;			/* eventfd that workers write */
	struct loop_watch *notify, *retry;
	struct loop_watch *handovers;	/* timer, runs while a group changes its sources */
	int stamp_fd;			/* handover_stamp() */
	struct clock_watch clock;	/* for the handovers */
	struct loop_watch *linger;	/* timer for absent members */
	struct loop_watch *profiles;	/* timer for groups that count their steps' answers */
	/* called after slots may have got other owners; NULL: nobody wants to know */
	void (*on_shares)(void *arg);
	void *on_shares_arg;
};

struct registry_params {
	struct loop *loop;
	bool is_kernel;			/* this pfqd only sends clients to the kernel engine */
	uint32_t workers;
	const cpu_set_t *cpus;		/* NULL: workers are not pinned */
	bool has_seed;			/* use @seed for the hashes; otherwise a random one */
	uint32_t seed;
};

/* Make the engine and start its workers. Returns 0, or -errno with text; nothing is left then. */
int registry_create(struct registry **registry, const struct registry_params *params,
		  struct pfq_error *err);
/*
 * Stop the workers. They deliver waiting fragments to the present members first. Afterwards, groups
 * and endpoints can only be removed. NULL: nothing.
 */
void registry_halt(struct registry *registry);
/* Stop the workers, free the engine and all groups and endpoints. NULL: nothing. */
void registry_destroy(struct registry *registry);

/*
 * Make a group of @kind and bind what @settings names. The group takes @settings, see
 * group_settings_take(). Takes effect with registry_update(). Returns 0, or -errno with text.
 */
int registry_group_add(struct registry *registry, enum group_kind kind,
		       struct group_settings *settings, struct pfqd_group **group,
		       struct pfq_error *err);
/*
 * Charge @uid, whose JOIN makes a group, for its program, and set *bytes. Returns 0, or -EDQUOT or
 * -ENOMEM with text. registry_program_uncharge() gives back what @group has noted; it is called
 * when the group ends.
 */
int registry_program_charge(struct registry *registry, const struct group_settings *settings,
			    uid_t uid, uint64_t *bytes, struct pfq_error *err);
void registry_program_uncharge(struct registry *registry, struct pfqd_group *group);
/*
 * Make a group of pfqd.conf when pfqd starts. A device or file that cannot be used now is no error:
 * it is not used, with an error in the log and a reason in the status, until it can be.
 */
int registry_group_start(struct registry *registry, struct group_settings *settings,
			 struct pfq_error *err);
/* Remove @group, which has no members. Takes effect with registry_update(). */
void registry_group_remove(struct registry *registry, struct pfqd_group *group);
/* registry_find.c */
/* Find a group by name, or by its id in decimal. Returns NULL if there is none. */
struct pfqd_group *registry_group_named(const struct registry *registry, const char *name);
/* Find a group by its id; NULL: none. */
struct pfqd_group *registry_group_of_id(const struct registry *registry, uint32_t id);
/* As registry_group_named(), but find no private groups, which cannot be joined. */
struct pfqd_group *registry_group_find(const struct registry *registry, const char *name);

/*
 * Make @ep a member of @group. Where members need no START, it takes the place of the absent member
 * of its name, if there is one. Takes effect with registry_update().
 */
void registry_endpoint_add(struct registry *registry, struct pfqd_group *group,
			   struct endpoint *ep);
/*
 * @ep is started from now on. It gets the packets of the absent member of its name, if there is
 * one. Takes effect with registry_update().
 */
void registry_endpoint_start(struct registry *registry, struct endpoint *ep);
/*
 * Remove @ep from its group and publish the change. A member with a name can become absent. A
 * group that a JOIN made is removed with its last member.
 */
void registry_endpoint_remove(struct registry *registry, struct endpoint *ep);

/*
 * Open the devices and files that the sources need, and publish a new plan to the workers. Returns
 * 0, or -errno with text; the workers keep the old plan then.
 */
int registry_update(struct registry *registry, struct pfq_error *err);
/*
 * registry_update() for callers that cannot report an error: a failure is logged and tried again by
 * a timer.
 */
void registry_update_later(struct registry *registry);

/* Bring sources and feeds up to date with the present devices, without publishing. */
void registry_sync(struct registry *registry);

/* registry_check.c */
/*
 * Call this before looking up names of @list. If a name is unknown, read all devices again, because
 * the kernel does not report names that a device got while it was down.
 */
void registry_learn_names(struct registry *registry, const struct binding_list *list);

/*
 * Bring the sources of @group up to date before it is published. Returns 0, or the error of the
 * first device of @list that cannot be used: -ENOENT, -ENETDOWN, -EINVAL, or the driver's.
 */
int registry_group_check(struct registry *registry, struct pfqd_group *group,
		       const struct binding_list *list, struct pfq_error *err);
/*
 * The same check of one new feed of a group of pfqd.conf, after registry_sync(). These are no
 * errors: a device that is absent or down (pfqd waits for it), and a device of an unsupported link
 * type (not used).
 */
int registry_feed_check(struct registry *registry, struct group_feed *feed,
			struct pfq_error *err);

/*
 * May this process open the devices of @group? Returns 0, or -EPERM with text. Another device will
 * not help a process without the capabilities.
 */
int registry_group_check_rights(struct registry *registry, struct pfqd_group *group,
				struct pfq_error *err);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t registry_now_ns(void);

#endif /* PFQD_REGISTRY_H */
