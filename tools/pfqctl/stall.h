/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQCTL_STALL_H
#define PFQCTL_STALL_H

#include "pfqctl.h"

/*
 * Wait until each member of @s that has lost packets, and has others to read, has read some, at
 * most a second. @later gets the endpoints as they are then. It stays empty if there is no such
 * member. Returns 0, or -errno with text. The caller calls snapshot_free() on @later in any case.
 */
int stall_watch(struct snapshot *later, const struct snapshot *s, struct pfq_ctl *ctl,
		struct pfq_error *err);

#endif /* PFQCTL_STALL_H */
