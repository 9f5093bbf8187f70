/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Lets the service manager keep the shares of all members for the next pfqd, also for one that
 * follows after a crash. The shares are written a moment after each change, and once more at the
 * end. Without a service manager nothing is written and no timer runs. Control thread only.
 */
#ifndef PFQD_SHARES_KEEPER_H
#define PFQD_SHARES_KEEPER_H

#include "pfqd/base/loop.h"
#include "pfqd/engine/registry.h"

struct shares_keeper;

/* A change is kept after this time, or a little later if writing the shares takes long. */
#define SHARES_KEEPER_MS	50

/*
 * Keep the shares of @registry from now on. *@keeper is NULL if there is no service manager, or if
 * the kernel engine captures. Returns 0 or -errno.
 */
int shares_keeper_create(struct shares_keeper **keeper, struct registry *registry);
/* Keep the shares as they are now. NULL: nothing. */
void shares_keeper_write(struct shares_keeper *keeper);
/* Keep no further changes. NULL: nothing. */
void shares_keeper_destroy(struct shares_keeper *keeper);

#endif /* PFQD_SHARES_KEEPER_H */
