/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfq-env.h"
#include "pfq-device.h"
#include "pfq-text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pfq.h>

#define ENV_NAMES_MAX	4
#define VLAN_ID_MAX	4094

/* the subject of a variable */
enum about {
	REST,
	DEVICES,	/* can make an ordinary device ours */
	MEMBER,		/* nothing but the member of a group */
};

struct env_row {
	const char *name[ENV_NAMES_MAX];	/* the first one that is set is used */
	enum about about;
	/* returns false if the value is not allowed */
	bool (*parse)(struct pfq_env *env, const char *value);
	const char *allowed;
	size_t from;		/* where struct pfq_env has the label of the value; 0: nowhere */
};

#define FROM(member)	offsetof(struct pfq_env, member)

#define STRING(x)	STRING_(x)
#define STRING_(x)	#x

static bool copy(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);

	if (len >= size)
		return false;
	memcpy(to, from, len + 1);
	return true;
}

/*
 * Parse a decimal number within [min, max]. It must be all of @text, unless @end is
 * given; then *end points behind it. On failure, nothing is written. This folder sees the
 * public header only, so it cannot use the parser of the library, pfqd and the tools
 * (lib/number.h).
 */
static bool number(const char *text, uint64_t min, uint64_t max, uint64_t *value, const char **end)
{
	uint64_t n;
	char *stop;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	n = strtoull(text, &stop, 10);
	if (errno || n < min || n > max || (!end && *stop))
		return false;
	*value = n;
	if (end)
		*end = stop;
	return true;
}

/* parses "3" or "3-5" at *text, and moves *text behind it */
static bool range(const char **text, uint64_t min, uint64_t max, uint64_t *first, uint64_t *last)
{
	if (!number(*text, min, max, first, text))
		return false;
	*last = *first;
	return **text != '-' || number(*text + 1, *first, max, last, text);
}

bool pfq_env_truth(const char *text, bool *value)
{
	if (!strcmp(text, "1") || !strcmp(text, "yes"))
		*value = true;
	else if (!strcmp(text, "0") || !strcmp(text, "no"))
		*value = false;
	else
		return false;
	return true;
}

static bool parse_group(struct pfq_env *env, const char *value)
{
	return pfq_device_group_valid(value, strlen(value)) &&
	       copy(env->group, sizeof(env->group), value);
}

static bool parse_force_all(struct pfq_env *env, const char *value)
{
	return pfq_env_truth(value, &env->force_all);
}

static bool parse_socket(struct pfq_env *env, const char *value)
{
	return *value == '/' && copy(env->socket, sizeof(env->socket), value);
}

static bool parse_steer(struct pfq_env *env, const char *value)
{
	return copy(env->steer, sizeof(env->steer), value);
}

static bool parse_lang(struct pfq_env *env, const char *value)
{
	return copy(env->lang, sizeof(env->lang), value);
}

/* parses "0,3-5" into a mask */
static bool parse_class(struct pfq_env *env, const char *value)
{
	uint64_t first, last, mask = 0;

	do {
		if (!range(&value, 0, PFQ_CLASSES - 1, &first, &last))
			return false;
		for (; first <= last; first++)
			mask |= 1ULL << first;
	} while (*value == ',' && value++);
	if (*value)
		return false;
	env->classes = mask;
	return true;
}

static bool parse_weight(struct pfq_env *env, const char *value)
{
	return number(value, 1, PFQ_WEIGHT_MAX, &env->weight, NULL);
}

static bool parse_caplen(struct pfq_env *env, const char *value)
{
	return number(value, 1, PFQ_SNAPLEN_MAX, &env->caplen, NULL);
}

/* parses "64M", or a number of slots */
static bool parse_ring(struct pfq_env *env, const char *value)
{
	static const char units[] = "KMG";
	uint64_t n, unit = PFQ_ENV_SLOT_BYTES;
	const char *end, *found;

	if (!number(value, 1, PFQ_ENV_RING_MAX, &n, &end))
		return false;
	if (*end) {
		found = strchr(units, toupper((unsigned char)*end));
		if (!found || end[1])
			return false;
		unit = 1024ULL << (10 * (found - units));
	}
	if (n > PFQ_ENV_RING_MAX / unit || n * unit < PFQ_ENV_RING_MIN)
		return false;
	env->ring_bytes = n * unit;
	return true;
}

/* checks a list such as "10,20-29,untagged" */
static bool parse_vlan(struct pfq_env *env, const char *value)
{
	static const char untagged[] = "untagged";
	const char *p = value;
	uint64_t first, last;

	do {
		p += strspn(p, " ");
		if (!strncmp(p, untagged, sizeof(untagged) - 1))
			p += sizeof(untagged) - 1;
		else if (!range(&p, 1, VLAN_ID_MAX, &first, &last))
			return false;
		p += strspn(p, " ");
	} while (*p == ',' && p++);
	return !*p && copy(env->vlans, sizeof(env->vlans), value);
}

static bool parse_hugepages(struct pfq_env *env, const char *value)
{
	uint64_t n;
	const char *end;

	if (strcmp(value, "auto") && strcmp(value, "off") &&
	    (!number(value, 1, 1ULL << 20, &n, &end) || !strchr("KMG", *end) || !*end || end[1]))
		return false;
	return copy(env->hugepages, sizeof(env->hugepages), value);
}

static bool parse_order(struct pfq_env *env, const char *value)
{
	env->order_none = !strcmp(value, "none");
	return env->order_none || !strcmp(value, "time");
}

static bool parse_name(struct pfq_env *env, const char *value)
{
	return !isdigit((unsigned char)*value) && pfq_device_group_valid(value, strlen(value)) &&
	       copy(env->name, sizeof(env->name), value);
}

static bool parse_idle_return(struct pfq_env *env, const char *value)
{
	return pfq_env_truth(value, &env->idle_return);
}

static bool parse_reconnect(struct pfq_env *env, const char *value)
{
	uint64_t seconds = 0;

	if (!strcmp(value, "no"))
		seconds = PFQ_RECONNECT_NO;
	else if (strcmp(value, "yes") && !number(value, 1, PFQ_ENV_RECONNECT_MAX, &seconds, NULL))
		return false;
	env->reconnect_s = (uint32_t)seconds;
	return true;
}

static bool parse_debug(struct pfq_env *env, const char *value)
{
	if (*value != '/')
		return pfq_env_truth(value, &env->debug);
	env->debug = copy(env->debug_path, sizeof(env->debug_path), value);
	return env->debug;
}

static bool parse_config(struct pfq_env *env, const char *value)
{
	return copy(env->config, sizeof(env->config), value);
}

static bool parse_engine(struct pfq_env *env, const char *value)
{
	return (!strcmp(value, "auto") || !strcmp(value, "user") || !strcmp(value, "kernel")) &&
	       copy(env->engine, sizeof(env->engine), value);
}

static bool parse_later(struct pfq_env *env, const char *value)
{
	(void)env;
	(void)value;
	return false;
}

#define LATER	"not supported yet; unset it"

/* variables that decide come first, so that env->error is about them first */
static const struct env_row rows[] = {
	{ { "PFQ_GROUP", "PFQ_DEF_GROUP", "PCAP_GROUP", "PCAP_DEF_GROUP" }, DEVICES, parse_group,
	  "a group's name ([a-z][a-z0-9_.-]*, at most 31 characters) or id (1-65535)",
	  FROM(group_from) },
	{ { "PFQ_FORCE_ALL" }, DEVICES, parse_force_all, "1 or 0", FROM(force_from) },
	{ { "PFQ_CONFIG", "PCAP_CONFIG" }, DEVICES, parse_config, "a path of at most 1023 bytes",
	  FROM(config_from) },
	{ { "PFQ_SOCKET" }, REST, parse_socket, "an absolute path of at most 107 bytes", 0 },
	{ { "PFQ_DEBUG" }, REST, parse_debug,
	  "1, 0, or an absolute path of at most 511 bytes", 0 },
	{ { "PFQ_STEER", "PFQ_FANOUT", "PCAP_FANOUT" }, MEMBER, parse_steer,
	  "a steering policy, as in pfqd.conf(5)", FROM(steer_from) },
	{ { "PFQ_LANG" }, MEMBER, parse_lang,
	  "a program in pfq-lang of at most 4095 bytes, or file:PATH", FROM(lang_from) },
	{ { "PFQ_CLASS" }, MEMBER, parse_class, "classes 0-63, as in 0,3-5", 0 },
	{ { "PFQ_WEIGHT" }, MEMBER, parse_weight, "1-" STRING(PFQ_WEIGHT_MAX), 0 },
	{ { "PFQ_CAPLEN", "PCAP_CAPLEN" }, REST, parse_caplen, "1-" STRING(PFQ_SNAPLEN_MAX), 0 },
	{ { "PFQ_RING", "PFQ_RX_SLOTS" }, REST, parse_ring,
	  "a size from 64K to 1024G, as in 64M, or a number of slots of "
	  STRING(PFQ_ENV_SLOT_BYTES) " bytes", FROM(ring_from) },
	{ { "PFQ_VLAN" }, MEMBER, parse_vlan, "VLAN ids 1-4094, as in 10,20-29,untagged",
	  FROM(vlans_from) },
	{ { "PFQ_HUGEPAGES" }, REST, parse_hugepages, "auto, off, or a page size, as in 2M",
	  FROM(hugepages_from) },
	{ { "PFQ_IDLE_RETURN" }, REST, parse_idle_return, "1 or 0", 0 },
	{ { "PFQ_RECONNECT" }, REST, parse_reconnect,
	  "yes, no, or seconds from 1 to " STRING(PFQ_ENV_RECONNECT_MAX), 0 },
	{ { "PFQ_ORDER" }, REST, parse_order, "time or none", 0 },
	{ { "PFQ_NAME" }, MEMBER, parse_name, "a name ([a-z][a-z0-9_.-]*, at most 31 characters)",
	  FROM(name_from) },
	{ { "PFQ_ENGINE" }, REST, parse_engine, "auto, user or kernel", 0 },
	{ { "PFQ_TX_RING", "PFQ_TX_SLOTS" }, REST, parse_later, LATER, 0 },
	{ { "PFQ_TX_SYNC" }, REST, parse_later, LATER, 0 },
	{ { "PFQ_TX_HW_QUEUE" }, REST, parse_later, LATER, 0 },
	{ { "PFQ_TX_IDX_THREAD" }, REST, parse_later, LATER, 0 },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

void pfq_env_bad_value(char *err, size_t err_size, const char *label, const char *value,
		       const char *allowed)
{
	pfq_text_write(err, err_size, "%.140s=%.64s: %s%s", label, value,
		       !strcmp(allowed, LATER) ? "" : "allowed: ", allowed);
}

/* Use the value of @row in one source, if there is one. */
static bool row_read_source(const struct env_row *row, struct pfq_env *env,
			    const struct pfq_env_source *source)
{
	char label[PFQ_ENV_LABEL_MAX];
	const char *value = NULL;
	unsigned int i;

	for (i = 0; i < ENV_NAMES_MAX && row->name[i] && !value; i++) {
		value = source->get(row->name[i], label, source->arg);
		if (value && !*value)
			value = NULL;
	}
	if (!value)
		return false;
	if (row->parse(env, value)) {
		if (row->from)
			copy((char *)env + row->from, PFQ_ENV_LABEL_MAX, label);
	} else if (!env->error[0]) {
		pfq_env_bad_value(env->error, sizeof(env->error), label, value, row->allowed);
		env->bad_decides = row->about == DEVICES;
	}
	/* other programs have variables PCAP_*, and the file may be for other devices */
	if (row->about == MEMBER && !env->member_from[0] && !strncmp(label, "PFQ_", 4))
		copy(env->member_from, sizeof(env->member_from), label);
	return true;
}

int pfq_env_read(struct pfq_env *env, const struct pfq_env_source *source, unsigned int count)
{
	unsigned int k;
	size_t i;

	memset(env, 0, sizeof(*env));
	for (i = 0; i < ROWS; i++) {
		for (k = 0; k < count; k++)
			if (row_read_source(&rows[i], env, &source[k]))
				break;
		if (k < count && rows[i].parse == parse_group)
			env->group_rank = k + 1;
		else if (k < count && rows[i].parse == parse_force_all)
			env->force_rank = k + 1;
	}
	if (env->steer[0] && env->lang[0] && !env->error[0])
		snprintf(env->error, sizeof(env->error), "%.100s and %.100s: allowed: one of them",
			 env->steer_from, env->lang_from);
	return env->error[0] ? -EINVAL : 0;
}

static const struct env_row *row_of(const char *variable)
{
	size_t i;
	unsigned int j;

	for (i = 0; i < ROWS; i++)
		for (j = 0; j < ENV_NAMES_MAX && rows[i].name[j]; j++)
			if (!strcmp(rows[i].name[j], variable))
				return &rows[i];
	return NULL;
}

const char *pfq_env_name(unsigned int i)
{
	const char *name;

	if (i >= ROWS * ENV_NAMES_MAX)
		return NULL;
	name = rows[i / ENV_NAMES_MAX].name[i % ENV_NAMES_MAX];
	return name ? name : "";
}

bool pfq_env_is_general(const char *variable)
{
	return row_of(variable);
}

bool pfq_env_decides(const char *variable)
{
	const struct env_row *row = row_of(variable);

	return row && row->about == DEVICES;
}
