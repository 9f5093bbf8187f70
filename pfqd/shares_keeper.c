/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pfqd/base/log.h"
#include "pfqd/base/store.h"
#include "pfqd/engine/shares.h"
#include "shares_keeper.h"

/* Writing takes at most this part of the control thread's time. */
#define TIME_PART	20
#define NS_PER_MS	1000000ULL

struct shares_keeper {
	struct registry *registry;
	struct loop_watch *timer;
	bool is_due;			/* the timer runs */
	unsigned int pause_ms;
};

static void print(void *arg, FILE *f)
{
	shares_print(arg, f);
}

void shares_keeper_write(struct shares_keeper *k)
{
	uint64_t took_ns = registry_now_ns();
	int ret;

	if (!k)
		return;
	ret = store_put_shares(print, k->registry);
	took_ns = registry_now_ns() - took_ns;
	k->pause_ms = SHARES_KEEPER_MS + (unsigned int)(TIME_PART * took_ns / NS_PER_MS);
	if (ret)
		log_warning("the service manager does not keep the shares: %s", strerror(-ret));
}

static void on_timer(void *arg, uint32_t events)
{
	struct shares_keeper *k = arg;

	(void)events;
	k->is_due = false;
	shares_keeper_write(k);
}

static void on_change(void *arg)
{
	struct shares_keeper *k = arg;

	if (!k->is_due)
		loop_timer_set(k->timer, k->pause_ms);
	k->is_due = true;
}

int shares_keeper_create(struct shares_keeper **out, struct registry *registry)
{
	struct shares_keeper *k;
	int ret;

	*out = NULL;
	if (!store_is_there())
		return 0;
	if (registry->is_kernel) {
		store_drop_shares();
		return 0;
	}
	k = calloc(1, sizeof(*k));
	if (!k)
		return -ENOMEM;
	k->registry = registry;
	k->pause_ms = SHARES_KEEPER_MS;
	ret = loop_timer_add(registry->loop, on_timer, k, &k->timer);
	if (ret) {
		free(k);
		return ret;
	}
	registry->on_shares = on_change;
	registry->on_shares_arg = k;
	/* the store has those of the last pfqd */
	on_change(k);
	*out = k;
	return 0;
}

void shares_keeper_destroy(struct shares_keeper *k)
{
	if (!k)
		return;
	k->registry->on_shares = NULL;
	loop_watch_del(k->timer);
	free(k);
}
