/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A set of VLAN ids. Id 0 stands for untagged and priority-tagged frames. */
#ifndef PFQ_CORE_VLAN_H
#define PFQ_CORE_VLAN_H

#include "view.h"

/* of the lists that pfq_vlan_parse() reads, for error texts */
#define PFQ_VLANS_ALLOWED	"allowed: 1-4094, ranges as 20-29, untagged, separated by commas"

struct pfq_vlan_set {
	u64 ids[4096 / 64];
};

/*
 * Read a text such as "10, 20-29, untagged" into @set. Ids are 1 to 4094. On error returns
 * -EINVAL, and *bad points to the wrong word in @text.
 */
int pfq_vlan_parse(struct pfq_vlan_set *set, const char *text, const char **bad);

/* Is the packet's VLAN in the set? Any thread. */
static inline bool pfq_vlan_match(const struct pfq_vlan_set *set, const struct pfq_view *v)
{
	u32 id = v->flags & PFQ_REC_F_VLAN ? v->tci & 0xfff : 0;

	return set->ids[id / 64] >> (id % 64) & 1;
}

#endif /* PFQ_CORE_VLAN_H */
