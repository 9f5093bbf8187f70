/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The kernel's news of receive queues that devices of this namespace get: not by rtnetlink. */
#ifndef PFQD_UEVENT_H
#define PFQD_UEVENT_H

#include "pfqd/base/loop.h"

struct uevents;

/* @changed is called from @loop when a device may have more queues than before. 0 or -errno. */
int uevents_open(struct uevents **uevents, struct loop *loop, void (*changed)(void *arg),
		 void *arg);
void uevents_close(struct uevents *uevents);

#endif /* PFQD_UEVENT_H */
