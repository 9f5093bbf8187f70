// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include "access.h"
#include "group.h"
#include "limit.h"
#include "netlink_join.h"
#include "netns.h"
#include "pfqk.h"

/* --- what the caller asks for ---------------------------------------------------- */

static int read_params(struct pfqk_join *j)
{
	struct pfqk_endpoint_params *p = &j->ep->params;
	const char *name = pfqk_request_string(j->req, PFQ_A_NAME);

	memset(p, 0, sizeof(*p));
	p->snaplen = pfqk_request_u32(j->req, PFQ_A_SNAPLEN);
	p->weight = pfqk_request_u32(j->req, PFQ_A_WEIGHT);
	p->classes = pfqk_request_u64(j->req, PFQ_A_CLASSES);
	/*
	 * programs ask for large rings without knowing the limit: use the limit, instead of
	 * refusing
	 */
	p->ring_bytes = min(pfqk_request_u64(j->req, PFQ_A_RING_BYTES), pfqk_memory_ring_max());
	if (p->weight > PFQ_WEIGHT_MAX)
		return pfqk_refuse(j->req, PFQ_A_WEIGHT, -EINVAL, "weight; allowed: 1-8");
	if (pfqk_request_u32(j->req, PFQ_A_TSTAMP) >= __PFQ_TSTAMP_MAX)
		return pfqk_refuse(j->req, PFQ_A_TSTAMP, -EINVAL,
				   "timestamps; allowed: 0 the host's, 1 the adapter's");
	p->weight = p->weight ? p->weight : 1;
	p->classes = p->classes ? p->classes : PFQ_CLASS_DEFAULT;
	if (!name || !*name)
		return 0;
	if (!pfqk_netlink_name_valid(name))
		return pfqk_refuse(j->req, PFQ_A_NAME, -EINVAL,
				   "no valid name; allowed: a-z, then up to 30 of a-z 0-9 _ . -");
	strscpy(j->name, name, sizeof(j->name));
	return 0;
}

int pfqk_join_read(struct pfqk_join *j)
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

static bool wants_adapter_time(const struct pfqk_join *j)
{
	return pfqk_request_u32(j->req, PFQ_A_TSTAMP) == PFQ_TSTAMP_ADAPTER;
}

static int read_settings(struct pfqk_join *j, bool is_private)
{
	struct netlink_ext_ack *extack = j->req->info->extack;
	const char *vlans = pfqk_request_string(j->req, PFQ_A_VLANS);
	struct pfqk_group_settings *s = &j->settings;
	int err;

	s->access.uid = j->req->file->f_cred->euid;
	s->access.gid = j->req->file->f_cred->egid;
	s->is_adapter_time = wants_adapter_time(j);
	/* a private group has one member, which gets every packet */
	if (is_private)
		err = pfqk_group_settings_steer(s, "copy", extack);
	else
		err = pfqk_request_program(j->req, s);
	if (!err && vlans && *vlans)
		err = pfqk_group_settings_vlans(s, vlans, extack);
	return err;
}

static int make_group(struct pfqk_join *j, enum pfqk_group_kind kind)
{
	struct netlink_ext_ack *extack = j->req->info->extack;
	u64 bytes = 0;
	int err;

	err = read_settings(j, kind == PFQK_GROUP_PRIVATE);
	if (!err)
		err = pfqk_group_program_charge(&j->settings, j->ep->uid, true, &bytes,
						extack);
	if (err)
		return err;
	err = pfqk_group_create(&j->group, j->req->pn, kind, &j->settings, extack);
	if (err) {
		pfqk_limit_give(j->ep->uid, PFQK_LIMIT_RING_BYTES, bytes);
		return err;
	}
	j->group->program_bytes = bytes;
	j->group->program_uid = j->ep->uid;
	err = pfqk_group_bind(j->group, &j->bindings, true, true, extack);
	if (err)
		pfqk_group_put(j->group);
	return err;
}

static bool is_admin(const struct pfqk_join *j)
{
	return pfqk_access_admin(j->req->skb, j->req->pn->net);
}

static int join_private(struct pfqk_join *j)
{
	if (!is_admin(j))
		return pfqk_refuse_admin(j->req, PFQ_A_BINDINGS, -EPERM,
					 "capturing from a device needs CAP_NET_ADMIN; join a "
					 "group that you may");
	/* not valid as a group's name, so that nobody can join it */
	scnprintf(j->settings.name, sizeof(j->settings.name), "private#%llu",
		  j->req->pn->last_serial + 1);
	return make_group(j, PFQK_GROUP_PRIVATE);
}

static int join_new(struct pfqk_join *j)
{
	if (!is_admin(j))
		return pfqk_refuse_admin(j->req, PFQ_A_GROUP, -ENOENT,
				   "no such group here, and making one needs CAP_NET_ADMIN");
	if (!j->has_bindings)
		return pfqk_refuse(j->req, PFQ_A_GROUP, -ENOENT,
				   "no such group here; to make it, name a device to bind");
	if (!pfqk_netlink_name_valid(j->group_name) &&
	    (kstrtou32(j->group_name, 10, &j->settings.id) ||
	     j->settings.id < PFQ_GROUP_ID_MIN || j->settings.id > PFQ_GROUP_ID_MAX))
		return pfqk_refuse(j->req, PFQ_A_GROUP, -EINVAL,
				   "no valid name; allowed: a-z, "
				   "then up to 30 of a-z 0-9 _ . -, or 1-65535");
	strscpy(j->settings.name, j->group_name, sizeof(j->settings.name));
	return make_group(j, PFQK_GROUP_JOINED);
}

static int join_existing(struct pfqk_join *j)
{
	struct pfqk_group *g = j->group;

	if (!pfqk_access_allowed(&g->settings.access, j->req->file->f_cred, PFQK_ACCESS_READ))
		return pfqk_refuse(j->req, PFQ_A_GROUP, -EACCES,
				   "you may not join this group; its access policy says who may");
	if (wants_adapter_time(j) && !g->settings.is_adapter_time)
		return pfqk_refuse(j->req, PFQ_A_TSTAMP, -EBUSY,
				   "the group has the host's timestamps; allowed: these, "
				   "or a group of its own");
	if (!j->has_bindings)
		return 0;
	/* a group's devices may be absent, but not those that this request names */
	if (pfqk_group_covers(g, &j->bindings))
		return pfqk_group_check(g, &j->bindings, j->req->info->extack);
	if (!is_admin(j))
		return pfqk_refuse_admin(j->req, PFQ_A_BINDINGS, -EPERM,
				   "binding a device needs CAP_NET_ADMIN; leave the device out");
	/* not before the JOIN is certain: the group has other members and keeps its bindings */
	j->binds_late = true;
	return 0;
}

int pfqk_join_group(struct pfqk_join *j)
{
	if (!j->group_name)
		return join_private(j);
	j->group = pfqk_group_find(j->req->pn, j->group_name);
	return j->group ? join_existing(j) : join_new(j);
}
