/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Random programs that the verifier takes, on random packets: both dispatchers and the model must
 * agree, in outcomes and counters. PFQ_SEED=NUMBER runs the programs of a failure again.
 */
#include "core/core.c"

#include "tests/unit/fixture/blob_args.h"
#include "tests/unit/fixture/lang_twins.h"
#include "tests/unit/fixture/packets.h"
#include "tests/unit/fixture/packets_tunnel.h"

#define PROGRAMS	40000
#define PACKETS		8
#define STEPS_MAX	14

static struct pfq_lang_check check;

static u64 test_ns = 1700000000ULL << 30;

/* Steps of time that no table takes for another one: within its window, or far beyond. */
static const u64 time_steps[] = { 0, 0, 160, 1000000, 61000000000ULL };

static struct pfq_view random_packet(u64 *random, struct packet *p)
{
	const struct packet_kind *kind = packet_any((u32)check_random(random) % packet_any_count());
	static const u16 ports[] = { 53, 5060, 4000, 4001, 1234, 80 };
	const struct ends e = {
		(u32)check_random(random) % 4, (u32)check_random(random) % 4,
		ports[check_random(random) % 6], ports[check_random(random) % 6],
		(u32)check_random(random) % 8,
	};
	u32 cut = check_random(random) % 4 ? 0 : (u32)check_random(random) % 60;
	struct pfq_view v;

	memset(p, 0, sizeof(*p));
	kind->build(p, &e);
	v = packet_view(kind, p, p->data, p->len - min_t(u32, cut, p->len));
	v.flags = check_random(random) % 3 ? 0 : PFQ_REC_F_VLAN;
	v.tci = (u16)(check_random(random) % 300);
	v.ifindex = TWINS_IFINDEX + check_random(random) % 2;
	v.queue = check_random(random) % 2 ? PFQ_QUEUE_UNKNOWN : (u16)(check_random(random) % 8);
	v.rxhash = (u32)check_random(random) % 2 * 0x12345;
	test_ns += time_steps[check_random(random) % ARRAY_SIZE(time_steps)];
	v.ts_ns = test_ns;
	return v;
}

/* Most steps go on; predicates may lead anywhere. Steps of the compiler are frequent. */
static void random_step(u64 *random, struct blob *b, const struct pfq_view *v, u32 steps)
{
	static const u16 compilers[] = {
		PFQ_LANG_SAVE, PFQ_LANG_RESTORE, PFQ_LANG_ALSO, PFQ_LANG_ALSO_END,
		PFQ_LANG_ALSO_DROP, PFQ_LANG_ENTER, PFQ_LANG_ENTER, PFQ_LANG_LEAVE,
	};
	u32 symbol = check_random(random) % 3 ?
			     (u32)check_random(random) % __PFQ_LANG_SYMBOL_MAX :
			     compilers[check_random(random) % ARRAY_SIZE(compilers)];
	struct pfq_lang_step *s = blob_step(b, symbol, 0, 0);
	u32 far = b->steps + (u32)check_random(random) % 3;

	blob_args(b, s, (u32)check_random(random) % BLOB_VARIANTS, v);
	if (symbol == PFQ_LANG_SAVE || symbol == PFQ_LANG_RESTORE)
		s->arg[0] = check_random(random) % 2;
	if (symbol == PFQ_LANG_ENTER)
		s->arg[0] += check_random(random) % 3;
	if (symbol == PFQ_LANG_LEAVE || symbol == PFQ_LANG_ALSO_END)
		s->arg[0] = check_random(random) % 2;
	if (pfq_lang_row(symbol)->type > PFQ_LANG_PROP)
		return;
	s->no = far < steps ? (u16)far : check_random(random) % 2 ? PFQ_LANG_DROP : PFQ_LANG_END;
	if (check_random(random) % 8 == 0) {
		far = s->yes;
		s->yes = s->no;
		s->no = (u16)far;
	}
}

/* Returns false if the verifier refuses the program. */
static bool random_program(u64 *random, struct blob *b, const struct pfq_view *v)
{
	u32 steps = 1 + (u32)check_random(random) % STEPS_MAX, i;
	size_t bytes;
	u8 *blob;
	int ret;

	b->steps = b->objects = b->data_bytes = 0;
	for (i = 0; i < steps; i++)
		random_step(random, b, v, steps);
	b->step[steps - 1].yes = PFQ_LANG_END;
	if (b->step[steps - 1].no == steps)
		b->step[steps - 1].no = PFQ_LANG_END;
	blob = blob_bytes(b, &bytes);
	ret = pfq_lang_verify(&check, blob, bytes);
	free(blob);
	return !ret;
}

/* Count the symbols of programs that ran. */
static void count_symbols(const struct blob *b, u32 *count)
{
	u32 i;

	for (i = 0; i < b->steps; i++)
		count[b->step[i].symbol]++;
}

static void programs_agree(void **state)
{
	const char *seed = getenv("PFQ_SEED");
	u64 random = seed ? strtoull(seed, NULL, 0) : 20260731, now;
	u32 count[__PFQ_LANG_SYMBOL_MAX] = { 0 }, programs = 0, i;
	static struct blob b;
	struct packet p;
	struct pfq_view v;
	struct twins t;
	char name[64];

	(void)state;
	twins_begin();
	while (programs < PROGRAMS) {
		now = random;
		v = random_packet(&random, &p);
		pfq_parse_slow(&v);
		if (!random_program(&random, &b, &v))
			continue;
		t = twins_open(&b);
		snprintf(name, sizeof(name), "PFQ_SEED=%llu", (unsigned long long)now);
		for (i = 0; i < PACKETS; i++)
			twins_check(name, &t, random_packet(&random, &p));
		twins_close(&t);
		count_symbols(&b, count);
		programs++;
	}
	for (i = 0; i < __PFQ_LANG_SYMBOL_MAX; i++)
		if (count[i] < 20)
			fail_msg("symbol %u was in %u programs only", i, count[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(programs_agree) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
