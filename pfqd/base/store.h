/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The descriptor store of the service manager: it keeps copies of descriptors while pfqd is
 * restarted, and the next pfqd gets them. It drops a socket that is closed at the other end, and
 * all of them when pfqd's unit is stopped. Control thread only.
 */
#ifndef PFQD_STORE_H
#define PFQD_STORE_H

#include <stdbool.h>

/* Is there a service manager? It may still keep nothing: FileDescriptorStoreMax= of its unit. */
bool store_is_there(void);

/*
 * Put the socket of a member into the store. Returns 0 or -errno. @sock stays the caller's; to take
 * it out again, shut it down.
 */
int store_put_member(int sock);

/*
 * Call @fn for each socket that the last pfqd has put into the store, once in the life of this
 * process; @fn owns @sock. Closes descriptors of other kinds. Returns the number of sockets.
 */
unsigned int store_take_members(void (*fn)(void *arg, int sock), void *arg);

#endif /* PFQD_STORE_H */
