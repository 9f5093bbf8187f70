/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* INJECT: send a frame through the first device of an endpoint's group. */
#ifndef PFQD_INJECT_H
#define PFQD_INJECT_H

#include "connection.h"

/*
 * Send @frame of @bytes through the first device of the group of @c. Never blocks: -ENOBUFS or
 * -EAGAIN if the device's queue is full. The endpoint of @c does not receive the frame. Returns 0
 * or -errno with text in @err.
 */
int inject_frame(struct connection *c, const void *frame, size_t bytes, struct pfq_error *err);

#endif /* PFQD_INJECT_H */
