/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>

#include "error.h"
#include "log.h"
#include "sandbox.h"
#include "seccomp.h"

static const struct {
	const char *name;
	bool keeps_all;
	int capability;		/* the only one that the role keeps; -1: none */
} roles[] = {
	[SANDBOX_CONTROL]	= { "control thread",	true,	-1 },
	[SANDBOX_WORKER]	= { "worker",		false,	-1 },
	/* huge pages of the pool, if vm.hugetlb_shm_group does not allow them */
	[SANDBOX_MAKER]		= { "maker of rings",	false,	CAP_IPC_LOCK },
};

/* libcap-ng does not return the reason of an error, but most of its calls leave it in errno. */
static int capng_error(void)
{
	return errno ? -errno : -EPERM;
}

/*
 * Drop the capabilities of this thread. The bounding set stays, because only execve() uses it, and
 * that call is not on any list.
 */
static int drop_capabilities(enum sandbox_role role)
{
	int cap = roles[role].capability;

	if (roles[role].keeps_all)
		return 0;
	errno = 0;
	if (capng_get_caps_process())
		return capng_error();
	if (cap >= 0 && !capng_have_capability(CAPNG_PERMITTED, cap))
		cap = -1;
	capng_clear(CAPNG_SELECT_CAPS);
	if (cap >= 0)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, cap);
	errno = 0;
	return capng_apply(CAPNG_SELECT_CAPS) ? capng_error() : 0;
}

int sandbox_enter(enum sandbox_role role, struct pfq_error *err)
{
	int ret = drop_capabilities(role);

	if (ret)
		return error_set(err, ret, "%s: its capabilities cannot be dropped: %s",
				 roles[role].name, strerror(-ret));
	/* no program that pfqd could start gets more rights; the kernel asks for this, too */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return error_set(err, -errno, "%s: no_new_privs: %s", roles[role].name,
				 strerror(errno));
	ret = seccomp_enter(role);
	if (ret == -ENOSYS) {
		/* the same holds for all threads */
		if (role == SANDBOX_CONTROL)
			log_info("system calls are not filtered: %s", seccomp_absent_reason());
		return 0;
	}
	return ret ? error_set(err, ret, "%s: the filter of system calls cannot be loaded: %s",
			       roles[role].name, strerror(-ret)) : 0;
}
