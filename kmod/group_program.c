// SPDX-License-Identifier: GPL-2.0-only
/* The devices that a group's program in pfq-lang names, and the user who pays for its memory. */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "../core/limit.h"
#include "group.h"
#include "hook.h"
#include "limit.h"
#include "netns.h"

/*
 * The index of the bound device that is called @name in its binding, or else by any of its present
 * names; 0: none.
 */
static u32 find_bound(const struct pfqk_group *g, const char *name)
{
	const struct net_device *dev;
	u32 i;

	for (i = 0; i < g->bindings; i++) {
		if (g->binding[i].hook && !strcmp(g->binding[i].device, name))
			return g->binding[i].hook->ifindex;
	}
	dev = __dev_get_by_name(g->pn->net, name);
	for (i = 0; i < g->bindings && dev; i++) {
		if (g->binding[i].hook && g->binding[i].hook->dev == dev)
			return g->binding[i].hook->ifindex;
	}
	return 0;
}

void pfqk_group_program_devices(const struct pfqk_group *g)
{
	struct pfq_object *o;
	u32 i;

	ASSERT_RTNL();
	lockdep_assert_held(&g->pn->lock);
	for (i = 0; (o = pfqk_program_object(g->settings.program, PFQ_LANG_KIND_DEVICE, i)); i++)
		pfq_object_ifindex_set(o, find_bound(g, o->name));
}

int pfqk_group_program_charge(const struct pfqk_group_settings *s, kuid_t uid, bool is_join,
			      u64 *bytes, struct netlink_ext_ack *extack)
{
	int err = pfqk_program_bytes(s->program, bytes);

	if (!err && is_join && *bytes > (u64)PFQ_LIMIT_PROGRAM_MIB << 20) {
		*bytes = 0;
		NL_SET_ERR_MSG(extack, "the program takes too much memory; allowed for a group "
			       "that a JOIN makes: " __stringify(PFQ_LIMIT_PROGRAM_MIB) " MiB");
		return -EDQUOT;
	}
	if (err || !*bytes)
		return err;
	err = pfqk_limit_take(uid, PFQK_LIMIT_RING_BYTES, *bytes);
	if (err)
		*bytes = 0;
	if (err == -EDQUOT)
		NL_SET_ERR_MSG(extack, "the program takes more memory than is left of what this "
			       "user may have for rings (parameter user_ring_mib)");
	return err;
}

void pfqk_group_program_uncharge(struct pfqk_group *g)
{
	if (g->program_bytes)
		pfqk_limit_give(g->program_uid, PFQK_LIMIT_RING_BYTES, g->program_bytes);
	g->program_bytes = 0;
}
