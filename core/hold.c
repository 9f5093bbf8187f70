/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The state of a slot is one word:
 *
 *	63        34 33       2 1     0
 *	    tag         turn     state
 *
 *	FREE	(the word is 0) nobody uses the slot
 *	FILLING	the lane that set this state writes a packet there
 *	HELD	a packet waits there; any lane may take it
 *	TAKEN	the lane that set this state delivers the packet
 *
 *	FREE -> FILLING -> HELD -> TAKEN -> FREE
 *
 * One lane makes each step. From FREE and from HELD, lanes use compare-and-exchange, and one of
 * them wins. From FILLING and from TAKEN, the lane that owns the slot makes the step. So a packet
 * is delivered once. A long packet takes further slots beside its first one. These stay FILLING
 * and are freed together with the first. If a lane is stopped in FILLING or TAKEN, other lanes
 * cannot use that slot, and its packet is late; no lane waits for it.
 *
 * The tag comes from the datagram's key. The turn counts the packets of a part. So a slot that was
 * freed and filled again has another word. A lane that reads the word, then held_ns, and then
 * exchanges the word successfully, has read values that belong together.
 *
 * A later fragment in one lane races with the decision on its datagram (by the first fragment, or
 * by giving up) in another:
 *
 *	later fragment				decision
 *	find no entry in frag.c's table		store the entry
 *	HELD					full barrier
 *	full barrier				take what is HELD of the datagram
 *	find again
 *
 * At least one of the two sees the other, wherever either lane is stopped. Either the decision
 * finds the packet HELD and takes it, or the second find sees the entry, and the lane takes its
 * packet back. If both happen, the exchange decides which lane gets the packet. count is raised
 * before HELD. So the decision may read count, after its barrier, instead of all words.
 */
#include "hold.h"
#include "parse.h"

enum {
	SLOT_FREE,
	SLOT_FILLING,
	SLOT_HELD,
	SLOT_TAKEN,
	SLOT_STATES
};

#define TURN_SHIFT	2
#define HOLD_TAG_SHIFT	34

static u64 slot_word(u64 key, u32 turn)
{
	return key >> HOLD_TAG_SHIFT << HOLD_TAG_SHIFT | (u64)turn << TURN_SHIFT | SLOT_HELD;
}

static inline bool is_held(u64 word)
{
	return word % SLOT_STATES == SLOT_HELD;
}

static bool take_word(struct pfq_hold_part *p, u32 slot, u64 word)
{
	return pfq_cmpxchg64(&p->word[slot], word, SLOT_TAKEN) == word;
}

/* The seed is secret: nobody outside can tell which senders share parts. */
struct pfq_hold_part *pfq_hold_part(struct pfq_hold *h, const struct pfq_view *v, u64 key, u32 seed)
{
	u32 step = PFQ_HOLD_PARTS / PFQ_HOLD_SENDER_PARTS * (u32)(key % PFQ_HOLD_SENDER_PARTS);
	u64 sender = 0;

	memcpy(&sender, pfq_flow_saddr(v), v->flow.version == 4 ? 4 : 8);
	sender = pfq_mul_fold(sender ^ 0x9e3779b97f4a7c15ULL ^ ((u64)seed << 32 | seed),
			      0xd6e8feb86659fd93ULL);
	/*
	 * One part in each quarter of the table. Two senders may share one of them and not the
	 * others.
	 */
	sender >>= 16 * (key % PFQ_HOLD_SENDER_PARTS);
	return &h->part[step + sender % (PFQ_HOLD_PARTS / PFQ_HOLD_SENDER_PARTS)];
}

/* --- putting ------------------------------------------------------------------- */

static void free_slots(struct pfq_hold_part *p, u32 slot, u32 count)
{
	while (count--)
		smp_store_release(&p->word[slot + count], SLOT_FREE);
}

/* Claim @count slots from @slot on. Returns false, with none claimed, if one of them is in use. */
static bool claim_slots(struct pfq_hold_part *p, u32 slot, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (READ_ONCE(p->word[slot + i]) == SLOT_FREE &&
		    pfq_cmpxchg64(&p->word[slot + i], SLOT_FREE, SLOT_FILLING) == SLOT_FREE)
			continue;
		free_slots(p, slot, i);
		return false;
	}
	return true;
}

/*
 * Slots are used in rotation, so that the oldest packets lie side by side. Giving these up makes
 * room for a long packet.
 */
static int claim(struct pfq_hold_part *p, u32 count)
{
	u32 from = (u32)READ_ONCE(p->turn), i, slot;

	for (i = 0; i < PFQ_HOLD_SLOTS; i++) {
		slot = (from + i) % PFQ_HOLD_SLOTS;
		if (slot + count <= PFQ_HOLD_SLOTS && claim_slots(p, slot, count))
			return (int)slot;
	}
	return -1;
}

/*
 * Take @count turns for one packet, so that no two packets have the same. A failed exchange means
 * that another lane's has succeeded.
 */
static u32 take_turn(struct pfq_hold_part *p, u64 count)
{
	u64 turn = READ_ONCE(p->turn), was;

	while ((was = pfq_cmpxchg64(&p->turn, turn, turn + count)) != turn)
		turn = was;
	return (u32)turn;
}

int pfq_hold_put(struct pfq_hold *h, struct pfq_hold_part *p, const struct pfq_view *v,
		 const struct pfq_outcome *out, u64 key, u64 now_ns, u64 *word)
{
	u64 count = ((u64)v->caplen + PFQ_HOLD_SLOT_BYTES - 1) / PFQ_HOLD_SLOT_BYTES;
	int slot = count && count <= PFQ_HOLD_SLOTS ? claim(p, (u32)count) : -1;
	struct pfq_held *held;

	if (slot < 0)
		return -1;
	held = &p->held[slot];
	held->view = *v;
	held->view.native = NULL;
	held->view.data = p->data[slot];
	memcpy(p->data[slot], v->data, v->caplen);
	held->outcome.main = out->main;
	memcpy(held->outcome.also, out->also, out->main.more * sizeof(out->also[0]));
	held->key = key;
	held->slots = (u32)count;
	held->turn = take_turn(p, count);
	WRITE_ONCE(held->held_ns, now_ns);
	pfq_add32(&p->count, 1);
	pfq_add32(&h->count, 1);
	*word = slot_word(key, held->turn);
	smp_store_release(&p->word[slot], *word);
	smp_mb();
	return slot;
}

/* --- taking -------------------------------------------------------------------- */

bool pfq_hold_take_back(struct pfq_hold_part *p, int slot, u64 word)
{
	return take_word(p, (u32)slot, word);
}

/*
 * Order by the host's clock, because the order of turns between lanes is not that of time. Then by
 * turn.
 */
static bool came_before(const struct pfq_held *a, const struct pfq_held *b)
{
	u64 a_ns = a->view.flags & PFQ_REC_F_HWTS ? a->view.host_ns : a->view.ts_ns;
	u64 b_ns = b->view.flags & PFQ_REC_F_HWTS ? b->view.host_ns : b->view.ts_ns;

	return a_ns != b_ns ? a_ns < b_ns : (s32)(a->turn - b->turn) < 0;
}

u32 pfq_hold_take(struct pfq_hold_part *p, u64 key, u8 *slot)
{
	u32 i, k, n = 0;
	u64 word;

	for (i = 0; i < PFQ_HOLD_SLOTS; i++) {
		word = READ_ONCE(p->word[i]);
		if (!is_held(word) || (word ^ key) >> HOLD_TAG_SHIFT || !take_word(p, i, word))
			continue;
		for (k = n++; k && came_before(&p->held[i], &p->held[slot[k - 1]]); k--)
			slot[k] = slot[k - 1];
		slot[k] = (u8)i;
	}
	return n;
}

int pfq_hold_take_oldest(struct pfq_hold_part *p)
{
	u64 word, oldest_word = 0, ns, oldest_ns = 0;
	u32 tries, i, oldest = 0;

	/* if another lane was faster, try the next packet */
	for (tries = 0; tries < PFQ_LANES_MAX; tries++) {
		oldest_word = 0;
		for (i = 0; i < PFQ_HOLD_SLOTS; i++) {
			word = smp_load_acquire(&p->word[i]);
			ns = READ_ONCE(p->held[i].held_ns);
			if (!is_held(word) || (oldest_word && (s64)(ns - oldest_ns) >= 0))
				continue;
			oldest = i;
			oldest_word = word;
			oldest_ns = ns;
		}
		if (!oldest_word)
			return -1;
		if (take_word(p, oldest, oldest_word))
			return (int)oldest;
	}
	return -1;
}

int pfq_hold_take_due(const struct pfq_hold *h, struct pfq_hold_part *p, u64 now_ns, bool all,
		      u64 *next_ns)
{
	u64 word, end_ns;
	u32 i;

	for (i = 0; READ_ONCE(p->count) && i < PFQ_HOLD_SLOTS; i++) {
		word = smp_load_acquire(&p->word[i]);
		if (!is_held(word))
			continue;
		end_ns = READ_ONCE(p->held[i].held_ns) + pfq_hold_wait(h);
		if (!all && (s64)(now_ns - end_ns) < 0)
			*next_ns = min_t(u64, *next_ns, end_ns);
		else if (take_word(p, i, word))
			return (int)i;
	}
	return -1;
}

void pfq_hold_free(struct pfq_hold *h, struct pfq_hold_part *p, int slot)
{
	pfq_add32(&p->count, ~0U);
	pfq_add32(&h->count, ~0U);
	free_slots(p, (u32)slot, p->held[slot].slots);
}

void pfq_hold_put_back(struct pfq_hold_part *p, int slot)
{
	smp_store_release(&p->word[slot], slot_word(p->held[slot].key, p->held[slot].turn));
	smp_mb();
}
