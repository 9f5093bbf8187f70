/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What an engine has: questions that are asked before joining. */
#ifndef PFQ_GROUPS_H
#define PFQ_GROUPS_H

#include <stdbool.h>
#include <pcap/pcap.h>
#include "pfq-env.h"
#include "pfq-lib.h"

/* Where the engine is that the variables mean; NULL: whichever there is. */
const char *pfq_groups_socket(const struct pfq_env *env);

/* Connect to that engine. On error -errno, and @err names the socket and what to start. */
int pfq_groups_connect(const struct pfq_lib *lib, const struct pfq_env *env, struct pfq_ctl **ctl,
		       char *err, size_t err_size);

/*
 * Does that engine have timestamps of the adapter? Only the kernel engine has; without
 * its module nobody is asked, and nothing is loaded.
 */
bool pfq_groups_has_adapter_time(const struct pfq_env *env);

/* Is the engine in this process's network namespace? 1, 0, or -errno: it cannot be known. */
int pfq_groups_same_netns(const struct pfq_engine_info *engine);

/*
 * Look up @group by name or id; @info belongs to the caller. -ENOENT: no such
 * group, and @err lists those that the caller may join.
 */
int pfq_groups_find(const struct pfq_lib *lib, struct pfq_ctl *ctl, const char *group,
		    struct pfq_group_info *info, char *err, size_t err_size);

/* The only group that the caller may join. -ENOENT: none, or several; @err lists them. */
int pfq_groups_only(const struct pfq_lib *lib, struct pfq_ctl *ctl, char name[PFQ_NAME_MAX + 1],
		    char *err, size_t err_size);

/*
 * Append a device for each group that the caller may join to @list. Without an
 * engine, or on any error, there is none.
 */
void pfq_groups_append(const struct pfq_env *env, pcap_if_t **list);

#endif /* PFQ_GROUPS_H */
