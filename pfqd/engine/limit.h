/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What one user may have at a time, and the sums of what he has. pfqd(8) lists the limits. */
#ifndef PFQD_LIMIT_H
#define PFQD_LIMIT_H

#include <stdint.h>
#include <sys/types.h>

#include "pfq.h"

#define LIMIT_CONNECTIONS_TOTAL	4096	/* of all users */
#define LIMIT_CONNECTIONS_ROOT	256	/* of them, kept for root */
#define LIMIT_SOURCES_TOTAL	120 /* devices (with their queues) and files; fits one STATUS_GET */

enum limit_kind {
	LIMIT_CONNECTIONS,
	LIMIT_ENDPOINTS,
	LIMIT_RING_BYTES,
	LIMIT_FILTER_INSNS,	/* of endpoints: each packet of a worker may run all of them */
	LIMIT_KINDS
};

struct limits;

int limits_create(struct limits **limits);
void limits_destroy(struct limits *limits);

/* -EDQUOT with text: nothing was taken. */
int limits_take(struct limits *limits, uid_t uid, enum limit_kind kind, uint64_t amount,
		struct pfq_error *err);
void limits_give(struct limits *limits, uid_t uid, enum limit_kind kind, uint64_t amount);
uint64_t limits_used(const struct limits *limits, uid_t uid, enum limit_kind kind);
/* what a user (uid 0, or any other) may have */
uint64_t limits_max(uid_t uid, enum limit_kind kind);

#endif /* PFQD_LIMIT_H */
