/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "lang_object.h"
#include "dup.h"
#include "flows.h"
#include "lang_bytes.h"
#include "list.h"
#include "rate.h"
#include "live.h"
#include "vlan.h"

#define VLAN_LAST	4094
#define NO_LIMIT	~0U	/* but for the bytes of the program */

static bool is_zero(const u8 *bytes, u32 n)
{
	while (n && !bytes[n - 1])
		n--;
	return !n;
}

/* --- entries ------------------------------------------------------------------------- */

static struct pfq_lang_range range_at(const u8 *data, u32 i)
{
	struct pfq_lang_range range;

	memcpy(&range, data + i * sizeof(range), sizeof(range));
	return range;
}

static struct pfq_lang_prefix prefix_at(const u8 *data, u32 i)
{
	struct pfq_lang_prefix prefix;

	memcpy(&prefix, data + i * sizeof(prefix), sizeof(prefix));
	return prefix;
}

static enum pfq_lang_reason check_ranges(const u8 *data, u32 count, u32 last)
{
	struct pfq_lang_range range;
	u32 i, from = 0;

	for (i = 0; i < count; i++) {
		range = range_at(data, i);
		if (range.first < from)
			return PFQ_LANG_REASON_ORDER;
		if (range.first > range.last)
			return PFQ_LANG_REASON_RANGE;
		if (range.last > last)
			return PFQ_LANG_REASON_ARGUMENT;
		from = range.last + 1U;
	}
	return PFQ_LANG_FINE;
}

static enum pfq_lang_reason check_ports(const u8 *data, u32 count)
{
	return check_ranges(data, count, 0xffff);
}

static enum pfq_lang_reason check_vlans(const u8 *data, u32 count)
{
	return check_ranges(data, count, VLAN_LAST);
}

/* The bytes behind the prefix, those that an IPv4 address does not have included, are 0. */
static bool has_host_bits(const struct pfq_lang_prefix *prefix)
{
	u32 whole = prefix->plen / 8, rest = prefix->plen % 8;

	if (rest && prefix->addr[whole] & 0xff >> rest)
		return true;
	whole += rest != 0;
	return !is_zero(prefix->addr + whole, (u32)sizeof(prefix->addr) - whole);
}

static enum pfq_lang_reason check_prefixes(const u8 *data, u32 count)
{
	struct pfq_lang_prefix prefix;
	u32 i;

	for (i = 0; i < count; i++) {
		prefix = prefix_at(data, i);
		if (prefix.flags || prefix.timeout_s)
			return PFQ_LANG_REASON_RESERVED;
		if ((prefix.family != 4 && prefix.family != 6) ||
		    prefix.plen > (prefix.family == 4 ? 32 : 128) || has_host_bits(&prefix))
			return PFQ_LANG_REASON_PREFIX;
	}
	return PFQ_LANG_FINE;
}

/* Its name goes into texts, so it has no control characters. */
static enum pfq_lang_reason check_device(const u8 *data, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (data[i] <= ' ' || data[i] == '/' || data[i] == 0x7f)
			return PFQ_LANG_REASON_DEVICE;
	return PFQ_LANG_FINE;
}

/* --- objects ------------------------------------------------------------------------- */

#define ENTRY_BYTES(name, bytes)	[PFQ_LANG_KIND_##name] = bytes,

static const u8 entry_bytes[] = { PFQ_LANG_KINDS(ENTRY_BYTES) };

#undef ENTRY_BYTES

static enum pfq_lang_reason check_no_args(const struct pfq_lang_object *is)
{
	return is->size || is->arg[0] || is->arg[1] || is->arg[2] ? PFQ_LANG_REASON_OBJECT :
								    PFQ_LANG_FINE;
}

static enum pfq_lang_reason check_flows(const struct pfq_lang_object *is)
{
	if (is->arg[1] || is->arg[2] || is->name[0])
		return PFQ_LANG_REASON_OBJECT;
	return !is->size || is->size > PFQ_FLOWS_MAX || !is->arg[0] ||
	       is->arg[0] > PFQ_FLOWS_IDLE_MAX_NS ? PFQ_LANG_REASON_SIZE : PFQ_LANG_FINE;
}

static enum pfq_lang_reason check_rate(const struct pfq_lang_object *is)
{
#define RATE_LIMITS(name, lowest, highest)	{ lowest, highest },
	static const u64 limits[][2] = { PFQ_RATE_UNITS(RATE_LIMITS) };
#undef RATE_LIMITS
	u32 max = is->kind == PFQ_LANG_KIND_RATES ? PFQ_RATE_KEYS_MAX : 0;

	if (is->name[0])
		return PFQ_LANG_REASON_OBJECT;
	if (is->size > max || (max && !is->size) || is->arg[1] >= __PFQ_RATE_UNIT_MAX ||
	    is->arg[2] > PFQ_RATE_BURST_MAX_NS)
		return PFQ_LANG_REASON_SIZE;
	return is->arg[0] < limits[is->arg[1]][0] || is->arg[0] > limits[is->arg[1]][1] ?
		       PFQ_LANG_REASON_SIZE : PFQ_LANG_FINE;
}

static enum pfq_lang_reason check_dup(const struct pfq_lang_object *is)
{
	if (is->name[0])
		return PFQ_LANG_REASON_OBJECT;
	return !is->size || is->size > PFQ_DUP_MAX || !is->arg[0] ||
	       is->arg[0] > PFQ_DUP_WINDOW_MAX_NS || !is->arg[1] ||
	       is->arg[1] > PFQ_DUP_BYTES_MAX || is->arg[2] > 1 ? PFQ_LANG_REASON_SIZE :
								  PFQ_LANG_FINE;
}

static const struct {
	u32 count_max;		/* of the data's entries; 0: it has no data */
	enum pfq_lang_reason (*check)(const u8 *data, u32 count);
	/* size and arguments */
	enum pfq_lang_reason (*check_args)(const struct pfq_lang_object *is);
	bool needs_name;
} kinds[__PFQ_LANG_KIND_MAX] = {
	[PFQ_LANG_KIND_PORTS] = { NO_LIMIT, check_ports, check_no_args, false },
	[PFQ_LANG_KIND_VLANS] = { NO_LIMIT, check_vlans, check_no_args, false },
	[PFQ_LANG_KIND_PREFIXES] = { PFQ_LANG_PREFIXES_MAX, check_prefixes, check_no_args, false },
	[PFQ_LANG_KIND_DEVICE] = { PFQ_DEVICE_NAME_MAX, check_device, check_no_args, false },
	[PFQ_LANG_KIND_COUNTER] = { 0, NULL, check_no_args, true },
	[PFQ_LANG_KIND_FLOWS] = { 0, NULL, check_flows, false },
	[PFQ_LANG_KIND_RATE] = { 0, NULL, check_rate, false },
	[PFQ_LANG_KIND_RATES] = { 0, NULL, check_rate, false },
	[PFQ_LANG_KIND_DUP] = { 0, NULL, check_dup, false },
	/* their data are checked by live_check.c */
	[PFQ_LANG_KIND_SET_ADDR] = { NO_LIMIT, NULL, pfq_live_check_args, true },
	[PFQ_LANG_KIND_SET_MAC] = { NO_LIMIT, NULL, pfq_live_check_args, true },
	[PFQ_LANG_KIND_SET_FLOW] = { NO_LIMIT, NULL, pfq_live_check_args, true },
	[PFQ_LANG_KIND_SET_PORT] = { NO_LIMIT, NULL, pfq_live_check_args, true },
	[PFQ_LANG_KIND_SET_VLAN] = { NO_LIMIT, NULL, pfq_live_check_args, true },
};

static bool is_letter(u8 c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(const char *name)
{
	u32 n;

	for (n = 0; n <= PFQ_LANG_NAME_MAX && name[n]; n++)
		if (!is_letter((u8)name[n]) && !(n && name[n] >= '0' && name[n] <= '9'))
			return false;
	return n <= PFQ_LANG_NAME_MAX && is_zero((const u8 *)name + n, PFQ_LANG_NAME_MAX + 1 - n);
}

/* Clients call a set by its name, whatever its kind is. */
static bool is_of_one_name(u32 kind, u32 other)
{
	return kind == other || (pfq_live_is(kind) && pfq_live_is(other));
}

/* Does an object before @i, of the same kind, have its name? */
static bool is_there_twice(const void *blob, const struct pfq_lang_hdr *hdr, u32 i,
			   const struct pfq_lang_object *is)
{
	struct pfq_lang_object other;

	while (is->name[0] && i--) {
		other = lang_object(blob, hdr, i);
		if (is_of_one_name(is->kind, other.kind) &&
		    !strncmp(other.name, is->name, sizeof(is->name)))
			return true;
	}
	return false;
}

static enum pfq_lang_reason check_data(const void *blob, const struct pfq_lang_hdr *hdr,
				       const struct pfq_lang_object *is)
{
	u64 bytes = (u64)is->count * entry_bytes[is->kind];
	bool is_live = pfq_live_is(is->kind);

	if (!kinds[is->kind].count_max)
		return is->count || is->data ? PFQ_LANG_REASON_OBJECT : PFQ_LANG_FINE;
	if ((!is->count && !is_live) || is->count > kinds[is->kind].count_max)
		return PFQ_LANG_REASON_COUNT;
	if (is->data % 4 || is->data + bytes > hdr->data_bytes)
		return PFQ_LANG_REASON_DATA;
	if (is_live)
		return pfq_live_check_items(is, lang_data(blob, hdr) + is->data);
	return kinds[is->kind].check(lang_data(blob, hdr) + is->data, is->count);
}

enum pfq_lang_reason pfq_lang_object_check(const void *blob, const struct pfq_lang_hdr *hdr, u32 i)
{
	struct pfq_lang_object is = lang_object(blob, hdr, i);
	enum pfq_lang_reason reason;

	if (is.kind >= __PFQ_LANG_KIND_MAX)
		return PFQ_LANG_REASON_KIND;
	if (is.flags)
		return PFQ_LANG_REASON_OBJECT;
	reason = kinds[is.kind].check_args(&is);
	if (reason != PFQ_LANG_FINE)
		return reason;
	if (!is_name(is.name) || (!is.name[0] && kinds[is.kind].needs_name))
		return PFQ_LANG_REASON_NAME;
	if (is_there_twice(blob, hdr, i, &is))
		return PFQ_LANG_REASON_TWICE;
	return check_data(blob, hdr, &is);
}

/* --- lists --------------------------------------------------------------------------- */

u64 pfq_lang_list_bytes(const struct pfq_lang_object *is)
{
	switch (is->kind) {
	case PFQ_LANG_KIND_PORTS:
		return sizeof(struct pfq_ports);
	case PFQ_LANG_KIND_VLANS:
		return sizeof(struct pfq_vlan_set);
	case PFQ_LANG_KIND_PREFIXES:
		return sizeof(struct pfq_prefixes);
	}
	return 0;
}

static void fill_bits(u64 *bit, const u8 *data, u32 count)
{
	struct pfq_lang_range range;
	u32 i, k;

	for (i = 0; i < count; i++) {
		range = range_at(data, i);
		for (k = range.first; k <= range.last; k++)
			bit[k / 64] |= 1ULL << (k % 64);
	}
}

/* The first @plen bits set, as they lie in memory. */
static void fill_mask(u8 *mask, u32 plen)
{
	memset(mask, 0xff, plen / 8);
	if (plen % 8)
		mask[plen / 8] = (u8)(0xff00 >> plen % 8);
}

static void fill_prefixes(struct pfq_prefixes *list, const u8 *data, u32 count)
{
	struct pfq_lang_prefix prefix;
	u32 i, n;

	for (i = 0; i < count; i++) {
		prefix = prefix_at(data, i);
		if (prefix.family == 4) {
			n = list->count4++;
			memcpy(&list->ip4[n].addr, prefix.addr, sizeof(list->ip4[n].addr));
			fill_mask((u8 *)&list->ip4[n].mask, prefix.plen);
		} else {
			n = list->count6++;
			memcpy(list->ip6[n].addr, prefix.addr, sizeof(list->ip6[n].addr));
			fill_mask((u8 *)list->ip6[n].mask, prefix.plen);
		}
	}
}

void pfq_lang_list_fill(void *list, const struct pfq_lang_object *is, const void *data)
{
	if (is->kind == PFQ_LANG_KIND_PORTS)
		fill_bits(((struct pfq_ports *)list)->bit, data, is->count);
	else if (is->kind == PFQ_LANG_KIND_VLANS)
		fill_bits(((struct pfq_vlan_set *)list)->ids, data, is->count);
	else if (is->kind == PFQ_LANG_KIND_PREFIXES)
		fill_prefixes(list, data, is->count);
}
