/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdio.h>
#include <stdlib.h>
#include "core/lang.h"
#include "core_world.h"
#include "stages_hand.h"
#include "stages_program.h"

#define CACHE_LINE	64

static void fail(const char *name, const char *why)
{
	fprintf(stderr, "bench-stages: program %s: %s\n", name, why);
	exit(1);
}

static void *zeroed(u64 bytes)
{
	void *p = aligned_alloc(CACHE_LINE, (bytes + CACHE_LINE - 1) & ~(u64)(CACHE_LINE - 1));

	if (!p)
		fail("of any kind", "no memory");
	return memset(p, 0, bytes);
}

static size_t read_file(const char *folder, const char *name, void *bytes, size_t size)
{
	char path[4096];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file)
		fail(name, "bench-programs has not written it");
	n = fread(bytes, 1, size, file);
	fclose(file);
	return n;
}

static void make_objects(struct pfq_object **object, const struct pfq_lang_check *check,
			 const void *blob)
{
	struct pfq_lang_object is;
	u64 bytes;
	u32 i;

	for (i = 0; i < check->objects; i++) {
		is = pfq_lang_object(blob, i);
		bytes = pfq_object_bytes(&is, STAGES_LANES);
		object[i] = bytes ? zeroed(bytes) : NULL;
		if (bytes)
			pfq_object_init(object[i], &is, pfq_lang_data(blob, &is), STAGES_LANES,
					CORE_SEED);
	}
}

struct pfq_program *stages_program_load(const char *folder, const char *name)
{
	static u64 blob[PFQ_LANG_BYTES_MAX / sizeof(u64)];
	static struct pfq_lang_check check;
	struct pfq_object *object[PFQ_LANG_OBJECTS_MAX];
	size_t bytes = read_file(folder, name, blob, sizeof(blob));
	char why[PFQ_LANG_FAULT_BYTES];
	struct pfq_program *prog;

	if (pfq_lang_verify(&check, blob, bytes)) {
		pfq_lang_explain(&check.fault, why, sizeof(why));
		fail(name, why);
	}
	make_objects(object, &check, blob);
	prog = zeroed(check.program_bytes);
	pfq_lang_build(prog, &check, blob, object);
	return prog;
}

void stages_program_free(struct pfq_program *prog)
{
	u32 i;

	for (i = 0; i < prog->objects; i++)
		free(prog->object[i]);
	free(prog);
}

/* The function of a step, whichever dispatcher the build has. */
static pfq_op_fn fn_of(const struct pfq_step *s)
{
	struct pfq_program one = { .flags = 0 };

	if (!PFQ_DISPATCH_SWITCH)
		return s->fn;
	pfq_program_only(&one, (u32)s->symbol);
	return one.only;
}

/* Run the steps one by one. Returns their number. */
static unsigned int run(const struct pfq_program *prog, struct pfq_view *v,
			struct pfq_lane_env *env, struct pfq_outcome *out)
{
	struct pfq_run r = {
		.prog = prog, .v = v, .frame = v, .to = &out->main, .out = out, .env = env,
	};
	const struct pfq_step *s = prog->step;
	unsigned int n;

	pfq_verdict_begin(&out->main);
	pfq_parse(v);
	for (n = 0; s && !(PFQ_DISPATCH_SWITCH && s->symbol == PFQ_STEP_END); n++)
		s = fn_of(s)(s, &r);
	return n;
}

unsigned int stages_program_steps(const struct pfq_program *prog, struct pfq_view v,
				  struct pfq_lane_env *env)
{
	struct pfq_outcome out;

	return run(prog, &v, env, &out);
}

static void clear_counters(const struct pfq_program *prog)
{
	u32 i;

	memset(stages_hand_count, 0, sizeof(stages_hand_count));
	for (i = 0; i < prog->objects; i++)
		if (prog->object[i] && prog->object[i]->kind == PFQ_LANG_KIND_COUNTER)
			memset(prog->object[i]->count, 0,
			       STAGES_LANES * sizeof(prog->object[i]->count[0]));
}

static void compare_counters(const struct pfq_program *prog)
{
	struct pfq_count is, by_hand;
	u32 i, k = 0;

	for (i = 0; i < prog->objects; i++) {
		if (!prog->object[i] || prog->object[i]->kind != PFQ_LANG_KIND_COUNTER)
			continue;
		is = pfq_object_count(prog->object[i]);
		by_hand = stages_hand_count[k++ % STAGES_HAND_COUNTS][0];
		if (is.packets != by_hand.packets || is.bytes != by_hand.bytes)
			fail(prog->object[i]->name, "the counter by hand differs");
	}
}

void stages_program_compare(const struct pfq_program *prog, pfq_op_fn hand, struct pfq_view v,
			    struct pfq_lane_env *env)
{
	struct pfq_outcome by_steps, by_hand;
	struct pfq_run r = {
		.v = &v, .frame = &v, .to = &by_hand.main, .out = &by_hand, .env = env,
	};

	clear_counters(prog);
	run(prog, &v, env, &by_steps);
	pfq_verdict_begin(&by_hand.main);
	hand(prog->step, &r);
	if (memcmp(&by_steps.main, &by_hand.main, sizeof(by_hand.main)))
		fail("by hand", "the output differs from that of the steps");
	compare_counters(prog);
	clear_counters(prog);
}
