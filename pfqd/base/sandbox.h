/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Limits what a thread of pfqd can do, for the case that a packet or a client finds a bug in it. A
 * thread that another thread starts inherits the filter of its parent; sandbox_enter() adds a
 * filter, and a call must pass all of them. So the control thread enters first, and its list holds
 * all other lists. Any thread.
 */
#ifndef PFQD_SANDBOX_H
#define PFQD_SANDBOX_H

#include "pfq.h"

enum sandbox_role {
	SANDBOX_CONTROL,	/* keeps its capabilities: privilege.h */
	SANDBOX_WORKER,		/* moves packets; no capability */
	SANDBOX_MAKER,		/* makes and frees memory of rings; CAP_IPC_LOCK only */
};

/*
 * Limit the calling thread, and the threads that it starts from now on, for good. A system call
 * outside of the role's list fails with EPERM, and the kernel logs it. Returns 0, or -errno with
 * text. A kernel without seccomp filters, and a build with sanitizers, are no error: only the
 * capabilities are dropped then.
 */
int sandbox_enter(enum sandbox_role role, struct pfq_error *err);

#endif /* PFQD_SANDBOX_H */
