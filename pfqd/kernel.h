/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The kernel engine as pfqd uses it: pfqd makes the groups of pfqd.conf in pfq.ko. Control thread
 * only.
 */
#ifndef PFQD_KERNEL_H
#define PFQD_KERNEL_H

#include "pfqd/settings/settings.h"

struct kernel;

/* Connect to the module. Returns 0, or -errno with text. -ENOENT: the module is not loaded. */
int kernel_open(struct kernel **kernel, struct pfq_error *err);
/*
 * Disconnect and free. The module removes the groups, also if this process is killed. NULL:
 * nothing.
 */
void kernel_close(struct kernel *kernel);

/*
 * Make a group. Returns 0, or -errno with text. If the module's answer was lost, the group may be
 * there all the same. -EEXIST: a program or another pfqd has a group of this name.
 */
int kernel_group_add(struct kernel *kernel, const struct group_settings *settings,
		     struct pfq_error *err);

/*
 * Give a group all of these settings; one without an id keeps its id. Its members stay. Returns 0,
 * or -errno with text. Nothing has changed then, unless the module's answer was lost.
 */
int kernel_group_set(struct kernel *kernel, const struct group_settings *settings,
		     struct pfq_error *err);
/*
 * Remove a group that this process has made or set. Its members get the end of the engine. Returns
 * 0, or -errno with text. -EACCES: the group is another process's.
 */
int kernel_group_del(struct kernel *kernel, const char *name, struct pfq_error *err);

#endif /* PFQD_KERNEL_H */
