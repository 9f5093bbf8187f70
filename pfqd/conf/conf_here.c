/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_check.h"
#include "conf_here.h"
#include "core/linktype.h"
#include "pfqd/base/error.h"
#include "pfqd/host/device.h"
#include "pfqd/host/ifreq.h"
#include "pfqd/ingest/ingest.h"
#include "pfqd/settings/filter.h"

/* --- files ------------------------------------------------------------------------ */

/* Complain if the driver cannot read the group's file; @prefix goes before the reason. */
static void check_file(const struct conf_group *g, const char *prefix, struct conf_report *report)
{
	const struct group_settings *s = &g->settings;
	struct pfq_error err;

	if (s->driver->check_path && s->driver->check_path(s->file.path, &err))
		conf_complain(report, g->ingest_line, "[group %s] ingest: \"%s\": %s%s", s->name,
			      s->file.path, prefix, err.text);
}

static bool has_file(const struct conf *conf, const struct conf_group *g)
{
	const struct conf_group *same = conf_group_find(conf, g->settings.name);

	return same && same->settings.driver == g->settings.driver &&
	       !strcmp(same->settings.file.path, g->settings.file.path);
}

int conf_here_files(const struct conf *conf, const struct conf *running,
		    struct conf_report *report)
{
	unsigned int i, before = report->errors;

	for (i = 0; i < conf->groups; i++) {
		if (!has_file(running, &conf->group[i]))
			check_file(&conf->group[i], "", report);
	}
	return report->errors == before ? 0 : -EINVAL;
}

/* --- devices ------------------------------------------------------------------------ */

/* a device of a group */
struct use {
	const struct conf_group *group;
	const struct binding *binding;
	const struct device *device;	/* NULL: it is not here */
};

static bool is_same_device(const struct use *a, const struct use *b)
{
	return a->device && b->device && a->device->ifindex == b->device->ifindex;
}

static int check_queues(const struct binding *b, const struct device *dev, struct pfq_error *err)
{
	uint32_t have = ifreq_rx_queues(dev->ifindex);
	bool has_some;

	return binding_check_queues(b, dev->name, have, &has_some, err);
}

static int check_linktype(const struct use *u, struct pfq_error *err)
{
	const struct device *dev = u->device;

	return ingest_check_linktype(u->group->settings.driver, dev->name, dev->linktype,
				     dev->arphrd, err);
}

/* The first check of the file compiles filters for Ethernet only. */
static int check_filter(const struct use *u, struct pfq_error *err)
{
	const char *text = u->group->settings.filter_text;
	struct pfq_filter *filter = NULL;
	struct pfq_error why;
	int ret = 0;

	if (*text && u->device->linktype != PFQ_LINKTYPE_ETHERNET)
		ret = filter_compile(text, u->device->linktype, &filter, &why);
	free(filter);
	return ret ? error_set(err, ret, "the filter does not fit it: %.200s", why.text) : 0;
}

/* Does the device go together with @first, the first usable one of the group? */
static int check_types(const struct use *u, const struct use *first, struct pfq_error *err)
{
	if (!first->device || first->device->linktype == u->device->linktype)
		return 0;
	return error_set(err, -EINVAL, "its link type is %s, that of %s is %s; allowed: one link "
			 "type in a group", pfq_linktype_name(u->device->linktype),
			 first->device->name, pfq_linktype_name(first->device->linktype));
}

/* Does the device go together with @other, which a line before names? */
static int check_pair(const struct use *u, const struct use *other, struct pfq_error *err)
{
	const char *allowed;

	/* names that are equal have been compared already */
	if (!is_same_device(u, other) || !strcmp(u->binding->device, other->binding->device))
		return 0;
	if (u->group == other->group && binding_overlaps(u->binding, other->binding))
		return error_set(err, -EINVAL, "it is the same device as \"%.64s\"; allowed: each "
				 "device once", other->binding->device);
	allowed = conf_check_taps(&u->group->settings, &other->group->settings, u->binding,
				  other->binding);
	if (!allowed)
		return 0;
	return error_set(err, -EBUSY, "it is the same device as \"%.64s\" of [group %s], and one "
			 "of them is tapped; allowed: %s", other->binding->device,
			 other->group->settings.name, allowed);
}

static int check_others(const struct use *u, const struct use *first, const struct use *other,
			unsigned int others, struct pfq_error *err)
{
	unsigned int i;
	int ret = check_types(u, first, err);

	for (i = 0; i < others && !ret; i++)
		ret = check_pair(u, &other[i], err);
	return ret;
}

/* the devices of all groups, in the order of the file */
struct uses {
	struct use *use;
	unsigned int count;
};

static int check_use(const struct uses *all, const struct use *u, const struct use *first,
		     struct pfq_error *err)
{
	int ret = check_linktype(u, err);

	if (!ret)
		ret = check_queues(u->binding, u->device, err);
	if (!ret)
		ret = check_others(u, first, all->use, all->count, err);
	return ret ? ret : check_filter(u, err);
}

static void check_devices(struct uses *all, const struct conf_group *g,
			  const struct devices *devices, struct conf_report *report)
{
	const struct binding_list *list = &g->settings.bindings;
	struct use first = { .device = NULL };
	struct pfq_error err;
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		const struct binding *b = &list->binding[i];
		struct use u = { g, b, devices_find(devices, b->device) };

		if (!u.device)
			conf_complain(report, g->device_line,
				      "[group %s] device: \"%.128s\" is not here now; pfqd waits "
				      "for it",
				      g->settings.name, b->device);
		else if (check_use(all, &u, &first, &err))
			conf_complain(report, g->device_line,
				      "[group %s] device: \"%.128s\" is not usable here now: %s",
				      g->settings.name, b->device, err.text);
		else if (!first.device)
			first = u;
		all->use[all->count++] = u;
	}
}

static int check_all(const struct conf *conf, const struct devices *devices,
		     struct conf_report *report)
{
	struct uses all = { .use = calloc(conf->groups * PFQ_GROUP_DEVICES_MAX + 1UL,
					  sizeof(*all.use)) };
	unsigned int i;

	if (!all.use)
		return -ENOMEM;
	for (i = 0; i < conf->groups; i++) {
		check_file(&conf->group[i], "not usable here now: ", report);
		check_devices(&all, &conf->group[i], devices, report);
	}
	free(all.use);
	return 0;
}

int conf_here_check(const struct conf *conf, struct conf_report *report, struct pfq_error *err)
{
	struct devices *devices;
	int ret;

	ret = devices_open(&devices, NULL, NULL, NULL, err);
	if (ret)
		return ret;
	ret = check_all(conf, devices, report);
	devices_close(devices);
	return ret ? error_set(err, ret, "no memory") : 0;
}

/* --- queues of a running pfqd ---------------------------------------------------------- */

static bool is_in(const struct binding_list *list, const struct binding *b)
{
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		if (binding_equal(&list->binding[i], b))
			return true;
	}
	return false;
}

int conf_here_queues(const struct group_settings *s, const struct group_settings *running,
		     struct pfq_error *err)
{
	const struct device *dev;
	struct devices *devices;
	unsigned int i;
	int ret;

	ret = devices_open(&devices, NULL, NULL, NULL, err);
	if (ret)
		return ret;
	for (i = 0; i < s->bindings.count && !ret; i++) {
		const struct binding *b = &s->bindings.binding[i];

		dev = devices_find(devices, b->device);
		if (dev && !(running && is_in(&running->bindings, b)))
			ret = check_queues(b, dev, err);
	}
	devices_close(devices);
	return ret;
}
