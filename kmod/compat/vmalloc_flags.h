/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How vmalloc is told to fail instead of having a process killed. 6.19 and 7.0 know
 * __GFP_RETRY_MAYFAIL only as a mistake: they warn, and go on without it. __GFP_NORETRY gives up
 * earlier, so that a ring may become smaller, and nobody is killed either. No header tells,
 * only mm/vmalloc.c (GFP_VMALLOC_SUPPORTED): this one goes by the version.
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
