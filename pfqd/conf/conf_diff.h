/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The differences between two configurations, key by key. Control thread only. */
#ifndef PFQD_CONF_DIFF_H
#define PFQD_CONF_DIFF_H

#include "conf.h"
#include "conf_value.h"

enum conf_diff_kind {
	CONF_DIFF_SAME,
	CONF_DIFF_CHANGED,
	CONF_DIFF_ADDED,
	CONF_DIFF_REMOVED,
};

struct conf_diff_group {
	enum conf_diff_kind kind;
	struct conf_group *old, *new;	/* NULL: this configuration has no such group */
	uint64_t keys;			/* set of rows of conf_value() that differ */
};

struct conf_diff {
	uint64_t daemon_keys;		/* set of rows of conf_value() in [pfqd] */
	unsigned int groups;
	struct conf_diff_group group[];	/* the groups of @new in their order, then those removed */
};

/* Compare. Returns NULL if there is no memory. The caller frees the result by free(). */
struct conf_diff *conf_diff(struct conf *old, struct conf *new);

#endif /* PFQD_CONF_DIFF_H */
