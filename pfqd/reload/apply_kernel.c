/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>

#include "apply_kernel.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "pfqd/conf/conf_here.h"

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

/* The answer to the first request can be lost. If it has been obeyed, the group is gone. */
static int remove_old(const struct reload_kernel *k, const struct conf_diff_group *d,
		      struct pfq_error *err)
{
	int ret = del_old(k, d, err);

	if (!ret || ret == -ENOENT)
		return ret;
	ret = del_old(k, d, err);
	return ret == -ENOENT ? 0 : ret;
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

/*
 * Refuse what only the user engine can do, and new queues that are not there: the module would wait
 * for them.
 */
static int check(const struct conf_diff_group *d, struct pfq_error *err)
{
	const struct group_settings *s = d->new ? &d->new->settings : NULL;
	struct pfq_error why;
	int ret;

	if (d->kind == CONF_DIFF_SAME || !s)
		return 0;
	if (!s->driver->in_kernel_engine)
		return error_set(err, -EOPNOTSUPP,
				 "group %s: ingest = %s is not for the kernel engine, which runs; "
				 "restart pfqd", name_of(d), s->driver->name);
	ret = conf_here_queues(s, d->old ? &d->old->settings : NULL, &why);
	return ret ? error_set(err, ret, "group %s: %.200s", name_of(d), why.text) : 0;
}

static int apply_one(const struct reload_kernel *k, const struct conf_diff_group *d,
		     struct pfq_error *err)
{
	struct pfq_error why;
	int ret = rows[d->kind].apply(k, d, &why);

	return ret ? error_set(err, ret, "group %s: %.200s", name_of(d), why.text) : 0;
}

/*
 * Undo the change number @count, which failed, and all before it. The module may have made the one
 * that failed: its answer can be lost. If it has not, there is nothing to undo, and that is no
 * error.
 */
static void undo(const struct reload_kernel *k, const struct conf_diff *diff, unsigned int count)
{
	struct pfq_error err;

	rows[diff->group[count].kind].undo(k, &diff->group[count], &err);
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
		ret = check(&diff->group[i], err);
	if (ret)
		return ret;
	for (i = 0; i < diff->groups && !ret; i++)
		ret = apply_one(k, &diff->group[i], err);
	if (ret) {
		undo(k, diff, i - 1);
		return ret;
	}
	for (i = 0; i < diff->groups; i++) {
		if (diff->group[i].kind == CONF_DIFF_REMOVED &&
		    remove_old(k, &diff->group[i], &why))
			log_warning("group %s: %s", name_of(&diff->group[i]), why.text);
	}
	return 0;
}
