/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group as its namespace keeps it, under pfqk_net.lock. What the packet's way
 * sees of it is its snapshot, published anew by every change.
 */
#ifndef PFQK_GROUP_H
#define PFQK_GROUP_H

#include "../core/group.h"
#include "access.h"
#include "binding.h"
#include "endpoint.h"
#include "retire.h"

struct pfqk_lane;
struct pfqk_net;
struct pfqk_snapshot;

enum pfqk_group_kind {
	PFQK_GROUP_ADDED,	/* by GROUP_ADD: lasts */
	PFQK_GROUP_JOINED,	/* made by a JOIN: goes with its last member */
	PFQK_GROUP_PRIVATE,	/* of one endpoint */
};

struct pfqk_group_settings {
	char	name[PFQ_NAME_MAX + 1];
	u32	id;			/* 0: one is found */
	char	steer[64];
	struct pfq_program program;
	char	*filter_text;		/* NULL: none; owned, as the two below */
	struct pfq_filter *filter;
	char	*vlans_text;
	struct pfq_vlan_set vlans;
	u32	members_wanted;
	u64	frag_wait_ns;		/* 0: later fragments do not wait */
	struct pfqk_access access;
	u64	ring_bytes;
	u32	snaplen;
	u8	direction;
	bool	promisc;
	bool	is_tap;			/* the host does not see the packets */
	bool	is_adapter_time;	/* the devices' timestamps, where there are any */
	u32	linktype;		/* that the filter is for; 0: any */
};

struct pfqk_group {
	struct list_head entry;
	struct pfqk_net *pn;
	enum pfqk_group_kind kind;
	struct list_head owner_entry;	/* of the file that it goes with, if any */
	u64	serial;			/* grows along the list of groups */
	bool	is_dead;		/* off the list */
	u32	joining;		/* JOINs that wait for memory: keep it, dead or alive */
	struct pfqk_group_settings settings;
	u32	linktype;		/* PFQ_LINKTYPE_*; 0: not known before a device is there */
	u32	bindings;
	struct pfqk_binding binding[PFQK_BINDINGS_MAX];
	u32	members, started;
	struct list_head member;
	bool	is_complete;		/* as many members as wanted were there; till none is */
	u64	watermark_ns;		/* monotonic: when a lane last renewed them all, */
	bool	is_lane_left;		/* but one that was on a packet's way then */
	struct pfq_group_lane *counters;	/* [lanes] */
	struct pfqk_lane *lane;		/* [lanes] */
	struct pfq_hold *hold;		/* fragments that wait; NULL: there is one member at most, or none waits */
	struct pfqk_snapshot __rcu *snapshot;
	struct pfqk_retired retired;
};

void pfqk_group_settings_default(struct pfqk_group_settings *s);
void pfqk_group_settings_free(struct pfqk_group_settings *s);
/* -EINVAL, -EOPNOTSUPP; @extack says what is allowed */
int pfqk_group_settings_steer(struct pfqk_group_settings *s, const char *policy,
			      struct netlink_ext_ack *extack);
int pfqk_group_settings_vlans(struct pfqk_group_settings *s, const char *text,
			      struct netlink_ext_ack *extack);

/* The calls below need pfqk_net.lock; those that bind or unbind rtnl, too. */

/* Takes over what @settings owns when it succeeds. In its namespace's list then. */
int pfqk_group_create(struct pfqk_group **group, struct pfqk_net *pn, enum pfqk_group_kind kind,
		      struct pfqk_group_settings *settings, struct netlink_ext_ack *extack);

/* Off the list, members cut off, bindings undone; freed in time. rtnl. */
void pfqk_group_destroy(struct pfqk_group *group);
/* The same if nobody needs it any more. rtnl. */
void pfqk_group_put(struct pfqk_group *group);

/* name, or id in decimal; NULL: none */
struct pfqk_group *pfqk_group_find(struct pfqk_net *pn, const char *name);

/*
 * Bind; what is bound already is left alone. @must: each device has to be
 * there, and of the group's link type. rtnl. On error nothing is bound.
 */
int pfqk_group_bind(struct pfqk_group *group, const struct pfqk_binding_list *list,
		    bool is_transient, bool must, struct netlink_ext_ack *extack);
/* those that were bound after the first @keep */
void pfqk_group_unbind_after(struct pfqk_group *group, u32 keep);
void pfqk_group_unbind_transient(struct pfqk_group *group);
/* one binding: to its device, if that is there and fits; from it */
int pfqk_group_attach(struct pfqk_group *group, struct pfqk_binding *binding,
		      struct netlink_ext_ack *extack);
/* the same where nobody asked: what is in the way is in the kernel's log, once */
void pfqk_group_attach_later(struct pfqk_group *group, struct pfqk_binding *binding);
void pfqk_group_detach(struct pfqk_group *group, struct pfqk_binding *binding);
void pfqk_group_promisc(struct pfqk_group *group);
bool pfqk_group_covers(const struct pfqk_group *group, const struct pfqk_binding_list *list);
/* @list is covered: are its devices there, and used? -ENODEV, -EOPNOTSUPP with text */
int pfqk_group_check(const struct pfqk_group *group, const struct pfqk_binding_list *list,
		     struct netlink_ext_ack *extack);
bool pfqk_group_wants_promisc(const struct pfqk_group *group);
u32 pfqk_group_linktype(const struct pfqk_group *group);

int pfqk_group_join(struct pfqk_group *group, struct pfqk_endpoint *ep);
/* Does it need memory for fragments that wait, when @ep starts? */
bool pfqk_group_lacks_hold(const struct pfqk_group *group, const struct pfqk_endpoint *ep);
/* *hold: that memory, zeroed, or NULL; what is not needed stays there. */
int pfqk_group_start(struct pfqk_group *group, struct pfqk_endpoint *ep, struct pfq_hold **hold);

/* The file goes: so do the groups it owns. Takes the locks itself. */
void pfqk_group_leave(struct pfqk_endpoint *ep);

/* Publish a snapshot of what is now. With GFP_KERNEL: -ENOMEM, and the old one stays. */
int pfqk_group_publish(struct pfqk_group *group, gfp_t gfp);

void pfqk_group_counters(const struct pfqk_group *group, u64 *counters);
void pfqk_group_bindings_print(const struct pfqk_group *group, char *text, size_t size);

#endif /* PFQK_GROUP_H */
