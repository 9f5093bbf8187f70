/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQD_ENDPOINT_NAME_H
#define PFQD_ENDPOINT_NAME_H

#include "pfqd/engine/endpoint.h"
#include "pfqd/engine/group.h"

/*
 * Choose the name of a new endpoint of process @cred->pid in group @g. @p->name holds the wish, and
 * receives the name. If the process has that name in @g already, a number is appended. The pid is 0
 * for a process of another PID namespace. -EEXIST with text: another process has the name, or @g
 * keeps it for an absent member of another user. Root may have that one.
 */
int endpoint_name_choose(struct endpoint_params *p, const struct pfqd_group *g,
			 const struct access_cred *cred, struct pfq_error *err);

#endif /* PFQD_ENDPOINT_NAME_H */
