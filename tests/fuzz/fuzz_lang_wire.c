/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Verifies any bytes as a program. A program that is taken runs on packets, stays within its memory
 * and within the cost that the verifier has promised.
 *
 * The first two bytes are the numbers of steps and objects, the others what is behind the header.
 * So inputs with a right header are frequent, and most of their steps have a known symbol. If the
 * first byte is RAW, all bytes behind it are the program as it is.
 */
#include <stdlib.h>
#include "core/core.c"
#include "core/filter.c"
#include "core/filter_run.c"
#include "core/filter_meta.c"

#define RAW	255
#define LANES	2
#define PACKETS	8
#define BYTES_MAX	(4 << 20)	/* of a program with its objects: more takes time only */

static void require(bool cond)
{
	if (!cond)
		abort();
}

static struct pfq_lang_check check;
static struct pfq_frag_table frags;
static struct pfq_lane_env env = { .seed = 1, .lane = 1, .random = 1, .frags = &frags };

/* Memory of exactly @bytes bytes, so that ASan sees a read beyond it. */
static void *zeroed(u64 bytes)
{
	void *p = calloc(1, bytes + !bytes);

	require(p);
	return p;
}

static struct pfq_program *build(const u8 *blob)
{
	struct pfq_object *object[PFQ_LANG_OBJECTS_MAX] = { NULL };
	struct pfq_program *prog = zeroed(check.program_bytes);
	struct pfq_lang_object is;
	u64 bytes;
	u32 i;

	for (i = 0; i < check.objects; i++) {
		is = pfq_lang_object(blob, i);
		bytes = pfq_object_bytes(&is, LANES);
		if (!bytes)
			continue;
		object[i] = zeroed(bytes);
		pfq_object_init(object[i], &is, pfq_lang_data(blob, &is), LANES, env.seed);
		require(pfq_object_is_like(object[i], &is, pfq_lang_data(blob, &is), LANES) ||
			is.kind > PFQ_LANG_KIND_FLOWS);
		pfq_object_ifindex_set(object[i], 2);
	}
	/* items may find no room, by bad luck */
	pfq_live_fill(blob, object, check.objects, 1);
	pfq_lang_build(prog, &check, blob, object);
	return prog;
}

/* Run step by step, and add up what the steps cost. */
static void run(const struct pfq_program *prog, struct pfq_view v)
{
	const struct pfq_step *s = prog->step;
	struct pfq_outcome out;
	struct pfq_run r = { .prog = prog, .v = &v, .frame = &v, .to = &out.main,
			     .out = &out, .env = &env };
	u32 cost = 0;

	pfq_verdict_begin(&out.main);
	pfq_parse(&v);
	while (s) {
		if (s->symbol == PFQ_LANG_STEER_BY)
			cost += pfq_lang_row(s->test.base)->units;
		if (s->symbol == PFQ_LANG_IS_DUP)
			cost += PFQ_LANG_DUP_UNITS(
				(u32)((struct pfq_object *)s->object)->arg[1]);
		if (s->symbol == PFQ_LANG_ENTER)
			cost += pfq_lang_row(PFQ_LANG_ENTER)->units * ((u32)s->arg[1] - 1);
		if (s->symbol < __PFQ_LANG_SYMBOL_MAX && check.steps)
			cost += pfq_lang_row((u32)s->symbol)->units;
		s = op_fns[s->symbol](s, &r);
	}
	require(cost <= check.cost && check.cost <= PFQ_LANG_COST_MAX);
	require(out.main.more <= PFQ_LANG_ALSO_MAX);
	require(r.to == &out.main);
}

static void run_packets(const struct pfq_program *prog, const u8 *data, size_t size)
{
	static const u16 linktypes[] = { PFQ_LINKTYPE_ETHERNET, PFQ_LINKTYPE_RAW };
	u32 i, from, bytes;
	u8 *packet;

	for (i = 0; i < PACKETS; i++) {
		from = (u32)(size * i / PACKETS);
		bytes = (u32)(size - from) / (i % 3 + 1);
		packet = zeroed(bytes);
		memcpy(packet, data + from, bytes);
		run(prog, (struct pfq_view){
			.data = packet, .caplen = bytes, .len = bytes + 1, .ts_ns = i,
			.linktype = linktypes[i % 2], .flags = i % 4 ? 0 : PFQ_REC_F_VLAN,
			.tci = (u16)(i * 37), .ifindex = i, .queue = (u16)i,
		});
		free(packet);
	}
}

/* Let most symbols be known, and most targets lie within the program. */
static void tame_steps(u8 *blob, u32 steps)
{
	struct pfq_lang_step step;
	u32 i;

	for (i = 0; i < steps; i++) {
		step = lang_step(blob, i);
		step.symbol %= __PFQ_LANG_SYMBOL_MAX + 1;
		step.yes = i + 1 + step.yes % 4 < steps ? (u16)(i + 1 + step.yes % 4) :
							  PFQ_LANG_END;
		step.no = step.no % 8 ? step.yes : PFQ_LANG_DROP;
		memcpy(blob + sizeof(struct pfq_lang_hdr) + i * sizeof(step), &step, sizeof(step));
	}
}

/* The bytes of the program, in memory of exactly that size. */
static u8 *blob_of(const u8 *data, size_t size, size_t *bytes)
{
	struct pfq_lang_hdr hdr = { .magic = PFQ_LANG_MAGIC, .version = PFQ_LANG_VERSION };
	u64 parts;
	u8 *blob;

	if (data[0] == RAW) {
		*bytes = size - 1;
		blob = zeroed(*bytes);
		memcpy(blob, data + 1, *bytes);
		return blob;
	}
	hdr.steps = data[0] % 16;
	hdr.objects = data[1] % 4;
	parts = hdr.steps * sizeof(struct pfq_lang_step) +
		hdr.objects * sizeof(struct pfq_lang_object);
	hdr.data_bytes = size - 2 > parts ? (u32)(size - 2 - parts) : 0;
	*bytes = sizeof(hdr) + size - 2;
	blob = zeroed(*bytes);
	memcpy(blob, &hdr, sizeof(hdr));
	memcpy(blob + sizeof(hdr), data + 2, size - 2);
	if (size - 2 >= parts)
		tame_steps(blob, hdr.steps);
	return blob;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pfq_program *prog;
	char text[PFQ_LANG_FAULT_BYTES];
	size_t bytes;
	u32 i;
	u8 *blob;

	if (size < 2)
		return 0;
	blob = blob_of(data, size, &bytes);
	if (pfq_lang_verify(&check, blob, bytes)) {
		pfq_lang_explain(&check.fault, text, sizeof(text));
		require(text[0]);
		free(blob);
		return 0;
	}
	if (pfq_lang_bytes(&check, blob, LANES) > BYTES_MAX) {
		free(blob);
		return 0;
	}
	prog = build(blob);
	free(blob);
	run_packets(prog, data, size);
	for (i = 0; i < prog->objects; i++)
		free(prog->object[i]);
	free(prog);
	return 0;
}
