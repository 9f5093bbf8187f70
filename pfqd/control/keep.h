/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQD_KEEP_H
#define PFQD_KEEP_H

#include "connection.h"

/*
 * Let the service manager keep the connection of a member, if there is a service manager. Sets
 * c->is_kept. Call this before the client is told. Control thread only.
 */
void keep_connection(struct connection *c);

#endif /* PFQD_KEEP_H */
