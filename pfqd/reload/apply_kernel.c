/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>

#include "apply_kernel.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"

/* Refuse what only the user engine can do. */
static int check(const struct conf_group *g, struct pfq_error *err)
{
	const struct group_settings *s = &g->settings;

	if (s->driver->in_kernel_engine)
		return 0;
	return error_set(err, -EOPNOTSUPP,
			 "ingest = %s is not for the kernel engine, which runs; restart pfqd",
			 s->driver->name);
}

static int add_new(const struct reload_kernel *k, const struct conf_diff_group *d,
		   struct pfq_error *err)
{
	return k->add(k->arg, &d->new->settings, err);
}

static int set_new(const struct reload_kernel *k, const struct conf_diff_group *d,
		   struct pfq_error *err)
{
	return k->set(k->arg, &d->new->settings, err);
}

static int set_old(const struct reload_kernel *k, const struct conf_diff_group *d,
		   struct pfq_error *err)
{
	return k->set(k->arg, &d->old->settings, err);
}

static int del_new(const struct reload_kernel *k, const struct conf_diff_group *d,
		   struct pfq_error *err)
{
	return k->del(k->arg, d->new->settings.name, err);
}

static int del_old(const struct reload_kernel *k, const struct conf_diff_group *d,
		   struct pfq_error *err)
{
	return k->del(k->arg, d->old->settings.name, err);
}

static int nothing(const struct reload_kernel *k, const struct conf_diff_group *d,
		   struct pfq_error *err)
{
	(void)k;
	(void)d;
	(void)err;
	return 0;
}

static const struct {
	int (*apply)(const struct reload_kernel *k, const struct conf_diff_group *d,
		     struct pfq_error *err);
	int (*undo)(const struct reload_kernel *k, const struct conf_diff_group *d,
		    struct pfq_error *err);
} rows[] = {
	[CONF_DIFF_SAME]	= { nothing, nothing },
	[CONF_DIFF_CHANGED]	= { set_new, set_old },
	[CONF_DIFF_ADDED]	= { add_new, del_new },
	/* cannot be undone, so these come last */
	[CONF_DIFF_REMOVED]	= { nothing, nothing },
};

static const char *name_of(const struct conf_diff_group *d)
{
	return (d->new ? d->new : d->old)->settings.name;
}

static int apply_one(const struct reload_kernel *k, const struct conf_diff_group *d,
		     struct pfq_error *err)
{
	struct pfq_error why;
	int ret = 0;

	if (d->kind != CONF_DIFF_SAME && d->new)
		ret = check(d->new, &why);
	if (!ret)
		ret = rows[d->kind].apply(k, d, &why);
	return ret ? error_set(err, ret, "group %s: %.200s", name_of(d), why.text) : 0;
}

/* Undo the first @count changes. */
static void undo(const struct reload_kernel *k, const struct conf_diff *diff, unsigned int count)
{
	struct pfq_error err;

	while (count--) {
		if (rows[diff->group[count].kind].undo(k, &diff->group[count], &err))
			log_error("group %s: a change cannot be undone: %s",
				  name_of(&diff->group[count]), err.text);
	}
}

int apply_kernel_diff(const struct reload_kernel *k, const struct conf_diff *diff,
		      struct pfq_error *err)
{
	struct pfq_error why;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < diff->groups && !ret; i++)
		ret = apply_one(k, &diff->group[i], err);
	if (ret) {
		undo(k, diff, i - 1);
		return ret;
	}
	for (i = 0; i < diff->groups; i++) {
		if (diff->group[i].kind == CONF_DIFF_REMOVED && del_old(k, &diff->group[i], &why))
			log_warning("group %s: %s", name_of(&diff->group[i]), why.text);
	}
	return 0;
}
