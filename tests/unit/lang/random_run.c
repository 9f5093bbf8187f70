/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Random programs on random packets, with the code that the engines run: whatever compiles passes
 * the verifier, and gives the same outputs and counts as a walk through the tree. The walk
 * takes the answers of predicates, and the hashes, from programs of one step. PFQ_SEED repeats a
 * run.
 */
#include <time.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lang_loaded.h"
#include "tests/unit/fixture/lang_tree.h"
#include "tests/unit/fixture/packets.h"
#include "tests/unit/fixture/packets_tunnel.h"
#include "core/frag.h"

#define PAIRS		1000000
#define PACKETS		96
#define EACH		32	/* packets for each program */
#define DEPTH		6

static uint64_t random_state;

/* A packet, with what programs of one step make of it */
static struct packet_case {
	/* by depth: as it came, and what is inside of tunnels as if it had come without them */
	struct pfq_view view[LANG_TREE_DEPTHS];
	unsigned int tunnels;
	bool is_fragment;
	u8 *data;
	lang_tree_truth truth[LANG_TREE_DEPTHS];
	struct pfq_verdict steered[LANG_TREE_DEPTHS][LANG_TREE_LEAVES];
} packets[PACKETS];

/* --- packets -------------------------------------------------------------------------- */

static void run(const struct lang_loaded *l, struct pfq_view *v, struct pfq_outcome *out)
{
	static struct pfq_frag_table frags;
	struct pfq_lane_env env = { .random = 1, .seed = 7, .frags = &frags };

	memset(out, 0, sizeof(*out));
	pfq_program_run(l->prog, v, out, &env);
}

/* Fragments have other hashes where they are alone, and a frame's tag is not among its bytes. */
static bool is_left_out(const struct packet *p, const struct packet_kind *kind)
{
	unsigned int i;

	for (i = 0; i < p->tunnels; i++)
		if (p->inside[i].linktype == PFQ_LINKTYPE_ETHERNET &&
		    p->data[p->inside[i].off + 12] != 0x08 &&
		    p->data[p->inside[i].off + 12] != 0x86)
			return true;
	return strstr(kind->name, "first") || strstr(kind->name, "last") ||
	       strstr(kind->name, "fragments");
}

static void packet_make_tunnel(struct packet_case *c)
{
	struct ends ends = { 1 + (u32)(check_random(&random_state) % 3), 2, 1234, 53, 5 };
	const struct packet_kind *k;
	struct packet p;
	unsigned int i;

	do {
		k = packet_any(packet_kinds_count + (unsigned int)(check_random(&random_state) %
								   packet_tunnels_count));
		memset(&p, 0, sizeof(p));
		k->build(&p, &ends);
	} while (is_left_out(&p, k));
	c->data = packet_exact(&p, p.len);
	c->view[0] = packet_view(k, &p, c->data, p.len);
	c->tunnels = p.tunnels < PFQ_LANG_TUNNELS_MAX ? p.tunnels : PFQ_LANG_TUNNELS_MAX;
	for (i = 1; i <= c->tunnels; i++) {
		c->view[i] = c->view[0];
		c->view[i].data += p.inside[i - 1].off;
		c->view[i].caplen -= p.inside[i - 1].off;
		c->view[i].len -= p.inside[i - 1].off;
		c->view[i].linktype = p.inside[i - 1].linktype;
	}
}

static void packet_make(struct packet_case *c)
{
	unsigned int kind = (unsigned int)(check_random(&random_state) % packet_kinds_count);
	const struct packet_kind *k = &packet_kinds[kind];
	struct ends ends = { 1 + (u32)(check_random(&random_state) % 3), 2, 1234, 53, 5 };
	struct packet p = { .len = 0 };
	u32 caplen;

	k->build(&p, &ends);
	caplen = check_random(&random_state) % 4 ? p.len :
		 (u32)(check_random(&random_state) % (p.len + 1));
	c->data = packet_exact(&p, caplen);
	c->is_fragment = k->flags & PFQ_FLOW_FRAG;
	c->view[0] = packet_view(k, &p, c->data, caplen);
	if (!(check_random(&random_state) % 3)) {
		c->view[0].flags |= PFQ_REC_F_VLAN;
		c->view[0].tci = (u16)(5 + check_random(&random_state) % 4);
	}
}

/* Run a program of one step on all packets, and those inside. Returns the verdicts in @out. */
static void run_on_all(const char *text, struct pfq_verdict (*out)[LANG_TREE_DEPTHS])
{
	struct pfq_outcome outcome;
	unsigned int k, depth;
	struct lang_loaded *l;
	char error[256];

	l = lang_load(text, error);
	for (k = 0; k < PACKETS; k++)
		for (depth = 0; depth <= packets[k].tunnels; depth++) {
			run(l, &packets[k].view[depth], &outcome);
			out[k][depth] = outcome.main;
		}
	lang_unload(l);
}

static void packets_make(void)
{
	static struct pfq_verdict out[PACKETS][LANG_TREE_DEPTHS];
	unsigned int i, k, side, depth;

	for (k = 0; k < PACKETS; k++)
		(k % 3 ? packet_make : packet_make_tunnel)(&packets[k]);
	for (i = 0; i < lang_tree_leaves_count; i++)
		for (side = 0; side < LANG_TREE_SIDES; side++) {
			run_on_all(lang_tree_leaves[i][side], out);
			for (k = 0; k < PACKETS; k++)
				for (depth = 0; depth <= packets[k].tunnels; depth++)
					packets[k].truth[depth][i][side] =
						out[k][depth].kind != PFQ_VERDICT_DROP;
		}
	for (i = 0; i < lang_tree_steers_count; i++) {
		run_on_all(lang_tree_steers[i], out);
		for (k = 0; k < PACKETS; k++)
			for (depth = 0; depth <= packets[k].tunnels; depth++)
				packets[k].steered[depth][i] = out[k][depth];
	}
}

static void packets_free(void)
{
	unsigned int k;

	for (k = 0; k < PACKETS; k++)
		free(packets[k].data);
}

/* --- comparing ------------------------------------------------------------------------ */

static bool is_equal(const struct packet_case *c, const struct lang_tree_output *walked,
		     const struct pfq_verdict *ran)
{
	static const struct pfq_verdict copy = { .kind = PFQ_VERDICT_COPY };
	const struct pfq_verdict *to = walked->steer < 0 ? &copy : 
							  &c->steered[walked->depth][walked->steer];

	/* its datagram has another decision within inner than outside */
	if (walked->steer >= 0 && c->is_fragment &&
	    !strcmp(lang_tree_steers[walked->steer], "steer_flow"))
		to = ran;
	return ran->kind == to->kind && (to->kind == PFQ_VERDICT_COPY || ran->h1 == to->h1) &&
	       ran->classes == walked->classes && ran->cut == walked->cut &&
	       ran->mark == walked->mark;
}

static u32 count_of(const struct lang_loaded *l, unsigned int i)
{
	char name[] = { 'c', (char)('0' + i), 0 };
	u32 k, n = 0;

	for (k = 0; k < l->check.objects; k++)
		if (l->object[k] && !strcmp(l->object[k]->name, name))
			n = (u32)pfq_object_count(l->object[k]).packets;
	return n;
}

static bool agree(const struct packet_case *c, const struct lang_tree_result *walked,
		  const struct pfq_outcome *ran)
{
	unsigned int i;

	if (walked->is_dropped != (ran->main.kind == PFQ_VERDICT_DROP) ||
	    walked->more != ran->main.more)
		return false;
	for (i = 0; i < walked->more; i++)
		if (!is_equal(c, &walked->also[i], &ran->also[i]))
			return false;
	return walked->is_dropped || is_equal(c, &walked->main, &ran->main);
}

struct tally {
	unsigned int pairs, dropped, also, refused;
};

static void compare(const struct lang_tree *t, const struct lang_loaded *l, const char *text,
		    struct tally *tally)
{
	unsigned int count[LANG_TREE_COUNTERS] = { 0 }, n, i;
	struct lang_tree_memory memory = { .limits = 0 };
	struct lang_tree_result walked;
	struct pfq_outcome out;
	struct packet_case *c;

	for (n = 0; n < EACH; n++) {
		c = &packets[check_random(&random_state) % PACKETS];
		lang_tree_run(t, c->truth, c->tunnels, &memory, &walked);
		run(l, &c->view[0], &out);
		if (!agree(c, &walked, &out))
			fail_msg("packet %u: %s", (unsigned int)(c - packets), text);
		for (i = 0; i < LANG_TREE_COUNTERS; i++)
			count[i] += walked.count[i];
		tally->dropped += walked.is_dropped;
		tally->also += walked.more > 0;
	}
	for (i = 0; i < LANG_TREE_COUNTERS; i++)
		if (count[i] != count_of(l, i))
			fail_msg("c%u is %u and not %u: %s", i, count_of(l, i), count[i], text);
	tally->pairs += EACH;
}

static void engine_and_tree_agree(void **state)
{
	static char text[LANG_TREE_TEXT], error[256];
	const char *seed = getenv("PFQ_SEED");
	struct tally tally = { 0 };
	struct lang_loaded *l;
	struct lang_tree tree;

	(void)state;
	random_state = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL) << 20 | 1;
	print_message("PFQ_SEED=%llu\n", (unsigned long long)random_state);
	packets_make();
	while (tally.pairs < PAIRS) {
		lang_tree_make(&tree, &random_state, DEPTH);
		lang_tree_write(&tree, text);
		l = lang_load(text, error);
		if (l) {
			compare(&tree, l, text, &tally);
			lang_unload(l);
		} else {
			tally.refused++;
		}
	}
	packets_free();
	print_message("%u pairs, %u dropped, %u with further outputs, %u programs refused\n",
		      tally.pairs, tally.dropped, tally.also, tally.refused);
	/* Otherwise the comparison would show little. */
	assert_in_range(tally.dropped, PAIRS / 10, PAIRS * 9 / 10);
	assert_true(tally.also > PAIRS / 50);
	assert_true(tally.refused < PAIRS / EACH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engine_and_tree_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
