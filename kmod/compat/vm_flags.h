/* SPDX-License-Identifier: GPL-2.0-only */
/* Before 6.3 the flags of a mapping were written directly. */
#ifndef PFQK_COMPAT_VM_FLAGS_H
#define PFQK_COMPAT_VM_FLAGS_H

#include <linux/mm.h>

static inline void pfqk_vm_flags_mod(struct vm_area_struct *vma, unsigned long set,
				     unsigned long clear)
{
#ifdef PFQK_HAS_VM_FLAGS_MOD
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags |= set;
	vma->vm_flags &= ~clear;
#endif
}

#endif /* PFQK_COMPAT_VM_FLAGS_H */
