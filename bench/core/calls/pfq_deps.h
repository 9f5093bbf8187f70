/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The environment of core/ in user space, with one difference: calls run programs, as in kmod/. */
#include "core/user/pfq_deps.h"

#undef PFQ_DISPATCH_SWITCH
#define PFQ_DISPATCH_SWITCH 0
