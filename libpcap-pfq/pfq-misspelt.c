/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfq-misspelt.h"

#include <stdio.h>
#include <string.h>

#include "pfq-env-device.h"
#include "pfq-names.h"
#include "pfq-nearest.h"

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

static void find_nearest(struct nearest *n, const char *variable)
{
	char key[PFQ_CONFIG_KEY_MAX + 1];
	const char *name;
	unsigned int i;

	n->distance = PFQ_NEAREST_NONE;
	for (i = 0; (name = pfq_env_name(i)); i++)
		if (*name && pfq_source_key(name, key))
			consider(n, variable, name);
}

static bool is_slip(const struct nearest *n)
{
	/* the distance cannot be in the prefix, so only the rest of the name counts */
	return n->distance != PFQ_NEAREST_NONE &&
	       pfq_nearest_is_slip(n->distance, strchr(n->name, '_') + 1);
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
	find_nearest(&n, v->name);
	slip = is_slip(&n);
	if (part && (!slip || pfq_names_is_part(part)))
		return 0;
	snprintf(s->text, s->size, "%.120s: unknown key%s%s; allowed: see pcap.conf(5)", v->label,
		 slip ? ", did you mean " : "", slip && pfq_source_key(n.name, key) ? key : "");
	return 1;
}

bool pfq_misspelt_key(const struct pfq_sources *s, char *text, size_t size)
{
	struct search search = { .text = text, .size = size };

	return pfq_sources_walk(s, find_key, &search);
}
