/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "pfq-names.h"

extern char **environ;

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

/*
 * Find a variable of the environment that may name a device, and write its name to @variable.
 * false: there is none, so the caller need not look up the device's names.
 */
static bool may_be_about_devices(pfq_env_get_fn get, void *arg,
				 char variable[PFQ_ENV_VARIABLE_MAX + 1])
{
	const char *value;
	size_t len;
	char **e;

	for (e = environ; e && *e; e++) {
		len = strcspn(*e, "=");
		if (len > PFQ_ENV_VARIABLE_MAX)
			continue;
		memcpy(variable, *e, len);
		variable[len] = '\0';
		/* get() and not the string in environ: a privileged program must see no variable */
		value = strncmp(variable, "P", 1) ? NULL : get(variable, arg);
		if (value && *value && pfq_env_is_device(variable, value))
			return true;
	}
	return false;
}

/* State of pfq_names_env() while pfq_device_find() calls add() for each name of the device. */
struct walk {
	struct pfq_env_device *dev;
	const char *written;	/* the name whose variables were read before */
	pfq_env_get_fn get;
	void *arg;
	char *err;
	size_t err_size;
};

/* Write to w->err that the variables of two names differ. Returns 1, which ends the walk. */
static int disagree(const struct walk *w, const struct pfq_env_device *more)
{
	snprintf(w->err, w->err_size,
		 "%.64s and %.64s are about one device and do not agree; unset one of them",
		 w->dev->variable, more->variable);
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
	if (pfq_env_device_read(&more, name, w->get, w->arg, w->err, w->err_size))
		return 1;
	if (more.take && dev->take && more.take != dev->take)
		return disagree(w, &more);
	if (more.group[0] && dev->group[0] && strcmp(more.group, dev->group))
		return disagree(w, &more);
	if (more.take && !dev->take)
		dev->take = more.take;
	if (more.variable[0] && (!dev->variable[0] || (more.group[0] && !dev->group[0])))
		memcpy(dev->variable, more.variable, sizeof(dev->variable));
	if (more.group[0])
		memcpy(dev->group, more.group, sizeof(dev->group));
	return 0;
}

int pfq_names_env(struct pfq_env_device *dev, const char *name, pfq_env_get_fn get, void *arg,
		  char *err, size_t err_size)
{
	struct walk w = { .dev = dev, .written = name, .get = get, .arg = arg, .err = err,
			  .err_size = err_size };
	const struct pfq_lib *lib;
	char variable[PFQ_ENV_VARIABLE_MAX + 1], text[PCAP_ERRBUF_SIZE];
	uint32_t ifindex;
	int ret;

	ret = pfq_env_device_read(dev, name, get, arg, err, err_size);
	if (ret || !may_be_about_devices(get, arg, variable))
		return ret;
	lib = pfq_lib_get(text, sizeof(text));
	ret = lib ? lib->pfq_device_find(name, &ifindex, add, &w) : -ENOENT;
	if (ret > 0)
		return -EINVAL;
	/* an absent device has no other names; else the variable of the name itself is enough */
	if (!ret || ret == -ENODEV || dev->variable[0])
		return 0;
	snprintf(err, err_size,
		 "%.64s is set, but whether it is about device %.64s cannot be asked: %s", variable,
		 name, lib ? lib->pfq_error_text(ret) : text);
	return -EINVAL;
}
