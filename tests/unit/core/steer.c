/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests indirection tables: shares, movement of slots, order. */
#include "tests/unit/fixture/check.h"
#include "core/steer.h"

#define SLOTS	PFQ_STEER_SLOTS

static struct pfq_steer_table a, b;

static u32 weights_of(const struct pfq_steer_share *share, u32 count)
{
	u32 i, sum = 0;

	for (i = 0; i < count; i++)
		sum += share[i].weight;
	return sum;
}

static void count_slots(const struct pfq_steer_table *t, u32 *have, u32 count)
{
	u32 s;

	memset(have, 0, count * sizeof(*have));
	for (s = 0; s < SLOTS; s++) {
		assert_true(t->slot[s] < count);
		have[t->slot[s]]++;
	}
}

/* Each member has within one slot of slots * weight / weights, and all slots are assigned. */
static void check_shares(const struct pfq_steer_table *t, const struct pfq_steer_share *share,
			 u32 count)
{
	u32 have[PFQ_MEMBERS_MAX], sum = weights_of(share, count), i;

	assert_int_equal(t->members, count);
	count_slots(t, have, count);
	for (i = 0; i < count; i++) {
		u32 floor = SLOTS * share[i].weight / sum;

		assert_in_range(have[i], floor, floor + (SLOTS * share[i].weight % sum != 0));
		assert_int_equal(t->id[i], share[i].id);
	}
}

/* Count the slots whose member changed; ids identify members. */
static u32 moved(const struct pfq_steer_table *from, const struct pfq_steer_table *to)
{
	u32 s, n = 0;

	for (s = 0; s < SLOTS; s++)
		n += from->id[from->slot[s]] != to->id[to->slot[s]];
	return n;
}

static void nobody(void **state)
{
	u32 s;

	(void)state;
	pfq_steer_build(&a, NULL, NULL, 0);
	assert_int_equal(a.members, 0);
	for (s = 0; s < SLOTS; s++)
		assert_int_equal(pfq_steer_pick(&a, s), PFQ_STEER_NOBODY);
	/* the first member comes */
	pfq_steer_build(&b, &a, &(struct pfq_steer_share){ 5, 3, false }, 1);
	check_shares(&b, &(struct pfq_steer_share){ 5, 3, false }, 1);
	/* the last member leaves */
	pfq_steer_build(&a, &b, NULL, 0);
	for (s = 0; s < SLOTS; s++)
		assert_int_equal(a.slot[s], PFQ_STEER_NOBODY);
}

static void shares_follow_weights(void **state)
{
	struct pfq_steer_share share[PFQ_MEMBERS_MAX];
	u64 random = 7;
	u32 round, count, i;

	(void)state;
	for (round = 0; round < 300; round++) {
		count = round < PFQ_MEMBERS_MAX
				? round + 1
				: (u32)(check_random(&random) % PFQ_MEMBERS_MAX) + 1;
		for (i = 0; i < count; i++)
			share[i] = (struct pfq_steer_share){
				1000 + i, (u32)(check_random(&random) % PFQ_WEIGHT_MAX) + 1, false
			};
		pfq_steer_build(&a, NULL, share, count);
		check_shares(&a, share, count);
	}
}

static void same_input_same_table(void **state)
{
	static struct pfq_steer_table c;
	const struct pfq_steer_share three[] = {
		{ 1, 1, false }, { 2, 2, false }, { 3, 8, false }
	};

	(void)state;
	memset(&a, 0xaa, sizeof(a));
	memset(&b, 0x55, sizeof(b));
	pfq_steer_build(&a, NULL, three, 3);
	pfq_steer_build(&b, NULL, three, 3);
	assert_memory_equal(a.slot, b.slot, sizeof(a.slot));
	pfq_steer_build(&c, &a, three, 2);
	pfq_steer_build(&a, &b, three, 2);
	assert_memory_equal(a.slot, c.slot, sizeof(a.slot));
	/* Without a change no slot moves. */
	pfq_steer_build(&b, &a, three, 2);
	assert_memory_equal(a.slot, b.slot, sizeof(a.slot));
}

/*
 * No member has many slots in a row, and none has a long gap, so consecutive hashes spread,
 * too.
 */
static void members_are_interleaved(void **state)
{
	struct pfq_steer_share share[PFQ_MEMBERS_MAX];
	u32 last[PFQ_MEMBERS_MAX], count, i, s;

	(void)state;
	for (count = 2; count <= 64; count++) {
		u32 longest = 1, length = 1, gap = 0;

		for (i = 0; i < count; i++)
			share[i] = (struct pfq_steer_share){ i + 1, 1, false };
		pfq_steer_build(&a, NULL, share, count);
		memset(last, 0xff, sizeof(last));
		for (s = 0; s < SLOTS; s++) {
			u16 m = a.slot[s];

			length = s && m == a.slot[s - 1] ? length + 1 : 1;
			longest = max_t(u32, longest, length);
			if (last[m] != ~0U)
				gap = max_t(u32, gap, s - last[m]);
			last[m] = s;
		}
		assert_in_range(longest, 1, 3);
		/* The average gap is count. */
		assert_in_range(gap, count, 4 * count);
	}
}

static u32 index_of(const struct pfq_steer_table *t, u32 id)
{
	u32 i;

	for (i = 0; i < t->members && t->id[i] != id; i++)
		;
	return i;
}

/*
 * The fewest slots that must move: all slots of members that left, and the surplus of the
 * others. A slot left over by rounding may stay where it is, at most one for each member.
 */
static u32 least_movement(const struct pfq_steer_table *from, const struct pfq_steer_share *share,
			  const struct pfq_steer_table *to)
{
	u32 before[PFQ_MEMBERS_MAX], sum = weights_of(share, to->members), i, at, due;
	u32 least = 0, savers = 0, over = SLOTS;

	count_slots(from, before, from->members);
	for (i = 0; i < to->members; i++)
		over -= SLOTS * share[i].weight / sum;
	for (i = 0; i < from->members; i++) {
		at = index_of(to, from->id[i]);
		due = at < to->members ? SLOTS * share[at].weight / sum : 0;
		if (before[i] <= due)
			continue;
		least += before[i] - due;
		savers += at < to->members && SLOTS * share[at].weight % sum;
	}
	return least - min_t(u32, savers, over);
}

/* Members join and leave at random, weights change, the order is shuffled. */
static void only_the_share_moves(void **state)
{
	struct pfq_steer_share share[PFQ_MEMBERS_MAX];
	struct pfq_steer_table *old = &a, *new = &b, *t;
	u32 count = 0, id = 1, round;
	u64 random = 99;

	(void)state;
	pfq_steer_build(old, NULL, NULL, 0);
	for (round = 0; round < 500; round++) {
		u32 what = (u32)check_random(&random) % 8, at;

		if (what < 4 && count < 40) {
			share[count++] = (struct pfq_steer_share){
				id++, (u32)(check_random(&random) % PFQ_WEIGHT_MAX) + 1, false
			};
		} else if (what < 7 && count > 1) {
			at = (u32)check_random(&random) % count;
			memmove(&share[at], &share[at + 1], (--count - at) * sizeof(share[0]));
		} else if (count) {
			at = (u32)check_random(&random) % count;
			share[at].weight = (u32)(check_random(&random) % PFQ_WEIGHT_MAX) + 1;
		}
		pfq_steer_build(new, old, share, count);
		if (count)
			check_shares(new, share, count);
		if (old->members && count)
			assert_int_equal(moved(old, new), least_movement(old, share, new));
		t = old;
		old = new;
		new = t;
	}
}

static void one_more_takes_its_share_only(void **state)
{
	struct pfq_steer_share share[5];
	u32 i;

	(void)state;
	for (i = 0; i < 5; i++)
		share[i] = (struct pfq_steer_share){ i + 1, 1, false };
	pfq_steer_build(&a, NULL, share, 4);
	pfq_steer_build(&b, &a, share, 5);
	/* 4096 / 5 = 819.2 */
	assert_in_range(moved(&a, &b), 819, 820);
	/* The member leaves again: only its slots move. */
	pfq_steer_build(&a, &b, share, 4);
	assert_in_range(moved(&b, &a), 819, 820);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody),
		cmocka_unit_test(shares_follow_weights),
		cmocka_unit_test(same_input_same_table),
		cmocka_unit_test(members_are_interleaved),
		cmocka_unit_test(only_the_share_moves),
		cmocka_unit_test(one_more_takes_its_share_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
