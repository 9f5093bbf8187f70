/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQD_ENDPOINT_NAME_H
#define PFQD_ENDPOINT_NAME_H

#include "pfqd/engine/endpoint.h"
#include "pfqd/engine/group.h"

/*
 * Choose the name of a new endpoint of process @pid in group @g. @p->name holds the wish, and
 * receives the name. If @pid has that name in @g already, a number is appended. @pid is 0 for a
 * process of another PID namespace. -EEXIST with text: another process has the name.
 */
int endpoint_name_choose(struct endpoint_params *p, const struct pfqd_group *g, pid_t pid,
			 struct pfq_error *err);

#endif /* PFQD_ENDPOINT_NAME_H */
