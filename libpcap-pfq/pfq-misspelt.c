/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfq-misspelt.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "pfq-env-device.h"
#include "pfq-names.h"
#include "pfq-nearest.h"

/* variables of other builds of libpcap that resemble ours */
static const char *const others[] = { "PCAP_SNAPLEN" };

/* prefixes of the variables of one device */
static const char *const device_prefixes[] = { "PFQ_", "PFQ_GROUP_", "PCAP_GROUP_" };

struct search {
	const char *device; /* NULL: no device's variables */
	char *text;
	size_t size;
};

/* The variable that resembles another one most. */
struct nearest {
	char name[PFQ_ENV_VARIABLE_MAX + 1];
	unsigned int distance;
};

static bool is_pcap(const char *variable)
{
	return !strncmp(variable, "PCAP_", 5);
}

/* Keep @known if it resembles @variable more than all before. Their prefixes must be the same. */
static void consider(struct nearest *n, const char *variable, const char *known)
{
	unsigned int distance;

	if (is_pcap(variable) != is_pcap(known) || strlen(known) >= sizeof(n->name))
		return;
	distance = pfq_nearest_distance(variable, known);
	if (distance >= n->distance)
		return;
	n->distance = distance;
	memcpy(n->name, known, strlen(known) + 1);
}

static void find_nearest(struct nearest *n, const char *variable, const char *device, bool is_file)
{
	char known[PFQ_ENV_VARIABLE_MAX + 1], key[PFQ_CONFIG_KEY_MAX + 1];
	const char *name;
	unsigned int i;

	n->distance = PFQ_NEAREST_NONE;
	for (i = 0; (name = pfq_env_name(i)); i++)
		if (*name && (!is_file || pfq_source_key(name, key)))
			consider(n, variable, name);
	for (i = 0; device && i < sizeof(device_prefixes) / sizeof(device_prefixes[0]); i++)
		if (pfq_env_device_variable(known, sizeof(known), device_prefixes[i], device))
			consider(n, variable, known);
}

static bool is_slip(const struct nearest *n)
{
	/* the distance cannot be in the prefix, so only the rest of the name counts */
	return n->distance != PFQ_NEAREST_NONE &&
	       pfq_nearest_is_slip(n->distance, strchr(n->name, '_') + 1);
}

static bool is_of_others(const char *variable)
{
	unsigned int i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(others[i], variable))
			return true;
	return false;
}

/* A text must not carry control characters to a terminal, so skip names that no shell sets. */
static bool is_printable(const char *variable)
{
	for (; *variable; variable++)
		if (!isalnum((unsigned char)*variable) && *variable != '_')
			return false;
	return true;
}

/* How the user writes @variable: a key in the file. */
static const char *written(const char *variable, bool is_file, char key[PFQ_CONFIG_KEY_MAX + 1])
{
	return is_file && pfq_source_key(variable, key) ? key : variable;
}

static int find(const struct pfq_source_variable *v, void *arg)
{
	const struct search *s = arg;
	const char *part = v->is_prefix_slip ? NULL : pfq_env_device_part(v->name, v->value);
	char key[PFQ_CONFIG_KEY_MAX + 1];
	struct nearest n;
	bool slip;

	if (v->is_general || is_of_others(v->name) || !is_printable(v->name))
		return 0;
	find_nearest(&n, v->name, s->device, v->is_file);
	slip = is_slip(&n);
	/* one slip is enough: other programs may have variables such as pfq_dir */
	if (v->is_prefix_slip && n.distance)
		return 0;
	/* no variable loads code of pfq into a privileged program, so other devices are unknown */
	if (v->is_dropped && (!slip || part))
		return 0;
	/* the file may name a device that comes later */
	if (!slip && ((is_pcap(v->name) && !part) || v->is_file))
		return 0;
	if (part && pfq_names_is_part(part))
		return 0;
	snprintf(s->text, s->size, "%.120s: there is %s%s%s%s", v->label,
		 part ? "no interface of this name" : "no such variable",
		 slip ? "; did you mean " : "",
		 slip	? written(n.name, v->is_file, key)
		 : part ? ""
			: ", see pcap-pfq(7)",
		 slip ? "?" : ".");
	return 1;
}

bool pfq_misspelt_find(const struct pfq_sources *s, const char *name, char *text, size_t size)
{
	struct search search = { .device = name, .text = text, .size = size };

	return pfq_sources_walk(s, find, &search) || pfq_sources_walk_unread(s, find, &search);
}

static int find_key(const struct pfq_source_variable *v, void *arg)
{
	const struct search *s = arg;
	const char *part = pfq_env_device_part(v->name, v->value);
	char key[PFQ_CONFIG_KEY_MAX + 1];
	struct nearest n;
	bool slip;

	if (!v->is_file || v->is_general)
		return 0;
	find_nearest(&n, v->name, NULL, true);
	slip = is_slip(&n);
	if (part && (!slip || pfq_names_is_part(part)))
		return 0;
	snprintf(s->text, s->size, "%.120s: unknown key%s%s; allowed: see pcap.conf(5)", v->label,
		 slip ? ", did you mean " : "", slip ? written(n.name, true, key) : "");
	return 1;
}

bool pfq_misspelt_key(const struct pfq_sources *s, char *text, size_t size)
{
	struct search search = { .text = text, .size = size };

	return pfq_sources_walk(s, find_key, &search);
}

bool pfq_misspelt_section(const struct pfq_sources *s, char *text, size_t size)
{
	const struct pfq_config *c = &s->config;

	if (!c->near_line)
		return false;
	snprintf(text, size, "%.100s:%u: [%s] is no section of this program; did you mean [%s]?",
		 c->path, c->near_line, c->near_section, c->program);
	return true;
}
