// SPDX-License-Identifier: GPL-2.0-only
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "../core/limit.h"
#include "limit.h"
#include "param.h"

PFQK_PARAM(user_endpoints, PFQ_LIMIT_USER_ENDPOINTS, 0, 65536,
	   "endpoints of one user except root");
PFQK_PARAM(user_ring_mib, PFQ_LIMIT_USER_RING_MIB, 0, 16777216,
	   "MiB of rings of one user except root");
PFQK_PARAM(user_filter_insns, PFQ_LIMIT_USER_FILTER_INSNS, 0, 268435456,
	   "filter instructions of all endpoints of one user except root");

static u64 limit_of(kuid_t uid, enum pfqk_limit kind)
{
	bool is_root = uid_eq(uid, GLOBAL_ROOT_UID);

	switch (kind) {
	case PFQK_LIMIT_ENDPOINTS:
		return is_root ? PFQ_LIMIT_ROOT_ENDPOINTS : pfqk_param_get(&user_endpoints);
	case PFQK_LIMIT_RING_BYTES:
		return is_root ? PFQ_LIMIT_ROOT_RING_BYTES :
				 (u64)pfqk_param_get(&user_ring_mib) << 20;
	case PFQK_LIMIT_FILTER_INSNS:
	default:
		return is_root ? PFQ_LIMIT_ROOT_FILTER_INSNS : pfqk_param_get(&user_filter_insns);
	}
}

/* A user that something is charged to. */
struct account {
	struct list_head entry;
	kuid_t uid;
	u64 used[PFQK_LIMITS];
};

static LIST_HEAD(accounts);
static DEFINE_MUTEX(accounts_lock);

static struct account *find(kuid_t uid)
{
	struct account *a;

	list_for_each_entry(a, &accounts, entry) {
		if (uid_eq(a->uid, uid))
			return a;
	}
	return NULL;
}

static struct account *find_or_add(kuid_t uid)
{
	struct account *a = find(uid);

	if (a)
		return a;
	a = kzalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return NULL;
	a->uid = uid;
	list_add(&a->entry, &accounts);
	return a;
}

static void drop_if_unused(struct account *a)
{
	u32 i;

	for (i = 0; i < PFQK_LIMITS; i++) {
		if (a->used[i])
			return;
	}
	list_del(&a->entry);
	kfree(a);
}

static int take(struct account *a, enum pfqk_limit kind, u64 amount)
{
	u64 max = limit_of(a->uid, kind);

	if (amount > max || a->used[kind] > max - amount)
		return -EDQUOT;
	a->used[kind] += amount;
	return 0;
}

int pfqk_limit_take(kuid_t uid, enum pfqk_limit kind, u64 amount)
{
	struct account *a;
	int err = -ENOMEM;

	mutex_lock(&accounts_lock);
	a = find_or_add(uid);
	if (a) {
		err = take(a, kind, amount);
		drop_if_unused(a);
	}
	mutex_unlock(&accounts_lock);
	return err;
}

void pfqk_limit_give(kuid_t uid, enum pfqk_limit kind, u64 amount)
{
	struct account *a;

	mutex_lock(&accounts_lock);
	a = find(uid);
	if (a) {
		a->used[kind] -= amount;
		drop_if_unused(a);
	}
	mutex_unlock(&accounts_lock);
}
