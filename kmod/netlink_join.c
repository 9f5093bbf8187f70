// SPDX-License-Identifier: GPL-2.0-only
/*
 * JOIN has three steps. First find or make the group and bind, under rtnl and the namespace's
 * lock. Then allocate memory, which takes time, under endpoint.lock only. Then become a member,
 * under all three. Between the first and the last step, group.joining counts the JOIN, and the
 * absent member of its name waits (claim.h).
 */
#include <linux/fs.h>
#include <linux/slab.h>
#include "../core/name.h"
#include "access.h"
#include "cpu.h"
#include "group.h"
#include "netlink_join.h"
#include "netns.h"
#include "pfqk.h"
#include "place.h"

static const struct pfqk_endpoint *find_member(const struct pfqk_group *g, const char *name)
{
	const struct pfqk_endpoint *ep;

	list_for_each_entry(ep, &g->member, entry) {
		if (!strcmp(ep->params.name, name))
			return ep;
	}
	return NULL;
}

/* Is the name kept for an absent member of another user? Root may have it. */
static bool is_kept(const struct pfqk_join *j, const char *name)
{
	const struct pfqk_absent *a = pfqk_absent_find(j->group, name);

	return a && !uid_eq(a->uid, j->ep->uid) && !uid_eq(j->ep->uid, GLOBAL_ROOT_UID);
}

/*
 * Choose the endpoint's name. If the process has an endpoint of this name in the group, the new
 * one gets the first free number added. If another process has one, the JOIN is refused.
 */
static int choose_name(struct pfqk_join *j)
{
	char *name = j->ep->params.name;
	const struct pfqk_endpoint *ep;
	u32 n = 1;

	if (!j->name[0])
		return 0;
	strscpy(name, j->name, sizeof(j->ep->params.name));
	ep = find_member(j->group, name);
	if (ep && ep->pid != task_tgid_nr(current))
		return pfqk_refuse(j->req, PFQ_A_NAME, -EEXIST,
				   "another process has an endpoint of this name in the "
				   "group; choose another one");
	if (is_kept(j, name))
		return pfqk_refuse(j->req, PFQ_A_NAME, -EEXIST,
				   "the group keeps the share of this name for another user, who "
				   "may come back; choose another one, or wait (linger)");
	/* ends, because the number of members is limited */
	while (find_member(j->group, name) || is_kept(j, name))
		pfq_name_nth(name, j->name, ++n);
	return 0;
}

static int check_member(struct pfqk_join *j)
{
	const char *why = pfqk_place_refusal(j->group, j->ep->uid);

	if (!why)
		return choose_name(j);
	NL_SET_BAD_ATTR(j->req->info->extack, j->req->info->attrs[PFQ_A_GROUP]);
	j->req->info->extack->_msg = why;
	return -EDQUOT;
}

static void fit_to_group(struct pfqk_join *j)
{
	const struct pfqk_group_settings *s = &j->group->settings;
	struct pfqk_endpoint_params *p = &j->ep->params;

	if (!p->snaplen || p->snaplen > s->snaplen)
		p->snaplen = s->snaplen;
	if (!p->ring_bytes)
		p->ring_bytes = s->ring_bytes;
	/* without permission to change the group, the group's setting stays */
	p->promisc = pfqk_request_u32(j->req, PFQ_A_PROMISC) &&
		     pfqk_access_allowed(&s->access, j->req->file->f_cred, PFQK_ACCESS_WRITE);
	p->is_adapter_time = s->is_adapter_time;
	j->linktype = pfqk_group_linktype(j->group);
}

static int step_find(struct pfqk_join *j)
{
	struct pfqk_net *pn = j->req->pn;
	int err;

	pfqk_netns_lock(pn);
	err = pfqk_join_group(j);
	if (!err) {
		err = check_member(j);
		if (err) {
			pfqk_group_put(j->group);
		} else {
			j->group->joining++;
			pfqk_claim_begin(&j->claim, j->group, j->ep);
			fit_to_group(j);
		}
	}
	pfqk_netns_unlock(pn);
	return err;
}

/* --- the answer ------------------------------------------------------------------------ */

/* the texts of all bindings, and room for the rest */
#define REPLY_BYTES	(PFQK_BINDINGS_TEXT + PFQK_BINDINGS_MAX * PFQK_REPLY_BINDING_BYTES + 512)

static int fill_reply(const struct pfqk_join *j, struct sk_buff *msg)
{
	const struct pfqk_memory *m = &j->ep->memory;
	char *bindings = kmalloc(PFQK_BINDINGS_TEXT, GFP_KERNEL);
	int err;
	u32 i;

	if (!bindings)
		return -ENOMEM;
	pfqk_group_bindings_print(j->group, bindings, PFQK_BINDINGS_TEXT);
	err = nla_put_u32(msg, PFQ_A_ENDPOINT, j->ep->id) ||
	      nla_put_string(msg, PFQ_A_GROUP, j->group->settings.name) ||
	      nla_put_u32(msg, PFQ_A_ID, j->group->settings.id) ||
	      nla_put_u32(msg, PFQ_A_LINKTYPE, j->linktype) ||
	      nla_put_u32(msg, PFQ_A_SNAPLEN, j->ep->params.snaplen) ||
	      nla_put_u64_64bit(msg, PFQ_A_RING_BYTES, m->lane_bytes * m->lanes, PFQ_A_UNSPEC) ||
	      nla_put_u64_64bit(msg, PFQ_A_AREA_BYTES, m->data_bytes, PFQ_A_UNSPEC) ||
	      nla_put_u64_64bit(msg, PFQ_A_READER_BYTES, m->reader_bytes, PFQ_A_UNSPEC) ||
	      nla_put_u32(msg, PFQ_A_LANES, m->lanes) ||
	      pfqk_reply_memory(msg, m) ||
	      (j->ep->params.is_adapter_time &&
	       nla_put_u32(msg, PFQ_A_TSTAMP, PFQ_TSTAMP_ADAPTER)) ||
	      nla_put_string(msg, PFQ_A_NAME, j->ep->params.name) ||
	      nla_put_string(msg, PFQ_A_BINDINGS, bindings);
	kfree(bindings);
	for (i = 0; i < j->group->bindings && !err; i++)
		err = pfqk_reply_binding(msg, j->req->pn->net, &j->group->binding[i]);
	return err ? -EMSGSIZE : 0;
}

/* --- the member ------------------------------------------------------------------------- */

static void publish_endpoint(struct pfqk_join *j)
{
	struct pfqk_endpoint *ep = j->ep;

	ep->net = get_net_track(j->req->pn->net, &ep->net_tracker, GFP_KERNEL);
	ep->pid = task_tgid_nr(current);
	get_task_comm(ep->comm, current);
	/* mmap() and read() check it without a lock */
	smp_store_release(&ep->is_joined, true);
}

/* A device may have set the group's link type since memory was allocated. */
static void set_linktype(struct pfqk_join *j)
{
	struct pfq_ring_hdr *hdr = j->ep->memory.data;

	j->linktype = pfqk_group_linktype(j->group);
	hdr->linktype = j->linktype;
}

static int bind_and_join(struct pfqk_join *j, struct sk_buff *msg)
{
	struct pfqk_group *g = j->group;
	u32 before = g->bindings;
	int err = 0;

	if (j->binds_late)
		err = pfqk_group_bind(g, &j->bindings, true, true, j->req->info->extack);
	set_linktype(j);
	if (!err)
		err = fill_reply(j, msg);
	if (!err)
		err = pfqk_group_join(g, j->ep);
	if (err)
		pfqk_group_unbind_after(g, before);
	return err;
}

static void make_room(struct pfqk_join *j)
{
	struct pfqk_absent *former = pfqk_absent_find(j->group, j->ep->params.name), *a;

	while ((a = pfqk_place_next(j->group, j->ep->uid, former))) {
		if (a == former)
			former = NULL;
		pfqk_absent_give_up(a);
	}
}

static int become_member(struct pfqk_join *j, struct sk_buff *msg)
{
	struct pfqk_group *g = j->group;
	int err;

	if (g->is_dead)
		return pfqk_refuse(j->req, PFQ_A_GROUP, -ENOENT, "the group has just been removed");
	/*
	 * another endpoint may have taken the name since memory was allocated; then choose another
	 * number
	 */
	err = check_member(j);
	if (err)
		return err;
	make_room(j);
	j->ep->id = ++j->req->pn->last_endpoint_id;
	err = bind_and_join(j, msg);
	if (err)
		return err;
	pfqk_claim_settle(&j->claim, g, j->ep);
	pfqk_group_promisc(g);
	publish_endpoint(j);
	pfqk_notify(PFQ_CMD_JOIN, g, j->ep);
	return 0;
}

static int step_join(struct pfqk_join *j, struct sk_buff *msg, int err)
{
	struct pfqk_net *pn = j->req->pn;

	pfqk_netns_lock(pn);
	j->group->joining--;
	if (!err)
		err = become_member(j, msg);
	if (err)
		pfqk_claim_cancel(&j->claim, pn, j->ep);
	if (err && !j->group->members)
		pfqk_group_unbind_transient(j->group);
	if (err)
		pfqk_group_put(j->group);
	pfqk_netns_unlock(pn);
	return err;
}

static int join(struct pfqk_join *j)
{
	const char *why = NULL;
	struct sk_buff *msg = NULL;
	void *hdr = NULL;
	int err;

	err = step_find(j);
	if (err)
		return err;
	j->memory.linktype = j->linktype;
	err = pfqk_endpoint_prepare(j->ep, &j->memory, &why);
	if (err)
		pfqk_memory_refuse(j->req, &j->memory, why);
	if (!err) {
		msg = pfqk_reply_begin(j->req, REPLY_BYTES, &hdr);
		err = msg ? 0 : -ENOMEM;
	}
	err = step_join(j, msg, err);
	if (err)
		pfqk_endpoint_clear(j->ep);
	else if (!j->ep->memory.pinned)
		pfqk_endpoint_give_back(j->ep);
	return msg ? pfqk_reply_send(j->req, msg, hdr, err) : err;
}

int pfqk_request_join(struct pfqk_request *req)
{
	struct pfqk_join *j;
	int err;

	if (req->ep->net)
		return pfqk_refuse(req, PFQ_A_FD, -EISCONN,
				   "this file has joined already, or owns groups or counts; "
				   "open another one");
	/* the JOIN must not wait, since it holds up other requests: see device_memory.c */
	if (req->ep->is_bringing)
		return pfqk_refuse(req, PFQ_A_FD, -EBUSY,
				   "another thread is bringing memory to this file; wait for it");
	/* too large for the stack */
	j = kvzalloc(sizeof(*j), GFP_KERNEL);
	if (!j)
		return -ENOMEM;
	j->req = req;
	j->ep = req->ep;
	pfqk_group_settings_default(&j->settings);
	err = pfqk_join_read(j);
	if (!err)
		err = pfqk_request_memory(req, &j->memory);
	if (!err)
		err = join(j);
	pfqk_group_settings_free(&j->settings);
	kvfree(j);
	return err;
}
