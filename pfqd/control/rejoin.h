/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A client whose JOIN was refused, and that asks again by the same connection. A member that comes
 * back after pfqd has ended does so, for as long as its program runs; a program that opens a device
 * is told, and ends the connection. Control thread only.
 */
#ifndef PFQD_REJOIN_H
#define PFQD_REJOIN_H

#include "connection.h"

/* The log has so many lines of such clients in a minute, and one that says so if there are more. */
#define REJOIN_LINES_MAX	16

/*
 * The JOIN @req of @c was refused with @text. From the second time on, this is known: the log has a
 * warning, once for each connection and text. Without memory, nothing happens.
 */
void rejoin_refused(struct connection *c, const struct pfq_msg *req, const char *text);

/* The client of @c has joined, or goes. */
void rejoin_end(struct connection *c);

/* Put the number of these clients into @out, an answer to STATUS_GET, and as many as fit. */
void rejoin_put(const struct connections *all, struct pfq_msg_out *out);

#endif /* PFQD_REJOIN_H */
