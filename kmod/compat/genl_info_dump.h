/* SPDX-License-Identifier: GPL-2.0-only */
/* Before 6.6 a dump had the attributes, but no struct genl_info. */
#ifndef PFQK_COMPAT_GENL_INFO_DUMP_H
#define PFQK_COMPAT_GENL_INFO_DUMP_H

#include <net/genetlink.h>

static inline struct nlattr *pfqk_genl_dump_attr(struct netlink_callback *cb, int attr)
{
#ifdef PFQK_HAS_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs[attr];
#else
	return genl_dumpit_info(cb)->attrs[attr];
#endif
}

#endif /* PFQK_COMPAT_GENL_INFO_DUMP_H */
