/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group as the control thread keeps it. The workers see its snapshot instead. After
 * group_changed(), the next plan gets a new snapshot. Control thread only.
 */
#ifndef PFQD_GROUP_H
#define PFQD_GROUP_H

#include <sys/queue.h>

#include "absent.h"
#include "endpoint.h"
#include "pfqd/settings/settings.h"
#include "handover.h"
#include "source.h"

struct snapshot;

enum group_kind {
	GROUP_CONFIGURED,	/* from pfqd.conf; stays without members */
	GROUP_JOINED,		/* made by a JOIN; removed with its last member */
	GROUP_PRIVATE,		/* a JOIN without a group's name; one member only */
};

#define GROUP_NAME_MAX	PFQ_NAME_MAX

/* see profile.h */
struct group_profile {
	struct program *program;	/* does the same as of, and counts; NULL: none */
	struct program *of;
	const void *owner;
	uint64_t until_ns;		/* CLOCK_MONOTONIC */
};

struct group_feed {
	struct source *source;
	/* the group's name of the device; "": that of the source */
	char written[PFQ_DEVICE_NAME_MAX + 1];
	bool is_transient;	/* bound by a JOIN; removed with the last member */
	struct {
		pid_t pid;	/* 0: unknown */
		uid_t uid;
		char comm[32];
	} binder;		/* the process of that JOIN */
	/* not used: another link type than the group's, or a second name of a device */
	bool is_refused;
	char why[200];		/* the reason for is_refused */
	struct source *coming;	/* takes the place of source; NULL: none (handover.h) */
};

struct pfqd_group {
	TAILQ_ENTRY(pfqd_group) entry;
	enum group_kind kind;
	uint64_t serial;	/* grows along the list of groups */
	/* its bindings are those that the group was made with; feed has all */
	struct group_settings settings;
	struct group_profile profile;
	/* for its program, of the user whose JOIN has made the group: registry_program_charge() */
	uint64_t program_bytes;
	uid_t program_uid;
	uint32_t linktype;	/* LINKTYPE_*; 0: unknown, because no device is open yet */
	/* settings.filter_text compiled for raw IP; NULL before it is needed */
	struct pfq_filter *filter_raw;
	unsigned int feeds;
	struct group_feed feed[PFQ_GROUP_DEVICES_MAX];
	bool is_immediate;	/* its sources hand over each packet at once, if they can */
	struct handover handover;
	struct plan_turn turns[2];	/* handover.turn is one of them */
	unsigned int members, started;
	struct endpoint_list member;	/* by share: in the order of joining */
	unsigned int absents;
	struct absent_list absent;	/* by share */
	/*
	 * the wanted number of members has been reached, absent ones included; false again after
	 * the last one leaves
	 */
	bool is_complete;
	struct pfq_group_lane *lane;	/* [lanes]: counters */
	struct pfq_hold *hold;		/* waiting fragments; NULL: the group holds none back */
	uint32_t lanes, seed;		/* of the engine */
	struct snapshot *snapshot;	/* in the published plan */
	struct snapshot *next;		/* in the plan that is being made */
	bool is_changed;
};

TAILQ_HEAD(group_list, pfqd_group);

/*
 * Make a group without sources, which takes @settings: see group_settings_take(). Returns 0, or
 * -errno with text.
 */
int group_create(struct pfqd_group **group, enum group_kind kind, struct group_settings *settings,
		 uint32_t lanes, uint32_t seed, struct pfq_error *err);
/* Free a group that no worker uses and that has no members, sources or snapshots. NULL: nothing. */
void group_destroy(struct pfqd_group *group);

/*
 * Bind the devices of @list that are not bound yet. Returns 0, or -errno with text; feeds that were
 * added before the error stay.
 */
int group_bind(struct pfqd_group *group, struct source_set *set, const struct binding_list *list,
	       bool is_transient, struct pfq_error *err);
/*
 * Bind the devices or the file of the group's settings. @may_conflict: devices that exclude each
 * other are no error, and one of them is not used. Returns 0, or -errno with text.
 */
int group_bind_settings(struct pfqd_group *group, struct source_set *set, bool may_conflict,
			struct pfq_error *err);
/* Remove the feeds after the first @feeds. */
void group_unbind_after(struct pfqd_group *group, unsigned int feeds);
/* Remove all feeds, or only the transient ones. */
void group_unbind(struct pfqd_group *group, bool transient_only);
/*
 * Refuse a binding of @group that overlaps one of the @feeds feeds: a packet must not come twice.
 * Returns 0, or -EINVAL with text.
 */
int group_feed_overlap(const struct group_feed *feed, unsigned int feeds, const char *group,
		       const struct binding *binding, struct pfq_error *err);
/* The name by which the group has bound the device of @feed. */
const char *group_feed_name(const struct group_feed *feed);
/* @ep has bound the transient feeds of its group from index @first on. Log that. */
void group_feeds_bound_by(struct pfqd_group *group, unsigned int first, const struct endpoint *ep);
/*
 * Remove the transient feeds that @list names. Returns their number; 0: one of @list is not
 * transient, and nothing was removed.
 */
unsigned int group_feeds_unbind(struct pfqd_group *group, const struct binding_list *list);
/* Print it as it is written in the group, with its queues; or "file:PATH". */
void group_feed_print(const struct group_feed *feed, char *text, size_t size);
/*
 * Devices that the group has bound by another name than the source: after such a device has gone,
 * the group gets a source with its own name, and waits for that.
 */
void group_feeds_part(struct pfqd_group *group, struct source_set *set);
/* Does the group have all bindings of @list, under any name of the devices? */
bool group_covers(const struct pfqd_group *group, const struct binding_list *list);

/*
 * Choose the group's link type by its open sources, and refuse feeds that do not fit. Logs refused
 * feeds.
 */
void group_feeds_update(struct pfqd_group *group);
/* The link type that members are told: Ethernet if no device is open yet. */
uint32_t group_linktype(const struct pfqd_group *group);
/* Keep the present link type: a member was told. */
void group_linktype_fix(struct pfqd_group *group);
/* The filter for the group's link type; NULL: none. */
const struct pfq_filter *group_filter(const struct pfqd_group *group);

/* Append @ep to the members. group_members_changed() has to follow. */
void group_add(struct pfqd_group *group, struct endpoint *ep);
/* Remove @ep from the members; it is not freed. The last one takes the transient feeds with it. */
void group_remove(struct pfqd_group *group, struct endpoint *ep);
/* Make @ep a started member, which gets flows. Nothing changes if it has started before. */
void group_start(struct pfqd_group *group, struct endpoint *ep);
/* @ep has the share @share and its place among the members from now on. */
void group_place(struct pfqd_group *group, struct endpoint *ep, uint32_t share);
/*
 * The program, the wanted members, or the numbers of members, started or absent ones have changed:
 * do enough of them take packets?
 */
void group_members_changed(struct pfqd_group *group);
/*
 * group_hold_prepare() makes the table of waiting fragments, if @settings need one and there is
 * none. Returns 0 or -ENOMEM. group_hold_update() lets fragments wait as the group's settings say.
 */
int group_hold_prepare(struct pfqd_group *group, const struct group_settings *settings);
void group_hold_update(struct pfqd_group *group);
/* The program that the workers shall run: that of the settings, or one that counts. */
static inline struct program *group_program(const struct pfqd_group *g)
{
	return g->profile.program && g->profile.of == g->settings.program ? g->profile.program :
									  g->settings.program;
}
/* The next plan has the program of the settings. */
void group_profile_end(struct pfqd_group *group);
/*
 * Tell the program, which is loaded, which bound devices have the names that it uses: see IFINDEX
 * in linux/pfq_control.h. A name that no bound device has matches no packet.
 */
void group_program_devices(const struct pfqd_group *group);
/* The next plan makes a new snapshot. */
void group_changed(struct pfqd_group *group);

/*
 * The number of members that take packets: all members of a group that copies, otherwise the
 * started ones.
 */
unsigned int group_takers(const struct pfqd_group *group);
/* Does the group wait for the wanted number of members? */
bool group_is_holding(const struct pfqd_group *group);
/* Does one of the members want each packet at once? */
bool group_wants_immediate(const struct pfqd_group *group);
/* The driver that its sources of devices have, or will have after the handover in progress. */
const struct ingest_driver *group_driver(const struct pfqd_group *group);
/*
 * Describe the source of @binding (NULL: the file of @settings) as the group needs it with
 * @settings, its present or next ones.
 */
struct source_spec group_source_spec(const struct pfqd_group *group,
				     const struct group_settings *settings,
				     const struct binding *binding);
/* Does the group or one of its members want promiscuous devices? */
bool group_wants_promisc(const struct pfqd_group *group);
/* The lanes that an open source feeds, as a bit mask. */
uint64_t group_lanes_fed(const struct pfqd_group *group);
/* The sums of all lanes. May run while workers count. */
void group_counters(const struct pfqd_group *group, uint64_t counters[PFQ_GROUP_COUNTERS_MAX]);
/* Print the feeds as "eth0,eth1/0-3" or "file:PATH". */
void group_bindings_print(const struct pfqd_group *group, char *text, size_t size);

#endif /* PFQD_GROUP_H */
