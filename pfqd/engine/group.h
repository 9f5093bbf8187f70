/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A group as the control thread keeps it. What the workers see of it is its
 * snapshot, made anew by the next plan after group_changed().
 */
#ifndef PFQD_GROUP_H
#define PFQD_GROUP_H

#include <sys/queue.h>

#include "endpoint.h"
#include "pfqd/settings/settings.h"
#include "source.h"

struct snapshot;

enum group_kind {
	GROUP_CONFIGURED,	/* of pfqd.conf: lasts */
	GROUP_JOINED,		/* made by a JOIN: goes with its last member */
	GROUP_PRIVATE,		/* of one endpoint */
};

#define GROUP_NAME_MAX	PFQ_NAME_MAX

struct group_feed {
	struct source *source;
	bool is_transient;	/* came by a JOIN: goes with the last member */
	bool is_refused; /* another link type than the group's, or a device that it has already */
	char why[200];		/* it is refused */
};

struct pfqd_group {
	TAILQ_ENTRY(pfqd_group) entry;
	enum group_kind kind;
	uint64_t serial;	/* grows along the list of groups */
	struct group_settings settings;	/* its bindings: only what it began with */
	uint32_t linktype;	/* PFQ_LINKTYPE_*; 0: not known before a device is there */
	struct pfq_filter *filter_raw;	/* settings.filter_text for raw IP */
	unsigned int feeds;
	struct group_feed feed[PFQ_GROUP_DEVICES_MAX];
	unsigned int members, started;
	struct endpoint_list member;
	bool is_complete;	/* as many members as wanted were there; till none is */
	struct pfq_group_lane *lane;	/* [lanes]: counters */
	struct pfq_hold *hold;		/* fragments that wait; NULL: none do */
	uint32_t lanes;
	struct snapshot *snapshot;	/* of the published plan; plan_forget() frees both */
	struct snapshot *next;		/* of the plan in the making */
	bool is_changed;
};

TAILQ_HEAD(group_list, pfqd_group);

/* Takes over what @settings owns, also on failure. No sources yet. */
int group_create(struct pfqd_group **group, enum group_kind kind, struct group_settings *settings,
		 uint32_t lanes, struct pfq_error *err);
/* When no worker uses it, and it has no members, no sources and no snapshots. */
void group_destroy(struct pfqd_group *group);

/* Bind; what is bound already is left alone. */
int group_bind(struct pfqd_group *group, struct source_set *set, const struct binding_list *list,
	       bool is_transient, struct pfq_error *err);
int group_bind_file(struct pfqd_group *group, struct source_set *set, struct pfq_error *err);
/* those that were bound after the first @feeds */
void group_unbind_after(struct pfqd_group *group, unsigned int feeds);
/* all sources, or the transient ones */
void group_unbind(struct pfqd_group *group, bool transient_only);
/* does it have all of @list already, under whatever names? */
bool group_covers(const struct pfqd_group *group, const struct binding_list *list);

/* Its link type, from the sources that are open by now. Refused ones are said in the log. */
void group_feeds_update(struct pfqd_group *group);
/* what members are told: Ethernet where no device has said yet */
uint32_t group_linktype(const struct pfqd_group *group);
/* A member has been told: it stays so. */
void group_linktype_fix(struct pfqd_group *group);
/* the filter that fits its link type; NULL: none */
const struct pfq_filter *group_filter(const struct pfqd_group *group);

void group_add(struct pfqd_group *group, struct endpoint *ep);
void group_remove(struct pfqd_group *group, struct endpoint *ep);
void group_start(struct pfqd_group *group, struct endpoint *ep);
void group_changed(struct pfqd_group *group);

/* members that take packets: joined ones where it copies, else started ones */
unsigned int group_takers(const struct pfqd_group *group);
/* waits for members = N */
bool group_is_holding(const struct pfqd_group *group);
bool group_wants_promisc(const struct pfqd_group *group);
/* lanes that an open source feeds, as a mask */
uint64_t group_lanes_fed(const struct pfqd_group *group);
void group_counters(const struct pfqd_group *group, uint64_t counters[PFQ_GROUP_COUNTERS_MAX]);
/* "eth0,eth1/0-3" or "file:PATH" */
void group_bindings_print(const struct pfqd_group *group, char *text, size_t size);

#endif /* PFQD_GROUP_H */
