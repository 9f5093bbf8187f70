/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sending a frame through the first device of an endpoint's group. */
#ifndef PFQD_INJECT_H
#define PFQD_INJECT_H

#include "connection.h"

/*
 * Never waits: -ENOBUFS or -EAGAIN where the device's queue is full. The endpoint
 * itself does not see the frame.
 */
int inject_frame(struct connection *c, const void *frame, size_t bytes, struct pfq_error *err);

#endif /* PFQD_INJECT_H */
