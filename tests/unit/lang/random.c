/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Random programs on random packets: the steps that the compiler makes give the same outputs and
 * counts as a walk through the program's tree. A packet is here no more than its answer to each
 * predicate. PFQ_SEED repeats a run.
 */
#include <errno.h>
#include <time.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/lang_tree.h"
#include "lang/compile.h"
#include "lang/print.h"

#define PAIRS		1000000
#define PACKETS		32	/* for each program */
#define DEPTH		6

static uint64_t random_state;

/* --- compiled programs ---------------------------------------------------------------- */

struct program {
	struct pfq_lang *lang;
	struct pfq_lang_parts parts;
};

static int program_make(struct program *p, const char *text)
{
	int ret = pfq_lang_compile(&p->lang, text, strlen(text));

	if (!ret)
		assert_int_equal(pfq_lang_parts_find(&p->parts, p->lang->bytes, p->lang->size), 0);
	return ret;
}

/* Each predicate and steering function alone: a program of one step. */
static struct program leaf[LANG_TREE_LEAVES][LANG_TREE_SIDES], steer[LANG_TREE_LEAVES];
/* the number of the first leaf and side that compiles to the same step */
static unsigned int key[LANG_TREE_LEAVES][LANG_TREE_SIDES];

/* Does step @i of @p do the same as the only step of @other? */
static bool is_same(const struct program *p, unsigned int i, const struct program *other)
{
	const struct pfq_lang_step *a = &p->parts.step[i], *b = other->parts.step;
	struct pfq_lang_line line[2];

	if (a->symbol != b->symbol)
		return false;
	pfq_lang_step_write(&line[0], &p->parts, i);
	pfq_lang_step_write(&line[1], &other->parts, 0);
	return !strcmp(line[0].text, line[1].text);
}

static void leaves_make(void)
{
	unsigned int i, side, k;

	for (i = 0; i < lang_tree_leaves_count; i++)
		for (side = 0; side < LANG_TREE_SIDES; side++) {
			assert_int_equal(program_make(&leaf[i][side],
						      lang_tree_leaves[i][side]), 0);
			assert_int_equal(leaf[i][side].parts.steps, 1);
			for (k = 0; !is_same(&leaf[i][side], 0, &leaf[k / 3][k % 3]); k++)
				;
			key[i][side] = k;
		}
	for (i = 0; i < lang_tree_steers_count; i++)
		assert_int_equal(program_make(&steer[i], lang_tree_steers[i]), 0);
}

static void leaves_free(void)
{
	unsigned int i, side;

	for (i = 0; i < lang_tree_leaves_count; i++)
		for (side = 0; side < LANG_TREE_SIDES; side++)
			pfq_lang_free(leaf[i][side].lang);
	for (i = 0; i < lang_tree_steers_count; i++)
		pfq_lang_free(steer[i].lang);
}

/* --- running steps -------------------------------------------------------------------- */

/* Of each step: the key of its predicate, or the number of its steering function. */
static int meaning[PFQ_LANG_STEPS_MAX];

static void meanings_find(const struct program *p)
{
	unsigned int i, k;

	for (i = 0; i < p->parts.steps; i++) {
		meaning[i] = -1;
		for (k = 0; k < LANG_TREE_SIDES * lang_tree_leaves_count && meaning[i] < 0; k++)
			if (is_same(p, i, &leaf[k / 3][k % 3]))
				meaning[i] = (int)k;
		for (k = 0; k < lang_tree_steers_count && meaning[i] < 0; k++)
			if (is_same(p, i, &steer[k]))
				meaning[i] = (int)k;
	}
}

/* how often each limit, an object, has said yes to the packets of the program */
static unsigned int within[PFQ_LANG_OBJECTS_MAX];

/* All packets come at the same time: 1pps with a burst of n says yes n times. */
static bool is_within(const struct program *p, uint64_t object)
{
	uint64_t burst = p->parts.object[object].arg[2] / 1000000000 + 1;

	if (within[object] == burst)
		return false;
	within[object]++;
	return true;
}

/* A packet: a bit for each answer, and its tunnels */
struct abstract {
	uint64_t answers;
	unsigned int tunnels;
};

static bool answer_of(const struct abstract *packet, unsigned int leaf_key, unsigned int depth)
{
	return packet->answers >> ((leaf_key + 17 * depth) % 64) & 1;
}

struct machine {
	const struct abstract *packet;
	unsigned int depth, depth_at[PFQ_LANG_TUNNELS_MAX + 1];	/* of each level */
	struct lang_tree_result *r;
	struct lang_tree_output *to;
	struct lang_tree_output saved[PFQ_LANG_SAVES_MAX];
	unsigned int saved_more[PFQ_LANG_SAVES_MAX];
};

static void run_structural(struct machine *m, const struct pfq_lang_step *s)
{
	switch (s->symbol) {
	case PFQ_LANG_SAVE:
		m->saved[s->arg[0]] = *m->to;
		m->saved_more[s->arg[0]] = m->r->more;
		break;
	case PFQ_LANG_RESTORE:
		*m->to = m->saved[s->arg[0]];
		m->r->more = m->saved_more[s->arg[0]];
		break;
	case PFQ_LANG_ALSO:
		m->to = &m->r->also[m->r->more++];
		*m->to = (struct lang_tree_output){ .steer = -1, .classes = 1 };
		break;
	case PFQ_LANG_ALSO_DROP:
		m->r->more--;
		m->to = &m->r->main;
		break;
	default:
		m->to = &m->r->main;
	}
	if (s->symbol == PFQ_LANG_ALSO_END || s->symbol == PFQ_LANG_ALSO_DROP)
		m->depth = m->depth_at[s->arg[0]];
}

static void enter(struct machine *m, const struct pfq_lang_step *s)
{
	unsigned int depth = m->depth + (unsigned int)s->arg[1];

	assert_in_range(s->arg[0], 1, PFQ_LANG_TUNNELS_MAX);
	m->depth = depth < m->packet->tunnels ? depth : m->packet->tunnels;
	m->depth_at[s->arg[0]] = m->depth;
}

/* Returns the step's answer. */
static bool run_step(struct machine *m, const struct program *p, unsigned int i)
{
	const struct pfq_lang_step *s = &p->parts.step[i];

	switch (s->symbol) {
	case PFQ_LANG_HAS_MARK:
	case PFQ_LANG_MARK:
		return m->to->mark == s->arg[0];
	case PFQ_LANG_CLASS:
		m->to->classes = s->arg[0];
		return true;
	case PFQ_LANG_ADD_CLASS:
		m->to->classes |= s->arg[0];
		return true;
	case PFQ_LANG_SLICE:
		if (!m->to->cut || m->to->cut > s->arg[0])
			m->to->cut = (uint32_t)s->arg[0];
		return true;
	case PFQ_LANG_SET_MARK:
		m->to->mark = (uint32_t)s->arg[0];
		return true;
	case PFQ_LANG_COUNT:
		m->r->count[p->parts.object[s->arg[0]].name[1] - '0']++;
		return true;
	case PFQ_LANG_COPY:
		return true;
	case PFQ_LANG_WITHIN:
		return is_within(p, s->arg[0]);
	case PFQ_LANG_ENTER:
		enter(m, s);
		return true;
	case PFQ_LANG_LEAVE:
		m->depth = m->depth_at[s->arg[0]];
		return true;
	default:
		if (s->symbol <= PFQ_LANG_ALSO_DROP) {
			run_structural(m, s);
			return true;
		}
		assert_true(meaning[i] >= 0);
		if (s->symbol < PFQ_LANG_STEER_FLOW)
			return answer_of(m->packet, (unsigned int)meaning[i], m->depth);
		m->to->steer = meaning[i];
		m->to->depth = m->depth;
		return true;
	}
}

static void run(const struct program *p, const struct abstract *packet,
		struct lang_tree_result *r)
{
	struct machine m = { .r = r, .to = &r->main, .packet = packet };
	unsigned int at = 0, next;

	*r = (struct lang_tree_result){ .main = { .steer = -1, .classes = 1 } };
	for (; at < PFQ_LANG_DROP; at = next) {
		next = run_step(&m, p, at) ? p->parts.step[at].yes : p->parts.step[at].no;
		assert_true(next > at);
	}
	r->is_dropped = at == PFQ_LANG_DROP;
}

/* --- comparing ------------------------------------------------------------------------ */

static bool is_equal(const struct lang_tree_output *a, const struct lang_tree_output *b)
{
	return a->steer == b->steer && a->depth == b->depth && a->classes == b->classes &&
	       a->cut == b->cut && a->mark == b->mark;
}

static bool agree(const struct lang_tree_result *a, const struct lang_tree_result *b)
{
	unsigned int i;

	if (a->is_dropped != b->is_dropped || a->more != b->more ||
	    memcmp(a->count, b->count, sizeof(a->count)))
		return false;
	for (i = 0; i < a->more; i++)
		if (!is_equal(&a->also[i], &b->also[i]))
			return false;
	return a->is_dropped || is_equal(&a->main, &b->main);
}

struct tally {
	unsigned int programs, pairs, dropped, also, refused, limits;
};

static void truth_make(lang_tree_truth *truth, const struct abstract *packet)
{
	unsigned int depth, i, side;

	for (depth = 0; depth < LANG_TREE_DEPTHS; depth++)
		for (i = 0; i < lang_tree_leaves_count; i++)
			for (side = 0; side < LANG_TREE_SIDES; side++)
				truth[depth][i][side] = answer_of(packet, key[i][side], depth);
}

static void compare(const struct lang_tree *t, const struct program *p, const char *text,
		    struct tally *tally)
{
	lang_tree_truth truth[LANG_TREE_DEPTHS];
	struct lang_tree_result walked, stepped;
	struct lang_tree_memory memory = { .limits = 0 };
	struct abstract packet;
	unsigned int n;

	meanings_find(p);
	memset(within, 0, sizeof(within));
	for (n = 0; n < PACKETS; n++) {
		packet.answers = check_random(&random_state);
		packet.tunnels = (unsigned int)(check_random(&random_state) % LANG_TREE_DEPTHS);
		truth_make(truth, &packet);
		lang_tree_run(t, truth, packet.tunnels, &memory, &walked);
		run(p, &packet, &stepped);
		if (!agree(&walked, &stepped))
			fail_msg("packet %#llx, %u tunnels: %s",
				 (unsigned long long)packet.answers, packet.tunnels, text);
		tally->pairs++;
		tally->dropped += walked.is_dropped;
		tally->also += walked.more > 0;
	}
	tally->limits += memory.limits;
}

/* A random program may be beyond a limit, but has no other error. */
static void check_refusal(const struct program *p, const char *text)
{
	static const char *const limits[] = {
		"nested deeper than 3 here", "3 in all are allowed", "more steps than 256",
		"256 are allowed", "nested deeper than 4 here", "within another also",
		"1024, which are allowed",
		"devices, counters and tables",
	};
	const struct pfq_lang_note *error = pfq_lang_first_error(p->lang);
	unsigned int i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (strstr(error->text, limits[i]))
			return;
	fail_msg("%s: %s", error->text, text);
}

static void steps_and_tree_agree(void **state)
{
	static char text[LANG_TREE_TEXT];
	const char *seed = getenv("PFQ_SEED");
	struct tally tally = { 0 };
	struct lang_tree tree;
	struct program p;

	(void)state;
	random_state = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL) << 20 | 1;
	print_message("PFQ_SEED=%llu\n", (unsigned long long)random_state);
	leaves_make();
	while (tally.pairs < PAIRS) {
		lang_tree_make(&tree, &random_state, DEPTH);
		lang_tree_write(&tree, text);
		if (program_make(&p, text)) {
			check_refusal(&p, text);
			tally.refused++;
		} else {
			compare(&tree, &p, text, &tally);
			tally.programs++;
		}
		pfq_lang_free(p.lang);
	}
	leaves_free();
	print_message("%u programs, %u pairs, %u dropped, %u with further outputs, %u refused\n",
		      tally.programs, tally.pairs, tally.dropped, tally.also, tally.refused);
	/* Otherwise the comparison would show little. */
	assert_in_range(tally.dropped, PAIRS / 10, PAIRS * 9 / 10);
	assert_true(tally.also > PAIRS / 50);
	assert_true(tally.limits > tally.programs / 2);
	assert_true(tally.refused < tally.programs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_and_tree_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
