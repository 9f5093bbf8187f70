// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ctype.h>
#include <linux/file.h>
#include <linux/module.h>
#include <net/genetlink.h>
#include "access.h"
#include "device.h"
#include "endpoint.h"
#include "netlink.h"
#include "netns.h"

#define POLICY_U32(max)		{ .type = NLA_U32 }
#define POLICY_U64(max)		{ .type = NLA_U64 }
#define POLICY_STRING(max)	{ .type = NLA_NUL_STRING, .len = (max) }
#define POLICY_BINARY(max)	{ .type = NLA_BINARY, .len = (max) }
#define POLICY_NESTED(max)	{ .type = NLA_REJECT }	/* in answers only */

#define POLICY_ROW(name, type, max)	[PFQ_A_##name] = POLICY_##type(max),

static const struct nla_policy policy[PFQ_A_MAX + 1] = {
	PFQ_ATTR_LIST(POLICY_ROW)
};

#define RULE_MUST(name)	[PFQ_A_##name] = MUST,
#define RULE_MAY(name)	[PFQ_A_##name] = MAY,
#define RULE_NONE(name)
#define RULE_ROW(cmd, kind, rules)	[PFQ_CMD_##cmd] = { rules },

/* for each attribute: whether a command takes it */
enum rule { MUST_NOT, MUST, MAY };

static const u8 attr_rules[PFQ_CMD_MAX + 1][PFQ_A_MAX + 1] = {
	PFQ_REQUEST_LIST(RULE_ROW, RULE_MUST, RULE_MAY, RULE_MUST, RULE_MAY, RULE_NONE, RULE_NONE)
};

/* Dumps have functions of their own, see ops[]. */
static const struct {
	int (*fn)(struct pfqk_request *req);
	bool is_joined;		/* only for an endpoint that has joined */
} rows[PFQ_CMD_MAX + 1] = {
	[PFQ_CMD_HELLO]		= { pfqk_request_hello, false },
	[PFQ_CMD_STATUS_GET]	= { pfqk_request_status, false },
	[PFQ_CMD_JOIN]		= { pfqk_request_join, false },
	[PFQ_CMD_START]		= { pfqk_request_start, true },
	[PFQ_CMD_FILTER_SET]	= { pfqk_request_filter, true },
	[PFQ_CMD_DIRECTION_SET]	= { pfqk_request_direction, true },
	[PFQ_CMD_INJECT]	= { pfqk_request_inject, true },
	[PFQ_CMD_GROUP_ADD]	= { pfqk_request_group_add, false },
	[PFQ_CMD_GROUP_SET]	= { pfqk_request_group_set, false },
	[PFQ_CMD_GROUP_DEL]	= { pfqk_request_group_del, false },
	[PFQ_CMD_PROGRAM_GET]	= { pfqk_request_program_get, false },
	[PFQ_CMD_PROFILE_GET]	= { pfqk_request_profile, false },
	[PFQ_CMD_SET_CHANGE]	= { pfqk_request_set_change, false },
};

static int check_attrs(const struct pfqk_request *req)
{
	const u8 *rules = attr_rules[req->info->genlhdr->cmd];
	u32 i;

	for (i = 1; i <= PFQ_A_MAX; i++) {
		if (req->info->attrs[i] && rules[i] == MUST_NOT)
			return pfqk_refuse(req, i, -EINVAL,
					   "this command does not take this attribute");
		if (!req->info->attrs[i] && rules[i] == MUST)
			return pfqk_refuse(req, i, -EINVAL,
					   "this command needs an attribute that is missing");
	}
	return 0;
}

static int run_on_endpoint(struct pfqk_request *req, u8 cmd)
{
	struct pfqk_endpoint *ep = req->ep;
	int err;

	if (mutex_lock_interruptible(&ep->lock))
		return -EINTR;
	if (rows[cmd].is_joined && !ep->is_joined)
		err = pfqk_refuse(req, PFQ_A_FD, -ENOTCONN,
				  "this file has no endpoint; JOIN first");
	else if (ep->net && ep->net != genl_info_net(req->info))
		err = pfqk_refuse(req, PFQ_A_FD, -EINVAL,
				  "its group is in another network namespace");
	else
		err = rows[cmd].fn(req);
	mutex_unlock(&ep->lock);
	return err;
}

static int request_run(struct sk_buff *skb, struct genl_info *info)
{
	struct pfqk_request req = {
		.skb = skb,
		.info = info,
		.pn = pfqk_netns_of(genl_info_net(info)),
	};
	u8 cmd = info->genlhdr->cmd;
	int err;

	err = check_attrs(&req);
	if (err)
		return err;
	if (!info->attrs[PFQ_A_FD])
		return rows[cmd].fn(&req);
	req.file = fget(nla_get_u32(info->attrs[PFQ_A_FD]));
	if (!req.file)
		return pfqk_refuse(&req, PFQ_A_FD, -EBADF, "no open descriptor");
	req.ep = pfqk_device_endpoint(req.file);
	err = req.ep ? run_on_endpoint(&req, cmd) :
		       pfqk_refuse(&req, PFQ_A_FD, -EBADF, "no descriptor of " PFQ_DEVICE);
	fput(req.file);
	return err;
}

#define DO(name)	{ .cmd = PFQ_CMD_##name, .doit = request_run }
#define DUMP(name, fn)	{ .cmd = PFQ_CMD_##name, .start = pfqk_dump_start, .dumpit = fn }
#define DUMP_SET(name)	{ .cmd = PFQ_CMD_##name, .dumpit = pfqk_dump_set }

/* No flags such as GENL_ADMIN_PERM: permissions depend on more than a capability. */
static const struct genl_ops ops[] = {
	DO(HELLO),
	DO(STATUS_GET),
	DUMP(GROUP_GET, pfqk_dump_groups),
	DUMP(ENDPOINT_GET, pfqk_dump_endpoints),
	DO(JOIN),
	DO(START),
	DO(FILTER_SET),
	DO(DIRECTION_SET),
	DO(INJECT),
	DO(GROUP_ADD),
	DO(GROUP_SET),
	DO(GROUP_DEL),
	DO(PROGRAM_GET),
	DO(PROFILE_GET),
	DO(SET_CHANGE),
	DUMP_SET(SET_GET),
};

static const struct genl_multicast_group mcgrps[] = {
	[PFQK_CHANGES] = { .name = PFQ_CHANGES_NAME },
};

struct genl_family pfqk_family __ro_after_init = {
	.name = PFQ_FAMILY_NAME,
	.version = 1,
	.maxattr = PFQ_A_MAX,
	.policy = policy,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = mcgrps,
	.n_mcgrps = ARRAY_SIZE(mcgrps),
	.resv_start_op = PFQ_CMD_HELLO,
	.netnsok = true,
	/* a JOIN that waits for memory does not make other requests wait */
	.parallel_ops = true,
	.module = THIS_MODULE,
};

u64 pfqk_loaded_ns;

int pfqk_netlink_init(void)
{
	pfqk_loaded_ns = ktime_get_ns();
	return genl_register_family(&pfqk_family);
}

void pfqk_netlink_exit(void)
{
	genl_unregister_family(&pfqk_family);
}

bool pfqk_netlink_name_valid(const char *name)
{
	if (!islower(*name))
		return false;
	for (; *name; name++) {
		if (!isascii(*name) || !(islower(*name) || isdigit(*name) || strchr("_.-", *name)))
			return false;
	}
	return true;
}

u32 pfqk_request_u32(const struct pfqk_request *req, enum pfq_attr attr)
{
	return req->info->attrs[attr] ? nla_get_u32(req->info->attrs[attr]) : 0;
}

u64 pfqk_request_u64(const struct pfqk_request *req, enum pfq_attr attr)
{
	return req->info->attrs[attr] ? nla_get_u64(req->info->attrs[attr]) : 0;
}

const char *pfqk_request_string(const struct pfqk_request *req, enum pfq_attr attr)
{
	return req->info->attrs[attr] ? nla_data(req->info->attrs[attr]) : NULL;
}

int pfqk_refuse_admin(struct pfqk_request *req, enum pfq_attr attr, int err, const char *text)
{
	struct netlink_ext_ack *extack = req->info->extack;

	NL_SET_BAD_ATTR(extack, req->info->attrs[attr]);
	if (extack)
		extack->_msg = pfqk_access_is_child(req->pn->net) ?
			"administrators of child user namespaces may not do this; allowed with the "
			"module's parameter userns=1" :
			text;
	return err;
}

struct sk_buff *pfqk_reply_begin(const struct pfqk_request *req, size_t bytes, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(bytes, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, req->info, &pfqk_family, 0, req->info->genlhdr->cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

int pfqk_reply_send(const struct pfqk_request *req, struct sk_buff *msg, void *hdr, int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, req->info);
}
