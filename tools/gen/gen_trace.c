// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "emit.h"

#define ETH_HEADER	14
#define TRACE_BYTES_MAX (512ull << 20)

/* Registers: the frame's length; its place in the map, once the number is no longer needed */
#define LENGTH DATA
#define SLOT   SEQ

/* A value of the map holds the length in 32 bits, then the bytes. */
#define SLOT_HEADER 4u

static void code_trace(struct code *c, const struct program *p, const struct trace *t,
		       uint32_t ifindex)
{
	unsigned int failures[5], n = 0;

	emit_start(c, p->state_fd);
	code_alu(c, BPF_MOV, BPF_REG_1, SEQ);
	code_alu_imm(c, BPF_MOD, BPF_REG_1, (int32_t)t->count);
	code_store(c, SIZE_32, BPF_REG_10, AT_INDEX, BPF_REG_1);
	code_map(c, BPF_REG_1, p->frames_fd);
	code_alu(c, BPF_MOV, BPF_REG_2, BPF_REG_10);
	code_alu_imm(c, BPF_ADD, BPF_REG_2, AT_INDEX);
	code_call(c, BPF_FUNC_map_lookup_elem);
	failures[n++] = code_jump_imm(c, BPF_JEQ, BPF_REG_0, 0);
	code_alu(c, BPF_MOV, SLOT, BPF_REG_0);
	code_load(c, SIZE_32, LENGTH, SLOT, 0);
	/* Tell the verifier the limits; fill_frames() has already kept them. */
	failures[n++] = code_jump_imm(c, BPF_JLT, LENGTH, ETH_HEADER);
	failures[n++] = code_jump_imm(c, BPF_JGT, LENGTH, (int32_t)t->length_max);
	code_alu(c, BPF_MOV, BPF_REG_1, CTX);
	code_alu(c, BPF_MOV, BPF_REG_2, LENGTH);
	code_alu_imm(c, BPF_SUB, BPF_REG_2, (int32_t)t->length_max);
	code_call(c, BPF_FUNC_xdp_adjust_tail);
	failures[n++] = code_jump_imm(c, BPF_JNE, BPF_REG_0, 0);
	code_alu(c, BPF_MOV, BPF_REG_1, CTX);
	code_alu_imm(c, BPF_MOV, BPF_REG_2, 0);
	code_alu(c, BPF_MOV, BPF_REG_3, SLOT);
	code_alu_imm(c, BPF_ADD, BPF_REG_3, SLOT_HEADER);
	code_alu(c, BPF_MOV, BPF_REG_4, LENGTH);
	code_call(c, BPF_FUNC_xdp_store_bytes);
	failures[n++] = code_jump_imm(c, BPF_JNE, BPF_REG_0, 0);
	code_alu(c, BPF_MOV, BPF_REG_1, LENGTH);
	emit_redirect(c, ifindex);
	emit_failure(c, failures, n);
}

static int fill_frames(struct program *p, const struct trace *t, uint32_t slot, char *text,
		       size_t text_size)
{
	uint8_t *value = calloc(1, slot);
	int ret = value ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < t->count && !ret; i++) {
		const struct trace_frame *f = &t->frames[i];

		memcpy(value, &f->length, sizeof(f->length));
		memcpy(value + SLOT_HEADER, f->data, f->length);
		ret = bpf_map_update_elem(p->frames_fd, &i, value, BPF_ANY);
	}
	if (ret)
		snprintf(text, text_size, "filling a BPF map: %s", strerror(-ret));
	free(value);
	return ret;
}

int program_open_trace(struct program *p, const struct trace *t, uint32_t ifindex, char *text,
		       size_t text_size)
{
	uint32_t slot = (t->length_max + SLOT_HEADER + 7) & ~7u;
	struct code code = { .count = 0 };
	int ret;

	program_init(p);
	if (t->count * slot > TRACE_BYTES_MAX) {
		snprintf(text, text_size, "%zu packets of up to %u bytes are too many: allowed are "
			 "%llu", t->count, t->length_max, TRACE_BYTES_MAX / slot);
		return -E2BIG;
	}
	ret = program_state_open(p, text, text_size);
	if (!ret)
		ret = program_input_open(p, NULL, t->length_max, text, text_size);
	if (!ret) {
		p->frames_fd = program_map_create(BPF_MAP_TYPE_ARRAY, "pfq_gen_frames", slot,
						  (uint32_t)t->count, 0, text, text_size);
		ret = p->frames_fd < 0 ? p->frames_fd : fill_frames(p, t, slot, text, text_size);
	}
	if (!ret) {
		code_trace(&code, p, t, ifindex);
		ret = program_load(p, &code, "pfq_gen_trace", text, text_size);
	}
	if (ret)
		program_close(p);
	return ret;
}

