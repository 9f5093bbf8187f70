/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only place that knows kernel versions. The code is written for the
 * newest kernel; each file here teaches an older one what it lacks, or gives
 * one name to what changed.
 */
#ifndef PFQK_COMPAT_H
#define PFQK_COMPAT_H

#include <linux/version.h>

/* A lane is its CPU's while bottom halves are off: there these may be preempted by others of their kind. */
#if defined(CONFIG_PREEMPT_RT) && LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0) && \
	!defined(CONFIG_PREEMPT_RT_NEEDS_BH_LOCK)
#error "pfq needs a kernel with CONFIG_PREEMPT_RT_NEEDS_BH_LOCK, or without CONFIG_PREEMPT_RT"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#include "vm_flags.h"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#include "pin_user_pages.h"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#include "genl_info_dump.h"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#include "hrtimer_setup.h"
#endif

#endif /* PFQK_COMPAT_H */
