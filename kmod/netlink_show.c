// SPDX-License-Identifier: GPL-2.0-only
/* HELLO, STATUS_GET, and the dumps of groups and endpoints. */
#include <linux/cred.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>
#include <net/sock.h>
#include "access.h"
#include "compat/compat.h"
#include "cpu.h"
#include "group.h"
#include "hook.h"
#include "netlink.h"
#include "netns.h"
#include "pfqk.h"

#define STATUS_BYTES	1024
#define HOOK_BYTES	512	/* for one INGEST nest */
/*
 * The most that one group needs: its bindings twice, as text and as nests; the texts of its filter,
 * program and VLANs; a COUNT nest of 64 bytes for each counter; and the rest. Much more would not
 * fit into receive buffers.
 */
#define DUMP_BYTES	(PFQK_BINDINGS_TEXT + PFQK_BINDINGS_MAX * PFQK_REPLY_BINDING_BYTES + \
			 2 * 4096 + 1024 + PFQ_LANG_COUNTERS_MAX * 64 + 2048)

static int put_u64(struct sk_buff *msg, enum pfq_attr attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, PFQ_A_UNSPEC);
}

static int put_engine(struct sk_buff *msg, const struct net *net)
{
	return nla_put_string(msg, PFQ_A_ENGINE, "kernel") ||
	       nla_put_string(msg, PFQ_A_VERSION, PFQK_VERSION) ||
	       nla_put_u32(msg, PFQ_A_PID, 0) ||
	       put_u64(msg, PFQ_A_NETNS_INO, net->ns.inum);
}

int pfqk_request_hello(struct pfqk_request *req)
{
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (pfqk_request_u32(req, PFQ_A_ABI) != PFQ_ABI_VERSION)
		return pfqk_refuse(req, PFQ_A_ABI, -EPROTO,
				   "the module has another ABI version; "
				   "use library and module of one release");
	msg = pfqk_reply_begin(req, STATUS_BYTES, &hdr);
	if (!msg)
		return -ENOMEM;
	err = nla_put_u32(msg, PFQ_A_ABI, PFQ_ABI_VERSION) || put_engine(msg, req->pn->net);
	return pfqk_reply_send(req, msg, hdr, err ? -EMSGSIZE : 0);
}

/* --- STATUS_GET ------------------------------------------------------------------- */

static int put_hook(struct sk_buff *msg, const struct pfqk_hook *h)
{
	struct nlattr *nest = nla_nest_start(msg, PFQ_A_INGEST);
	u64 counters[PFQ_INGEST_COUNTERS_MAX];

	if (!nest)
		return -EMSGSIZE;
	pfqk_hook_counters(h, counters);
	if (nla_put_string(msg, PFQ_A_DEVICE, h->dev->name) ||
	    nla_put_string(msg, PFQ_A_DRIVER, "kernel") ||
	    nla_put_string(msg, PFQ_A_MODE, h->is_tap ? "tap" : "sniff") ||
	    nla_put_string(msg, PFQ_A_QUEUES, "") ||
	    nla_put_u32(msg, PFQ_A_STATE, pfqk_hook_state(h)) ||
	    nla_put_u32(msg, PFQ_A_IFINDEX, h->ifindex) ||
	    nla_put(msg, PFQ_A_COUNTERS, sizeof(counters), counters))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_status(struct sk_buff *msg, struct pfqk_request *req)
{
	const struct pfqk_hook *h;
	char cpus[256];
	int err;

	scnprintf(cpus, sizeof(cpus), "%*pbl", cpumask_pr_args(cpu_online_mask));
	err = put_engine(msg, req->pn->net) ||
	      nla_put_u32(msg, PFQ_A_WORKERS, pfqk_lanes()) ||
	      nla_put_string(msg, PFQ_A_CPUS, cpus) ||
	      put_u64(msg, PFQ_A_UPTIME_NS, ktime_get_ns() - pfqk_loaded_ns) ||
	      nla_put_string(msg, PFQ_A_SOCKET, PFQ_DEVICE);
	list_for_each_entry(h, &req->pn->hooks, entry) {
		if (!err)
			err = put_hook(msg, h);
	}
	return err ? -EMSGSIZE : 0;
}

int pfqk_request_status(struct pfqk_request *req)
{
	size_t bytes = STATUS_BYTES;
	struct sk_buff *msg;
	struct pfqk_hook *h;
	void *hdr;
	int err;

	mutex_lock(&req->pn->lock);
	list_for_each_entry(h, &req->pn->hooks, entry)
		bytes += HOOK_BYTES;
	msg = pfqk_reply_begin(req, bytes, &hdr);
	err = msg ? put_status(msg, req) : -ENOMEM;
	mutex_unlock(&req->pn->lock);
	return msg ? pfqk_reply_send(req, msg, hdr, err) : err;
}

/* --- dumps --------------------------------------------------------------------------- */

/* The state of a dump, in cb->ctx. */
struct dump {
	u64 cursor;	/* serial or id of the last object sent */
	u64 serial;	/* of the group that was asked for; 0: all */
};

static_assert(sizeof(struct dump) <= sizeof_field(struct netlink_callback, ctx));

static struct pfqk_net *net_of(const struct netlink_callback *cb)
{
	return pfqk_netns_of(sock_net(cb->skb->sk));
}

int pfqk_dump_start(struct netlink_callback *cb)
{
	const struct nlattr *name = pfqk_genl_dump_attr(cb, PFQ_A_GROUP);
	struct dump *d = (void *)cb->ctx;
	struct pfqk_net *pn = net_of(cb);
	const struct pfqk_group *g;

	cb->min_dump_alloc = DUMP_BYTES;
	memset(d, 0, sizeof(*d));
	if (!name)
		return 0;
	mutex_lock(&pn->lock);
	g = pfqk_group_find(pn, nla_data(name));
	d->serial = g ? g->serial : 0;
	mutex_unlock(&pn->lock);
	if (g)
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, name, "no such group here");
	return -ENOENT;
}

static void *begin(struct sk_buff *msg, const struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &pfqk_family,
			   NLM_F_MULTI, cmd);
}

static int put_settings(struct sk_buff *msg, const struct pfqk_group *g)
{
	const struct pfqk_group_settings *s = &g->settings;
	struct user_namespace *ns = current_user_ns();

	return nla_put_string(msg, PFQ_A_GROUP, s->name) ||
	       nla_put_u32(msg, PFQ_A_ID, s->id) ||
	       nla_put_string(msg, PFQ_A_STEER, s->steer) ||
	       (s->program->text && nla_put_string(msg, PFQ_A_PROGRAM_TEXT, s->program->text)) ||
	       nla_put_string(msg, PFQ_A_FILTER_TEXT, s->filter_text ? s->filter_text : "") ||
	       nla_put_string(msg, PFQ_A_VLANS, s->vlans_text ? s->vlans_text : "") ||
	       nla_put_u32(msg, PFQ_A_MEMBERS_WANTED, s->members_wanted) ||
	       nla_put_u32(msg, PFQ_A_OWNER_UID, from_kuid_munged(ns, s->access.uid)) ||
	       nla_put_u32(msg, PFQ_A_OWNER_GID, from_kgid_munged(ns, s->access.gid)) ||
	       nla_put_u32(msg, PFQ_A_ACCESS, s->access.mode) ||
	       put_u64(msg, PFQ_A_RING_BYTES, s->ring_bytes) ||
	       put_u64(msg, PFQ_A_FRAG_WAIT_NS,
		       pfq_program_uses_flow(s->program->core) ? s->frag_wait_ns : 0) ||
	       put_u64(msg, PFQ_A_LINGER_NS, s->linger_ns) ||
	       nla_put_u32(msg, PFQ_A_LINGER_TO, s->linger_to) ||
	       nla_put_u32(msg, PFQ_A_SNAPLEN, s->snaplen) ||
	       nla_put_u32(msg, PFQ_A_PROMISC, s->promisc) ||
	       nla_put_u32(msg, PFQ_A_DIRECTION, s->direction) ||
	       nla_put_string(msg, PFQ_A_MODE, s->is_tap ? "tap" : "sniff");
}

static int put_count(struct sk_buff *msg, const struct pfq_object *object)
{
	struct nlattr *nest = nla_nest_start(msg, PFQ_A_COUNT);
	struct pfq_count sum = pfq_object_count(object);
	u64 values[] = { sum.packets, sum.bytes };

	if (!nest || nla_put_string(msg, PFQ_A_NAME, object->name) ||
	    nla_put(msg, PFQ_A_COUNTERS, sizeof(values), values))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_counts(struct sk_buff *msg, const struct pfqk_program *p)
{
	const struct pfq_object *object;
	int err = 0;
	u32 i;

	for (i = 0; !err && (object = pfqk_program_object(p, PFQ_LANG_KIND_COUNTER, i)); i++)
		err = put_count(msg, object);
	return err;
}

static int put_bindings(struct sk_buff *msg, const struct pfqk_group *g)
{
	char *text = kmalloc(PFQK_BINDINGS_TEXT, GFP_KERNEL);
	int err;
	u32 i;

	if (!text)
		return -ENOMEM;
	pfqk_group_bindings_print(g, text, PFQK_BINDINGS_TEXT);
	err = nla_put_string(msg, PFQ_A_BINDINGS, text);
	kfree(text);
	for (i = 0; i < g->bindings && !err; i++)
		err = pfqk_reply_binding(msg, g->pn->net, &g->binding[i]);
	return err;
}

static u32 bindable(const struct netlink_callback *cb, const struct pfqk_group *g)
{
	if (!pfqk_access_admin(cb->skb, g->pn->net))
		return PFQ_BINDABLE_NO;
	return g->settings.is_tap ? PFQ_BINDABLE_TAP : PFQ_BINDABLE_YES;
}

static int put_group(struct sk_buff *msg, const struct netlink_callback *cb,
		     const struct pfqk_group *g)
{
	void *hdr = begin(msg, cb, PFQ_CMD_GROUP_GET);
	u64 counters[PFQ_GROUP_COUNTERS_MAX];
	bool joinable = g->kind != PFQK_GROUP_PRIVATE &&
			pfqk_access_allowed(&g->settings.access, current_cred(), PFQK_ACCESS_READ);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	pfqk_group_counters(g, counters);
	err = put_settings(msg, g) ||
	      nla_put_u32(msg, PFQ_A_MEMBERS, g->members) ||
	      nla_put_u32(msg, PFQ_A_ABSENT, g->absents) ||
	      nla_put_u32(msg, PFQ_A_LINKTYPE, pfqk_group_linktype(g)) ||
	      nla_put_u32(msg, PFQ_A_JOINABLE, joinable) ||
	      nla_put_u32(msg, PFQ_A_BINDABLE, bindable(cb, g)) ||
	      nla_put(msg, PFQ_A_COUNTERS, sizeof(counters), counters) ? -EMSGSIZE : 0;
	if (!err)
		err = put_counts(msg, g->settings.program);
	if (!err)
		err = put_bindings(msg, g);
	if (err) {
		genlmsg_cancel(msg, hdr);
		return err;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

int pfqk_dump_groups(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct dump *d = (void *)cb->ctx;
	struct pfqk_net *pn = net_of(cb);
	const struct pfqk_group *g;
	int err = 0;

	mutex_lock(&pn->lock);
	list_for_each_entry(g, &pn->groups, entry) {
		if (g->serial <= d->cursor || (d->serial && g->serial != d->serial))
			continue;
		err = put_group(msg, cb, g);
		if (err)
			break;
		d->cursor = g->serial;
	}
	mutex_unlock(&pn->lock);
	return err && !msg->len ? err : msg->len;
}

/* Attributes of any endpoint, present or absent. */
static int put_identity(struct sk_buff *msg, const struct pfqk_group *g, u32 id,
			const struct pfqk_endpoint_params *p)
{
	return nla_put_u32(msg, PFQ_A_ENDPOINT, id) ||
	       nla_put_string(msg, PFQ_A_GROUP, g->settings.name) ||
	       nla_put_string(msg, PFQ_A_NAME, p->name) ||
	       nla_put_u32(msg, PFQ_A_WEIGHT, p->weight) ||
	       put_u64(msg, PFQ_A_CLASSES, p->classes) ||
	       nla_put_u32(msg, PFQ_A_SNAPLEN, p->snaplen);
}

static int put_process(struct sk_buff *msg, pid_t pid, kuid_t uid, const char *comm)
{
	return nla_put_u32(msg, PFQ_A_PID, pid) ||
	       nla_put_u32(msg, PFQ_A_UID, from_kuid_munged(current_user_ns(), uid)) ||
	       nla_put_string(msg, PFQ_A_COMM, comm);
}

static int put_counters(struct sk_buff *msg, const u64 *counters, u64 read)
{
	return nla_put(msg, PFQ_A_COUNTERS, PFQ_ENDPOINT_COUNTERS_MAX * sizeof(*counters),
		       counters) ||
	       put_u64(msg, PFQ_A_READ, read) ||
	       put_u64(msg, PFQ_A_UNREAD, counters[PFQ_ENDPOINT_delivered] - read);
}

static int put_endpoint(struct sk_buff *msg, const struct pfqk_endpoint *ep)
{
	u64 counters[PFQ_ENDPOINT_COUNTERS_MAX], read;

	pfqk_producers_counters(ep->producer, counters);
	read = pfqk_endpoint_read_packets(ep, counters[PFQ_ENDPOINT_delivered]);
	return put_identity(msg, ep->group, ep->id, &ep->params) ||
	       put_process(msg, ep->pid, ep->uid, ep->comm) ||
	       nla_put_u32(msg, PFQ_A_STARTED, ep->is_started) ||
	       put_u64(msg, PFQ_A_RING_BYTES, ep->memory.lane_bytes * ep->memory.lanes) ||
	       put_u64(msg, PFQ_A_PAGE_BYTES, ep->memory.page_bytes) ||
	       put_counters(msg, counters, read);
}

/* Its ring is gone. At least 1 ns is left, because 0 means that an endpoint is there. */
static int put_absent(struct sk_buff *msg, const struct pfqk_absent *a)
{
	u64 counters[PFQ_ENDPOINT_COUNTERS_MAX], now_ns = ktime_get_ns();

	pfqk_producers_counters(a->producer, counters);
	return put_identity(msg, a->group, a->id, &a->params) ||
	       put_process(msg, a->pid, a->uid, a->comm) ||
	       put_counters(msg, counters, a->read) ||
	       put_u64(msg, PFQ_A_LINGER_NS, a->until_ns > now_ns ? a->until_ns - now_ns : 1);
}

/* The endpoint or absent member with the lowest id after the cursor, over all groups. */
struct next {
	u32 id;		/* 0: none */
	const struct pfqk_endpoint *ep;
	const struct pfqk_absent *absent;
};

static void find_next(const struct pfqk_group *g, u64 cursor, struct next *next)
{
	const struct pfqk_endpoint *ep;
	const struct pfqk_absent *a;

	list_for_each_entry(ep, &g->member, entry) {
		if (ep->id > cursor && (!next->id || ep->id < next->id))
			*next = (struct next){ .id = ep->id, .ep = ep };
	}
	list_for_each_entry(a, &g->absent, entry) {
		if (a->id > cursor && (!next->id || a->id < next->id))
			*next = (struct next){ .id = a->id, .absent = a };
	}
}

static struct next next_endpoint(const struct pfqk_net *pn, const struct dump *d)
{
	const struct pfqk_group *g;
	struct next next = { .id = 0 };

	list_for_each_entry(g, &pn->groups, entry) {
		if (!d->serial || g->serial == d->serial)
			find_next(g, d->cursor, &next);
	}
	return next;
}

static int put_next(struct sk_buff *msg, const struct netlink_callback *cb,
		    const struct next *next)
{
	void *hdr = begin(msg, cb, PFQ_CMD_ENDPOINT_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (next->ep ? put_endpoint(msg, next->ep) : put_absent(msg, next->absent)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

int pfqk_dump_endpoints(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct dump *d = (void *)cb->ctx;
	struct pfqk_net *pn = net_of(cb);
	struct next next;
	int err = 0;

	mutex_lock(&pn->lock);
	for (next = next_endpoint(pn, d); next.id && !err; next = next_endpoint(pn, d)) {
		err = put_next(msg, cb, &next);
		if (!err)
			d->cursor = next.id;
	}
	mutex_unlock(&pn->lock);
	return err && !msg->len ? err : msg->len;
}
