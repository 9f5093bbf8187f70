/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Checks entries of live sets, which clients and programs bring. */
#include "live.h"
#include "set.h"

#define MAC_BITS	48
#define VLAN_ID_LAST	4094

_Static_assert(PFQ_LANG_SET_SIZE_MAX == PFQ_SET_MAX && PFQ_LANG_SET_LENGTHS == PFQ_SET_LENGTHS,
	       "the limits of clients are those of the table");

u32 pfq_live_entry_bytes(u32 kind)
{
#define ENTRY_BYTES_OF(name, bytes)	[PFQ_LANG_KIND_##name] = bytes,
	static const u8 entry_bytes[] = { PFQ_LANG_KINDS(ENTRY_BYTES_OF) };
#undef ENTRY_BYTES_OF

	return entry_bytes[kind];
}

/* --- entries -------------------------------------------------------------------------- */

/* Are the bits of the address behind the first @plen 0? */
static bool live_ends_at(const u8 addr[16], u32 plen)
{
	u32 i = plen / 8;

	if (plen % 8 && addr[i++] & 0xff >> plen % 8)
		return false;
	for (; i < 16; i++)
		if (addr[i])
			return false;
	return true;
}

static u32 live_bits_of(u32 family)
{
	return family == 4 ? 32 : family == 6 ? 128 : 0;
}

static enum pfq_lang_reason live_check_timeout(u32 timeout_s, bool may_end)
{
	if (timeout_s && !may_end)
		return PFQ_LANG_REASON_RESERVED;
	return timeout_s > PFQ_LANG_TIMEOUT_MAX && timeout_s != PFQ_LANG_TIMEOUT_NEVER ?
	       PFQ_LANG_REASON_TIMEOUT : PFQ_LANG_FINE;
}

static enum pfq_lang_reason live_check_prefix(u32 kind, const void *entry, bool may_end)
{
	struct pfq_lang_prefix p;

	memcpy(&p, entry, sizeof(p));
	if (p.flags)
		return PFQ_LANG_REASON_RESERVED;
	if (kind == PFQ_LANG_KIND_SET_MAC ?
	    p.family != PFQ_LANG_FAMILY_MAC || p.plen != MAC_BITS : !live_bits_of(p.family))
		return PFQ_LANG_REASON_ENTRY;
	if ((kind == PFQ_LANG_KIND_SET_ADDR && p.plen > live_bits_of(p.family)) ||
	    !live_ends_at(p.addr, p.plen))
		return PFQ_LANG_REASON_PREFIX;
	return live_check_timeout(p.timeout_s, may_end);
}

static enum pfq_lang_reason live_check_flow(const void *entry, bool may_end)
{
	struct pfq_lang_flow f;

	memcpy(&f, entry, sizeof(f));
	if (f.flags)
		return PFQ_LANG_REASON_RESERVED;
	if (!live_bits_of(f.family) || !live_ends_at(f.src, live_bits_of(f.family)) ||
	    !live_ends_at(f.dst, live_bits_of(f.family)))
		return PFQ_LANG_REASON_ENTRY;
	return live_check_timeout(f.timeout_s, may_end);
}

static enum pfq_lang_reason live_check_range(u32 kind, const void *entry)
{
	struct pfq_lang_range r;

	memcpy(&r, entry, sizeof(r));
	if (r.first > r.last)
		return PFQ_LANG_REASON_RANGE;
	return kind == PFQ_LANG_KIND_SET_VLAN && r.last > VLAN_ID_LAST ?
	       PFQ_LANG_REASON_VLAN_ID : PFQ_LANG_FINE;
}

static enum pfq_lang_reason live_check_entry(u32 kind, const void *entry, bool may_end)
{
	if (kind == PFQ_LANG_KIND_SET_FLOW)
		return live_check_flow(entry, may_end);
	if (pfq_live_has_size(kind))
		return live_check_prefix(kind, entry, may_end);
	return live_check_range(kind, entry);
}

enum pfq_lang_reason pfq_live_check(u32 kind, const void *entries, u32 count, bool may_end, u32 *at)
{
	enum pfq_lang_reason reason = PFQ_LANG_FINE;
	const u8 *entry = entries;

	for (*at = 0; *at < count; ++*at, entry += pfq_live_entry_bytes(kind)) {
		reason = live_check_entry(kind, entry, may_end);
		if (reason != PFQ_LANG_FINE)
			break;
	}
	return reason;
}

/* --- objects -------------------------------------------------------------------------- */

static bool live_has_many_lengths(const void *entries, u32 count)
{
	u64 seen[2][3] = { { 0 } };
	u32 number[2] = { 0 }, six, i;
	struct pfq_lang_prefix p;

	for (i = 0; i < count; i++) {
		memcpy(&p, (const u8 *)entries + i * sizeof(p), sizeof(p));
		six = p.family == 6;
		if (seen[six][p.plen / 64] >> p.plen % 64 & 1)
			continue;
		seen[six][p.plen / 64] |= 1ULL << p.plen % 64;
		if (++number[six] > PFQ_LANG_SET_LENGTHS)
			return true;
	}
	return false;
}

enum pfq_lang_reason pfq_live_check_args(const struct pfq_lang_object *is)
{
	bool has_size = pfq_live_has_size(is->kind);

	if (is->arg[1] || is->arg[2] || (!has_size && (is->size || is->arg[0])))
		return PFQ_LANG_REASON_OBJECT;
	if (has_size && (!is->size || is->size > PFQ_LANG_SET_SIZE_MAX))
		return PFQ_LANG_REASON_SIZE;
	if (is->arg[0] > PFQ_LANG_TIMEOUT_MAX)
		return PFQ_LANG_REASON_TIMEOUT;
	return has_size && is->count > is->size ? PFQ_LANG_REASON_MANY_ITEMS : PFQ_LANG_FINE;
}

enum pfq_lang_reason pfq_live_check_items(const struct pfq_lang_object *is, const void *data)
{
	u32 at;
	enum pfq_lang_reason reason = pfq_live_check(is->kind, data, is->count, false, &at);

	if (reason == PFQ_LANG_FINE && is->kind == PFQ_LANG_KIND_SET_ADDR &&
	    live_has_many_lengths(data, is->count))
		return PFQ_LANG_REASON_LENGTHS;
	return reason;
}
