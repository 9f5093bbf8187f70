/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "difference.h"

#define LINE_BYTES	1024

static void say(const struct reload_report *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct reload_report *r, const char *fmt, ...)
{
	char line[LINE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	r->fn(r->arg, line);
}

static const char *or_none(const char *value)
{
	return *value ? value : "none";
}

/* Say the values of a key before and after the change. */
static void say_key(const struct reload_report *r, const struct conf_diff_group *d,
		    const struct conf_value *v)
{
	char before[CONF_VALUE_BYTES], after[CONF_VALUE_BYTES];

	v->print(NULL, d->old, before);
	v->print(NULL, d->new, after);
	if (!strcmp(before, after)) {
		say(r, "group %s: %s is %.300s, which has other content now",
		    d->new->settings.name, v->name, after);
		return;
	}
	say(r, "group %s: %s is %.300s now, and was %.300s%s", d->new->settings.name, v->name,
	    or_none(after), or_none(before),
	    v->change == CONF_CHANGE_MEMBERS ? "; members that join from now on get it" : "");
}

/* Say that a member keeps what it has. */
static void say_member(const struct reload_report *r, const struct endpoint *ep, const char *what,
		       uint64_t value, const char *unit)
{
	say(r, "group %s: endpoint %u%s%s (%s, process %d) keeps its %s of %llu%s until it joins "
	    "again", ep->group->settings.name, ep->id, *ep->params.name ? " " : "",
	    ep->params.name, ep->comm, ep->pid, what, (unsigned long long)value, unit);
}

/* Name each member that has another ring or snaplen than those that join from now on. */
static void say_members(const struct registry *e, const struct reload_report *r,
			const struct conf_diff_group *d)
{
	const struct group_settings *old = &d->old->settings, *new = &d->new->settings;
	const struct pfqd_group *g = e->is_kernel ? NULL : registry_group_find(e, new->name);
	const struct endpoint *ep;

	/* the kernel engine's members are in the module */
	if (!g)
		return;
	TAILQ_FOREACH(ep, &g->member, entry) {
		const struct endpoint_params *p = &ep->params;

		if (old->ring_bytes != new->ring_bytes && p->ring_bytes == old->ring_bytes)
			say_member(r, ep, "ring", p->ring_bytes >> 10, " KiB");
		if (old->snaplen != new->snaplen && p->snaplen != new->snaplen &&
		    (p->snaplen == old->snaplen || p->snaplen > new->snaplen))
			say_member(r, ep, "snaplen", p->snaplen, "");
	}
}

static bool has_devices_changed(const struct conf_diff_group *d)
{
	const struct conf_value *v;
	unsigned int i;

	for (i = 0; (v = conf_value(i)); i++) {
		if (d->keys >> i & 1 && v->change == CONF_CHANGE_DEVICES)
			return true;
	}
	return false;
}

/* Is a device opened in another way than before? */
static bool reopens(const struct conf_diff_group *d)
{
	const struct binding_list *old = &d->old->settings.bindings;
	const struct binding_list *new = &d->new->settings.bindings;
	bool all = has_devices_changed(d);
	unsigned int i, k;

	for (i = 0; i < old->count; i++) {
		for (k = 0; k < new->count; k++) {
			if (!strcmp(old->binding[i].device, new->binding[k].device) &&
			    (all || !binding_equal(&old->binding[i], &new->binding[k])))
				return true;
		}
	}
	return false;
}

static void say_changed(const struct registry *e, const struct reload_report *r,
			const struct conf_diff_group *d)
{
	const struct conf_value *v;
	unsigned int i;

	for (i = 0; (v = conf_value(i)); i++) {
		if (d->keys >> i & 1)
			say_key(r, d, v);
	}
	if (reopens(d))
		say(r, "group %s: pfqd opens a device in another way; packets that come meanwhile "
		    "may be missed, or delivered twice", d->new->settings.name);
	say_members(e, r, d);
}

static void say_daemon(const struct reload_report *r, uint64_t keys,
		       const struct conf_daemon *before, const struct conf_daemon *after)
{
	char is[CONF_VALUE_BYTES], file[CONF_VALUE_BYTES];
	const struct conf_value *v;
	unsigned int i;

	for (i = 0; (v = conf_value(i)); i++) {
		if (!(keys >> i & 1))
			continue;
		v->print(before, NULL, is);
		v->print(after, NULL, file);
		if (v->change == CONF_CHANGE_RESTART)
			say(r, "[pfqd] %s stays %.300s; restart pfqd to change it to %.300s",
			    v->name, or_none(is), or_none(file));
		else
			say(r, "[pfqd] %s is %.300s now, and was %.300s", v->name, or_none(file),
			    or_none(is));
	}
}

void difference_say(const struct registry *e, const struct conf_diff *diff,
		    const struct conf_daemon *before, const struct conf_daemon *after,
		    const struct reload_report *r)
{
	const struct conf_diff_group *d;
	bool is_same = !diff->daemon_keys;
	unsigned int i;

	say_daemon(r, diff->daemon_keys, before, after);
	for (i = 0; i < diff->groups; i++) {
		d = &diff->group[i];
		is_same &= d->kind == CONF_DIFF_SAME;
		if (d->kind == CONF_DIFF_ADDED)
			say(r, "group %s is new", d->new->settings.name);
		else if (d->kind == CONF_DIFF_REMOVED)
			say(r, "group %s is removed", d->old->settings.name);
		else if (d->kind == CONF_DIFF_CHANGED)
			say_changed(e, r, d);
	}
	if (is_same)
		say(r, "nothing has changed");
}
