/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "pfq-names.h"

uint32_t pfq_names_index(const struct pfq_lib *lib, const char *name, int *ret)
{
	uint32_t ifindex;

	*ret = lib->pfq_device_find(name, &ifindex, NULL, NULL);
	if (!*ret)
		return ifindex;
	/* a sandbox may forbid netlink; if_nametoindex() finds short names only */
	ifindex = if_nametoindex(name);
	if (ifindex || *ret == -ENODEV)
		*ret = 0;
	return ifindex;
}

/* Callback of pfq_sources_walk(): copies the label of a variable that may name a device. */
static int copy_label(const struct pfq_source_variable *v, void *arg)
{
	if (!pfq_env_device_part(v->name, v->value))
		return 0;
	memcpy(arg, v->label, sizeof(v->label));
	return 1;
}

/* State of pfq_names_env() while pfq_device_find() calls add() for each name of the device. */
struct walk {
	struct pfq_env_device *dev;
	const struct pfq_env *env;
	const char *written;	/* the name whose variables were read before */
	const struct pfq_sources *sources;
	char *err;
	size_t err_size;
};

/* Write to w->err that the variables of two names differ. Returns 1, which ends the walk. */
static int disagree(const struct walk *w, const struct pfq_env_device *more)
{
	snprintf(w->err, w->err_size,
		 "%.80s and %.80s are about one device and do not agree; unset one of them",
		 w->dev->label, more->label);
	return 1;
}

/*
 * Callback of pfq_device_find(): read the variables of the device's name @name, and add their
 * values to w->dev. Returns 1 to end the walk: w->err then has the reason.
 */
static int add(const char *name, void *arg)
{
	struct walk *w = arg;
	struct pfq_env_device more, *dev = w->dev;

	if (!strcmp(name, w->written))
		return 0;
	if (pfq_env_device_read(&more, w->env, name, w->sources->source, w->sources->count, w->err,
				w->err_size))
		return 1;
	if (more.take && dev->take && more.take != dev->take)
		return disagree(w, &more);
	if (more.group[0] && dev->group[0] && strcmp(more.group, dev->group))
		return disagree(w, &more);
	if (more.take && !dev->take)
		dev->take = more.take;
	if (more.label[0] && (!dev->label[0] || (more.group[0] && !dev->group[0])))
		memcpy(dev->label, more.label, sizeof(dev->label));
	if (more.group[0])
		memcpy(dev->group, more.group, sizeof(dev->group));
	return 0;
}

int pfq_names_env(struct pfq_env_device *dev, const struct pfq_env *env, const char *name,
		  const struct pfq_sources *sources, char *err, size_t err_size)
{
	struct walk w = { .dev = dev, .env = env, .written = name, .sources = sources, .err = err,
			  .err_size = err_size };
	const struct pfq_lib *lib;
	char label[PFQ_ENV_LABEL_MAX], text[PCAP_ERRBUF_SIZE];
	uint32_t ifindex;
	int ret;

	ret = pfq_env_device_read(dev, env, name, sources->source, sources->count, err, err_size);
	if (ret || !pfq_sources_walk(sources, copy_label, label))
		return ret;
	lib = pfq_lib_get(text, sizeof(text));
	ret = lib ? lib->pfq_device_find(name, &ifindex, add, &w) : -ENOENT;
	if (ret > 0)
		return -EINVAL;
	/* an absent device has no other names; else the variable of the name itself is enough */
	if (!ret || ret == -ENODEV || dev->label[0])
		return 0;
	snprintf(err, err_size,
		 "%.80s is set, but whether it is about device %.64s cannot be asked: %s", label,
		 name, lib ? lib->pfq_error_text(ret) : text);
	return -EINVAL;
}

/* Callback of pfq_device_find(): is this name of the device the part of a variable in @arg? */
static int compare(const char *name, void *arg)
{
	char part[PFQ_ENV_VARIABLE_MAX + 1];

	return pfq_env_device_variable(part, sizeof(part), "", name) && !strcmp(part, arg);
}

bool pfq_names_is_part(const char *part)
{
	struct if_nameindex *list = if_nameindex(), *i;
	char copy[PFQ_ENV_VARIABLE_MAX + 1], err[PCAP_ERRBUF_SIZE];
	const struct pfq_lib *lib;
	uint32_t ifindex;
	bool found = !list;

	snprintf(copy, sizeof(copy), "%s", part);
	for (i = list; i && i->if_index && !found; i++)
		found = compare(i->if_name, copy);
	/* libpfq knows the alternative names, too */
	lib = found ? NULL : pfq_lib_get(err, sizeof(err));
	for (i = list; lib && i->if_index && !found; i++)
		found = lib->pfq_device_find(i->if_name, &ifindex, compare, copy) > 0;
	if (list)
		if_freenameindex(list);
	return found;
}
