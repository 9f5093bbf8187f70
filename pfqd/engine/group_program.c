/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The devices that a group's program in pfq-lang names, and the user who pays for its memory. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "pfqd/base/error.h"
#include "registry.h"

/*
 * The index of the bound device that is called @name in its binding, or else by any of its present
 * names; 0: none.
 */
static uint32_t find_bound(const struct pfqd_group *g, const char *name)
{
	const struct source *src;
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		src = g->feed[i].source;
		if (!source_is_file(src) && src->ifindex && !strcmp(src->binding.device, name))
			return src->ifindex;
	}
	for (i = 0; i < g->feeds; i++) {
		src = g->feed[i].source;
		if (src->ifindex && source_is_on(src, name))
			return src->ifindex;
	}
	return 0;
}

void group_program_devices(const struct pfqd_group *g)
{
	struct pfq_object *o;
	unsigned int i;

	for (i = 0; (o = program_object(g->settings.program, PFQ_LANG_KIND_DEVICE, i)); i++)
		pfq_object_ifindex_set(o, find_bound(g, o->name));
}

int registry_program_charge(struct registry *e, const struct group_settings *s, uid_t uid,
			    uint64_t *bytes, struct pfq_error *err)
{
	const uint64_t max = (uint64_t)PFQ_LIMIT_PROGRAM_MIB << 20;

	if (program_bytes(s->program, e->lanes, bytes))
		return error_set(err, -ENOMEM, "no memory");
	if (*bytes > max)
		return error_set(err, -EDQUOT, "the program takes %" PRIu64 " bytes; allowed for a "
				 "group that a program makes: %" PRIu64 "; a group of pfqd.conf "
				 "may have more", *bytes, max);
	return *bytes ? limits_take(e->limits, uid, LIMIT_RING_BYTES, *bytes, err) : 0;
}

void registry_program_uncharge(struct registry *e, struct pfqd_group *g)
{
	if (g->program_bytes)
		limits_give(e->limits, g->program_uid, LIMIT_RING_BYTES, g->program_bytes);
	g->program_bytes = 0;
}
