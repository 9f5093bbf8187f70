/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Requests to an engine before joining: which groups are there? */
#ifndef PFQ_GROUPS_H
#define PFQ_GROUPS_H

#include <stdbool.h>
#include <pcap/pcap.h>
#include "pfq-env.h"
#include "pfq-lib.h"

/* The socket of the engine that the variables select; NULL: any engine. */
const char *pfq_groups_socket(const struct pfq_env *env);

/* Connect to that engine. On error -errno; @err names the socket and the program to start. */
int pfq_groups_connect(const struct pfq_lib *lib, const struct pfq_env *env, struct pfq_ctl **ctl,
		       char *err, size_t err_size);

/* Does @engine have timestamps of the adapter? Only the kernel engine has. */
bool pfq_groups_is_adapter_time(const struct pfq_engine_info *engine);

/*
 * Connect to that engine, and ask the same. Without the kernel engine's module, the function sends
 * no request and does not load libpfq.
 */
bool pfq_groups_has_adapter_time(const struct pfq_env *env);

/* Is the engine in this process's network namespace? 1, 0, or -errno: it is not known. */
int pfq_groups_same_netns(const struct pfq_engine_info *engine);

/*
 * Look up @group by name or id; @info belongs to the caller. -ENOENT: there is no
 * such group; @err lists the groups that the caller may join.
 */
int pfq_groups_find(const struct pfq_lib *lib, struct pfq_ctl *ctl, const char *group,
		    struct pfq_group_info *info, char *err, size_t err_size);

/* The only group that the caller may join. -ENOENT: none, or several; @err lists them. */
int pfq_groups_only(const struct pfq_lib *lib, struct pfq_ctl *ctl, char name[PFQ_NAME_MAX + 1],
		    char *err, size_t err_size);

/*
 * Append a device for each group that the caller may join to @list. Without an
 * engine, or on any error, append none.
 */
void pfq_groups_append(const struct pfq_env *env, pcap_if_t **list);

#endif /* PFQ_GROUPS_H */
