/* SPDX-License-Identifier: GPL-2.0-only */
/* Sends one frame through the first device of an endpoint's group. */
#ifndef PFQK_INJECT_H
#define PFQK_INJECT_H

#include <linux/types.h>

struct pfqk_request;

/*
 * Returns 0, or an error with text in the request. Under endpoint.lock; takes the namespace's
 * lock.
 */
int pfqk_inject(struct pfqk_request *req, const void *frame, u32 bytes);

#endif /* PFQK_INJECT_H */
