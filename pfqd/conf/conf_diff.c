/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "conf_diff.h"

/* The set of keys of @section whose values differ. */
static uint64_t compare(enum conf_section section, const struct conf_daemon *old_daemon,
			const struct conf_group *old, const struct conf_daemon *new_daemon,
			const struct conf_group *new)
{
	char before[CONF_VALUE_BYTES], after[CONF_VALUE_BYTES];
	const struct conf_value *v;
	uint64_t keys = 0;
	unsigned int i;

	for (i = 0; (v = conf_value(i)); i++) {
		if (v->section != section)
			continue;
		v->print(old_daemon, old, before);
		v->print(new_daemon, new, after);
		if ((strcmp(before, after) && !(v->is_free && !*after)) ||
		    (v->differs && v->differs(old, new)))
			keys |= 1ULL << i;
	}
	return keys;
}

static void put_new(struct conf_diff_group *d, struct conf *old, struct conf *new,
		    struct conf_group *g)
{
	d->new = g;
	d->old = conf_group_find(old, g->settings.name);
	if (!d->old) {
		d->kind = CONF_DIFF_ADDED;
		return;
	}
	d->keys = compare(CONF_SECTION_GROUP, &old->daemon, d->old, &new->daemon, g);
	d->kind = d->keys ? CONF_DIFF_CHANGED : CONF_DIFF_SAME;
}

struct conf_diff *conf_diff(struct conf *old, struct conf *new)
{
	struct conf_diff *diff = calloc(1, sizeof(*diff) + (old->groups + new->groups) *
					sizeof(diff->group[0]));
	struct conf_diff_group *d;
	unsigned int i;

	if (!diff)
		return NULL;
	diff->daemon_keys = compare(CONF_SECTION_DAEMON, &old->daemon, NULL, &new->daemon, NULL);
	for (i = 0; i < new->groups; i++)
		put_new(&diff->group[diff->groups++], old, new, &new->group[i]);
	for (i = 0; i < old->groups; i++) {
		if (conf_group_find(new, old->group[i].settings.name))
			continue;
		d = &diff->group[diff->groups++];
		d->kind = CONF_DIFF_REMOVED;
		d->old = &old->group[i];
	}
	return diff;
}
