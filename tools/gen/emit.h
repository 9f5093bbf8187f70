/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Declarations shared by the files that write pfq-gen's programs. */
#ifndef BENCH_GEN_EMIT_H
#define BENCH_GEN_EMIT_H

#include <stddef.h>
#include <stdint.h>
#include "code.h"
#include "program.h"

/* Registers that calls preserve */
#define CTX   BPF_REG_6
#define STATE BPF_REG_7
#define DATA  BPF_REG_8
#define SEQ   BPF_REG_9

#define AT_DATA	    ((int16_t)offsetof(struct xdp_md, data))
#define AT_DATA_END ((int16_t)offsetof(struct xdp_md, data_end))
#define AT_STATE(member) ((int16_t)offsetof(struct program_state, member))

/* Offsets on the stack */
#define AT_LENGTH (-4) /* of the frame, 32 bits */
#define AT_INDEX  (-8)

/* Load CTX and STATE. Set SEQ to the frame's number, and count the frame. */
void emit_start(struct code *c, int state_fd);

/* Add r1 to state->bytes and redirect the frame to @ifindex. */
void emit_redirect(struct code *c, uint32_t ifindex);

/* Let @jumps end here: count a failure and drop the frame. */
void emit_failure(struct code *c, const unsigned int *jumps, unsigned int n);

/* Steps of opening a program. They return -errno, and @text says why. */
void program_init(struct program *p);
int program_state_open(struct program *p, char *text, size_t text_size);
/* @data NULL: the input is zeros. */
int program_input_open(struct program *p, const void *data, uint32_t length, char *text,
		       size_t text_size);
int program_map_create(enum bpf_map_type type, const char *name, uint32_t value_size,
		       uint32_t entries, uint32_t flags, char *text, size_t text_size);
int program_load(struct program *p, const struct code *c, const char *name, char *text,
		 size_t text_size);

#endif
