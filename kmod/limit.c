// SPDX-License-Identifier: GPL-2.0-only
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "limit.h"

static const struct {
	u64 root, others;
} limits[PFQK_LIMITS] = {
	[PFQK_LIMIT_ENDPOINTS] = { 1024, 256 },
	[PFQK_LIMIT_RING_BYTES] = { 1ULL << 44, 4ULL << 30 },
	[PFQK_LIMIT_FILTER_INSNS] = { 1ULL << 44, 4096 },
};

/* a user that has something */
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
	bool is_root = uid_eq(a->uid, GLOBAL_ROOT_UID);
	u64 max = is_root ? limits[kind].root : limits[kind].others;

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
