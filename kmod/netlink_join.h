/* SPDX-License-Identifier: GPL-2.0-only */
/* A JOIN in progress: the parameters of the request, and the group found or made for it. */
#ifndef PFQK_NETLINK_JOIN_H
#define PFQK_NETLINK_JOIN_H

#include "binding.h"
#include "claim.h"
#include "group.h"
#include "memory.h"
#include "netlink.h"

struct pfqk_join {
	struct pfqk_request *req;
	struct pfqk_endpoint *ep;
	const char *group_name;			/* NULL: private */
	/* as requested; the endpoint's name may have a number added */
	char name[PFQ_NAME_MAX + 1];
	bool has_bindings, binds_late;
	struct pfqk_binding_list bindings;
	struct pfqk_group_settings settings;	/* for a group that is made */
	struct pfqk_group *group;
	u32 linktype;
	struct pfqk_memory_wish memory;
	struct pfqk_claim claim;
};

/* Read the request into @j. Returns 0, or -EINVAL or another error with text. */
int pfqk_join_read(struct pfqk_join *j);

/*
 * Find j->group, or make it and bind its devices. Devices for an existing group are bound later
 * (binds_late). Returns 0, or -ENOENT, -EPERM, -EACCES or another error with text. Under rtnl and
 * the namespace's lock.
 */
int pfqk_join_group(struct pfqk_join *j);

#endif /* PFQK_NETLINK_JOIN_H */
