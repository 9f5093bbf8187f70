/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The second pass over a batch, member by member: refuse packets, and write records of the others.
 */
#include "group.h"

#define MACS_BYTES	12
#define TAG_BYTES	4

static bool memo_match(struct pfq_memo *memo, const struct pfq_filter *f, const struct pfq_view *v,
		       u32 i)
{
	if (memo->filter != f)
		*memo = (struct pfq_memo){ .filter = f };
	if (!(memo->known >> i & 1)) {
		memo->known |= 1ULL << i;
		memo->accepted |= (u64)pfq_filter_match(f, v) << i;
	}
	return memo->accepted >> i & 1;
}

static noinline bool wanted(const struct pfq_member *m, const struct pfq_view *v,
			    struct pfq_memo *memo, u32 i)
{
	/*
	 * The echo first: its entry must be removed even if direction or filter refuse the packet.
	 */
	if (m->echo && v->flags & PFQ_REC_F_OUT && pfq_echo_take(m->echo, v))
		return false;
	if (!pfq_of_direction(m->direction, v))
		return false;
	return !m->filter || memo_match(memo, m->filter, v, i);
}

/*
 * Fill in the record's header. A view has the flags of its record; the caller clears the tag's
 * flag if the record has no tag. Nothing is read back from @rec, because it may lie in memory that
 * the consumer can write.
 */
static __always_inline void fill(struct pfq_rec *rec, const struct pfq_view *v, u32 caplen,
				 u32 hash)
{
	*rec = v->rec;
	rec->caplen = caplen;
	rec->tci = 0;
	rec->tpid = 0;
	rec->hash = hash;
}

/* Copy a frame of a length that copy_bytes() does not handle inline. */
static noinline void copy_other(u8 *to, const u8 *from, size_t n)
{
	if (n < 64 || n > 128) {
		memcpy(to, from, n);
		return;
	}
	memcpy(to, from, 64);
	memcpy(to + n - 64, from + n - 64, 64);
}

/*
 * memcpy() without a call for short frames (32 to 64 bytes), which are frequent. It copies the
 * first and the last 32 bytes. The two may overlap; nothing outside of @n bytes is touched.
 */
static __always_inline void copy_bytes(u8 *to, const u8 *from, size_t n)
{
	if (unlikely(n - 32 > 64 - 32)) {
		copy_other(to, from, n);
		return;
	}
	memcpy(to, from, 32);
	memcpy(to + n - 32, from + n - 32, 32);
}

static __always_inline void write_bare(struct pfq_rec *rec, const struct pfq_view *v, size_t caplen,
				       u32 hash)
{
	fill(rec, v, (u32)caplen, hash);
	copy_bytes((u8 *)(rec + 1), v->data, caplen);
}

/* Write the first @caplen bytes of the tagged frame, if these end before or within the tag. */
static noinline void write_stub(u8 *to, const struct pfq_view *v, size_t caplen, const u8 *tag)
{
	memcpy(to, v->data, min_t(size_t, caplen, MACS_BYTES));
	if (caplen > MACS_BYTES)
		memcpy(to + MACS_BYTES, tag, caplen - MACS_BYTES);
}

static inline void write_tagged(u8 *to, const struct pfq_view *v, size_t caplen)
{
	u8 tag[TAG_BYTES] = { v->tpid >> 8, v->tpid & 0xff, v->tci >> 8, v->tci & 0xff };

	if (unlikely(caplen < MACS_BYTES + TAG_BYTES)) {
		write_stub(to, v, caplen, tag);
		return;
	}
	memcpy(to, v->data, MACS_BYTES);
	memcpy(to + MACS_BYTES, tag, TAG_BYTES);
	copy_bytes(to + MACS_BYTES + TAG_BYTES, v->data + MACS_BYTES,
		   caplen - MACS_BYTES - TAG_BYTES);
}

static noinline bool put_untagged(struct pfq_producer *p, const struct pfq_view *v, u32 snaplen,
				  u32 hash)
{
	u32 caplen = min_t(u32, v->caplen, snaplen);
	struct pfq_rec *rec = pfq_ring_reserve(p, caplen);

	if (!rec)
		return false;
	write_bare(rec, v, caplen, hash);
	rec->flags = v->flags & ~PFQ_REC_F_VLAN;
	return true;
}

static noinline bool put_tagged(struct pfq_producer *p, const struct pfq_view *v, u32 snaplen,
				u32 hash)
{
	u32 caplen = v->caplen;
	struct pfq_rec *rec;

	/* a packet cut short before the tag's place gets no tag */
	if (caplen >= MACS_BYTES)
		caplen = (u32)min_t(u64, (u64)caplen + TAG_BYTES, PFQ_SNAPLEN_MAX);
	caplen = min_t(u32, caplen, snaplen);
	rec = pfq_ring_reserve(p, caplen);
	if (!rec)
		return false;
	fill(rec, v, caplen, hash);
	rec->len = (u32)min_t(u64, (u64)v->len + TAG_BYTES, ~0U);
	rec->tci = v->tci;
	rec->tpid = v->tpid;
	write_tagged((u8 *)(rec + 1), v, caplen);
	return true;
}

/* Put a packet with a VLAN tag. Only Ethernet has a place for it. */
static __always_inline bool put_other(struct pfq_producer *p, const struct pfq_view *v, u32 snaplen,
				      u32 hash)
{
	if (likely(v->linktype == PFQ_LINKTYPE_ETHERNET))
		return put_tagged(p, v, snaplen, hash);
	return put_untagged(p, v, snaplen, hash);
}

static __always_inline bool is_bare(const struct pfq_view *v)
{
	return likely(!(v->flags & PFQ_REC_F_VLAN));
}

/* Put one packet of a run. */
static __always_inline bool put(struct pfq_producer *p, struct pfq_ring_run *ring,
				const struct pfq_view *v, size_t snaplen, u32 hash)
{
	struct pfq_rec *rec;
	size_t caplen;
	bool done;

	if (is_bare(v)) {
		caplen = min_t(size_t, v->caplen, snaplen);
		if (unlikely(!pfq_ring_run_reserve(p, ring, caplen, &rec)))
			return false;
		write_bare(rec, v, caplen, hash);
		return true;
	}
	pfq_ring_end(p, ring);
	done = put_other(p, v, (u32)snaplen, hash);
	*ring = pfq_ring_begin(p);
	return done;
}

/* Put a packet that comes alone. */
static __always_inline bool put_one(struct pfq_producer *p, const struct pfq_view *v,
				    size_t snaplen, u32 hash)
{
	size_t caplen = min_t(size_t, v->caplen, snaplen);
	struct pfq_rec *rec;

	if (!is_bare(v))
		return put_other(p, v, (u32)snaplen, hash);
	rec = pfq_ring_reserve(p, (u32)caplen);
	if (unlikely(!rec))
		return false;
	write_bare(rec, v, caplen, hash);
	return true;
}

struct refused {
	u32 by_member, full;
};

static __always_inline struct refused put_run(const struct pfq_member *m, struct pfq_producer *p,
				     const struct pfq_batch *batch, const u8 *run, u32 count,
				     const u32 *hash, struct pfq_memo *memo, bool choosy)
{
	struct pfq_ring_run ring = pfq_ring_begin(p);
	const struct pfq_view *view = batch->view;
	struct refused refused = { 0, 0 };
	size_t snaplen = m->snaplen;
	u32 k;

	for (k = 0; k < count; k++) {
		const struct pfq_view *v = &view[run[k]];

		if (choosy && !wanted(m, v, memo, run[k]))
			refused.by_member++;
		else if (unlikely(!put(p, &ring, v, snaplen, hash[run[k]])))
			refused.full++;
	}
	pfq_ring_end(p, &ring);
	return refused;
}

static inline bool is_choosy(const struct pfq_member *m)
{
	return m->filter || m->echo || m->direction != PFQ_DIRECTION_INOUT;
}

static void deliver_end(struct pfq_producer *p, u32 count, struct refused refused)
{
	pfq_counter_add(&p->counters[PFQ_ENDPOINT_offered], count);
	pfq_counter_add(&p->counters[PFQ_ENDPOINT_drop_endpoint_filter], refused.by_member);
	pfq_counter_add(&p->counters[PFQ_ENDPOINT_drop_ring_full], refused.full);
	pfq_counter_add(&p->counters[PFQ_ENDPOINT_delivered],
			count - refused.by_member - refused.full);
	pfq_ring_publish(p);
}

void pfq_member_deliver(const struct pfq_member *m, const struct pfq_batch *batch, u32 lane,
			const u8 *run, u32 count, const u32 *hash, struct pfq_memo *memo)
{
	struct pfq_producer *p = &m->producer[lane];
	struct refused refused;

	if (is_choosy(m))
		refused = put_run(m, p, batch, run, count, hash, memo, true);
	else
		refused = put_run(m, p, batch, run, count, hash, memo, false);
	deliver_end(p, count, refused);
}

/* The view with the label of its record: a copy, if it has one. */
static inline const struct pfq_view *with_label(const struct pfq_view *v, struct pfq_view *copy,
						u32 label)
{
	if (!label)
		return v;
	*copy = *v;
	copy->flags |= (u16)(label * (PFQ_REC_F_LABEL / 0xff));
	return copy;
}

void pfq_member_deliver_cut(const struct pfq_member *m, const struct pfq_batch *batch, u32 lane,
			    const u8 *run, u32 count, const u32 *hash, const struct pfq_cuts *cuts,
			    struct pfq_memo *memo)
{
	struct pfq_producer *p = &m->producer[lane];
	struct pfq_ring_run ring = pfq_ring_begin(p);
	struct refused refused = { 0, 0 };
	struct pfq_view copy;
	u32 k, i;

	for (k = 0; k < count; k++) {
		const struct pfq_view *v;

		i = run[k] % PFQ_BATCH_MAX;
		v = &batch->view[i];
		if (is_choosy(m) && !wanted(m, v, memo, i))
			refused.by_member++;
		else if (unlikely(!put(p, &ring, with_label(v, &copy, cuts->label[run[k]]),
				       min_t(u32, m->snaplen, cuts->bytes[run[k]]), hash[i])))
			refused.full++;
	}
	pfq_ring_end(p, &ring);
	deliver_end(p, count, refused);
}

void pfq_member_deliver_one(const struct pfq_member *m, const struct pfq_view *v, u32 lane,
			    u32 hash, struct pfq_memo *memo)
{
	struct pfq_producer *p = &m->producer[lane];
	u32 outcome = PFQ_ENDPOINT_delivered;

	if (is_choosy(m) && !wanted(m, v, memo, 0))
		outcome = PFQ_ENDPOINT_drop_endpoint_filter;
	else if (unlikely(!put_one(p, v, m->snaplen, hash)))
		outcome = PFQ_ENDPOINT_drop_ring_full;
	pfq_counter_add(&p->counters[PFQ_ENDPOINT_offered], 1);
	pfq_counter_add(&p->counters[outcome], 1);
	pfq_ring_advance(p);
	pfq_ring_mirror(p, PFQ_ENDPOINT_offered);
	pfq_ring_mirror(p, outcome);
}

void pfq_member_deliver_one_cut(const struct pfq_member *m, const struct pfq_view *v, u32 lane,
				u32 hash, const struct pfq_cuts *cuts, u8 tag,
				struct pfq_memo *memo)
{
	struct pfq_member cut = *m;
	struct pfq_view copy;

	cut.snaplen = min_t(u32, m->snaplen, cuts->bytes[tag]);
	pfq_member_deliver_one(&cut, with_label(v, &copy, cuts->label[tag]), lane, hash, memo);
}
