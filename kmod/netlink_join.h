/* SPDX-License-Identifier: GPL-2.0-only */
/* A JOIN under way: what it asks for, and the group that it finds or makes. */
#ifndef PFQK_NETLINK_JOIN_H
#define PFQK_NETLINK_JOIN_H

#include "binding.h"
#include "group.h"
#include "memory.h"
#include "netlink.h"

struct pfqk_join {
	struct pfqk_request *req;
	struct pfqk_endpoint *ep;
	const char *group_name;			/* NULL: private */
	char name[PFQ_NAME_MAX + 1];		/* as asked for; the endpoint's may have a number */
	bool has_bindings, binds_late;
	struct pfqk_binding_list bindings;
	struct pfqk_group_settings settings;	/* of a group that is made */
	struct pfqk_group *group;
	u32 linktype;
	struct pfqk_memory_wish memory;
};

/* Fills in what the request says. -EINVAL and others, with text. */
int pfqk_join_read(struct pfqk_join *j);

/*
 * Finds j->group, or makes it, and binds; an existing group's devices are bound later
 * (binds_late). rtnl and the namespace's lock. -ENOENT, -EPERM, -EACCES and others, with text.
 */
int pfqk_join_group(struct pfqk_join *j);

#endif /* PFQK_NETLINK_JOIN_H */
