/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Counts the instructions of each symbol's body, on packets of each kind: at most
 * PFQ_LANG_UNIT_INSNS for each unit that linux/pfq_lang.h says it costs. A child runs the bodies
 * between two breakpoints, and this process lets it go on instruction by instruction.
 */
#include "core/core.c"

#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include "tests/unit/fixture/blob_args.h"
#include "tests/unit/fixture/lang_around.h"
#include "tests/unit/fixture/lang_twins.h"
#include "tests/unit/fixture/packets.h"
#include "tests/unit/fixture/packets_tunnel.h"

#if defined(__x86_64__) && defined(__OPTIMIZE__)
#define CAN_COUNT	1
#define BREAKPOINT()	__asm__ volatile("int3" ::: "memory")
#else
#define CAN_COUNT	0
#define BREAKPOINT()
#endif

#define OTHERS		3	/* packets beside those of packet_any() */

/* The child's present work. */
static struct {
	u32 symbol, kind, times;	/* of the symbol's units */
} *now;

/* --- the child -------------------------------------------------------------------------- */

/* The longest lists that a program can have; no address of a packet is in them. */
static u32 long_list(struct blob *b, u32 family)
{
	struct pfq_lang_prefix list[PFQ_LANG_PREFIXES_MAX] = { { .family = 0 } };
	u32 i;

	for (i = 0; i < PFQ_LANG_PREFIXES_MAX; i++) {
		list[i].family = (u8)family;
		list[i].plen = 32;
		memset(list[i].addr, 0xaa, 4);
	}
	return blob_object(b, PFQ_LANG_KIND_PREFIXES, NULL, list, PFQ_LANG_PREFIXES_MAX,
			   sizeof(list[0]));
}

/* A set with prefixes of as many lengths as it can have; one to learn into has none. */
static u32 many_lengths(struct blob *b, u32 family, u32 symbol)
{
	struct pfq_lang_prefix list[PFQ_LANG_SET_LENGTHS] = { { .family = 0 } };
	u32 count = symbol < PFQ_LANG_LEARN_SRC ? PFQ_LANG_SET_LENGTHS : 0, i, n;

	for (i = 0; i < count; i++) {
		list[i].family = (u8)family;
		list[i].plen = (u8)((family == 4 ? 32 : 128) - i);
		memset(list[i].addr, 0xaa, 3);
	}
	n = blob_object(b, PFQ_LANG_KIND_SET_ADDR, "set", list, count, sizeof(list[0]));
	b->object[n].size = 64;
	return n;
}

/* Returns the number of the step that has the symbol. @inside: it stands inside of tunnels. */
static u32 make_program(struct blob *b, u32 symbol, u32 variant, const struct pfq_view *v,
			bool inside)
{
	struct lang_around around = lang_around(symbol);
	struct pfq_lang_step *s;
	u32 at, i;

	b->steps = b->objects = b->data_bytes = 0;
	if (inside && symbol != PFQ_LANG_ENTER)
		blob_step(b, PFQ_LANG_ENTER, 1, PFQ_LANG_TUNNELS_MAX);
	if (around.before != LANG_AROUND_NONE && around.before != PFQ_LANG_ENTER)
		blob_step(b, around.before, 0, 0);
	at = b->steps;
	s = blob_step(b, symbol, 0, 0);
	if (pfq_lang_args_row(pfq_lang_row(symbol))->kind == PFQ_LANG_KIND_PREFIXES) {
		s->arg[0] = long_list(b, variant % 2 ? 6 : 4);
		s->arg[1] = pfq_lang_row(symbol)->args == PFQ_LANG_ARGS_BITS ? 128 : 0;
	} else if (pfq_lang_args_row(pfq_lang_row(symbol))->kind == PFQ_LANG_KIND_SET_ADDR) {
		s->arg[0] = many_lengths(b, variant % 2 ? 6 : 4, symbol);
	} else {
		blob_args(b, s, variant, v);
	}
	for (i = 0; i < b->objects; i++)
		if (b->object[i].size && b->object[i].count < 2)
			b->object[i].size = 1;
	if (symbol == PFQ_LANG_IS_DUP)
		b->object[s->arg[0]].arg[1] = PACKET_BYTES_MAX;
	if (symbol == PFQ_LANG_ENTER)
		s->arg[1] = variant ? PFQ_LANG_TUNNELS_MAX : 1;
	if (symbol == PFQ_LANG_STEER_KEY)
		s->arg[0] = (1U << __PFQ_LANG_KEY_MAX) - 1;
	if (around.behind != LANG_AROUND_NONE)
		blob_step(b, around.behind, 0, 0);
	return at;
}

/* A table that is full of flows with a packet each takes longest to find no place in. */
static void fill_tables(struct pfq_program *prog)
{
	u64 key;
	u32 i;

	for (i = 0; i < prog->objects; i++)
		for (key = 1; prog->object[i] && prog->object[i]->kind == PFQ_LANG_KIND_RATES &&
		     key <= PFQ_WORDS; key++)
			pfq_rate_within_key(pfq_object_table(prog->object[i]), key << 40, 100, 0);
	for (key = 1; prog->flows && key <= PFQ_FLOWS_WAYS; key++)
		pfq_flows_count(prog->flows, key | 1ULL << 63, 100, 0);
	for (i = 0; i < prog->objects; i++) {
		if (!prog->object[i] || !pfq_live_has_size(prog->object[i]->kind) ||
		    prog->object[i]->size > 1)
			continue;
		for (key = 1; key <= PFQ_SET_WAYS; key++)
			pfq_set_learn(pfq_object_set(prog->object[i]),
				      &(struct pfq_set_key){ key, key, PFQ_SET_MAC }, 0, 0);
	}
}

static void run_symbol(struct blob *b, u32 symbol, u32 variant, struct pfq_view v, bool inside)
{
	u32 at = make_program(b, symbol, variant, &v, inside), i;
	struct twins t = twins_open(b);
	struct pfq_outcome out = { .main = { .kind = PFQ_VERDICT_COPY } };
	struct pfq_run run = { .prog = t.prog[TWIN_CALLS], .v = &v, .frame = &v,
			       .to = &out.main, .out = &out, .env = &twins_env[0] };
	const struct pfq_step *step = t.prog[TWIN_CALLS]->step;

	for (i = 0; i < at; i++)
		step[i].fn(&step[i], &run);
	fill_tables(t.prog[TWIN_CALLS]);
	now->symbol = symbol;
	now->times = symbol == PFQ_LANG_ENTER ? (u32)b->step[at].arg[1] : 1;
	BREAKPOINT();
	step[at].fn(&step[at], &run);
	BREAKPOINT();
	twins_close(&t);
}

/* As long as packets can be here: is_dup looks at all bytes. */
static void build_long(struct packet *p)
{
	static const struct ends ends = { 1, 2, 1234, 53, 77 };

	packet_kind("ip6-udp")->build(p, &ends);
	p->len = PACKET_BYTES_MAX;
	p->data[p->l3 + 4] = (u8)((p->len - p->l3 - 40) >> 8);
	p->data[p->l3 + 5] = (u8)(p->len - p->l3 - 40);
}

/* An ICMP error that quotes a packet which takes the parser long. */
static void build_quote(struct packet *p, u32 i)
{
	static const struct ends ends = { 1, 2, 1234, 53, 77 };
	struct packet quoted = { .len = 0 };

	packet_kind(i ? "ip6-exts-most" : "ip4-options-max")->build(&quoted, &ends);
	packet_quote(p, &quoted, quoted.len - quoted.l3, 3, 0, i ? "ip6-tcp" : "ip4-tcp");
}

/* Of tunnels, IPv6 with IPv6 inside takes longest. */
static bool is_left_out(u32 kind)
{
	return kind >= packet_kinds_count && kind < packet_any_count() &&
	       !strstr(packet_any(kind)->name, "66") && !strstr(packet_any(kind)->name, "slow");
}

/* Is each symbol tried? Of tunnels, with the packets that take longest. */
static bool is_slow(u32 kind)
{
	return kind < packet_kinds_count || kind >= packet_any_count() ||
	       strstr(packet_any(kind)->name, "slow");
}

static void run_all(void)
{
	static const struct ends ends = { 1, 2, 4000, 4002, 77 };
	static struct blob b;
	struct pfq_view v;
	struct packet p;
	u32 symbol, variant;

	for (now->kind = 0; now->kind < packet_any_count() + OTHERS; now->kind++) {
		const struct packet_kind *kind = packet_any(now->kind % packet_any_count());

		if (is_left_out(now->kind))
			continue;
		memset(&p, 0, sizeof(p));
		if (now->kind < packet_any_count())
			kind->build(&p, &ends);
		else if (now->kind < packet_any_count() + 2)
			build_quote(&p, now->kind - packet_any_count());
		else
			build_long(&p);
		if (kind->proto == 17 && !p.tunnels && p.l4 && p.l4 + 9 < p.len)
			p.data[p.l4 + 8] = 0x80;
		v = packet_view(kind, &p, p.data, p.len);
		v.flags = PFQ_REC_F_VLAN;
		pfq_parse_slow(&v);
		for (symbol = 0; symbol < __PFQ_LANG_SYMBOL_MAX && is_slow(now->kind); symbol++)
			for (variant = 0; variant < 2; variant++)
				run_symbol(&b, symbol, variant, v, p.tunnels);
		/* and all symbols that look for a tunnel */
		for (symbol = PFQ_LANG_ENTER; p.tunnels && symbol <= PFQ_LANG_STEER_GTP; symbol++)
			run_symbol(&b, symbol, 1, v, symbol == PFQ_LANG_LEAVE);
	}
}

/* --- this process ------------------------------------------------------------------------- */

struct cost {
	u32 insns, kind;	/* the highest count, and the kind of packet that it came from */
};

/* Follow the child to its end. */
static void count_insns(pid_t pid, struct cost *cost)
{
	bool counting = false;
	siginfo_t info;
	u32 insns = 0;
	int status;

	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		assert_int_equal(WSTOPSIG(status), SIGTRAP);
		assert_int_equal(ptrace(PTRACE_GETSIGINFO, pid, NULL, &info), 0);
		if (info.si_code != SI_KERNEL) {
			insns++;
		} else {
			insns = (insns + now->times - 1) / (now->times + !now->times);
			if (counting && insns > cost[now->symbol].insns)
				cost[now->symbol] = (struct cost){ insns, now->kind };
			counting = !counting;
			insns = 0;
		}
		assert_int_equal(ptrace(counting ? PTRACE_SINGLESTEP : PTRACE_CONT, pid, NULL,
					NULL), 0);
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define SYMBOL_TEXT(name, text, type, args, units, help)	#name,

static const char *const symbol_names[] = { PFQ_LANG_SYMBOLS(SYMBOL_TEXT) };

static const char *kind_name(u32 kind)
{
	return kind < packet_any_count() ? packet_any(kind)->name :
	       kind < packet_any_count() + 2 ? "an ICMP error" : "a long packet";
}

static void bodies_cost_what_the_table_says(void **state)
{
	static struct cost cost[__PFQ_LANG_SYMBOL_MAX];
	u32 i, allowed, bad = 0;
	pid_t pid;

	(void)state;
	if (!CAN_COUNT) {
		puts("needs x86_64, and a compiler that optimises");
		skip();
	}
	now = mmap(NULL, sizeof(*now), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(now != MAP_FAILED);
	twins_begin();
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			_exit(1);
		run_all();
		_exit(0);
	}
	count_insns(pid, cost);
	for (i = 0; i < __PFQ_LANG_SYMBOL_MAX; i++) {
		allowed = pfq_lang_row(i)->units * PFQ_LANG_UNIT_INSNS;
		/* STEER_BY also costs what its property does: variant 0 has one unit, 1 has two */
		if (i == PFQ_LANG_STEER_BY)
			allowed += 2 * PFQ_LANG_UNIT_INSNS;
		if (i == PFQ_LANG_IS_DUP)
			allowed += PFQ_LANG_DUP_UNITS(PACKET_BYTES_MAX) * PFQ_LANG_UNIT_INSNS;
		assert_int_not_equal(cost[i].insns, 0);
		if (getenv("PFQ_VERBOSE") || cost[i].insns > allowed)
			printf("%s takes %u instructions on %s, and may take %u\n",
			       symbol_names[i], cost[i].insns, kind_name(cost[i].kind), allowed);
		bad += cost[i].insns > allowed;
	}
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(bodies_cost_what_the_table_says) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
