/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only place that knows how kernels differ. The code is written for the newest
 * one; each file here gives one name, pfqk_..., to what changed. Kbuild has asked the
 * headers what they have; the names are ours, so that whatever a distribution
 * brings into an older kernel cannot collide with them.
 */
#ifndef PFQK_COMPAT_H
#define PFQK_COMPAT_H

#include <linux/version.h>

/* A lane is its CPU's while bottom halves are off: there these may be preempted by others of their kind. */
#if defined(CONFIG_PREEMPT_RT) && LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0) && \
	!defined(CONFIG_PREEMPT_RT_NEEDS_BH_LOCK)
#error "pfq needs a kernel with CONFIG_PREEMPT_RT_NEEDS_BH_LOCK, or without CONFIG_PREEMPT_RT"
#endif

#ifdef PFQK_HAS_LINUX_UNALIGNED
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#include "genl_info_dump.h"
#include "hrtimer_setup.h"
#include "pin_user_pages.h"
#include "vm_flags.h"
#include "vmalloc_flags.h"

#endif /* PFQK_COMPAT_H */
