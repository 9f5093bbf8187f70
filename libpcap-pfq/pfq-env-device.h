/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The variables of one interface: PFQ_<dev>, PFQ_GROUP_<dev> and PCAP_GROUP_<dev>. */
#ifndef PFQ_ENV_DEVICE_H
#define PFQ_ENV_DEVICE_H

#include "pfq-env.h"

struct pfq_env_device {
	enum pfq_env_take take;	       /* PFQ_<dev> */
	char group[PFQ_NAME_MAX + 1];  /* PFQ_GROUP_<dev>, empty: unset */
	char label[PFQ_ENV_LABEL_MAX]; /* the variable that set take or group */
};

/* Write the variable @prefix with the name of an interface appended. Returns false: too long. */
bool pfq_env_device_variable(char *variable, size_t size, const char *prefix, const char *name);

/*
 * The name of an interface, as it stands in @variable; NULL: by name and value, this is none of the
 * variables above.
 */
const char *pfq_env_device_part(const char *variable, const char *value);

/*
 * Read the variables of interface @name. If @env has a group, sources after the one that gave it
 * do not count: PFQ_GROUP in the environment beats group_<dev> in the file. 0, or -EINVAL: @err
 * names the variable and the value.
 */
int pfq_env_device_read(struct pfq_env_device *dev, const struct pfq_env *env, const char *name,
			const struct pfq_env_source *source, unsigned int count, char *err,
			size_t err_size);

#endif /* PFQ_ENV_DEVICE_H */
