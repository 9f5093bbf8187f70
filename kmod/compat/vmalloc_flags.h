/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The flag by which vmalloc fails, instead of having a process killed. 6.19 and 7.0 do not accept
 * __GFP_RETRY_MAYFAIL: they warn and ignore it. There __GFP_NORETRY is used. It gives up earlier,
 * so that a ring may become smaller, but no process is killed either. Only mm/vmalloc.c
 * (GFP_VMALLOC_SUPPORTED) shows the difference and no header does, so the kernel's version
 * decides.
 */
#ifndef PFQK_COMPAT_VMALLOC_FLAGS_H
#define PFQK_COMPAT_VMALLOC_FLAGS_H

#include <linux/gfp.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
#define PFQK_GFP_MAYFAIL	__GFP_NORETRY
#else
#define PFQK_GFP_MAYFAIL	__GFP_RETRY_MAYFAIL
#endif

#endif /* PFQK_COMPAT_VMALLOC_FLAGS_H */
