/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Clients are not trusted, and a client can send descriptors with any message. To close the last
 * descriptor of a file may take long: a TCP socket with SO_LINGER waits for its peer. So the
 * control thread never takes a message that has descriptors. It closes a client's socket only if no
 * message is left in it; else a thread of the maker does, one socket of a user at a time. Control
 * thread only.
 */
#ifndef PFQD_CLOSING_H
#define PFQD_CLOSING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct registry;

/*
 * Receive one datagram from a client, at most @size bytes. Returns their number, 0 at the end of
 * the connection, or -errno: -EAGAIN: there is none; -EPROTO: it has descriptors, and stays where
 * it is; -EMSGSIZE: it is longer.
 */
ssize_t closing_receive(int sock, void *buf, size_t size);

/*
 * End the connection @sock of a client of user @uid, and close it now or later. @is_charged: it
 * counts towards the limit of its user until it is closed.
 */
void closing_begin(struct registry *registry, int sock, uid_t uid, bool is_charged);
/*
 * Close the socket only: for a connection that the service manager keeps, and that the next pfqd
 * takes over. It is not the last close, and the client does not see an end.
 */
void closing_leave(struct registry *registry, int sock, uid_t uid, bool is_charged);

#endif /* PFQD_CLOSING_H */
