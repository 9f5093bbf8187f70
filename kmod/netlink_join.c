// SPDX-License-Identifier: GPL-2.0-only
/*
 * JOIN, in three steps: find or make the group and bind, under the locks; find
 * memory, which takes time, under the endpoint's own lock alone; become a member. The
 * group counts those that are between the first and the last step.
 */
#include <linux/fs.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "access.h"
#include "cpu.h"
#include "group.h"
#include "netlink.h"
#include "netns.h"
#include "pfqk.h"

struct join {
	struct pfqk_request *req;
	struct pfqk_endpoint *ep;
	const char *group_name;			/* NULL: private */
	bool has_bindings;
	struct pfqk_binding_list bindings;
	struct pfqk_group_settings settings;	/* of a group that is made */
	struct pfqk_group *group;
	u32 linktype;
};

/* --- what the caller asks for ---------------------------------------------------- */

static int read_params(struct join *j)
{
	struct pfqk_endpoint_params *p = &j->ep->params;
	const char *name = pfqk_request_string(j->req, PFQ_A_NAME);

	memset(p, 0, sizeof(*p));
	p->snaplen = pfqk_request_u32(j->req, PFQ_A_SNAPLEN);
	p->weight = pfqk_request_u32(j->req, PFQ_A_WEIGHT);
	p->classes = pfqk_request_u64(j->req, PFQ_A_CLASSES);
	/* programs ask for buffers without knowing what there is: the most is better than none */
	p->ring_bytes = min(pfqk_request_u64(j->req, PFQ_A_RING_BYTES), pfqk_memory_ring_max());
	if (p->weight > PFQ_WEIGHT_MAX)
		return pfqk_refuse(j->req, PFQ_A_WEIGHT, -EINVAL, "weight; allowed: 1-8");
	p->weight = p->weight ? p->weight : 1;
	p->classes = p->classes ? p->classes : PFQ_CLASS_DEFAULT;
	if (!name || !*name)
		return 0;
	if (!pfqk_netlink_name_valid(name))
		return pfqk_refuse(j->req, PFQ_A_NAME, -EINVAL,
				   "no valid name; allowed: a-z, then up to 30 of a-z 0-9 _ . -");
	strscpy(p->name, name, sizeof(p->name));
	return 0;
}

static int read_request(struct join *j)
{
	const char *bindings = pfqk_request_string(j->req, PFQ_A_BINDINGS);
	int err;

	err = read_params(j);
	if (err)
		return err;
	j->group_name = pfqk_request_string(j->req, PFQ_A_GROUP);
	if (j->group_name && !*j->group_name)
		return pfqk_refuse(j->req, PFQ_A_GROUP, -EINVAL,
				   "the group's name is empty; leave it out for a private group");
	if (!j->group_name && !bindings)
		return pfqk_refuse(j->req, PFQ_A_GROUP, -EINVAL,
				   "neither a group nor a device; name one of them");
	j->has_bindings = bindings;
	if (!bindings)
		return 0;
	NL_SET_BAD_ATTR(j->req->info->extack, j->req->info->attrs[PFQ_A_BINDINGS]);
	return pfqk_binding_list_parse(&j->bindings, bindings, j->req->info->extack);
}

/* --- the group ---------------------------------------------------------------------- */

static int read_settings(struct join *j, bool is_private)
{
	struct netlink_ext_ack *extack = j->req->info->extack;
	const char *steer = pfqk_request_string(j->req, PFQ_A_STEER);
	const char *vlans = pfqk_request_string(j->req, PFQ_A_VLANS);
	struct pfqk_group_settings *s = &j->settings;
	int err = 0;

	s->access.uid = j->req->file->f_cred->euid;
	s->access.gid = j->req->file->f_cred->egid;
	/* a private group has one member: who joins has it all */
	if (is_private)
		err = pfqk_group_settings_steer(s, "copy", extack);
	else if (steer && *steer)
		err = pfqk_group_settings_steer(s, steer, extack);
	if (!err && vlans && *vlans)
		err = pfqk_group_settings_vlans(s, vlans, extack);
	return err;
}

static int make_group(struct join *j, enum pfqk_group_kind kind)
{
	struct netlink_ext_ack *extack = j->req->info->extack;
	int err;

	err = read_settings(j, kind == PFQK_GROUP_PRIVATE);
	if (!err)
		err = pfqk_group_create(&j->group, j->req->pn, kind, &j->settings, extack);
	if (err)
		return err;
	err = pfqk_group_bind(j->group, &j->bindings, true, true, extack);
	if (err)
		pfqk_group_put(j->group);
	return err;
}

static bool is_admin(const struct join *j)
{
	return pfqk_access_admin(j->req->skb, j->req->pn->net);
}

static int join_private(struct join *j)
{
	if (!is_admin(j))
		return pfqk_refuse(j->req, PFQ_A_BINDINGS, -EPERM,
				   "capturing from a device needs CAP_NET_ADMIN; join a group that you may");
	/* no name that a group can have: nobody joins it */
	scnprintf(j->settings.name, sizeof(j->settings.name), "private#%llu",
		  j->req->pn->last_serial + 1);
	return make_group(j, PFQK_GROUP_PRIVATE);
}

static int join_new(struct join *j)
{
	if (!is_admin(j))
		return pfqk_refuse(j->req, PFQ_A_GROUP, -ENOENT,
				   "no such group here, and making one needs CAP_NET_ADMIN");
	if (!j->has_bindings)
		return pfqk_refuse(j->req, PFQ_A_GROUP, -ENOENT,
				   "no such group here; to make it, name a device to bind");
	if (!pfqk_netlink_name_valid(j->group_name) &&
	    (kstrtou32(j->group_name, 10, &j->settings.id) ||
	     j->settings.id < PFQ_GROUP_ID_MIN || j->settings.id > PFQ_GROUP_ID_MAX))
		return pfqk_refuse(j->req, PFQ_A_GROUP, -EINVAL,
				   "no valid name; allowed: a-z, then up to 30 of a-z 0-9 _ . -, or 1-65535");
	strscpy(j->settings.name, j->group_name, sizeof(j->settings.name));
	return make_group(j, PFQK_GROUP_JOINED);
}

static int join_existing(struct join *j)
{
	struct pfqk_group *g = j->group;

	if (!pfqk_access_allowed(&g->settings.access, j->req->file->f_cred, PFQK_ACCESS_READ))
		return pfqk_refuse(j->req, PFQ_A_GROUP, -EACCES,
				   "you may not join this group; its access policy says who may");
	if (!j->has_bindings || pfqk_group_covers(g, &j->bindings))
		return 0;
	if (!is_admin(j))
		return pfqk_refuse(j->req, PFQ_A_BINDINGS, -EPERM,
				   "binding a device needs CAP_NET_ADMIN; leave the device out");
	return pfqk_group_bind(g, &j->bindings, true, true, j->req->info->extack);
}

static int check_member(const struct join *j)
{
	const struct pfqk_endpoint *ep;

	if (j->group->members + j->group->joining >= PFQ_MEMBERS_MAX)
		return pfqk_refuse(j->req, PFQ_A_GROUP, -EDQUOT,
				   "this group has 256 members; allowed: not more");
	list_for_each_entry(ep, &j->group->member, entry) {
		if (j->ep->params.name[0] && !strcmp(ep->params.name, j->ep->params.name))
			return pfqk_refuse(j->req, PFQ_A_NAME, -EEXIST,
					   "the group has an endpoint of this name; choose another one");
	}
	return 0;
}

static int find_group(struct join *j)
{
	if (!j->group_name)
		return join_private(j);
	j->group = pfqk_group_find(j->req->pn, j->group_name);
	return j->group ? join_existing(j) : join_new(j);
}

static void fit_to_group(struct join *j)
{
	const struct pfqk_group_settings *s = &j->group->settings;
	struct pfqk_endpoint_params *p = &j->ep->params;

	if (!p->snaplen || p->snaplen > s->snaplen)
		p->snaplen = s->snaplen;
	if (!p->ring_bytes)
		p->ring_bytes = s->ring_bytes;
	/* who may not change the group takes it as it is */
	p->promisc = pfqk_request_u32(j->req, PFQ_A_PROMISC) &&
		     pfqk_access_allowed(&s->access, j->req->file->f_cred, PFQK_ACCESS_WRITE);
	j->linktype = pfqk_group_linktype(j->group);
}

static int step_find(struct join *j)
{
	struct pfqk_net *pn = j->req->pn;
	int err;

	rtnl_lock();
	mutex_lock(&pn->lock);
	err = find_group(j);
	if (!err) {
		err = check_member(j);
		if (err) {
			pfqk_group_put(j->group);
		} else {
			j->group->joining++;
			fit_to_group(j);
		}
	}
	mutex_unlock(&pn->lock);
	rtnl_unlock();
	return err;
}

/* --- the answer ------------------------------------------------------------------------ */

/* what the text of its bindings may take, and room for the rest */
#define REPLY_BYTES	(PFQK_BINDINGS_TEXT + 512)

static int fill_reply(const struct join *j, struct sk_buff *msg)
{
	const struct pfqk_memory *m = &j->ep->memory;
	char *bindings = kmalloc(PFQK_BINDINGS_TEXT, GFP_KERNEL);
	int err;

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
	      nla_put_u64_64bit(msg, PFQ_A_PAGE_BYTES, PAGE_SIZE, PFQ_A_UNSPEC) ||
	      nla_put_u32(msg, PFQ_A_LANES, m->lanes) ||
	      nla_put_string(msg, PFQ_A_BINDINGS, bindings);
	kfree(bindings);
	return err ? -EMSGSIZE : 0;
}

/* --- the member ------------------------------------------------------------------------- */

static void publish_endpoint(struct join *j)
{
	struct pfqk_endpoint *ep = j->ep;

	ep->net = get_net_track(j->req->pn->net, &ep->net_tracker, GFP_KERNEL);
	ep->pid = task_tgid_nr(current);
	get_task_comm(ep->comm, current);
	/* mmap() and read() look at it without a lock */
	smp_store_release(&ep->is_joined, true);
}

static int become_member(struct join *j, struct sk_buff *msg)
{
	struct pfqk_group *g = j->group;
	int err;

	if (g->is_dead)
		return pfqk_refuse(j->req, PFQ_A_GROUP, -ENOENT, "the group has just been removed");
	/* while memory was looked for, somebody may have taken the name */
	err = check_member(j);
	if (err)
		return err;
	j->ep->id = ++j->req->pn->last_endpoint_id;
	err = fill_reply(j, msg);
	if (!err)
		err = pfqk_group_join(g, j->ep);
	if (err)
		return err;
	pfqk_group_promisc(g);
	publish_endpoint(j);
	pfqk_notify(PFQ_CMD_JOIN, g, j->ep);
	return 0;
}

static int step_join(struct join *j, struct sk_buff *msg, int err)
{
	struct pfqk_net *pn = j->req->pn;

	rtnl_lock();
	mutex_lock(&pn->lock);
	j->group->joining--;
	if (!err)
		err = become_member(j, msg);
	if (err && !j->group->members)
		pfqk_group_unbind_transient(j->group);
	if (err)
		pfqk_group_put(j->group);
	mutex_unlock(&pn->lock);
	rtnl_unlock();
	return err;
}

static int join(struct join *j)
{
	struct sk_buff *msg = NULL;
	void *hdr = NULL;
	int err;

	err = step_find(j);
	if (err)
		return err;
	err = pfqk_endpoint_prepare(j->ep, j->req->file->f_cred->euid, j->linktype);
	if (err)
		NL_SET_ERR_MSG_ATTR(j->req->info->extack, j->req->info->attrs[PFQ_A_RING_BYTES],
				    "no memory for the ring, or more than one user may have; ask for a smaller one");
	if (!err) {
		msg = pfqk_reply_begin(j->req, REPLY_BYTES, &hdr);
		err = msg ? 0 : -ENOMEM;
	}
	err = step_join(j, msg, err);
	if (err)
		pfqk_endpoint_clear(j->ep);
	return msg ? pfqk_reply_send(j->req, msg, hdr, err) : err;
}

int pfqk_request_join(struct pfqk_request *req)
{
	struct join *j;
	int err;

	if (req->ep->net)
		return pfqk_refuse(req, PFQ_A_FD, -EISCONN, "this file has joined already, or owns groups; open another one");
	/* much for the stack */
	j = kvzalloc(sizeof(*j), GFP_KERNEL);
	if (!j)
		return -ENOMEM;
	j->req = req;
	j->ep = req->ep;
	pfqk_group_settings_default(&j->settings);
	err = read_request(j);
	if (!err)
		err = join(j);
	pfqk_group_settings_free(&j->settings);
	kvfree(j);
	return err;
}
