// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include "access.h"

static bool userns;
module_param(userns, bool, 0444);
MODULE_PARM_DESC(userns, "administrators of child user namespaces may make groups there");

bool pfqk_access_is_child(const struct net *net)
{
	return net->user_ns != &init_user_ns && !userns;
}

bool pfqk_access_admin(const struct sk_buff *skb, const struct net *net)
{
	if (pfqk_access_is_child(net))
		return false;
	return netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN);
}

static bool in_group(const struct cred *cred, kgid_t gid)
{
	const struct group_info *gi = cred->group_info;
	int i;

	if (gid_eq(cred->egid, gid))
		return true;
	for (i = 0; i < gi->ngroups; i++) {
		if (gid_eq(gi->gid[i], gid))
			return true;
	}
	return false;
}

bool pfqk_access_allowed(const struct pfqk_access *a, const struct cred *cred, u32 bits)
{
	u32 shift = 0;

	if (uid_eq(cred->euid, GLOBAL_ROOT_UID))
		return true;
	if (uid_eq(cred->euid, a->uid))
		shift = 6;
	else if (in_group(cred, a->gid))
		shift = 3;
	return (a->mode >> shift & bits) == bits;
}
