/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Any entries for live sets, as a client sends them. The first byte chooses the kind of the set and
 * the operation, the second one lets time go on. Entries that are taken come back in a list, until
 * they end or are removed.
 */
#include <stdlib.h>
#include "core/core.c"
#include "core/filter.c"
#include "core/filter_run.c"
#include "core/filter_meta.c"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define ROUNDS	8
#define SIZE	64
#define LIST	16
#define SECOND	1000000000ULL

static void require(bool cond)
{
	if (!cond)
		abort();
}

static struct pfq_object *object_new(u32 kind)
{
	struct pfq_lang_object is = { .kind = (u16)kind, .name = "set" };
	struct pfq_object *o;
	u64 bytes;

	is.size = pfq_live_has_size(kind) ? SIZE : 0;
	is.arg[0] = is.size ? 60 : 0;
	require(pfq_live_check_args(&is) == PFQ_LANG_FINE);
	bytes = pfq_object_bytes(&is, 1);
	o = aligned_alloc(64, (bytes + 63) / 64 * 64);
	require(o);
	memset(o, 0, bytes);
	pfq_object_init(o, &is, NULL, 1, 1);
	return o;
}

/* Each entry of the list is one that a client may send. Returns their number. */
static u32 list(const struct pfq_object *o, u64 now_ns)
{
	struct pfq_lang_flow out[LIST];
	u32 n, all = 0, bad;
	u64 at = 0;

	while ((n = pfq_live_list(o, &at, out, LIST, now_ns))) {
		all += n;
		/* flows have no ends in a list */
		if (o->kind != PFQ_LANG_KIND_SET_FLOW)
			require(pfq_live_check(o->kind, out, n, true, &bad) == PFQ_LANG_FINE);
	}
	return all;
}

static void change(struct pfq_object *o, u32 op, const u8 *entries, u32 count, u64 now_ns)
{
	struct pfq_live_result result;
	u8 lengths[PFQ_LANG_SET_LENGTHS];
	u32 at;

	if (pfq_live_check(o->kind, entries, count, true, &at) != PFQ_LANG_FINE) {
		require(at < count);
		return;
	}
	require(at == count);
	pfq_live_change(o, op, entries, count, now_ns, &result);
	if (op == PFQ_LANG_SET_FLUSH)
		require(!list(o, now_ns));
	else if (result.reason == PFQ_LANG_FINE)
		require(result.at == count && result.missing <= count);
	else
		require(op == PFQ_LANG_SET_ADD && result.at < count);
	if (op == PFQ_LANG_SET_DEL && count)
		require(result.reason == PFQ_LANG_FINE);
	if (o->kind == PFQ_LANG_KIND_SET_ADDR)
		require(pfq_live_lengths(o, 4, lengths) <= PFQ_LANG_SET_LENGTHS);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u64 now_ns = 1700000000ULL * SECOND;
	struct pfq_object *o;
	u32 bytes, count, round;

	if (size < 2)
		return 0;
	o = object_new(PFQ_LANG_KIND_SET_ADDR + data[0] % 5);
	bytes = pfq_live_entry_bytes(o->kind);
	for (round = 0; round < ROUNDS && size >= 2; round++) {
		count = (u32)min_t(size_t, (size - 2) / bytes, 1 + data[0] / 16);
		now_ns += data[1] * SECOND;
		change(o, round ? data[0] / 5 % __PFQ_LANG_SET_OP_MAX : PFQ_LANG_SET_ADD, data + 2,
		       count, now_ns);
		require(list(o, now_ns) <= 2 * SIZE || !pfq_live_has_size(o->kind));
		data += 2 + count * bytes;
		size -= 2 + count * bytes;
	}
	free(o);
	return 0;
}
