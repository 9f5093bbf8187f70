/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Constant lists that a program looks packets up in. They lie in the program's memory, behind its
 * steps. VLANs are in a struct pfq_vlan_set.
 */
#ifndef PFQ_CORE_LIST_H
#define PFQ_CORE_LIST_H

#include <linux/pfq_lang.h>
#include <pfq_deps.h>

struct pfq_ports {
	u64 bit[65536 / 64];
};

/* Addresses and masks as they lie in memory. A packet matches if it equals addr in mask's bits. */
struct pfq_prefixes {
	u32 count4, count6;
	struct {
		u32 addr, mask;
	} ip4[PFQ_LANG_PREFIXES_MAX];
	struct {
		u64 addr[2], mask[2];
	} ip6[PFQ_LANG_PREFIXES_MAX];
};

static inline bool pfq_ports_have(const struct pfq_ports *list, u16 port)
{
	return list->bit[port / 64] >> (port % 64) & 1;
}

/* Is the address, of 4 or 16 bytes, within one of the prefixes of its version? */
static inline bool pfq_prefixes_have(const struct pfq_prefixes *list, u32 version, const u8 *addr)
{
	u32 i, ip4;
	u64 ip6[2];

	if (version == 4) {
		memcpy(&ip4, addr, sizeof(ip4));
		for (i = 0; i < list->count4; i++)
			if (!((ip4 ^ list->ip4[i].addr) & list->ip4[i].mask))
				return true;
		return false;
	}
	memcpy(ip6, addr, sizeof(ip6));
	for (i = 0; i < list->count6; i++)
		if (!(((ip6[0] ^ list->ip6[i].addr[0]) & list->ip6[i].mask[0]) |
		      ((ip6[1] ^ list->ip6[i].addr[1]) & list->ip6[i].mask[1])))
			return true;
	return false;
}

#endif /* PFQ_CORE_LIST_H */
