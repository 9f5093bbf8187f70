/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Says why a handle that has joined may get no packets. */
#ifndef PFQ_WAITS_H
#define PFQ_WAITS_H

#include "pfq-env.h"
#include "pfq-lib.h"

/*
 * For PFQ_DEBUG: print what @group waits for (devices, members), and whether its members' classes
 * are addressed. Asks the engine by a connection of its own, and prints nothing of the group if
 * that fails. @group "": a private copy. Without PFQ_DEBUG nothing happens.
 */
void pfq_waits_print(const struct pfq_lib *lib, const struct pfq_env *env, const char *group);

#endif /* PFQ_WAITS_H */
