/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQD_ENDPOINT_NAME_H
#define PFQD_ENDPOINT_NAME_H

#include "pfqd/engine/endpoint.h"
#include "pfqd/engine/group.h"

/*
 * What process @pid (0: of another pid namespace) asks for in @p->name becomes the name that it
 * gets in @g: one that it has there already is followed by a number. -EEXIST: the name
 * is another process's.
 */
int endpoint_name_choose(struct endpoint_params *p, const struct pfqd_group *g, pid_t pid,
			 struct pfq_error *err);

#endif /* PFQD_ENDPOINT_NAME_H */
