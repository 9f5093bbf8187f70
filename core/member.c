/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The second pass over a batch, member by member: what it refuses, and the
 * records of the rest in its ring.
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

static noinline bool wanted(const struct pfq_member *m, const struct pfq_view *v, struct pfq_memo *memo,
			    u32 i)
{
	/* an echo goes first: it must be taken off whatever the others say */
	if (m->echo && v->flags & PFQ_REC_F_OUT && pfq_echo_take(m->echo, v))
		return false;
	if (!pfq_of_direction(m->direction, v))
		return false;
	return !m->filter || memo_match(memo, m->filter, v, i);
}

static inline void fill(struct pfq_rec *rec, const struct pfq_view *v, u32 caplen, u32 hash)
{
	rec->ts_ns = v->ts_ns;
	rec->len = v->len;
	rec->caplen = caplen;
	rec->tci = 0;
	rec->tpid = 0;
	rec->hash = hash;
	rec->ifindex = v->ifindex;
	rec->flags = v->flags & (PFQ_REC_F_OUT | PFQ_REC_F_HWTS);
	rec->queue = v->queue;
}

static inline bool put_bare(struct pfq_producer *p, const struct pfq_view *v, u32 snaplen, u32 hash)
{
	u32 caplen = min_t(u32, v->caplen, snaplen);
	struct pfq_rec *rec = pfq_ring_reserve(p, caplen);

	if (unlikely(!rec))
		return false;
	fill(rec, v, caplen, hash);
	memcpy(rec + 1, v->data, caplen);
	return true;
}

/* the first @caplen bytes of the frame as it was on the wire */
static void write_tagged(u8 *to, const struct pfq_view *v, u32 caplen)
{
	u8 tag[TAG_BYTES] = { v->tpid >> 8, v->tpid & 0xff, v->tci >> 8, v->tci & 0xff };

	memcpy(to, v->data, min_t(u32, caplen, MACS_BYTES));
	if (caplen <= MACS_BYTES)
		return;
	memcpy(to + MACS_BYTES, tag, min_t(u32, caplen - MACS_BYTES, TAG_BYTES));
	if (caplen <= MACS_BYTES + TAG_BYTES)
		return;
	memcpy(to + MACS_BYTES + TAG_BYTES, v->data + MACS_BYTES, caplen - MACS_BYTES - TAG_BYTES);
}

static noinline bool put_tagged(struct pfq_producer *p, const struct pfq_view *v, u32 snaplen,
				u32 hash)
{
	u32 caplen = v->caplen;
	struct pfq_rec *rec;

	/* only Ethernet has a place for a tag */
	if (v->linktype != PFQ_LINKTYPE_ETHERNET)
		return put_bare(p, v, snaplen, hash);
	/* a packet cut short before the tag's place stays so */
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
	rec->flags |= PFQ_REC_F_VLAN;
	write_tagged((u8 *)(rec + 1), v, caplen);
	return true;
}

void pfq_member_deliver(const struct pfq_member *m, const struct pfq_batch *batch, u32 lane,
			const u8 *run, u32 count, const u32 *hash, struct pfq_memo *memo)
{
	bool choosy = m->filter || m->echo || m->direction != PFQ_DIRECTION_INOUT;
	struct pfq_producer *p = &m->producer[lane];
	u32 k, refused = 0, full = 0;

	for (k = 0; k < count; k++) {
		u32 i = run[k];
		const struct pfq_view *v = &batch->view[i];

		if (choosy && !wanted(m, v, memo, i))
			refused++;
		else if (!(likely(!(v->flags & PFQ_REC_F_VLAN)) ?
				   put_bare(p, v, m->snaplen, hash[i]) :
				   put_tagged(p, v, m->snaplen, hash[i])))
			full++;
	}
	pfq_counter_add(&p->counters[PFQ_ENDPOINT_offered], count);
	pfq_counter_add(&p->counters[PFQ_ENDPOINT_drop_endpoint_filter], refused);
	pfq_counter_add(&p->counters[PFQ_ENDPOINT_drop_ring_full], full);
	pfq_counter_add(&p->counters[PFQ_ENDPOINT_delivered], count - refused - full);
	pfq_ring_publish(p);
}
