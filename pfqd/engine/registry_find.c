/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <string.h>

#include "registry.h"
#include "pfqd/base/value.h"

struct pfqd_group *registry_group_of_id(const struct registry *e, uint32_t id)
{
	struct pfqd_group *g;

	TAILQ_FOREACH(g, &e->groups, entry) {
		if (g->settings.id == id)
			return g;
	}
	return NULL;
}

struct pfqd_group *registry_group_named(const struct registry *e, const char *name)
{
	struct pfqd_group *g;
	uint32_t id;

	if (!value_u32(name, PFQ_GROUP_ID_MIN, PFQ_GROUP_ID_MAX, &id))
		return registry_group_of_id(e, id);
	TAILQ_FOREACH(g, &e->groups, entry) {
		if (!strcmp(g->settings.name, name))
			return g;
	}
	return NULL;
}

struct pfqd_group *registry_group_find(const struct registry *e, const char *name)
{
	struct pfqd_group *g = registry_group_named(e, name);

	return g && g->kind != GROUP_PRIVATE ? g : NULL;
}
