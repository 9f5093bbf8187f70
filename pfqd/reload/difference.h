/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Says what a change of the configuration has changed, and what it could not change. */
#ifndef PFQD_RELOAD_DIFFERENCE_H
#define PFQD_RELOAD_DIFFERENCE_H

#include "pfqd/conf/conf_diff.h"
#include "pfqd/engine/registry.h"
#include "reload.h"

/*
 * Call @report->fn with a line for each difference, and for each member that keeps an old value.
 * @before: the daemon's present settings; @after: those of the file. Call it after the change.
 */
void difference_say(const struct registry *registry, const struct conf_diff *diff,
		    const struct conf_daemon *before, const struct conf_daemon *after,
		    const struct reload_report *report);

#endif /* PFQD_RELOAD_DIFFERENCE_H */
