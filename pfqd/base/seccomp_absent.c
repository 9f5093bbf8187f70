/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* In place of seccomp.c in a build with sanitizers, whose run-time makes calls of its own. */
#include "config.h"

#include <errno.h>

#include "seccomp.h"

int seccomp_enter(enum sandbox_role role)
{
	(void)role;
	return -ENOSYS;
}

const char *seccomp_absent_reason(void)
{
	return "this pfqd is built with sanitizers";
}
