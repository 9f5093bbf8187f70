// SPDX-License-Identifier: GPL-2.0-only
/* SET_CHANGE and SET_GET: the live sets of a group's program. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/sock.h>
#include "../core/live.h"
#include "access.h"
#include "compat/compat.h"
#include "device.h"
#include "group.h"
#include "netlink.h"
#include "netns.h"

#define LIST_BYTES	3500	/* of the entries in one message */

/* May the sender of @skb, who has opened @file (NULL: none), change the sets of @g? */
static bool may_change(const struct pfqk_group *g, const struct sk_buff *skb,
		       const struct file *file)
{
	return pfqk_access_admin(skb, g->pn->net) ||
	       (file && pfqk_access_allowed(&g->settings.access, file->f_cred, PFQK_ACCESS_WRITE));
}

/* --- SET_CHANGE --------------------------------------------------------------------------- */

/* Are the entries of the request whole, and of the kind of the set? @count: their number. */
static int read_entries(struct pfqk_request *req, const struct pfq_object *o, u32 *count)
{
	const struct nlattr *entries = req->info->attrs[PFQ_A_ENTRIES];
	u32 bytes = pfq_live_entry_bytes(o->kind);

	*count = entries ? nla_len(entries) / bytes : 0;
	if (!*count && !(entries && nla_len(entries)))
		return 0;
	if (pfqk_request_u32(req, PFQ_A_ENTRY_BYTES) != bytes)
		return pfqk_refuse(req, PFQ_A_ENTRY_BYTES, -EINVAL,
				   "these are no entries of the kind that the set holds");
	if (nla_len(entries) % bytes)
		return pfqk_refuse(req, PFQ_A_ENTRIES, -EINVAL,
				   "the last entry is not whole; allowed: whole entries");
	return 0;
}

static int put_result(struct sk_buff *msg, const struct pfq_object *o, const void *entries,
		      const struct pfq_live_result *result)
{
	u8 lengths[PFQ_LANG_SET_LENGTHS];
	const struct pfq_lang_prefix *p = entries;

	if (nla_put_u32(msg, PFQ_A_SET_SIZE, o->size) ||
	    (result->missing && nla_put_u32(msg, PFQ_A_MISSING, result->missing)))
		return -EMSGSIZE;
	if (result->reason == PFQ_LANG_FINE)
		return 0;
	if (nla_put_u32(msg, PFQ_A_AT, result->at) ||
	    nla_put_u32(msg, PFQ_A_FAULT, result->reason))
		return -EMSGSIZE;
	if (result->reason != PFQ_LANG_REASON_LENGTHS)
		return 0;
	return nla_put(msg, PFQ_A_LENGTHS, pfq_live_lengths(o, p[result->at].family, lengths),
		       lengths);
}

static int change(struct pfqk_request *req, struct pfq_object *o)
{
	const struct nlattr *attr = req->info->attrs[PFQ_A_ENTRIES];
	const void *entries = attr ? nla_data(attr) : NULL;
	struct pfq_live_result result = { .reason = PFQ_LANG_FINE };
	u32 op = pfqk_request_u32(req, PFQ_A_SET_OP), count;
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (op >= __PFQ_LANG_SET_OP_MAX)
		return pfqk_refuse(req, PFQ_A_SET_OP, -EINVAL, "allowed: 0 add, 1 del, 2 flush");
	err = read_entries(req, o, &count);
	if (err)
		return err;
	msg = pfqk_reply_begin(req, NLMSG_DEFAULT_SIZE, &hdr);
	if (!msg)
		return -ENOMEM;
	result.reason = pfq_live_check(o->kind, entries, count, true, &result.at);
	if (result.reason == PFQ_LANG_FINE)
		pfq_live_change(o, op, entries, count, ktime_get_real_ns(), &result);
	return pfqk_reply_send(req, msg, hdr, put_result(msg, o, entries, &result));
}

/* Under the namespace's lock, which makes this the only thread that changes the set. */
static int change_of_group(struct pfqk_request *req)
{
	struct pfqk_group *g = pfqk_group_find(req->pn, pfqk_request_string(req, PFQ_A_GROUP));
	struct pfq_object *o;

	if (!g)
		return pfqk_refuse(req, PFQ_A_GROUP, -ENOENT, "no such group here");
	if (!may_change(g, req->skb, req->file))
		return pfqk_refuse(req, PFQ_A_GROUP, -EACCES, "no permission for its sets; the "
				   "group's key access must give w to this user");
	o = pfqk_program_set(g->settings.program, pfqk_request_string(req, PFQ_A_SET));
	if (!o)
		return pfqk_refuse(req, PFQ_A_SET, -ENOENT, "the group's program has no such set");
	return change(req, o);
}

int pfqk_request_set_change(struct pfqk_request *req)
{
	int err;

	mutex_lock(&req->pn->lock);
	err = change_of_group(req);
	mutex_unlock(&req->pn->lock);
	return err;
}

/* --- SET_GET ---------------------------------------------------------------------------- */

/* The state of a dump, in cb->ctx. */
struct dump {
	u64 cursor;
	u32 group;	/* id */
	u16 kind;	/* enum pfq_lang_kind */
	bool is_open, has_begun;
	char set[PFQ_LANG_NAME_MAX + 1];
};

static_assert(sizeof(struct dump) <= sizeof_field(struct netlink_callback, ctx));

static struct pfqk_net *net_of(const struct netlink_callback *cb)
{
	return pfqk_netns_of(sock_net(cb->skb->sk));
}

static int refuse(struct netlink_callback *cb, const struct nlattr *attr, int err, const char *text)
{
	if (cb->extack)
		cb->extack->_msg = text;
	NL_SET_BAD_ATTR(cb->extack, attr);
	return err;
}

static int begin_dump(struct netlink_callback *cb, const struct file *file)
{
	const struct nlattr *group = pfqk_genl_dump_attr(cb, PFQ_A_GROUP);
	const struct nlattr *name = pfqk_genl_dump_attr(cb, PFQ_A_SET);
	struct dump *d = (void *)cb->ctx;
	const struct pfqk_group *g;
	const struct pfq_object *o;

	if (!group || !name)
		return refuse(cb, NULL, -EINVAL, "SET_GET needs GROUP and SET");
	g = pfqk_group_find(net_of(cb), nla_data(group));
	if (!g)
		return refuse(cb, group, -ENOENT, "no such group here");
	if (!may_change(g, cb->skb, file))
		return refuse(cb, group, -EACCES, "no permission for its sets; the group's key "
			      "access must give w to this user");
	o = pfqk_program_set(g->settings.program, nla_data(name));
	if (!o)
		return refuse(cb, name, -ENOENT, "the group's program has no such set");
	memset(d, 0, sizeof(*d));
	d->group = g->settings.id;
	d->kind = o->kind;
	strscpy(d->set, o->name, sizeof(d->set));
	return 0;
}

/*
 * Find the set, in the first step of the dump, which the kernel runs while it handles the request.
 * In the operation "start", before that, Linux 6.1 takes no text.
 */
static int open_dump(struct netlink_callback *cb)
{
	const struct nlattr *fd = pfqk_genl_dump_attr(cb, PFQ_A_FD);
	struct file *file = fd ? fget(nla_get_u32(fd)) : NULL;
	struct dump *d = (void *)cb->ctx;
	struct pfqk_net *pn = net_of(cb);
	int err;

	/* another file says nothing about its opener */
	if (fd && (!file || !pfqk_device_endpoint(file))) {
		err = refuse(cb, fd, -EBADF, "no descriptor of " PFQ_DEVICE);
	} else {
		mutex_lock(&pn->lock);
		err = begin_dump(cb, file);
		mutex_unlock(&pn->lock);
	}
	if (file)
		fput(file);
	d->is_open = !err;
	return err;
}

/* Put the next entries, which go through @buf. Returns 0; -ENODATA at the end; or -EMSGSIZE. */
static int put_entries(struct sk_buff *msg, const struct netlink_callback *cb,
		       const struct pfq_object *o, void *buf)
{
	struct dump *d = (void *)cb->ctx;
	u32 bytes = pfq_live_entry_bytes(o->kind), n;
	u64 at = d->cursor;
	void *hdr;

	n = pfq_live_list(o, &at, buf, LIST_BYTES / bytes, ktime_get_real_ns());
	if (!n && d->has_begun)
		return -ENODATA;
	hdr = genlmsg_put(msg, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &pfqk_family,
			  NLM_F_MULTI, PFQ_CMD_SET_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(msg, PFQ_A_SET_KIND, o->kind) ||
	    nla_put_u32(msg, PFQ_A_SET_SIZE, o->size) ||
	    nla_put_u32(msg, PFQ_A_ENTRY_BYTES, bytes) ||
	    (n && nla_put(msg, PFQ_A_ENTRIES, n * bytes, buf))) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	d->cursor = at;
	d->has_begun = true;
	return 0;
}

/* The set of the dump; NULL: the group, or its program, has changed meanwhile. */
static const struct pfq_object *set_of(struct pfqk_net *pn, const struct dump *d)
{
	const struct pfqk_group *g;
	const struct pfq_object *o;

	list_for_each_entry(g, &pn->groups, entry) {
		if (g->settings.id != d->group)
			continue;
		o = pfqk_program_set(g->settings.program, d->set);
		return o && o->kind == d->kind ? o : NULL;
	}
	return NULL;
}

int pfqk_dump_set(struct sk_buff *msg, struct netlink_callback *cb)
{
	const struct dump *d = (void *)cb->ctx;
	struct pfqk_net *pn = net_of(cb);
	const struct pfq_object *o;
	int err = -ENODATA;
	void *buf;

	if (!d->is_open) {
		err = open_dump(cb);
		if (err)
			return err;
	}
	buf = kmalloc(LIST_BYTES, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	mutex_lock(&pn->lock);
	o = set_of(pn, d);
	while (o) {
		err = put_entries(msg, cb, o, buf);
		if (err)
			break;
	}
	mutex_unlock(&pn->lock);
	kfree(buf);
	return err == -EMSGSIZE && !msg->len ? err : msg->len;
}
