// SPDX-License-Identifier: GPL-2.0-only
/* GROUP_ADD, GROUP_SET and GROUP_DEL: groups that stay without members. */
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "../core/linktype.h"
#include "access.h"
#include "filter.h"
#include "group.h"
#include "limit.h"
#include "netlink.h"
#include "netns.h"
#include "pfqk.h"

static int refuse_user(struct pfqk_request *req)
{
	return pfqk_refuse_admin(req, PFQ_A_GROUP, -EPERM,
				 "making and removing groups needs CAP_NET_ADMIN");
}

int pfqk_request_program(struct pfqk_request *req, struct pfqk_group_settings *s)
{
	const struct nlattr *wire = req->info->attrs[PFQ_A_PROGRAM];
	const char *steer = pfqk_request_string(req, PFQ_A_STEER);
	const char *text = pfqk_request_string(req, PFQ_A_PROGRAM_TEXT);

	if (wire && steer && *steer)
		return pfqk_refuse(req, PFQ_A_PROGRAM, -EINVAL,
				   "a policy and a program are both there; allowed: one of them");
	if (wire)
		return pfqk_group_settings_wire(s, nla_data(wire), nla_len(wire),
						text ? text : "", req->info->extack);
	return steer && *steer ? pfqk_group_settings_steer(s, steer, req->info->extack) : 0;
}

static int read_texts(struct pfqk_request *req, struct pfqk_group_settings *s)
{
	struct netlink_ext_ack *extack = req->info->extack;
	const char *vlans = pfqk_request_string(req, PFQ_A_VLANS);
	int err;

	err = pfqk_request_program(req, s);
	if (!err && vlans && *vlans)
		err = pfqk_group_settings_vlans(s, vlans, extack);
	return err;
}

static int read_filter(struct pfqk_request *req, struct pfqk_group_settings *s)
{
	const struct nlattr *insns = req->info->attrs[PFQ_A_FILTER];
	const char *text = pfqk_request_string(req, PFQ_A_FILTER_TEXT);
	int err = 0;

	if (insns && nla_len(insns))
		err = pfqk_filter_create(&s->filter, nla_data(insns), nla_len(insns));
	if (err == -EINVAL)
		return pfqk_refuse(req, PFQ_A_FILTER, err,
				   "no valid filter; allowed: 1-4096 instructions of classic BPF");
	if (err)
		return err;
	if (!text || !*text)
		return 0;
	if (!s->filter)
		return pfqk_refuse(req, PFQ_A_FILTER_TEXT, -EINVAL,
				   "the text of a filter without the filter");
	s->filter_text = kstrdup(text, GFP_KERNEL_ACCOUNT);
	return s->filter_text ? 0 : -ENOMEM;
}

static int read_mode(struct pfqk_request *req, struct pfqk_group_settings *s)
{
	const char *mode = pfqk_request_string(req, PFQ_A_MODE);
	u32 linktype = pfqk_request_u32(req, PFQ_A_LINKTYPE);

	s->is_tap = mode && !strcmp(mode, "tap");
	s->linktype = linktype;
	if (mode && !s->is_tap && strcmp(mode, "sniff"))
		return pfqk_refuse(req, PFQ_A_MODE, -EINVAL, "mode; allowed: sniff, tap");
	if (linktype && !pfq_linktype_is_supported(linktype))
		return pfqk_refuse(req, PFQ_A_LINKTYPE, -EINVAL,
				   "link type; allowed: " PFQ_LINKTYPES_NUMBERED);
	if (s->is_tap && s->direction == PFQ_DIRECTION_OUT)
		return pfqk_refuse(req, PFQ_A_DIRECTION, -EINVAL,
				   "a tap takes what is received; allowed: 0 both, 1 in");
	return 0;
}

static int read_access(struct pfqk_request *req, struct pfqk_group_settings *s)
{
	struct user_namespace *ns = current_user_ns();

	if (req->info->attrs[PFQ_A_OWNER_UID])
		s->access.uid = make_kuid(ns, pfqk_request_u32(req, PFQ_A_OWNER_UID));
	if (req->info->attrs[PFQ_A_OWNER_GID])
		s->access.gid = make_kgid(ns, pfqk_request_u32(req, PFQ_A_OWNER_GID));
	if (req->info->attrs[PFQ_A_ACCESS])
		s->access.mode = pfqk_request_u32(req, PFQ_A_ACCESS);
	if (!uid_valid(s->access.uid) || !gid_valid(s->access.gid))
		return pfqk_refuse(req, PFQ_A_OWNER_UID, -EINVAL,
				   "no such owner in this user namespace");
	if (s->access.mode & ~0666U)
		return pfqk_refuse(req, PFQ_A_ACCESS, -EINVAL,
				   "mode; allowed: r and w bits, as 0660");
	return 0;
}

struct number {
	enum pfq_attr attr;
	u64 min, max;
	const char *allowed;
};

static const struct number numbers[] = {
	{ PFQ_A_ID, PFQ_GROUP_ID_MIN, PFQ_GROUP_ID_MAX,
	  "id; allowed: " __stringify(PFQ_GROUP_ID_MIN) "-" __stringify(PFQ_GROUP_ID_MAX) },
	{ PFQ_A_MEMBERS_WANTED, 0, PFQ_MEMBERS_MAX,
	  "members; allowed: 0-" __stringify(PFQ_MEMBERS_MAX) },
	{ PFQ_A_SNAPLEN, 1, PFQ_SNAPLEN_MAX, "snaplen; allowed: 1-" __stringify(PFQ_SNAPLEN_MAX) },
	{ PFQ_A_LINGER_TO, 0, __PFQ_LINGER_MAX - 1, "linger_to; allowed: 0 drop, 1 others" },
	{ PFQ_A_DIRECTION, 0, __PFQ_DIRECTION_MAX - 1, "direction; allowed: 0 both, 1 in, 2 out" },
};

static int read_numbers(struct pfqk_request *req, struct pfqk_group_settings *s)
{
	u64 ring_bytes = pfqk_request_u64(req, PFQ_A_RING_BYTES), v;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		v = pfqk_request_u32(req, numbers[i].attr);
		if (!req->info->attrs[numbers[i].attr] ||
		    (v >= numbers[i].min && v <= numbers[i].max))
			continue;
		req->info->extack->_msg = numbers[i].allowed;
		NL_SET_BAD_ATTR(req->info->extack, req->info->attrs[numbers[i].attr]);
		return -EINVAL;
	}
	if (ring_bytes > pfqk_memory_ring_max())
		return pfqk_refuse(req, PFQ_A_RING_BYTES, -EINVAL,
				   "ring; allowed: up to ring_max_mib, "
				   "a parameter of the module (1 GiB)");
	if (pfqk_request_u64(req, PFQ_A_FRAG_WAIT_NS) > PFQ_FRAG_WAIT_MAX_NS)
		return pfqk_refuse(req, PFQ_A_FRAG_WAIT_NS, -EINVAL,
				   "frag_wait; allowed: 0 (none) to 30000000000 ns");
	if (pfqk_request_u64(req, PFQ_A_LINGER_NS) > PFQ_LINGER_MAX_NS)
		return pfqk_refuse(req, PFQ_A_LINGER_NS, -EINVAL,
				   "linger; allowed: 0 (none) to 3600000000000 ns");
	if (req->info->attrs[PFQ_A_LINGER_NS])
		s->linger_ns = pfqk_request_u64(req, PFQ_A_LINGER_NS);
	s->linger_to = pfqk_request_u32(req, PFQ_A_LINGER_TO);
	if (req->info->attrs[PFQ_A_FRAG_WAIT_NS])
		s->frag_wait_ns = pfqk_request_u64(req, PFQ_A_FRAG_WAIT_NS);
	s->id = pfqk_request_u32(req, PFQ_A_ID);
	s->members_wanted = pfqk_request_u32(req, PFQ_A_MEMBERS_WANTED);
	s->direction = pfqk_request_u32(req, PFQ_A_DIRECTION);
	s->promisc = pfqk_request_u32(req, PFQ_A_PROMISC);
	if (req->info->attrs[PFQ_A_SNAPLEN])
		s->snaplen = pfqk_request_u32(req, PFQ_A_SNAPLEN);
	if (ring_bytes)
		s->ring_bytes = ring_bytes;
	return 0;
}

static int read_settings(struct pfqk_request *req, struct pfqk_group_settings *s)
{
	const char *name = pfqk_request_string(req, PFQ_A_GROUP);
	int err;

	if (!pfqk_netlink_name_valid(name))
		return pfqk_refuse(req, PFQ_A_GROUP, -EINVAL,
				   "no valid name; allowed: a-z, then up to 30 of a-z 0-9 _ . -");
	strscpy(s->name, name, sizeof(s->name));
	err = read_numbers(req, s);
	if (!err)
		err = read_texts(req, s);
	if (!err)
		err = read_filter(req, s);
	if (!err)
		err = read_mode(req, s);
	if (!err)
		err = read_access(req, s);
	return err;
}

static void set_owner(struct pfqk_request *req, struct pfqk_group *g)
{
	struct pfqk_endpoint *ep = req->ep;

	if (!ep)
		return;
	if (!ep->net)
		ep->net = get_net_track(req->pn->net, &ep->net_tracker, GFP_KERNEL);
	list_add_tail(&g->owner_entry, &ep->owned);
}

/* Too large for the stack. */
struct addition {
	struct pfqk_group_settings settings;
	struct pfqk_binding_list bindings;
	u64 program_bytes;	/* charged, and not a group's yet */
};

static int read_addition(struct pfqk_request *req, struct addition *a)
{
	const char *text = pfqk_request_string(req, PFQ_A_BINDINGS);
	int err;

	pfqk_group_settings_default(&a->settings);
	err = read_settings(req, &a->settings);
	if (err || !text)
		return err;
	NL_SET_BAD_ATTR(req->info->extack, req->info->attrs[PFQ_A_BINDINGS]);
	return pfqk_binding_list_parse(&a->bindings, text, req->info->extack);
}

/* --- programs ------------------------------------------------------------------------ */

/*
 * Administrators of the machine may have all memory for programs. For those of a child user
 * namespace, it counts as memory for rings.
 */
static int charge(struct pfqk_request *req, struct addition *a)
{
	if (req->pn->net->user_ns == &init_user_ns)
		return 0;
	return pfqk_group_program_charge(&a->settings, current_euid(), false, &a->program_bytes,
					 req->info->extack);
}

/* The group gives it back from now on. */
static void note_charge(struct pfqk_group *g, struct addition *a)
{
	g->program_bytes = a->program_bytes;
	g->program_uid = current_euid();
	a->program_bytes = 0;
}

/* ------------------------------------------------------------------------------------- */

static int add(struct pfqk_request *req, struct addition *a)
{
	struct pfqk_group *g;
	int err;

	if (pfqk_group_find(req->pn, a->settings.name))
		return pfqk_refuse(req, PFQ_A_GROUP, -EEXIST, "there is a group of this name");
	err = pfqk_group_create(&g, req->pn, PFQK_GROUP_ADDED, &a->settings, req->info->extack);
	if (err)
		return err;
	note_charge(g, a);
	/* an absent device is waited for */
	err = pfqk_group_bind(g, &a->bindings, false, false, req->info->extack);
	if (err)
		pfqk_group_destroy(g);
	else
		set_owner(req, g);
	return err;
}

static int set(struct pfqk_request *req, struct addition *a)
{
	struct pfqk_group *g = pfqk_group_find(req->pn, a->settings.name);
	struct pfq_hold *hold = NULL;
	int err;

	if (!g)
		return pfqk_refuse(req, PFQ_A_GROUP, -ENOENT, "no such group here");
	err = pfqk_program_load(a->settings.program, g->settings.program, req->info->extack);
	if (err)
		return err;
	if (pfqk_group_set_lacks_hold(g, &a->settings)) {
		hold = kvzalloc(sizeof(*hold), GFP_KERNEL_ACCOUNT);
		if (!hold)
			return -ENOMEM;
	}
	err = pfqk_group_set(g, &a->settings, &a->bindings, &hold, req->info->extack);
	if (!err)
		note_charge(g, a);
	/* a group that a JOIN made belongs to the caller's file from now on */
	if (!err && list_empty(&g->owner_entry))
		set_owner(req, g);
	kvfree(hold);
	return err;
}

static int make(struct pfqk_request *req, struct addition *a)
{
	const struct pfqk_group *g = pfqk_group_find(req->pn, a->settings.name);

	return g && g->is_orphan ? set(req, a) : add(req, a);
}

/* Read the settings of a request, and call @fn with them under the locks. */
static int with_settings(struct pfqk_request *req,
			 int (*fn)(struct pfqk_request *req, struct addition *a))
{
	struct addition *a;
	int err;

	if (!pfqk_access_admin(req->skb, req->pn->net))
		return refuse_user(req);
	if (req->ep && req->ep->is_joined)
		return pfqk_refuse(req, PFQ_A_FD, -EISCONN,
				   "this file has joined a group; open another one");
	a = kvzalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	err = read_addition(req, a);
	if (!err)
		err = charge(req, a);
	if (!err) {
		pfqk_netns_lock(req->pn);
		err = fn(req, a);
		pfqk_netns_unlock(req->pn);
	}
	if (a->program_bytes)
		pfqk_limit_give(current_euid(), PFQK_LIMIT_RING_BYTES, a->program_bytes);
	pfqk_group_settings_free(&a->settings);
	kvfree(a);
	return err;
}

int pfqk_request_group_add(struct pfqk_request *req)
{
	return with_settings(req, make);
}

int pfqk_request_group_set(struct pfqk_request *req)
{
	return with_settings(req, set);
}

/* Has the caller named a file that does not own @g? */
static bool is_foreign(const struct pfqk_request *req, const struct pfqk_group *g)
{
	const struct pfqk_group *own;

	if (!req->ep)
		return false;
	list_for_each_entry(own, &req->ep->owned, owner_entry) {
		if (own == g)
			return false;
	}
	return true;
}

int pfqk_request_group_del(struct pfqk_request *req)
{
	struct pfqk_group *g;
	int err = 0;

	if (!pfqk_access_admin(req->skb, req->pn->net))
		return refuse_user(req);
	pfqk_netns_lock(req->pn);
	g = pfqk_group_find(req->pn, pfqk_request_string(req, PFQ_A_GROUP));
	if (!g)
		err = pfqk_refuse(req, PFQ_A_GROUP, -ENOENT, "no such group here");
	else if (is_foreign(req, g))
		err = pfqk_refuse(req, PFQ_A_FD, -EACCES, "the group does not belong to this file");
	else
		pfqk_group_destroy(g);
	pfqk_netns_unlock(req->pn);
	return err;
}
