/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQD_PRIVILEGE_H
#define PFQD_PRIVILEGE_H

#include "pfq.h"

/*
 * Drop all capabilities that pfqd does not need, for good. A needed one that is missing is no error
 * here. Call this before any thread starts, because each thread has its own capabilities. Returns
 * 0, or -EPERM with text.
 */
int privilege_drop(struct pfq_error *err);

#endif /* PFQD_PRIVILEGE_H */
