// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "emit.h"

void emit_start(struct code *c, int state_fd)
{
	code_alu(c, BPF_MOV, CTX, BPF_REG_1);
	code_map_value(c, STATE, state_fd);
	code_load(c, SIZE_64, SEQ, STATE, AT_STATE(frames));
	code_alu(c, BPF_MOV, BPF_REG_1, SEQ);
	code_alu_imm(c, BPF_ADD, BPF_REG_1, 1);
	code_store(c, SIZE_64, STATE, AT_STATE(frames), BPF_REG_1);
}

void emit_redirect(struct code *c, uint32_t ifindex)
{
	code_load(c, SIZE_64, BPF_REG_2, STATE, AT_STATE(bytes));
	code_alu(c, BPF_ADD, BPF_REG_2, BPF_REG_1);
	code_store(c, SIZE_64, STATE, AT_STATE(bytes), BPF_REG_2);
	code_alu32_imm(c, BPF_MOV, BPF_REG_1, ifindex);
	code_alu_imm(c, BPF_MOV, BPF_REG_2, 0);
	code_call(c, BPF_FUNC_redirect);
	code_exit(c);
}

void emit_failure(struct code *c, const unsigned int *jumps, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		code_land(c, jumps[i]);
	code_load(c, SIZE_64, BPF_REG_1, STATE, AT_STATE(failed));
	code_alu_imm(c, BPF_ADD, BPF_REG_1, 1);
	code_store(c, SIZE_64, STATE, AT_STATE(failed), BPF_REG_1);
	code_alu_imm(c, BPF_MOV, BPF_REG_0, XDP_DROP);
	code_exit(c);
}

int program_load(struct program *p, const struct code *c, const char *name, char *text,
			    size_t text_size)
{
	static char log[16384];
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = sizeof(log),
		    .log_level = 0);

	if (c->is_full) {
		snprintf(text, text_size, "the program has more than %d instructions", CODE_MAX);
		return -E2BIG;
	}
	log[0] = '\0';
	p->fd = bpf_prog_load(BPF_PROG_TYPE_XDP, name, "Dual BSD/GPL", c->insns, c->count, &opts);
	if (p->fd < 0) {
		snprintf(text, text_size, "the kernel takes no XDP program: %s%s%s",
			 strerror(-p->fd), log[0] ? "\n" : "", log);
		return p->fd;
	}
	return 0;
}

int program_map_create(enum bpf_map_type type, const char *name, uint32_t value_size,
		       uint32_t entries, uint32_t flags, char *text, size_t text_size)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	int fd = bpf_map_create(type, name, sizeof(uint32_t), value_size, entries, &opts);

	if (fd < 0)
		snprintf(text, text_size, "the kernel gives no BPF map of %u x %u bytes: %s",
			 entries, value_size, strerror(-fd));
	return fd;
}

int program_state_open(struct program *p, char *text, size_t text_size)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	void *state;

	p->state_fd = program_map_create(BPF_MAP_TYPE_ARRAY, "pfq_gen_state",
					 sizeof(struct program_state), 1, BPF_F_MMAPABLE, text,
					 text_size);
	if (p->state_fd < 0)
		return p->state_fd;
	state = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, p->state_fd, 0);
	if (state == MAP_FAILED) {
		snprintf(text, text_size, "mapping a BPF map: %s", strerror(errno));
		return -errno;
	}
	p->state = state;
	p->state->random = 0x2545f4914f6cdd1dull; /* anything but 0 */
	return 0;
}

int program_input_open(struct program *p, const void *data, uint32_t length, char *text,
		       size_t text_size)
{
	p->input = calloc(1, length);
	if (!p->input) {
		snprintf(text, text_size, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	if (data)
		memcpy(p->input, data, length);
	p->input_length = length;
	return 0;
}

void program_init(struct program *p)
{
	*p = (struct program){ .fd = -1, .state_fd = -1, .frames_fd = -1 };
}

void program_close(struct program *p)
{
	int fds[] = { p->fd, p->state_fd, p->frames_fd };

	if (p->state)
		munmap((void *)(uintptr_t)p->state, (size_t)sysconf(_SC_PAGESIZE));
	free(p->input);
	for (unsigned int i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	program_init(p);
}
