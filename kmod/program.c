// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>
#include "../core/limit.h"
#include "program.h"

/* Its first user never ends. */
static struct pfq_program usual_core;
static struct pfqk_program usual = { .core = &usual_core };

void pfqk_program_init(void)
{
	refcount_set(&usual.users, 1);
	/* The constant is valid, so this cannot fail. */
	pfq_program_from_policy(&usual_core, PFQ_DEFAULT_STEER);
}

struct pfqk_program *pfqk_program_usual(void)
{
	return pfqk_program_get(&usual);
}

int pfqk_program_from_policy(struct pfqk_program **out, const char *policy)
{
	struct pfqk_program *p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (!p)
		return err;
	refcount_set(&p->users, 1);
	p->core = kvzalloc(sizeof(*p->core), GFP_KERNEL_ACCOUNT);
	if (p->core)
		err = pfq_program_from_policy(p->core, policy);
	if (err)
		pfqk_program_put(p);
	else
		*out = p;
	return err;
}

struct pfqk_program *pfqk_program_get(struct pfqk_program *p)
{
	if (p)
		refcount_inc(&p->users);
	return p;
}

void pfqk_program_put(struct pfqk_program *p)
{
	if (!p || !refcount_dec_and_test(&p->users))
		return;
	kvfree(p->core);
	kfree(p);
}
