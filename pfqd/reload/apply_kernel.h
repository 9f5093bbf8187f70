/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Applies the differences between two configurations to the kernel engine. Control thread only. */
#ifndef PFQD_RELOAD_APPLY_KERNEL_H
#define PFQD_RELOAD_APPLY_KERNEL_H

#include "pfqd/conf/conf_diff.h"
#include "reload.h"

/*
 * Change the groups in the module one by one. A failure undoes the change that failed, and those
 * before it. Returns 0, or -errno with text.
 */
int apply_kernel_diff(const struct reload_kernel *kernel, const struct conf_diff *diff,
		      struct pfq_error *err);

#endif /* PFQD_RELOAD_APPLY_KERNEL_H */
