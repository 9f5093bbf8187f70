/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The PFQ_* variables: one table of names, allowed values and meanings. It serves the environment
 * and the file of pcap.conf(5) alike. This file does not depend on libpcap. An empty value counts
 * as unset.
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

#define PFQ_ENV_RECONNECT_MAX	31536000	/* a year */

#define PFQ_ENV_VARIABLE_MAX	(11 + PFQ_DEVICE_NAME_MAX)	/* PCAP_GROUP_<dev> */
#define PFQ_ENV_LABEL_MAX	(PFQ_ENV_VARIABLE_MAX + 133)	/* PATH:LINE: group_<dev> */

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
	char	lang[4096];		/* a program, or the name of its file */
	uint64_t classes;
	uint64_t weight;
	uint64_t caplen;
	uint64_t ring_bytes;
	char	vlans[1024];
	char	hugepages[32];
	char	name[PFQ_NAME_MAX + 1];
	bool	order_none;
	uint32_t reconnect_s;	/* as in struct pfq_params */
	bool	idle_return;	/* a read returns at its timeout, also without packets */
	bool	debug;
	char	debug_path[512];	/* empty: standard error */
	char	config[1024];		/* the file of the variables; empty: the default file */

	/* how error texts call the origin of these values */
	char	group_from[PFQ_ENV_LABEL_MAX];
	char	force_from[PFQ_ENV_LABEL_MAX];
	char	config_from[PFQ_ENV_LABEL_MAX];
	char	ring_from[PFQ_ENV_LABEL_MAX];
	char	steer_from[PFQ_ENV_LABEL_MAX];
	char	lang_from[PFQ_ENV_LABEL_MAX];
	char	vlans_from[PFQ_ENV_LABEL_MAX];
	char	hugepages_from[PFQ_ENV_LABEL_MAX];
	char	name_from[PFQ_ENV_LABEL_MAX];
	/* the first variable PFQ_* that is about nothing but the member of a group; empty: none */
	char	member_from[PFQ_ENV_LABEL_MAX];

	/* the source of group and of force_all: 1 is the best one; 0: none */
	unsigned int group_rank;
	unsigned int force_rank;

	bool	bad_decides;		/* error is about a variable that decides, see above */
	char	error[256];		/* the first bad value; empty: none */
};

/*
 * Returns the value of variable @name, or NULL. With a value, it writes to @label how an error text
 * calls the variable: by its name, or by file, line and key.
 */
typedef const char *(*pfq_env_get_fn)(const char *name, char label[PFQ_ENV_LABEL_MAX], void *arg);

struct pfq_env_source {
	pfq_env_get_fn get;
	void *arg;
};

/*
 * Read all variables except those of a device. The @count sources are in order: the first one that
 * has a variable decides. Returns 0, or -EINVAL with env->error; in both cases, @env has every good
 * value.
 */
int pfq_env_read(struct pfq_env *env, const struct pfq_env_source *source, unsigned int count);

/* The name of variable @i; NULL: there are no more; empty: none has this number. */
const char *pfq_env_name(unsigned int i);

/* Is this one of these names? */
bool pfq_env_is_general(const char *variable);

/* Is this one of these names, and can the variable make an ordinary device ours? */
bool pfq_env_decides(const char *variable);

/* Parse 1, 0, yes or no. */
bool pfq_env_truth(const char *text, bool *value);

/* Write to @err that @label has the bad value @value, and what is allowed. */
void pfq_env_bad_value(char *err, size_t err_size, const char *label, const char *value,
		       const char *allowed);

#endif /* PFQ_ENV_H */
