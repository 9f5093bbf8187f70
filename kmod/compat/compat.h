/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only place for differences between kernels. The code is written for the newest kernel. Each
 * file here defines one name, pfqk_..., for something that changed. Kbuild searches the kernel's
 * headers for what they have. The names begin with pfqk_, so that they cannot collide with what a
 * distribution adds to an older kernel.
 */
#ifndef PFQK_COMPAT_H
#define PFQK_COMPAT_H

#include <linux/version.h>

/*
 * A CPU owns its lane while bottom halves are off. On these kernels, code with bottom halves off
 * can be preempted by other such code, unless CONFIG_PREEMPT_RT_NEEDS_BH_LOCK is set.
 */
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
