/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The places of a group, see core/place.h: may a user have one more, and which absent member makes
 * room for it? Control thread only.
 */
#ifndef PFQD_PLACE_H
#define PFQD_PLACE_H

#include "absent.h"

/*
 * May user @uid have one more place in @group? Absent members that can make room for it do not
 * count: those of the same user, and for root those of all users. Returns 0, or -EDQUOT with text.
 */
int place_check(const struct pfqd_group *group, uid_t uid, struct pfq_error *err);
/*
 * Make room for one more member of @group, of user @uid, after place_check(). As long as a limit is
 * exceeded, one of those absent members goes: the one that has the least time left. @former, the
 * absent member that the new one replaces (NULL: none), goes only if there is no other; its share
 * is lost then, until the member starts.
 */
void place_make_room(struct registry *registry, struct pfqd_group *group, uid_t uid,
		     struct absent *former);

#endif /* PFQD_PLACE_H */
