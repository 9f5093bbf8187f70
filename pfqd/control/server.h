/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The control socket and all connections to it. Control thread only. */
#ifndef PFQD_SERVER_H
#define PFQD_SERVER_H

#include "connection.h"
#include "pfqd/base/store.h"

struct server;

/* A connection of a user other than root ends if it sends no HELLO within this time. */
#define SERVER_HELLO_MS		5000
/* connections over their user's limit that may wait to be told so */
#define SERVER_REFUSED_MAX	16

/*
 * Make a server for @registry, which must outlive it. It does not listen yet. Returns 0, or -errno
 * with text.
 */
int server_create(struct server **server, struct registry *registry, struct pfq_error *err);
/* Close all connections and remove the socket file if it is the server's own. NULL: nothing. */
void server_destroy(struct server *server);

/*
 * Take the listening socket of @store if it fits @path; server_listen() then serves it. Returns
 * whether it fits.
 */
bool server_take_listener(struct server *server, struct store *store, const char *path);
/*
 * Listen at @path. Replaces the socket file of a dead pfqd. Lets the service manager keep the
 * socket. Returns 0, or -errno with text. -EADDRINUSE: another process listens there; the text
 * tells its PID.
 */
int server_listen(struct server *server, const char *path, struct pfq_error *err);
/* Accept no more connections: the next pfqd does, if the service manager keeps the socket. */
void server_leave(struct server *server);

/*
 * Serve the connected socket @sock, which the server owns from now on; on failure it is closed.
 * -EDQUOT: too many connections.
 */
int server_adopt(struct server *server, int sock);
/* Let root change the configuration by @reload, which must outlive the server. */
void server_set_reload(struct server *server, struct reload *reload);
/*
 * Serve the connections in @store. Their clients join again. Takes the sockets out of @store. Call
 * this after server_listen().
 */
void server_take_over(struct server *server, struct store *store);
/*
 * Close the connections of the members of @group, whose endpoints end with them. Their programs
 * read what is left in their rings, and are told that the group was removed.
 */
void server_group_end(struct server *server, const struct pfqd_group *group);
/* The number of open connections. */
unsigned int server_connections(const struct server *server);

#endif /* PFQD_SERVER_H */
