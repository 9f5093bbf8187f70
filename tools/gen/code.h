/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Builds programs for the kernel's BPF machine at run time. No BPF compiler is needed.
 * Values that are known when the generator starts become constants in the program.
 */
#ifndef BENCH_GEN_CODE_H
#define BENCH_GEN_CODE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#define CODE_MAX 256

struct code {
	struct bpf_insn insns[CODE_MAX];
	unsigned int count;
	bool is_full; /* an instruction did not fit: do not use the program */
};

/* Operand sizes of loads and stores */
enum code_size {
	SIZE_8 = BPF_B,
	SIZE_16 = BPF_H,
	SIZE_32 = BPF_W,
	SIZE_64 = BPF_DW,
};

static inline unsigned int code_emit(struct code *c, uint8_t op, uint8_t dst, uint8_t src,
				     int16_t off, int32_t imm)
{
	if (c->count == CODE_MAX) {
		c->is_full = true;
		return 0;
	}
	c->insns[c->count] = (struct bpf_insn){
		.code = op, .dst_reg = dst & 15, .src_reg = src & 15, .off = off, .imm = imm,
	};
	return c->count++;
}

/* dst OP= src, dst OP= imm; @op is BPF_ADD and the like, or BPF_MOV */
static inline void code_alu(struct code *c, uint8_t op, uint8_t dst, uint8_t src)
{
	code_emit(c, BPF_ALU64 | op | BPF_X, dst, src, 0, 0);
}

static inline void code_alu_imm(struct code *c, uint8_t op, uint8_t dst, int32_t imm)
{
	code_emit(c, BPF_ALU64 | op | BPF_K, dst, 0, 0, imm);
}

/* The same in 32 bits. The upper half of dst becomes 0. */
static inline void code_alu32_imm(struct code *c, uint8_t op, uint8_t dst, uint32_t imm)
{
	code_emit(c, BPF_ALU | op | BPF_K, dst, 0, 0, (int32_t)imm);
}

/* Swap the low 16 bits to network order; the other bits become 0. */
static inline void code_be16(struct code *c, uint8_t dst)
{
	code_emit(c, BPF_ALU | BPF_END | BPF_TO_BE, dst, 0, 0, 16);
}

static inline void code_load(struct code *c, enum code_size size, uint8_t dst, uint8_t base,
			     int16_t off)
{
	code_emit(c, BPF_LDX | BPF_MEM | (uint8_t)size, dst, base, off, 0);
}

static inline void code_store(struct code *c, enum code_size size, uint8_t base, int16_t off,
			      uint8_t src)
{
	code_emit(c, BPF_STX | BPF_MEM | (uint8_t)size, base, src, off, 0);
}

static inline void code_store_imm(struct code *c, enum code_size size, uint8_t base, int16_t off,
				  int32_t imm)
{
	code_emit(c, BPF_ST | BPF_MEM | (uint8_t)size, base, 0, off, imm);
}

/* dst = the map, or the address of the map's first value */
static inline void code_map(struct code *c, uint8_t dst, int map_fd)
{
	code_emit(c, BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_FD, 0, map_fd);
	code_emit(c, 0, 0, 0, 0, 0);
}

static inline void code_map_value(struct code *c, uint8_t dst, int map_fd)
{
	code_emit(c, BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_VALUE, 0, map_fd);
	code_emit(c, 0, 0, 0, 0, 0);
}

/* Emit a forward jump; code_land() sets its target. @op is BPF_JEQ and the like. */
static inline unsigned int code_jump(struct code *c, uint8_t op, uint8_t dst, uint8_t src)
{
	return code_emit(c, BPF_JMP | op | BPF_X, dst, src, 0, 0);
}

static inline unsigned int code_jump_imm(struct code *c, uint8_t op, uint8_t dst, int32_t imm)
{
	return code_emit(c, BPF_JMP | op | BPF_K, dst, 0, 0, imm);
}

static inline void code_land(struct code *c, unsigned int jump)
{
	c->insns[jump].off = (int16_t)(c->count - jump - 1);
}

static inline void code_call(struct code *c, int32_t helper)
{
	code_emit(c, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

static inline void code_exit(struct code *c)
{
	code_emit(c, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

#endif
