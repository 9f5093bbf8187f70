/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The service manager as pfqd uses it: systemd, or another program that listens at NOTIFY_SOCKET.
 * It gets pfqd's state, a line for `systemctl status`, and a sign of life as long as the control
 * thread and all workers run. Without NOTIFY_SOCKET nothing is sent and no timer runs. Control
 * thread only.
 */
#ifndef PFQD_SUPERVISOR_H
#define PFQD_SUPERVISOR_H

#include "pfqd/base/loop.h"
#include "pfqd/engine/registry.h"

struct supervisor;

/*
 * @registry: the engine; its groups, members and losses are in the line. @kernel_groups: the number
 * of groups if the kernel engine captures. Returns 0 or -errno.
 */
int supervisor_create(struct supervisor **supervisor, struct loop *loop, struct registry *registry,
		      unsigned int kernel_groups);
/* NULL: nothing. */
void supervisor_destroy(struct supervisor *supervisor);

/* pfqd is ready, after its start or after a reload. */
void supervisor_ready(struct supervisor *supervisor);
/* The kernel engine has @groups groups from now on. */
void supervisor_groups(struct supervisor *supervisor, unsigned int groups);
/* A reload begins. */
void supervisor_reloading(struct supervisor *supervisor);
/* pfqd ends. */
void supervisor_stopping(struct supervisor *supervisor);

#endif /* PFQD_SUPERVISOR_H */
