/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "live.h"
#include "bits.h"
#include "lang.h"
#include "set.h"

#define NS_PER_S	1000000000ULL
#define MAC_BITS	48

static u32 live_addr_bytes(u32 family)
{
	return family == 4 ? 4 : 16;
}

/* --- changes -------------------------------------------------------------------------- */

static struct pfq_set_key live_key_of(const struct pfq_object *o, const void *entry, u32 *timeout_s)
{
	struct pfq_lang_prefix p;
	struct pfq_lang_flow f;
	u32 bytes;
	u8 ends[32];

	if (o->kind == PFQ_LANG_KIND_SET_FLOW) {
		memcpy(&f, entry, sizeof(f));
		bytes = live_addr_bytes(f.family);
		memcpy(ends, f.src, bytes);
		memcpy(ends + bytes, f.dst, bytes);
		*timeout_s = f.timeout_s;
		return pfq_set_key_flow(f.family, ends, f.sport, f.dport, f.proto, o->seed);
	}
	memcpy(&p, entry, sizeof(p));
	*timeout_s = p.timeout_s;
	return o->kind == PFQ_LANG_KIND_SET_MAC ? pfq_set_key_mac(p.addr) :
						  pfq_set_key_addr(p.family, p.addr, p.plen);
}

/* Add an entry. Prefixes whose time is over may have its place, or a length that it needs. */
static int live_add_key(struct pfq_set *t, const struct pfq_set_key *key, u64 timeout_ns,
			u64 now_ns)
{
	int ret = pfq_set_add(t, key, timeout_ns, now_ns);
	u32 from = 0;

	if (ret != -E2BIG && ret != -ENOSPC)
		return ret;
	pfq_set_sweep(t, &from, t->mask + 1, now_ns);
	return pfq_set_add(t, key, timeout_ns, now_ns);
}

static u32 live_bits_count(const struct pfq_object *o)
{
	return o->kind == PFQ_LANG_KIND_SET_PORT ? PFQ_BITS_PORTS : PFQ_BITS_VLANS;
}

/* @usual_s: the timeout of an entry that has none. */
static int live_change_entry(struct pfq_object *o, u32 op, const void *entry, u32 usual_s,
			     u64 now_ns)
{
	struct pfq_lang_range r;
	struct pfq_set_key key;
	u32 timeout_s;

	if (!pfq_live_has_size(o->kind)) {
		memcpy(&r, entry, sizeof(r));
		pfq_bits_change(pfq_object_bits(o), r.first, r.last, op == PFQ_LANG_SET_ADD);
		return 0;
	}
	key = live_key_of(o, entry, &timeout_s);
	if (op == PFQ_LANG_SET_DEL)
		return pfq_set_remove(pfq_object_set(o), &key);
	if (!timeout_s)
		timeout_s = usual_s;
	else if (timeout_s == PFQ_LANG_TIMEOUT_NEVER)
		timeout_s = 0;
	return live_add_key(pfq_object_set(o), &key, timeout_s * NS_PER_S, now_ns);
}

static void live_flush(struct pfq_object *o)
{
	if (pfq_live_has_size(o->kind))
		pfq_set_flush(pfq_object_set(o));
	else
		pfq_bits_change(pfq_object_bits(o), 0, live_bits_count(o) - 1, false);
}

static enum pfq_lang_reason live_reason_of(int error)
{
	return error == -ENOSPC ? PFQ_LANG_REASON_FULL :
	       error == -E2BIG ? PFQ_LANG_REASON_LENGTHS : PFQ_LANG_REASON_BUSY;
}

static void live_change(struct pfq_object *o, u32 op, const void *entries, u32 count, u32 usual_s,
			u64 now_ns, struct pfq_live_result *result)
{
	const u8 *entry = entries;
	int ret;

	*result = (struct pfq_live_result){ .reason = PFQ_LANG_FINE };
	for (; result->at < count; result->at++, entry += pfq_live_entry_bytes(o->kind)) {
		ret = live_change_entry(o, op, entry, usual_s, now_ns);
		if (ret == -ENOENT) {
			result->missing++;
		} else if (ret) {
			result->reason = live_reason_of(ret);
			return;
		}
	}
}

void pfq_live_change(struct pfq_object *o, u32 op, const void *entries, u32 count, u64 now_ns,
		     struct pfq_live_result *result)
{
	if (op == PFQ_LANG_SET_FLUSH) {
		live_flush(o);
		count = 0;
	}
	live_change(o, op, entries, count, (u32)o->arg[0], now_ns, result);
}

/* --- lists ---------------------------------------------------------------------------- */

/* From one bit that is set to the next one that is not. */
static bool live_next_range(const struct pfq_object *o, u64 *at, struct pfq_lang_range *r)
{
	const u64 *bits = pfq_object_bits(o);
	u32 count = live_bits_count(o), n = pfq_bits_next(bits, count, (u32)*at);

	if (n == count)
		return false;
	r->first = (u16)n;
	while (n + 1 < count && pfq_bits_has(bits, n + 1))
		n++;
	r->last = (u16)n;
	*at = n + 1;
	return true;
}

static u32 live_seconds(u64 ns)
{
	return (u32)((ns + NS_PER_S / 2) / NS_PER_S);
}

static void live_write_entry(u32 kind, const struct pfq_set_entry *e, void *entry)
{
	u16 flags = e->is_learnt ? PFQ_LANG_SET_F_LEARNT : 0;
	/* 0 would be for ever */
	u32 left_s = e->left_ns ? max_t(u32, live_seconds(e->left_ns), 1) : 0;
	struct pfq_lang_prefix p = { .flags = flags, .timeout_s = left_s };
	struct pfq_lang_flow f = { .flags = flags, .timeout_s = left_s };

	if (kind == PFQ_LANG_KIND_SET_FLOW) {
		memcpy(entry, &f, sizeof(f));
		return;
	}
	pfq_set_key_bytes(&e->key, p.addr);
	p.family = kind == PFQ_LANG_KIND_SET_MAC ? PFQ_LANG_FAMILY_MAC : (u8)(e->key.kind >> 8);
	p.plen = kind == PFQ_LANG_KIND_SET_MAC ? MAC_BITS : (u8)e->key.kind;
	memcpy(entry, &p, sizeof(p));
}

u32 pfq_live_list(const struct pfq_object *o, u64 *at, void *entries, u32 max, u64 now_ns)
{
	u32 bytes = pfq_live_entry_bytes(o->kind), n;
	struct pfq_lang_range r;
	struct pfq_set_entry e;
	u8 *entry = entries;

	for (n = 0; n < max; n++, entry += bytes) {
		if (!pfq_live_has_size(o->kind)) {
			if (!live_next_range(o, at, &r))
				break;
			memcpy(entry, &r, sizeof(r));
		} else {
			if (!pfq_set_next(pfq_object_set(o), at, &e, now_ns))
				break;
			live_write_entry(o->kind, &e, entry);
		}
	}
	return n;
}

u32 pfq_live_lengths(const struct pfq_object *o, u32 version, u8 lengths[PFQ_LANG_SET_LENGTHS])
{
	u64 all = READ_ONCE(pfq_object_set(o)->lengths[version == 6]);
	u32 n = 0;

	for (; all; all >>= 8)
		if (all & 0xff)
			lengths[n++] = (u8)((all & 0xff) - 1);
	return n;
}

/* --- programs ------------------------------------------------------------------------- */

/* Would the set have more lengths of prefixes with the items? */
static bool live_has_few_places(const struct pfq_object *o, const void *items, u32 count)
{
	u8 lengths[2][PFQ_LANG_SET_LENGTHS];
	u32 number[2] = {
		pfq_live_lengths(o, 4, lengths[0]), pfq_live_lengths(o, 6, lengths[1]),
	};
	struct pfq_lang_prefix p;
	u32 i, k, six;

	for (i = 0; i < count; i++) {
		memcpy(&p, (const u8 *)items + i * sizeof(p), sizeof(p));
		six = p.family == 6;
		for (k = 0; k < number[six] && lengths[six][k] != p.plen; k++)
			;
		if (k < number[six])
			continue;
		if (k == PFQ_LANG_SET_LENGTHS)
			return true;
		lengths[six][number[six]++] = p.plen;
	}
	return false;
}

/* May the items be added? Prefixes whose time is over may have a length that they need. */
static bool live_may_fill(struct pfq_object *o, const struct pfq_lang_object *is,
			  const void *items, u64 now_ns)
{
	struct pfq_set *t = pfq_object_set(o);
	u32 from = 0;

	if (o->kind != PFQ_LANG_KIND_SET_ADDR || !live_has_few_places(o, items, is->count))
		return true;
	pfq_set_sweep(t, &from, t->mask + 1, now_ns);
	return !live_has_few_places(o, items, is->count);
}

/* A set of the program, by its number; NULL: that object is none. */
static struct pfq_object *live_at(const void *blob, struct pfq_object *const *object, u32 i,
				  struct pfq_lang_object *is, const void **items)
{
	*is = pfq_lang_object(blob, i);
	*items = pfq_lang_data(blob, is);
	return pfq_live_is(is->kind) ? object[i] : NULL;
}

enum pfq_lang_reason pfq_live_fill(const void *blob, struct pfq_object *const *object, u32 objects,
				   u64 now_ns)
{
	struct pfq_live_result result;
	struct pfq_lang_object is;
	struct pfq_object *o;
	const void *items;
	u32 i;

	for (i = 0; i < objects; i++) {
		o = live_at(blob, object, i, &is, &items);
		if (o && !live_may_fill(o, &is, items, now_ns))
			return PFQ_LANG_REASON_LENGTHS;
	}
	for (i = 0; i < objects; i++) {
		o = live_at(blob, object, i, &is, &items);
		if (!o)
			continue;
		live_change(o, PFQ_LANG_SET_ADD, items, is.count, 0, now_ns, &result);
		if (result.reason != PFQ_LANG_FINE)
			return result.reason;
	}
	for (i = 0; i < objects; i++) {
		o = live_at(blob, object, i, &is, &items);
		if (o)
			o->arg[0] = is.arg[0];
	}
	return PFQ_LANG_FINE;
}
