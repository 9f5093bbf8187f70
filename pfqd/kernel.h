/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The kernel engine as pfqd governs it: the groups of pfqd.conf, made in pfq.ko. */
#ifndef PFQD_KERNEL_H
#define PFQD_KERNEL_H

#include "pfqd/settings/settings.h"

struct kernel;

/* -ENOENT: the module is not there; others of pfq_ctl_open() */
int kernel_open(struct kernel **kernel, struct pfq_error *err);
/* The groups that were added go with it; and so they do when this process is killed. */
void kernel_close(struct kernel *kernel);

/* -EEXIST: there is a group of this name, a program's or another pfqd's; and what the module says */
int kernel_group_add(struct kernel *kernel, const struct group_settings *settings,
		     struct pfq_error *err);

#endif /* PFQD_KERNEL_H */
