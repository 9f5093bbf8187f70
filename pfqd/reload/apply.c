/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "apply.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "pfqd/engine/group_change.h"

struct apply {
	const struct apply_params *p;
	struct registry *registry;
	struct pfq_error *err;
	unsigned int changes;
	struct group_change *change;		/* [changes]: groups that exist */
	const struct conf_diff_group **wanted;	/* [changes]: what shall become of them */
	unsigned int additions;
	struct pfqd_group **addition;		/* [additions]: groups that were made */
	unsigned int swapped;			/* changes that are in place */
};

/* Put the group's name before the text of an error. */
static int about_group(struct apply *a, const char *name, int ret)
{
	struct pfq_error why = *a->err;

	return ret ? error_set(a->err, ret, "group %s: %.200s", name, why.text) : 0;
}

/* --- preparation ----------------------------------------------------------------- */

/* The group that exists for @d; NULL: it has to be made. A program may have made an added one. */
static struct pfqd_group *present(const struct apply *a, const struct conf_diff_group *d)
{
	const struct conf_group *g = d->new ? d->new : d->old;

	return registry_group_find(a->registry, g->settings.name);
}

static int allocate(struct apply *a)
{
	size_t n = a->p->diff->groups + 1;

	a->change = calloc(n, sizeof(*a->change));
	a->wanted = calloc(n, sizeof(*a->wanted));
	a->addition = calloc(n, sizeof(*a->addition));
	return a->change && a->wanted && a->addition ? 0 : error_set(a->err, -ENOMEM, "no memory");
}

/* A device may have changed just before the reload, and the kernel's message is still to come. */
static void read_devices(const struct apply *a)
{
	struct pfq_error why;

	if (devices_refresh(a->registry->devices, &why))
		log_warning("%s", why.text);
}

static void begin(struct apply *a)
{
	const struct conf_diff *diff = a->p->diff;
	struct pfqd_group *g;
	unsigned int i;

	for (i = 0; i < diff->groups; i++) {
		g = diff->group[i].kind == CONF_DIFF_SAME ? NULL : present(a, &diff->group[i]);
		if (!g)
			continue;
		a->wanted[a->changes] = &diff->group[i];
		group_change_begin(&a->change[a->changes++], g);
	}
}

/*
 * May @g have its id? Another group of the file gives it up, see settle_ids(). A group that a
 * program has made does not.
 */
static int check_id(struct apply *a, const struct conf_group *g)
{
	const struct pfqd_group *holder;

	holder = g->id_line ? registry_group_of_id(a->registry, g->settings.id) : NULL;
	if (!holder || holder->kind == GROUP_CONFIGURED ||
	    conf_group_find(a->p->conf, holder->settings.name))
		return 0;
	return error_set(a->err, -EEXIST,
			 "a program has made group %s with id %u; choose another id",
			 holder->settings.name, g->settings.id);
}

static int prepare_one(struct apply *a, unsigned int i)
{
	struct conf_group *new = a->wanted[i]->new;
	int ret;

	if (!new)
		return group_change_prepare(&a->change[i], &a->registry->sources, NULL, a->err);
	ret = check_id(a, new);
	if (!ret)
		ret = group_change_prepare(&a->change[i], &a->registry->sources, &new->settings,
					   a->err);
	return about_group(a, new->settings.name, ret);
}

static int prepare(struct apply *a)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < a->changes && !ret; i++)
		ret = prepare_one(a, i);
	return ret;
}

/* The highest id that no group has now or shall have. */
static uint32_t free_id(const struct apply *a)
{
	const struct conf *conf = a->p->conf;
	uint32_t id = PFQ_GROUP_ID_MAX;
	unsigned int i = 0;

	while (id && i < conf->groups) {
		if (conf->group[i].settings.id != id && !registry_group_of_id(a->registry, id)) {
			i++;
			continue;
		}
		id--;
		i = 0;
	}
	return id;
}

static int add_one(struct apply *a, struct conf_group *new)
{
	int ret;

	ret = check_id(a, new);
	if (!ret && !new->id_line)
		new->settings.id = free_id(a);
	if (!ret)
		ret = registry_group_add(a->registry, GROUP_CONFIGURED, &new->settings,
					 &a->addition[a->additions], a->err);
	a->additions += !ret;
	return about_group(a, new->settings.name, ret);
}

/* Make the groups that do not exist, those with an id of their own first. */
static int add(struct apply *a)
{
	const struct conf_diff *diff = a->p->diff;
	const struct conf_diff_group *d;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < 2 * diff->groups && !ret; i++) {
		d = &diff->group[i % diff->groups];
		if (d->kind == CONF_DIFF_ADDED && !d->new->id_line == (i >= diff->groups) &&
		    !present(a, d))
			ret = add_one(a, d->new);
	}
	return ret;
}

/* --- the change ------------------------------------------------------------------ */

static void swap(struct apply *a)
{
	for (; a->swapped < a->changes; a->swapped++)
		group_change_swap(&a->change[a->swapped]);
}

/* Can the devices and files that are new in @g be used? @kept: set of feeds that are not new. */
static int check_feeds(struct apply *a, struct pfqd_group *g, uint32_t kept)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < g->feeds && !ret; i++) {
		if (!(kept >> i & 1))
			ret = registry_feed_check(a->registry, &g->feed[i], a->err);
	}
	return about_group(a, g->settings.name, ret);
}

static int check(struct apply *a)
{
	unsigned int i;
	int ret = 0;

	registry_sync(a->registry);
	for (i = 0; i < a->changes && !ret; i++)
		ret = check_feeds(a, a->change[i].group, a->change[i].is_kept);
	for (i = 0; i < a->additions && !ret; i++)
		ret = check_feeds(a, a->addition[i], 0);
	return ret;
}

/*
 * Publish the change. A tap that takes the place of another one opens by the second update after
 * that: the first one closes the old tap.
 */
static void publish(const struct apply *a)
{
	const struct source *src;
	unsigned int tries = 3;

	do {
		registry_update_later(a->registry);
		TAILQ_FOREACH(src, &a->registry->sources.live, entry) {
			if (source_waits(src))
				break;
		}
	} while (src && --tries);
}

/* Open the taps that wait until the old ones are closed, and check them. */
static int replace_taps(struct apply *a)
{
	bool has_any = false;
	unsigned int i;

	for (i = 0; i < a->changes; i++)
		has_any |= group_change_yield(&a->change[i]);
	if (!has_any)
		return 0;
	publish(a);
	return check(a);
}

static void undo(struct apply *a)
{
	unsigned int i;

	while (a->swapped)
		group_change_swap(&a->change[--a->swapped]);
	for (i = 0; i < a->changes; i++)
		group_change_drop(&a->change[i]);
	for (i = 0; i < a->additions; i++)
		registry_group_remove(a->registry, a->addition[i]);
	for (i = 0; i < a->changes; i++)
		group_change_reclaim(&a->change[i]);
	publish(a);
}

/* --- the end --------------------------------------------------------------------- */

static void finish(struct apply *a)
{
	unsigned int i;

	for (i = 0; i < a->changes; i++) {
		if (!a->wanted[i]->new) {
			a->p->end(a->p->arg, a->change[i].group);
			registry_group_remove(a->registry, a->change[i].group);
		}
		/* the programs of pfqd.conf count for nobody */
		registry_program_uncharge(a->registry, a->change[i].group);
		group_change_finish(&a->change[i]);
	}
}

/*
 * A group whose id was chosen for it gives this id up, if the file gives it to another group. Note
 * the ids in the configuration.
 */
static void settle_ids(struct apply *a)
{
	struct conf *conf = a->p->conf;
	struct pfqd_group *g;
	unsigned int i, k;

	for (i = 0; i < conf->groups; i++) {
		g = registry_group_find(a->registry, conf->group[i].settings.name);
		if (!g)
			continue;
		conf->group[i].settings.id = g->settings.id;
		for (k = 0; k < conf->groups && !conf->group[i].id_line; k++) {
			if (conf->group[k].id_line && conf->group[k].settings.id == g->settings.id)
				break;
		}
		if (conf->group[i].id_line || k == conf->groups)
			continue;
		g->settings.id = free_id(a);
		conf->group[i].settings.id = g->settings.id;
		group_changed(g);
	}
}

int apply_diff(const struct apply_params *p, struct pfq_error *err)
{
	struct apply a = { .p = p, .registry = p->registry, .err = err };
	int ret;

	ret = allocate(&a);
	if (ret)
		goto out;
	read_devices(&a);
	begin(&a);
	ret = prepare(&a);
	if (!ret)
		ret = add(&a);
	if (!ret) {
		swap(&a);
		ret = check(&a);
	}
	if (!ret)
		ret = registry_update(a.registry, err);
	if (!ret)
		ret = replace_taps(&a);
	if (ret) {
		undo(&a);
		goto out;
	}
	finish(&a);
	settle_ids(&a);
	publish(&a);
out:
	free(a.change);
	free(a.wanted);
	free(a.addition);
	return ret;
}
