/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Runs the packets of scenarios through the datapath, under callgrind (see stages.sh). Nothing is
 * timed. bench-stages-calls is the same with programs that are run by calls.
 *
 * 	bench-stages			prints the names of the scenarios
 * 	bench-stages --compiler		prints the compiler that built it
 * 	bench-stages FOLDER SCENARIO...	runs them with the programs that bench-programs has
 *					written into FOLDER; prints for each its name, the number
 *					of packets, and of the program's steps that a packet takes
 */
#include <stdio.h>
#include "core_world.h"
#include "stages_hand.h"
#include "stages_program.h"

#define PACKETS	(64 * PFQ_BATCH_MAX)

#ifdef __clang__
#define COMPILER	"clang"
#define VERSION		__clang_major__
#else
#define COMPILER	"gcc"
#define VERSION		__GNUC__
#endif

/* of the scenarios by calls */
#define PREFIX		(PFQ_DISPATCH_SWITCH ? "" : "calls-")

#define BATCH		.members = 4, .bytes = 64
/* as the kernel engine passes packets */
#define SINGLE		BATCH, .batch_packets = 1

struct scenario {
	const char *name;
	struct core_setting setting;
	const char *program;	/* its file; NULL: the setting's policy */
	pfq_op_fn hand;		/* the program's work, done by hand */
	bool by_steps;		/* by the way of programs of several steps */
};

/* Both dispatchers run these. hand-N does the work of lang-N. */
static const struct scenario twice[] = {
	{ "flow", { .policy = "flow", BATCH } },
	{ "single", { .policy = "flow", SINGLE } },
	{ "lang-1", { BATCH }, "lang-1" },
	{ "lang-1-single", { SINGLE }, "lang-1" },
	{ "lang-5", { BATCH }, "lang-5" },
	{ "lang-5-single", { SINGLE }, "lang-5" },
	{ "hand-5", { BATCH }, "lang-5", stages_hand_5 },
	{ "hand-5-single", { SINGLE }, "lang-5", stages_hand_5 },
	{ "lang-15", { BATCH }, "lang-15" },
	{ "lang-15-single", { SINGLE }, "lang-15" },
	{ "hand-15", { BATCH }, "lang-15", stages_hand_15 },
	{ "hand-15-single", { SINGLE }, "lang-15", stages_hand_15 },
};

/* by the switch only */
static const struct scenario others[] = {
	{ "flow-ip6", { .policy = "flow", BATCH, .ip6 = true } },
	{ "flow-vlan", { .policy = "flow", BATCH, .tagged = true } },
	{ "flow-512-bytes", { .policy = "flow", .members = 4, .bytes = 512 } },
	{ "group-filter", { .policy = "flow", BATCH, .group_filter = true } },
	{ "member-filter", { .policy = "flow", BATCH, .member_filter = true } },
	{ "host-filter", { .policy = "flow", BATCH, .member_filter = true, .host = true } },
	{ "copy-8", { .policy = "copy", .members = 8, .bytes = 64 } },
	{ "single-filters",
	  { .policy = "flow", SINGLE, .group_filter = true, .member_filter = true } },
	{ "single-ip", { .policy = "ip", SINGLE } },
	{ "single-copy", { .policy = "copy", .members = 1, .bytes = 64, .batch_packets = 1 } },
	{ "single-copy-8", { .policy = "copy", .members = 8, .bytes = 64, .batch_packets = 1 } },
	{ "steer_flow", { BATCH }, "lang-1", NULL, true },
};

#define SYMBOL_NAME(name, text, type, args, units, help)	#name,

/* by the switch only: SYMBOL >-> steer_flow */
static const char *const symbols[] = { PFQ_LANG_SYMBOLS(SYMBOL_NAME) };

/*
 * Replaces the C library's memcpy(), which chooses instructions that suit the CPU: counts would
 * depend on the machine.
 */
void *memcpy(void *to, const void *from, size_t bytes)
{
	u8 *t = to;
	const u8 *f = from;

	for (; bytes >= 16; bytes -= 16, t += 16, f += 16) {
		__builtin_memcpy(t, f, 16);
		/* Otherwise the compiler would turn the loop into a memcpy(). */
		__asm__ volatile("" ::: "memory");
	}
	for (; bytes; bytes--) {
		*t++ = *f++;
		__asm__ volatile("" ::: "memory");
	}
	return to;
}

/* stages.sh ends a count where this function returns. */
void stages_report(const char *name, u32 packets, unsigned int steps);

noinline void stages_report(const char *name, u32 packets, unsigned int steps)
{
	printf("%s%s %u %u\n", PREFIX, name, packets, steps);
}

static struct pfq_program *program_of(const struct scenario *sc, const char *folder)
{
	struct pfq_program *prog;

	if (!sc->program)
		return NULL;
	prog = stages_program_load(folder, sc->program);
	if (sc->hand)
		prog->only = sc->hand;
	if (sc->by_steps) {
		prog->only = NULL;
		prog->flags &= ~(u32)PFQ_PROGRAM_FLOW;
	}
	return prog;
}

static void run(const struct scenario *sc, const char *folder)
{
	struct pfq_program *prog = program_of(sc, folder);
	struct core_setting setting = sc->setting;
	struct core_world *w;
	unsigned int steps;
	struct pfq_view v;
	u32 n;

	setting.program = prog;
	w = core_world_create(&setting);
	for (n = 0; n < PACKETS;) {
		n += core_world_fill(w, n);
		core_world_run(w);
		core_world_empty(w);
	}
	v = w->batch.view[0];
	steps = stages_program_steps(w->group.program, v, &w->env);
	stages_report(sc->name, n, steps);
	if (sc->hand)
		stages_program_compare(prog, sc->hand, v, &w->env);
	if (prog)
		stages_program_free(prog);
	core_world_free(w);
}

/* Scenario @i; NULL after the last. @symbol: room for it. */
static const struct scenario *scenario(unsigned int i, struct scenario *symbol)
{
	if (i < ARRAY_SIZE(twice))
		return &twice[i];
	i -= ARRAY_SIZE(twice);
	if (!PFQ_DISPATCH_SWITCH)
		return NULL;
	if (i < ARRAY_SIZE(others))
		return &others[i];
	i -= ARRAY_SIZE(others);
	if (i >= ARRAY_SIZE(symbols))
		return NULL;
	*symbol = (struct scenario){ symbols[i], { BATCH }, symbols[i] };
	return symbol;
}

static void list(void)
{
	const struct scenario *sc;
	struct scenario symbol;
	unsigned int i;

	for (i = 0; (sc = scenario(i, &symbol)); i++)
		printf("%s%s\n", PREFIX, sc->name);
}

/* Returns false if there is no scenario @name. */
static bool run_name(const char *name, const char *folder)
{
	size_t prefix = strlen(PREFIX);
	const struct scenario *sc;
	struct scenario symbol;
	unsigned int i;

	if (strncmp(name, PREFIX, prefix))
		return false;
	for (i = 0; (sc = scenario(i, &symbol)); i++)
		if (!strcmp(name + prefix, sc->name)) {
			run(sc, folder);
			return true;
		}
	return false;
}

int main(int argc, char **argv)
{
	int i;

	if (argc == 2 && !strcmp(argv[1], "--compiler")) {
		printf("%s-%d-%s\n", COMPILER, VERSION, STAGES_MACHINE);
		return 0;
	}
	if (argc < 2)
		list();
	for (i = 2; i < argc; i++)
		if (!run_name(argv[i], argv[1])) {
			fprintf(stderr, "bench-stages: no scenario \"%s\"\n", argv[i]);
			return 2;
		}
	return 0;
}
