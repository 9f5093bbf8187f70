// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>
#include "netns.h"
#include "profile.h"

/* Does the group count? Not after it was given another program. */
static bool is_on(const struct pfqk_group *g)
{
	return pfqk_group_program(g) != g->settings.program;
}

const struct pfq_profile *pfqk_profile_of(const struct pfqk_group *g,
					  const struct pfqk_endpoint *owner)
{
	lockdep_assert_held(&g->pn->lock);
	return is_on(g) && g->profile.owner == owner ? g->profile.program->profile : NULL;
}

/* Schedule the work item for the first time that is over. */
static void schedule_first(struct pfqk_net *pn)
{
	u64 now_ns = ktime_get_ns(), first_ns = U64_MAX;
	const struct pfqk_group *g;

	list_for_each_entry(g, &pn->groups, entry) {
		if (g->profile.program)
			first_ns = min(first_ns, g->profile.until_ns);
	}
	if (first_ns != U64_MAX)
		mod_delayed_work(system_wq, &pn->profiles, first_ns > now_ns ?
				 nsecs_to_jiffies(first_ns - now_ns) + 1 : 0);
}

int pfqk_profile_begin(struct pfqk_group *g, const struct pfqk_endpoint *owner, u32 seconds,
		       struct netlink_ext_ack *extack)
{
	struct pfqk_program *counting;
	int err;

	lockdep_assert_held(&g->pn->lock);
	if (is_on(g) && g->profile.owner != owner) {
		NL_SET_ERR_MSG(extack, "another client counts the answers of this group's steps; "
			       "allowed: one at a time");
		return -EBUSY;
	}
	err = pfqk_program_counting(&counting, g->settings.program);
	if (err)
		return err;
	pfqk_group_profile_end(g);
	g->profile.program = counting;
	g->profile.of = pfqk_program_get(g->settings.program);
	g->profile.owner = owner;
	g->profile.until_ns = ktime_get_ns() + (u64)seconds * NSEC_PER_SEC;
	err = pfqk_group_publish(g, GFP_KERNEL);
	if (err)
		pfqk_group_profile_end(g);
	schedule_first(g->pn);
	return err;
}

void pfqk_profile_work(struct work_struct *work)
{
	struct pfqk_net *pn = container_of(to_delayed_work(work), struct pfqk_net, profiles);
	u64 now_ns = ktime_get_ns();
	struct pfqk_group *g;

	mutex_lock(&pn->lock);
	list_for_each_entry(g, &pn->groups, entry) {
		if (g->profile.program && g->profile.until_ns <= now_ns)
			pfqk_group_profile_end(g);
	}
	schedule_first(pn);
	mutex_unlock(&pn->lock);
}
