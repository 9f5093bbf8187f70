/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Limits of each user, and what each user has taken. pfqd(8) lists the limits. Control thread only.
 */
#ifndef PFQD_LIMIT_H
#define PFQD_LIMIT_H

#include <stdint.h>
#include <sys/types.h>

#include "pfq.h"

#define LIMIT_CONNECTIONS_TOTAL	4096	/* connections of all users */
#define LIMIT_CONNECTIONS_ROOT	256	/* of these, kept free for root */
/* devices (with their queues) and files; all fit in one STATUS_GET */
#define LIMIT_SOURCES_TOTAL	120

enum limit_kind {
	LIMIT_CONNECTIONS,
	LIMIT_ENDPOINTS,
	LIMIT_RING_BYTES,
	/* of all endpoint filters: a worker may run every one of them for each packet */
	LIMIT_FILTER_INSNS,
	LIMIT_KINDS
};

struct limits;

/* Returns 0 or -ENOMEM. */
int limits_create(struct limits **limits);
/* Free all accounts. NULL: nothing. */
void limits_destroy(struct limits *limits);

/* Charge @amount to @uid. Returns 0, or -EDQUOT or -ENOMEM with text; nothing is charged then. */
int limits_take(struct limits *limits, uid_t uid, enum limit_kind kind, uint64_t amount,
		struct pfq_error *err);
/* Give back @amount, which limits_take() has charged. */
void limits_give(struct limits *limits, uid_t uid, enum limit_kind kind, uint64_t amount);
/* The amount that is charged to @uid. */
uint64_t limits_used(const struct limits *limits, uid_t uid, enum limit_kind kind);
/* The limit of a user: root (uid 0) has others than the rest. */
uint64_t limits_max(uid_t uid, enum limit_kind kind);

#endif /* PFQD_LIMIT_H */
