/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The filters of system calls. Callers use sandbox.h. */
#ifndef PFQD_SECCOMP_H
#define PFQD_SECCOMP_H

#include "sandbox.h"

/* Add the filter of @role to this thread. Returns 0 or -errno; -ENOSYS: there are no filters. */
int seccomp_enter(enum sandbox_role role);

/* Why seccomp_enter() returned -ENOSYS. */
const char *seccomp_absent_reason(void);

#endif /* PFQD_SECCOMP_H */
