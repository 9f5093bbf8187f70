/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The control socket and all connections to it. */
#ifndef PFQD_SERVER_H
#define PFQD_SERVER_H

#include "connection.h"

struct server;

#define SERVER_HELLO_MS		5000 /* who has not said HELLO by then, and is not root, is dropped */
#define SERVER_REFUSED_MAX	16	/* connections over a limit that may wait to be told so */

int server_create(struct server **server, struct registry *registry, struct pfq_error *err);
/* Ends all connections, and removes the socket file if it is ours. */
void server_destroy(struct server *server);

/*
 * Listen at @path. A socket file that a dead pfqd left is replaced; -EADDRINUSE:
 * somebody listens there, text has his pid.
 */
int server_listen(struct server *server, const char *path, struct pfq_error *err);

/* Serve a connected socket; taken over, also on failure. */
int server_adopt(struct server *server, int sock);
unsigned int server_connections(const struct server *server);

#endif /* PFQD_SERVER_H */
