/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group, as its namespace keeps it under pfqk_net.lock. Packets are handled by its snapshot,
 * which every change publishes again.
 */
#ifndef PFQK_GROUP_H
#define PFQK_GROUP_H

#include "../core/group.h"
#include "absent.h"
#include "access.h"
#include "binding.h"
#include "endpoint.h"
#include "program.h"
#include "retire.h"

struct pfqk_lane;
struct pfqk_net;
struct pfqk_snapshot;

enum pfqk_group_kind {
	PFQK_GROUP_ADDED,	/* by GROUP_ADD: stays without members */
	PFQK_GROUP_JOINED,	/* by a JOIN: ends with its last member */
	PFQK_GROUP_PRIVATE,	/* by a JOIN, for one endpoint */
};

struct pfqk_group_settings {
	char	name[PFQ_NAME_MAX + 1];
	u32	id;			/* 0: choose one */
	char	steer[64];		/* PFQ_STEER_LANG: in pfq-lang */
	struct pfqk_program *program;	/* the group owns this and the next three */
	char	*filter_text;		/* NULL: none */
	struct pfq_filter *filter;
	char	*vlans_text;
	struct pfq_vlan_set vlans;
	u32	members_wanted;
	u64	frag_wait_ns;		/* 0: later fragments are not held */
	u64	linger_ns;		/* 0: a member that leaves loses its share at once */
	u32	linger_to;		/* enum pfq_linger_to */
	struct pfqk_access access;
	u64	ring_bytes;
	u32	snaplen;
	u8	direction;
	bool	promisc;
	bool	is_tap;			/* the host does not get the packets */
	bool	is_adapter_time;	/* the devices' timestamps, if they have any */
	u32	linktype;		/* the filter is for this link type; 0: any */
};

/* see profile.h */
struct pfqk_group_profile {
	struct pfqk_program *program;	/* does the same as of, and counts; NULL: none */
	struct pfqk_program *of;
	const struct pfqk_endpoint *owner;	/* only compared */
	u64	until_ns;		/* monotonic */
};

struct pfqk_group {
	struct list_head entry;
	struct pfqk_net *pn;
	enum pfqk_group_kind kind;
	/* in the list of the file that owns it, if there is one */
	struct list_head owner_entry;
	bool	is_orphan;		/* its owner's file is closed */
	u64	serial;			/* grows along the list of groups */
	bool	is_dead;		/* no longer on the list */
	/* JOINs that wait for memory; they keep the group, even a dead one */
	u32	joining;
	struct pfqk_group_settings settings;
	struct pfqk_group_profile profile;
	/* for its program, of the user who has given it */
	u64	program_bytes;
	kuid_t	program_uid;
	u32	linktype;		/* PFQ_LINKTYPE_*; 0: unknown until a device is there */
	u32	bindings;
	struct pfqk_binding binding[PFQK_BINDINGS_MAX];
	u32	members, started;
	struct list_head member;	/* by share: in the order of joining */
	u32	absents;
	struct list_head absent;	/* by share */
	/*
	 * as many members as wanted have been there, absent ones included; cleared when the last
	 * one leaves
	 */
	bool	is_complete;
	/* monotonic, ns: when a lane last renewed the watermarks of all lanes */
	u64	watermark_ns;
	/* a lane was left out then, because its CPU was handling a packet */
	bool	is_lane_left;
	struct pfq_group_lane *counters;	/* [lanes] */
	struct pfqk_lane *lane;		/* [lanes] */
	/* held fragments; NULL: none are held, or there is at most one member */
	struct pfq_hold *hold;
	struct pfqk_snapshot __rcu *snapshot;
	struct pfqk_retired retired;
};

/* The program that packets shall go through: that of the settings, or one that counts. */
static inline struct pfqk_program *pfqk_group_program(const struct pfqk_group *g)
{
	return g->profile.program && g->profile.of == g->settings.program ? g->profile.program :
									  g->settings.program;
}

/*
 * Let packets go through the program of the settings again. This cannot fail. Under the namespace's
 * lock.
 */
void pfqk_group_profile_end(struct pfqk_group *g);

/* Make the usual program, and the error text that lists the policies. Call it before all others. */
void pfqk_group_settings_init(void);
/* Fill in the defaults. pfqk_group_settings_free() frees what @s points to. */
void pfqk_group_settings_default(struct pfqk_group_settings *s);
void pfqk_group_settings_free(struct pfqk_group_settings *s);
/* Another object owns now what @s points to. */
void pfqk_group_settings_given(struct pfqk_group_settings *s);
/*
 * Parse a policy, or a list of VLANs, into @s. Returns -EINVAL or -EOPNOTSUPP, with the allowed
 * values in @extack, or -ENOMEM.
 */
int pfqk_group_settings_steer(struct pfqk_group_settings *s, const char *policy,
			      struct netlink_ext_ack *extack);
int pfqk_group_settings_vlans(struct pfqk_group_settings *s, const char *text,
			      struct netlink_ext_ack *extack);
/* Set steer and program to @wire, compiled from @text. As pfqk_program_from_wire(). */
int pfqk_group_settings_wire(struct pfqk_group_settings *s, const void *wire, size_t bytes,
			     const char *text, struct netlink_ext_ack *extack);

/* The functions below need pfqk_net.lock. Functions that bind or unbind need rtnl too. */

/*
 * Make a group and add it to its namespace's list. On success the group owns what @settings
 * pointed to.
 */
int pfqk_group_create(struct pfqk_group **group, struct pfqk_net *pn, enum pfqk_group_kind kind,
		      struct pfqk_group_settings *settings, struct netlink_ext_ack *extack);

/*
 * Take the group off the list, remove its members, undo its bindings; free it after a grace
 * period. rtnl.
 */
void pfqk_group_destroy(struct pfqk_group *group);
/* The same for all groups of a namespace. */
void pfqk_group_destroy_all(struct pfqk_net *pn);
/* pfqk_group_destroy() if nobody needs the group any more. rtnl. */
void pfqk_group_put(struct pfqk_group *group);

/*
 * Give the group other settings and bindings: one snapshot replaces the other, so no packet is lost
 * or seen twice, and a device that stays is not detached. On success the group owns what @settings
 * pointed to; on an error nothing has changed. *hold: zeroed memory if pfqk_group_set_lacks_hold(),
 * or NULL; what is not needed stays the caller's. The group becomes an added one. rtnl.
 */
int pfqk_group_set(struct pfqk_group *group, struct pfqk_group_settings *settings,
		   const struct pfqk_binding_list *bindings, struct pfq_hold **hold,
		   struct netlink_ext_ack *extack);
/* Does the group need memory for held fragments with @settings? */
bool pfqk_group_set_lacks_hold(const struct pfqk_group *group,
			       const struct pfqk_group_settings *settings);

/* Find a group by its name, or by its id in decimal. NULL: none. */
struct pfqk_group *pfqk_group_find(struct pfqk_net *pn, const char *name);

/*
 * Bind the devices of @list that are not bound yet. @must: every device has to be there and to
 * have the group's link type. On an error nothing is bound. rtnl.
 */
int pfqk_group_bind(struct pfqk_group *group, const struct pfqk_binding_list *list,
		    bool is_transient, bool must, struct netlink_ext_ack *extack);
/*
 * Replace the bindings by those of @list. Bindings that are in both stay attached, unless @all are
 * to be attached anew. On an error the old ones are bound again. rtnl.
 */
int pfqk_group_rebind(struct pfqk_group *group, const struct pfqk_binding_list *list, bool all,
		      struct netlink_ext_ack *extack);
/* Undo the bindings after the first @keep. */
void pfqk_group_unbind_after(struct pfqk_group *group, u32 keep);
void pfqk_group_unbind_transient(struct pfqk_group *group);
/* Connect one binding to its device, if the device is there and fits; disconnect it. */
int pfqk_group_attach(struct pfqk_group *group, struct pfqk_binding *binding,
		      struct netlink_ext_ack *extack);
/* The same without a request: if the device cannot be used, the kernel's log says why, once. */
void pfqk_group_attach_later(struct pfqk_group *group, struct pfqk_binding *binding);
void pfqk_group_detach(struct pfqk_group *group, struct pfqk_binding *binding);
/* Members have come or gone: note whether the group's devices should be promiscuous. */
void pfqk_group_promisc(struct pfqk_group *group);
/* Are all queues of @list bound already? */
bool pfqk_group_covers(const struct pfqk_group *group, const struct pfqk_binding_list *list);
/*
 * For a covered @list: are its devices there, and in use? Returns 0, or -ENODEV or -EOPNOTSUPP
 * with text.
 */
int pfqk_group_check(const struct pfqk_group *group, const struct pfqk_binding_list *list,
		     struct netlink_ext_ack *extack);
u32 pfqk_group_linktype(const struct pfqk_group *group);

/*
 * Tell the program which bound devices have the names that it uses: see IFINDEX in
 * linux/pfq_control.h. A name that no bound device has matches no packet. rtnl.
 */
void pfqk_group_program_devices(const struct pfqk_group *group);
/*
 * Charge @uid, who gives a group its program, and set *bytes; 0 after an error. @is_join: a JOIN
 * makes the group, so that the program has a limit of its own. Returns -EDQUOT with text, or
 * -ENOMEM. pfqk_group_program_uncharge() gives back what @group has noted.
 */
int pfqk_group_program_charge(const struct pfqk_group_settings *settings, kuid_t uid, bool is_join,
			      u64 *bytes, struct netlink_ext_ack *extack);
void pfqk_group_program_uncharge(struct pfqk_group *group);

/* The numbers of members, started or absent ones have changed. */
void pfqk_group_members_changed(struct pfqk_group *group);
/* @ep, a member, has the share @share and its place from the next snapshot on. */
void pfqk_group_place(struct pfqk_group *group, struct pfqk_endpoint *ep, u32 share);
/* Add a prepared endpoint to the members. -ENOMEM: nothing has changed. */
int pfqk_group_join(struct pfqk_group *group, struct pfqk_endpoint *ep);
/* Does the group need memory for held fragments when @ep starts? */
bool pfqk_group_lacks_hold(const struct pfqk_group *group, const struct pfqk_endpoint *ep);
/*
 * Start @ep. *hold: that memory, zeroed, or NULL. If it is not needed, *hold stays and is the
 * caller's.
 */
int pfqk_group_start(struct pfqk_group *group, struct pfqk_endpoint *ep, struct pfq_hold **hold);

/*
 * The file is closed: leave the group, and destroy the groups that the file owns. Takes the locks
 * itself.
 */
void pfqk_group_leave(struct pfqk_endpoint *ep);

/*
 * Publish a snapshot of the present state. With GFP_KERNEL it may return -ENOMEM; the old one then
 * stays.
 */
int pfqk_group_publish(struct pfqk_group *group, gfp_t gfp);

/* The sums over all lanes, PFQ_GROUP_COUNTERS_MAX of them. */
void pfqk_group_counters(const struct pfqk_group *group, u64 *counters);
void pfqk_group_bindings_print(const struct pfqk_group *group, char *text, size_t size);

#endif /* PFQK_GROUP_H */
