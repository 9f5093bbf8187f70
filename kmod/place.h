/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The places of a group, see ../core/place.h: may a user have one more, and which absent member
 * makes room for it? Both functions need pfqk_net.lock.
 */
#ifndef PFQK_PLACE_H
#define PFQK_PLACE_H

#include "group.h"

/*
 * May user @uid have one more place in @group? Absent members that can make room for it do not
 * count: those of the same user, and for root those of all users. Returns NULL, or the reason why
 * not, constant text.
 */
const char *pfqk_place_refusal(const struct pfqk_group *group, kuid_t uid);
/*
 * After pfqk_place_refusal(): the absent member that has to go before a member of user @uid joins.
 * NULL: there is room. As long as a limit is exceeded, the one with the least time left goes.
 * @former, the absent member that the new one replaces (NULL: none), goes only if there is no
 * other; its share is lost then, until the member starts.
 */
struct pfqk_absent *pfqk_place_next(const struct pfqk_group *group, kuid_t uid,
				    struct pfqk_absent *former);

#endif /* PFQK_PLACE_H */
