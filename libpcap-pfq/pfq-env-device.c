/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfq-env-device.h"
#include "pfq-device.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* the variables that name a group; the first one that is set is used */
static const char *const group_prefixes[] = { "PFQ_GROUP_", "PCAP_GROUP_" };

#define PREFIXES (sizeof(group_prefixes) / sizeof(group_prefixes[0]))

bool pfq_env_device_variable(char *variable, size_t size, const char *prefix, const char *name)
{
	size_t i, at = strlen(prefix);

	if (at + strlen(name) >= size)
		return false;
	memcpy(variable, prefix, at);
	for (i = 0; name[i]; i++)
		variable[at++] = isalnum((unsigned char)name[i]) ? name[i] : '_';
	variable[at] = '\0';
	return true;
}

const char *pfq_env_device_part(const char *variable, const char *value)
{
	unsigned int i;
	bool take;

	if (pfq_env_is_general(variable))
		return NULL;
	for (i = 0; i < PREFIXES; i++)
		if (!strncmp(variable, group_prefixes[i], strlen(group_prefixes[i])))
			return variable + strlen(group_prefixes[i]);
	return !strncmp(variable, "PFQ_", 4) && pfq_env_truth(value, &take) ? variable + 4 : NULL;
}

/*
 * Get the variable @prefix with the interface's name appended. A device called GROUP has no such
 * variable, because PFQ_GROUP has another meaning.
 */
static const char *device_get(const struct pfq_env_source *source, const char *prefix,
			      const char *name, char *label)
{
	char variable[PFQ_ENV_VARIABLE_MAX + 1];
	const char *value;

	if (!pfq_env_device_variable(variable, sizeof(variable), prefix, name) ||
	    pfq_env_is_general(variable))
		return NULL;
	value = source->get(variable, label, source->arg);
	return value && *value ? value : NULL;
}

static int read_take(struct pfq_env_device *dev, const char *name,
		     const struct pfq_env_source *source, unsigned int count, char *err,
		     size_t err_size)
{
	char label[PFQ_ENV_LABEL_MAX];
	const char *value = NULL;
	unsigned int i;
	bool take;

	for (i = 0; i < count && !value; i++)
		value = device_get(&source[i], "PFQ_", name, label);
	if (!value)
		return 0;
	if (!pfq_env_truth(value, &take)) {
		pfq_env_bad_value(err, err_size, label, value, "1 or 0");
		return -EINVAL;
	}
	dev->take = take ? PFQ_ENV_TAKE_YES : PFQ_ENV_TAKE_NO;
	memcpy(dev->label, label, sizeof(label));
	return 0;
}

static int read_group(struct pfq_env_device *dev, const char *name,
		      const struct pfq_env_source *source, unsigned int count, char *err,
		      size_t err_size)
{
	char label[PFQ_ENV_LABEL_MAX];
	const char *value = NULL;
	unsigned int i;

	for (i = 0; i < count * PREFIXES && !value; i++)
		value = device_get(&source[i / PREFIXES], group_prefixes[i % PREFIXES], name,
				   label);
	if (!value)
		return 0;
	if (!pfq_device_group_valid(value, strlen(value))) {
		pfq_env_bad_value(err, err_size, label, value, "a group's name or id (1-65535)");
		return -EINVAL;
	}
	memcpy(dev->group, value, strlen(value) + 1);
	memcpy(dev->label, label, sizeof(label));
	return 0;
}

int pfq_env_device_read(struct pfq_env_device *dev, const struct pfq_env *env, const char *name,
			const struct pfq_env_source *source, unsigned int count, char *err,
			size_t err_size)
{
	unsigned int takes = count, groups = count;
	int ret;

	memset(dev, 0, sizeof(*dev));
	if (env->group_rank && env->group_rank < count)
		takes = groups = env->group_rank;
	if (env->force_rank && env->force_rank < takes)
		takes = env->force_rank;
	ret = read_take(dev, name, source, takes, err, err_size);
	return ret ? ret : read_group(dev, name, source, groups, err, err_size);
}
