/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The kernel's messages about new receive queues of devices. rtnetlink does not report these.
 * Control thread only.
 */
#ifndef PFQD_UEVENT_H
#define PFQD_UEVENT_H

#include "pfqd/base/loop.h"

struct uevents;

/*
 * Listen for new queues. @loop calls @changed when a device may have more queues than before.
 * Returns 0; or -errno, which is logged as a warning: pfqd can do without.
 */
int uevents_open(struct uevents **uevents, struct loop *loop, void (*changed)(void *arg),
		 void *arg);
/* Stop listening and free @uevents. NULL: nothing. */
void uevents_close(struct uevents *uevents);

#endif /* PFQD_UEVENT_H */
