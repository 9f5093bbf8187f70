/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQD_DELIVERED_H
#define PFQD_DELIVERED_H

/*
 * Wait until each packet that the kernel delivers to packet sockets now has reached all of them.
 * Returns 0 or -errno.
 */
int delivered_wait(void);

#endif /* PFQD_DELIVERED_H */
