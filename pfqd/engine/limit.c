/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "core/limit.h"
#include "pfqd/base/error.h"
#include "limit.h"

static const struct {
	const char *what;
	const char *advice;
	uint64_t root, others;
} rows[LIMIT_KINDS] = {
	[LIMIT_CONNECTIONS] = { "connections", "close some", 2048, 512 },
	[LIMIT_ENDPOINTS] = { "endpoints", "end some consumers",
		PFQ_LIMIT_ROOT_ENDPOINTS, PFQ_LIMIT_USER_ENDPOINTS },
	[LIMIT_RING_BYTES] = { "bytes of rings", "ask for smaller rings",
		PFQ_LIMIT_ROOT_RING_BYTES, (uint64_t)PFQ_LIMIT_USER_RING_MIB << 20 },
	[LIMIT_FILTER_INSNS] = { "filter instructions", "filter in the program",
		PFQ_LIMIT_ROOT_FILTER_INSNS, PFQ_LIMIT_USER_FILTER_INSNS },
};

/* a user that has taken something */
struct account {
	LIST_ENTRY(account) entry;
	uid_t uid;
	uint64_t used[LIMIT_KINDS];
};

struct limits {
	LIST_HEAD(, account) accounts;
};

int limits_create(struct limits **limits)
{
	*limits = calloc(1, sizeof(**limits));
	if (!*limits)
		return -ENOMEM;
	LIST_INIT(&(*limits)->accounts);
	return 0;
}

void limits_destroy(struct limits *l)
{
	struct account *a;

	if (!l)
		return;
	while ((a = LIST_FIRST(&l->accounts))) {
		LIST_REMOVE(a, entry);
		free(a);
	}
	free(l);
}

static struct account *find(const struct limits *l, uid_t uid)
{
	struct account *a;

	LIST_FOREACH(a, &l->accounts, entry) {
		if (a->uid == uid)
			return a;
	}
	return NULL;
}

uint64_t limits_max(uid_t uid, enum limit_kind kind)
{
	return uid ? rows[kind].others : rows[kind].root;
}

uint64_t limits_used(const struct limits *l, uid_t uid, enum limit_kind kind)
{
	const struct account *a = find(l, uid);

	return a ? a->used[kind] : 0;
}

int limits_take(struct limits *l, uid_t uid, enum limit_kind kind, uint64_t amount,
		struct pfq_error *err)
{
	struct account *a = find(l, uid);
	uint64_t sum, max = limits_max(uid, kind);

	if (__builtin_add_overflow(a ? a->used[kind] : 0, amount, &sum) || sum > max)
		return error_set(err, -EDQUOT, "user %u has %" PRIu64 " %s and wants %" PRIu64
				 " more; allowed: %" PRIu64 "; %s", uid, a ? a->used[kind] : 0,
				 rows[kind].what, amount, max, rows[kind].advice);
	if (!a) {
		a = calloc(1, sizeof(*a));
		if (!a)
			return error_set(err, -ENOMEM, "no memory");
		a->uid = uid;
		LIST_INSERT_HEAD(&l->accounts, a, entry);
	}
	a->used[kind] = sum;
	return 0;
}

void limits_give(struct limits *l, uid_t uid, enum limit_kind kind, uint64_t amount)
{
	struct account *a = find(l, uid);
	uint64_t rest = 0;
	unsigned int i;

	if (!a)
		return;
	a->used[kind] -= amount;
	for (i = 0; i < LIMIT_KINDS; i++)
		rest |= a->used[i];
	if (!rest) {
		LIST_REMOVE(a, entry);
		free(a);
	}
}
