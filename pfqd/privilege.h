/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The identity and the capabilities of this process. Each thread has its own capabilities. Control
 * thread only.
 */
#ifndef PFQD_PRIVILEGE_H
#define PFQD_PRIVILEGE_H

#include <stdbool.h>

#include "pfq.h"

struct conf_user;

/*
 * Become @user with its groups, and drop all capabilities that pfqd does not need, for good. If
 * @user->name is empty, the identity stays. A needed capability that is missing is no error here.
 * Call this before any thread starts. Returns 0, or -EPERM with text.
 */
int privilege_drop(const struct conf_user *user, struct pfq_error *err);

/*
 * Drop the capabilities that only the start needs, once the workers run. @is_kernel: the kernel
 * engine captures. Returns 0, or -EPERM with text.
 */
int privilege_settle(bool is_kernel, struct pfq_error *err);

#endif /* PFQD_PRIVILEGE_H */
