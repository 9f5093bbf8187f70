/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Applies the differences between two configurations to the user engine. Control thread only. */
#ifndef PFQD_RELOAD_APPLY_H
#define PFQD_RELOAD_APPLY_H

#include "pfqd/conf/conf_diff.h"
#include "pfqd/engine/registry.h"

struct apply_params {
	struct registry *registry;
	struct conf *conf;		/* the new configuration; its filters go to the groups */
	const struct conf_diff *diff;
	/* end the members of a removed group: close their connections */
	void (*end)(void *arg, struct pfqd_group *group);
	void *arg;
};

/*
 * Change all groups with one plan of the workers, so that no packet is lost or seen twice. Sets the
 * ids of groups in the new configuration. Returns 0, or -errno with text; nothing has changed then.
 */
int apply_diff(const struct apply_params *params, struct pfq_error *err);

#endif /* PFQD_RELOAD_APPLY_H */
