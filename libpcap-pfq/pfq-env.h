/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The PFQ_* variables: one table of names, allowed values and meanings. This file
 * does not depend on libpcap. An empty variable counts as unset.
 */
#ifndef PFQ_ENV_H
#define PFQ_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/pfq.h>

#define PFQ_ENV_RING_MIN	(64ULL << 10)
#define PFQ_ENV_RING_MAX	(1ULL << 40)
#define PFQ_ENV_SLOT_BYTES	2048	/* the unit of PFQ_RING without K, M or G */

#define PFQ_ENV_VARIABLE_MAX	(11 + PFQ_DEVICE_NAME_MAX)	/* PCAP_GROUP_<dev> */

enum pfq_env_take {
	PFQ_ENV_TAKE_UNSET,
	PFQ_ENV_TAKE_NO,
	PFQ_ENV_TAKE_YES,
};

struct pfq_env {
	/* decide whether an ordinary device is taken over */
	char	group[PFQ_NAME_MAX + 1];
	bool	force_all;
	/* the engine to ask */
	char	engine[8];
	char	socket[108];
	/* describe the endpoint; empty or 0: not set */
	char	steer[64];
	uint64_t classes;
	uint64_t weight;
	uint64_t caplen;
	uint64_t ring_bytes;
	char	vlans[1024];
	char	hugepages[32];
	char	name[PFQ_NAME_MAX + 1];
	bool	order_none;
	bool	idle_return;	/* a read returns at its timeout, also without packets */
	bool	debug;
	char	debug_path[512];	/* empty: standard error */

	const char *group_from;		/* the variables of these values, for error texts */
	const char *ring_from;
	const char *steer_from;

	bool	bad_decides;		/* error is about a variable that decides, see above */
	char	error[256];		/* the first bad value; empty: none */
};

/* Returns a variable's value; secure_getenv() except in tests. */
typedef const char *(*pfq_env_get_fn)(const char *name, void *arg);

/*
 * Read all variables except those of a device. Returns 0, or -EINVAL with
 * env->error; in both cases, @env has every good value.
 */
int pfq_env_read(struct pfq_env *env, pfq_env_get_fn get, void *arg);

struct pfq_env_device {
	enum pfq_env_take take;		/* PFQ_<dev> */
	char	group[PFQ_NAME_MAX + 1];	/* PFQ_GROUP_<dev>, empty: unset */
	char	variable[PFQ_ENV_VARIABLE_MAX + 1];	/* the variable that set take or group */
};

/* May this variable be PFQ_<dev>, PFQ_GROUP_<dev> or PCAP_GROUP_<dev>, by name and value? */
bool pfq_env_is_device(const char *variable, const char *value);

/* Read the variables of interface @name. 0, or -EINVAL: @err names the variable and the value. */
int pfq_env_device_read(struct pfq_env_device *dev, const char *name, pfq_env_get_fn get, void *arg,
			char *err, size_t err_size);

#endif /* PFQ_ENV_H */
