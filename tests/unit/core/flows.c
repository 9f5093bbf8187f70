/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Compares the fast paths for usual packets with the slow path for all packets. Packets of
 * every kind, cut at every length and damaged, get the same flow and hash, and go to the
 * same member.
 */
#include "tests/unit/fixture/core_world.h"
#include "core/hash.h"
#include "core/parse.h"

#define FLOWS	40

static void spoil(struct packet *p, u64 *random, u32 bytes)
{
	for (; bytes; bytes--)
		p->data[check_random(random) % p->len] = (u8)check_random(random);
}

static struct ends random_ends(u64 *random)
{
	u32 flow = (u32)check_random(random) % FLOWS;
	struct ends e = { 1 + flow % 3, 2 + flow % 5, (u16)(flow % 2 ? flow : 0),
			  (u16)(flow % 4 ? 53 : 0), flow };

	return check_random(random) % 2 ? e : ends_reversed(&e);
}

static void check_parse(const struct packet_kind *k, const struct packet *p, u32 caplen)
{
	u8 *data = packet_exact(p, caplen);
	struct pfq_view quick = packet_view(k, p, data, caplen), slow;

	/* Values left from an earlier packet must not be used. */
	memset(&quick.flow, 0xa5, sizeof(quick.flow));
	quick.flow.parsed = 0;
	slow = quick;
	pfq_parse(&quick);
	pfq_parse_slow(&slow);
#define SAME(member) check_case(k->name, quick.flow.member == slow.flow.member)
	SAME(parsed);
	SAME(version);
	SAME(proto);
	SAME(flags);
	SAME(l3_offset);
	SAME(l4_offset);
	SAME(sport);
	SAME(dport);
	SAME(frag_id);
	free(data);
}

static void both_ways_find_the_same_flow(void **state)
{
	u64 random = 31337;
	struct packet p;
	struct ends e;
	u32 caplen, n;

	(void)state;
	for (n = 0; n < 300000; n++) {
		const struct packet_kind *k = &packet_kinds[n % packet_kinds_count];

		memset(&p, 0, sizeof(p));
		e = random_ends(&random);
		k->build(&p, &e);
		spoil(&p, &random, (u32)check_random(&random) % 3);
		caplen = check_random(&random) % 2 ? p.len :
			 (u32)check_random(&random) % (p.len + 1);
		check_parse(k, &p, caplen);
	}
}

/* Lengths, type of service, time to live and checksum do not belong to the flow. */
static void the_rest_of_the_header_does_not_matter(void **state)
{
	static const u8 others[] = { 1, 2, 3, 8, 10, 11 };
	u64 random = 4711;
	u32 n, i;

	(void)state;
	for (n = 0; n < 20000; n++) {
		const struct packet_kind *k = &packet_kinds[n % packet_kinds_count];
		struct ends e = random_ends(&random), back = ends_reversed(&e);
		struct packet p[2] = { { .len = 0 }, { .len = 0 } };
		struct pfq_view v[2];

		if (k->version != 4)
			continue;
		k->build(&p[0], &e);
		k->build(&p[1], &back);
		for (i = 0; i < ARRAY_SIZE(others); i++)
			p[n / 64 % 2].data[p[0].l3 + others[i]] = (u8)check_random(&random);
		for (i = 0; i < 2; i++) {
			v[i] = packet_view(k, &p[i], p[i].data, p[i].len);
			pfq_parse(&v[i]);
		}
		check_case(k->name, pfq_hash_flow(&v[0], 7) == pfq_hash_flow(&v[1], 7));
		check_case(k->name, pfq_hash_addrs(&v[0], 7) == pfq_hash_addrs(&v[1], 7));
	}
}

/* For each packet of a batch: 1 + its member's number, and the hash in its record */
struct outcome {
	u32 member[PFQ_BATCH_MAX], hash[PFQ_BATCH_MAX];
	u64 counters[PFQ_GROUP_COUNTERS_MAX];
};

/* Run batch @from through the group. @is_flow: by the way of the policy "flow". */
static void run_batch(const struct pfq_batch *from, bool is_flow, struct pfq_frag_table *frags,
		      struct outcome *out)
{
	const struct pfq_rec *rec;
	u32 m;

	memset(out, 0, sizeof(*out));
	memset(w->lanes[LANE].counters, 0, sizeof(w->lanes[LANE].counters));
	w->batch = *from;
	w->program.flags &= ~PFQ_PROGRAM_FLOW;
	w->program.flags |= is_flow ? PFQ_PROGRAM_FLOW : 0;
	w->env.frags = frags;
	world_run();
	memcpy(out->counters, w->lanes[LANE].counters, sizeof(out->counters));
	for (m = 0; m < MEMBERS; m++) {
		while ((rec = world_next(m))) {
			assert_int_equal(out->member[rec->ts_ns - 1], 0);
			out->member[rec->ts_ns - 1] = m + 1;
			out->hash[rec->ts_ns - 1] = rec->hash;
		}
	}
}

static void random_batch(u64 *random)
{
	u32 n = 1 + (u32)check_random(random) % PFQ_BATCH_MAX, i;

	w->batch.n = 0;
	for (i = 0; i < n; i++) {
		const struct packet_kind *k =
			&packet_kinds[check_random(random) % packet_kinds_count];
		struct ends e = random_ends(random);
		struct pfq_view *v = world_add(k->name, &e);

		spoil(&w->packet[i], random, check_random(random) % 4 ? 0 : 2);
		v->ts_ns = i + 1;
		v->caplen = check_random(random) % 4 ? v->caplen :
						       (u32)check_random(random) % (v->caplen + 1);
		v->flags = (check_random(random) % 2 ? PFQ_REC_F_OUT : 0) |
			   (check_random(random) % 4 ? 0 : PFQ_REC_F_VLAN);
		v->tci = (u16)(check_random(random) % 8);
	}
}

static void random_group(u64 *random, struct pfq_filter *odd, const struct pfq_vlan_set *vlans)
{
	u32 m, members = (u32)check_random(random) % (MEMBERS + 1);

	for (m = 0; m < MEMBERS; m++)
		w->endpoint[m].started = check_random(random) % 4;
	world_build(members);
	w->group.direction = check_random(random) % 3 ? 0 : (u8)(check_random(random) % 3);
	w->group.filter = check_random(random) % 3 ? NULL : odd;
	w->group.vlans = check_random(random) % 3 ? NULL : vlans;
	w->group.holding = check_random(random) % 16 == 0;
}

static void both_ways_steer_alike(void **state)
{
	struct pfq_filter *odd = world_filter(world_odd, WORLD_ODD_INSNS);
	struct pfq_frag_table *frags = calloc(2, sizeof(*frags));
	static struct outcome quick, slow;
	static struct pfq_batch batch;
	struct pfq_vlan_set vlans;
	u64 random = 99, delivered = 0;
	const char *bad;
	u32 n;

	(void)state;
	assert_non_null(frags);
	assert_int_equal(pfq_vlan_parse(&vlans, "untagged,1-6", &bad), 0);
	world_open(MEMBERS, 1 << 17, "flow");
	for (n = 0; n < 20000; n++) {
		if (n % 20 == 0)
			random_group(&random, odd, &vlans);
		random_batch(&random);
		batch = w->batch;
		run_batch(&batch, true, &frags[0], &quick);
		run_batch(&batch, false, &frags[1], &slow);
		assert_memory_equal(&quick, &slow, sizeof(quick));
		delivered += quick.counters[PFQ_GROUP_steered];
	}
	assert_true(delivered > 100000);
	free(frags);
	free(odd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_find_the_same_flow),
		cmocka_unit_test(the_rest_of_the_header_does_not_matter),
		cmocka_unit_test_teardown(both_ways_steer_alike, world_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
