// SPDX-License-Identifier: GPL-2.0-only
/* New settings for a group that has members and traffic. */
#include <linux/mm.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "group.h"
#include "netns.h"

/* settings that the last snapshot may still use */
struct former {
	struct pfqk_group_settings settings;
	struct pfqk_retired retired;
};

static void former_free(struct pfqk_retired *r)
{
	struct former *f = container_of(r, struct former, retired);

	pfqk_group_settings_free(&f->settings);
	kvfree(f);
}

/* How long later fragments wait. */
static u64 wait_ns(const struct pfqk_group_settings *s)
{
	return pfq_program_uses_flow(s->program->core) ? s->frag_wait_ns : 0;
}

bool pfqk_group_set_lacks_hold(const struct pfqk_group *g, const struct pfqk_group_settings *s)
{
	return !g->hold && g->started > 1 && wait_ns(s);
}

/* Check what other groups and the members do not allow. */
static int check(struct pfqk_group *g, const struct pfqk_group_settings *s,
		 struct netlink_ext_ack *extack)
{
	const struct pfqk_group *other;

	list_for_each_entry(other, &g->pn->groups, entry) {
		if (other == g || !s->id || other->settings.id != s->id)
			continue;
		NL_SET_ERR_MSG(extack, "another group has this id");
		return -EBUSY;
	}
	if (g->members && g->linktype && s->linktype && g->linktype != s->linktype) {
		NL_SET_ERR_MSG(extack, "its members have packets of another link type");
		return -EBUSY;
	}
	return 0;
}

/* Exchange the group's settings with @s, by @room: they are too large for the stack. */
static void swap_settings(struct pfqk_group *g, struct pfqk_group_settings *s,
			  struct pfqk_group_settings *room)
{
	*room = g->settings;
	g->settings = *s;
	*s = *room;
	if (g->hold)
		pfq_hold_wait_set(g->hold, wait_ns(&g->settings));
}

/* Exchange the settings and publish them. @gfp as for pfqk_group_publish(). */
static int exchange(struct pfqk_group *g, struct pfqk_group_settings *s,
		    struct pfqk_group_settings *room, gfp_t gfp)
{
	bool was_complete = g->is_complete;
	int err;

	swap_settings(g, s, room);
	pfqk_group_members_changed(g);
	pfqk_group_program_devices(g);
	err = pfqk_group_publish(g, gfp);
	if (!err)
		return 0;
	swap_settings(g, s, room);
	g->is_complete = was_complete;
	return err;
}

int pfqk_group_set(struct pfqk_group *g, struct pfqk_group_settings *s,
		   const struct pfqk_binding_list *list, struct pfq_hold **hold,
		   struct netlink_ext_ack *extack)
{
	struct former *f;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&g->pn->lock);
	err = check(g, s, extack);
	if (err)
		return err;
	f = kvzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	if (!s->id)
		s->id = g->settings.id;
	s->is_adapter_time = g->settings.is_adapter_time;
	if (*hold && !g->hold)
		swap(g->hold, *hold);
	err = exchange(g, s, &f->settings, GFP_KERNEL);
	if (!err) {
		err = pfqk_group_rebind(g, list, g->settings.is_tap != s->is_tap, extack);
		/* the old settings are good and must be back */
		if (err)
			exchange(g, s, &f->settings, GFP_KERNEL | __GFP_NOFAIL);
	}
	/* the snapshot before may use the filter of the settings that are out of use now */
	f->settings = *s;
	pfqk_group_settings_given(s);
	pfqk_retire(&f->retired, former_free);
	if (err)
		return err;
	pfqk_group_program_uncharge(g);
	g->kind = PFQK_GROUP_ADDED;
	g->is_orphan = false;
	pfqk_group_promisc(g);
	return 0;
}
