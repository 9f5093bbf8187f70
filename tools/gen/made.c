// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <string.h>
#include "emit.h"

#define ETH_HEADER  14
#define IMIX_MIDDLE 590

uint32_t program_imix_length(const struct frame_spec *spec, uint64_t number)
{
	uint64_t at = number % PROGRAM_IMIX_PERIOD;

	return at < 7 ? frame_length_min(spec) : at < 11 ? IMIX_MIDDLE : FRAME_LENGTH_MAX;
}

/* r1 = the flow's number: the frame's number or a random one, modulo flows */
static void emit_flow(struct code *c, const struct program_made *m)
{
	static const struct {
		uint8_t op;
		int32_t bits;
	} steps[] = { { BPF_LSH, 13 }, { BPF_RSH, 7 }, { BPF_LSH, 17 } }; /* as in frame_random() */

	if (m->is_random) {
		code_load(c, SIZE_64, BPF_REG_1, STATE, AT_STATE(random));
		for (unsigned int i = 0; i < 3; i++) {
			code_alu(c, BPF_MOV, BPF_REG_2, BPF_REG_1);
			code_alu_imm(c, steps[i].op, BPF_REG_2, steps[i].bits);
			code_alu(c, BPF_XOR, BPF_REG_1, BPF_REG_2);
		}
		code_store(c, SIZE_64, STATE, AT_STATE(random), BPF_REG_1);
		code_alu_imm(c, BPF_RSH, BPF_REG_1, 32);
	} else {
		code_alu(c, BPF_MOV, BPF_REG_1, SEQ);
	}
	code_alu_imm(c, BPF_MOD, BPF_REG_1, (int32_t)m->flows);
}

/* r2 = the flow's address, r3 = its port, as frame_flow_address() and frame_flow_port() do */
static void emit_flow_key(struct code *c)
{
	code_alu32_imm(c, BPF_MUL, BPF_REG_1, FRAME_FLOW_MULTIPLIER);
	code_alu32_imm(c, BPF_AND, BPF_REG_1, FRAME_FLOWS_MAX - 1);
	code_alu(c, BPF_MOV, BPF_REG_2, BPF_REG_1);
	code_alu_imm(c, BPF_RSH, BPF_REG_2, FRAME_PORT_BITS);
	code_alu(c, BPF_MOV, BPF_REG_3, BPF_REG_1);
	code_alu_imm(c, BPF_AND, BPF_REG_3, (1 << FRAME_PORT_BITS) - 1);
	code_alu_imm(c, BPF_OR, BPF_REG_3, FRAME_PORT_BASE);
}

/* Store a register in network order; its value is in host order. Overwrites @tmp. */
static void emit_put16(struct code *c, uint32_t at, uint8_t reg, uint8_t tmp)
{
	code_alu(c, BPF_MOV, tmp, reg);
	code_be16(c, tmp);
	code_store(c, SIZE_16, DATA, (int16_t)at, tmp);
}

/* r1 = the folded and inverted sum in r1. Store it at @at. Overwrites r0. */
static void emit_checksum(struct code *c, uint32_t at, bool zero_is_none)
{
	for (unsigned int i = 0; i < 2; i++) {
		code_alu(c, BPF_MOV, BPF_REG_0, BPF_REG_1);
		code_alu_imm(c, BPF_RSH, BPF_REG_0, 16);
		code_alu_imm(c, BPF_AND, BPF_REG_1, 0xffff);
		code_alu(c, BPF_ADD, BPF_REG_1, BPF_REG_0);
	}
	code_alu_imm(c, BPF_XOR, BPF_REG_1, 0xffff);
	if (zero_is_none) {
		unsigned int jump = code_jump_imm(c, BPF_JNE, BPF_REG_1, 0);

		code_alu_imm(c, BPF_MOV, BPF_REG_1, 0xffff);
		code_land(c, jump);
	}
	emit_put16(c, at, BPF_REG_1, BPF_REG_0);
}

/*
 * Write IMIX's length for SEQ to the stack and cut the frame to it. Returns the failure's
 * jump.
 */
static unsigned int emit_imix(struct code *c, const struct program_made *m)
{
	unsigned int small, middle;

	code_alu(c, BPF_MOV, BPF_REG_1, SEQ);
	code_alu_imm(c, BPF_MOD, BPF_REG_1, PROGRAM_IMIX_PERIOD);
	code_alu_imm(c, BPF_MOV, BPF_REG_2, (int32_t)program_imix_length(&m->spec, 0));
	small = code_jump_imm(c, BPF_JLT, BPF_REG_1, 7);
	code_alu_imm(c, BPF_MOV, BPF_REG_2, IMIX_MIDDLE);
	middle = code_jump_imm(c, BPF_JLT, BPF_REG_1, 11);
	code_alu_imm(c, BPF_MOV, BPF_REG_2, FRAME_LENGTH_MAX);
	code_land(c, small);
	code_land(c, middle);
	code_store(c, SIZE_32, BPF_REG_10, AT_LENGTH, BPF_REG_2);
	code_alu_imm(c, BPF_SUB, BPF_REG_2, FRAME_LENGTH_MAX);
	code_alu(c, BPF_MOV, BPF_REG_1, CTX);
	code_call(c, BPF_FUNC_xdp_adjust_tail);
	return code_jump_imm(c, BPF_JNE, BPF_REG_0, 0);
}

/*
 * Write all headers completely each time. A page that comes back holds what its receiver
 * wrote.
 */
static void emit_headers(struct code *c, const struct frame *f)
{
	uint32_t at = 0, word;
	uint16_t half;

	for (; at + 4 <= f->headers; at += 4) {
		memcpy(&word, f->data + at, 4);
		code_store_imm(c, SIZE_32, DATA, (int16_t)at, (int32_t)word);
	}
	if (at < f->headers) { /* all headers have an even length */
		memcpy(&half, f->data + at, 2);
		code_store_imm(c, SIZE_16, DATA, (int16_t)at, half);
	}
}

/* r4 = the identification, r5 = the length from IPv4's or IPv6's header on */
static void emit_ip4(struct code *c, const struct frame *f)
{
	emit_put16(c, f->at_ip_length, BPF_REG_5, BPF_REG_0);
	emit_put16(c, f->at_ip_id, BPF_REG_4, BPF_REG_0);
	code_alu(c, BPF_MOV, BPF_REG_1, BPF_REG_5);
	code_alu(c, BPF_ADD, BPF_REG_1, BPF_REG_4);
	code_alu(c, BPF_ADD, BPF_REG_1, BPF_REG_2);
	code_alu_imm(c, BPF_ADD, BPF_REG_1, (int32_t)f->ip_sum);
	emit_checksum(c, f->at_ip_checksum, false);
	code_alu_imm(c, BPF_SUB, BPF_REG_5, (int32_t)(f->at_port - ETH_HEADER)); /* of layer 4 */
}

static void emit_ip6(struct code *c, const struct frame *f)
{
	code_alu_imm(c, BPF_SUB, BPF_REG_5, (int32_t)(f->at_port - ETH_HEADER));
	emit_put16(c, f->at_ip_length, BPF_REG_5, BPF_REG_0);
}

/* r2 = address, r3 = port, r5 = length of layer 4 */
static void emit_l4(struct code *c, const struct frame *f)
{
	emit_put16(c, f->at_address, BPF_REG_2, BPF_REG_0);
	emit_put16(c, f->at_port, BPF_REG_3, BPF_REG_0);
	code_alu(c, BPF_MOV, BPF_REG_1, BPF_REG_5);
	if (f->at_l4_length) {
		emit_put16(c, f->at_l4_length, BPF_REG_5, BPF_REG_0);
		code_alu(c, BPF_ADD, BPF_REG_1, BPF_REG_5);
	}
	code_alu(c, BPF_ADD, BPF_REG_1, BPF_REG_2);
	code_alu(c, BPF_ADD, BPF_REG_1, BPF_REG_3);
	code_alu_imm(c, BPF_ADD, BPF_REG_1, (int32_t)f->l4_sum);
	emit_checksum(c, f->at_checksum, !f->tcp);
}

static void code_made(struct code *c, const struct program_made *m, const struct frame *f,
		      int state_fd, uint32_t ifindex)
{
	unsigned int failures[2], n = 0;

	emit_start(c, state_fd);
	if (m->is_imix)
		failures[n++] = emit_imix(c, m);
	else
		code_store_imm(c, SIZE_32, BPF_REG_10, AT_LENGTH, (int32_t)f->length);
	code_load(c, SIZE_32, DATA, CTX, AT_DATA);
	code_load(c, SIZE_32, BPF_REG_1, CTX, AT_DATA_END);
	code_alu(c, BPF_MOV, BPF_REG_2, DATA);
	code_alu_imm(c, BPF_ADD, BPF_REG_2, (int32_t)f->headers);
	failures[n++] = code_jump(c, BPF_JGT, BPF_REG_2, BPF_REG_1);

	emit_headers(c, f);
	emit_flow(c, m);
	emit_flow_key(c);
	code_alu(c, BPF_MOV, BPF_REG_4, SEQ);
	code_alu_imm(c, BPF_AND, BPF_REG_4, 0xffff);
	code_load(c, SIZE_32, BPF_REG_5, BPF_REG_10, AT_LENGTH);
	code_alu_imm(c, BPF_SUB, BPF_REG_5, ETH_HEADER);
	if (f->v6)
		emit_ip6(c, f);
	else
		emit_ip4(c, f);
	emit_l4(c, f);
	code_load(c, SIZE_32, BPF_REG_1, BPF_REG_10, AT_LENGTH);
	emit_redirect(c, ifindex);
	emit_failure(c, failures, n);
}

int program_open_made(struct program *p, const struct program_made *made, uint32_t ifindex,
		      char *text, size_t text_size)
{
	struct code code = { .count = 0 };
	struct frame frame;
	int ret;

	program_init(p);
	frame_build(&frame, &made->spec);
	ret = program_state_open(p, text, text_size);
	if (!ret)
		ret = program_input_open(p, made->is_imix ? NULL : frame.data,
					made->is_imix ? FRAME_LENGTH_MAX : frame.length, text,
					text_size);
	if (!ret) {
		code_made(&code, made, &frame, p->state_fd, ifindex);
		ret = program_load(p, &code, "pfq_gen_made", text, text_size);
	}
	if (ret)
		program_close(p);
	return ret;
}

