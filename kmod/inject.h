/* SPDX-License-Identifier: GPL-2.0-only */
/* One frame out through the first device of an endpoint's group. */
#ifndef PFQK_INJECT_H
#define PFQK_INJECT_H

#include <linux/types.h>

struct pfqk_request;

int pfqk_inject(struct pfqk_request *req, const void *frame, u32 bytes);

#endif /* PFQK_INJECT_H */
