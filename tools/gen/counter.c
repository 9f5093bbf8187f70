// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include "emit.h"

static void code_counter(struct code *c, int map_fd, bool is_sink)
{
	unsigned int none;

	code_alu(c, BPF_MOV, CTX, BPF_REG_1);
	code_store_imm(c, SIZE_32, BPF_REG_10, AT_INDEX, 0);
	code_map(c, BPF_REG_1, map_fd);
	code_alu(c, BPF_MOV, BPF_REG_2, BPF_REG_10);
	code_alu_imm(c, BPF_ADD, BPF_REG_2, AT_INDEX);
	code_call(c, BPF_FUNC_map_lookup_elem);
	none = code_jump_imm(c, BPF_JEQ, BPF_REG_0, 0);
	code_load(c, SIZE_64, BPF_REG_1, BPF_REG_0, offsetof(struct program_count, packets));
	code_alu_imm(c, BPF_ADD, BPF_REG_1, 1);
	code_store(c, SIZE_64, BPF_REG_0, offsetof(struct program_count, packets), BPF_REG_1);
	code_load(c, SIZE_32, BPF_REG_2, CTX, AT_DATA_END);
	code_load(c, SIZE_32, BPF_REG_3, CTX, AT_DATA);
	code_alu(c, BPF_SUB, BPF_REG_2, BPF_REG_3);
	code_load(c, SIZE_64, BPF_REG_1, BPF_REG_0, offsetof(struct program_count, bytes));
	code_alu(c, BPF_ADD, BPF_REG_1, BPF_REG_2);
	code_store(c, SIZE_64, BPF_REG_0, offsetof(struct program_count, bytes), BPF_REG_1);
	code_land(c, none);
	code_alu_imm(c, BPF_MOV, BPF_REG_0, is_sink ? XDP_DROP : XDP_PASS);
	code_exit(c);
}

int program_open_counter(struct program *p, bool is_sink, char *text, size_t text_size)
{
	struct code code = { .count = 0 };
	int ret;

	program_init(p);
	p->frames_fd = program_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "pfq_gen_count",
					  sizeof(struct program_count), 1, 0, text, text_size);
	ret = p->frames_fd < 0 ? p->frames_fd : 0;
	if (!ret) {
		code_counter(&code, p->frames_fd, is_sink);
		ret = program_load(p, &code, "pfq_gen_count", text, text_size);
	}
	if (ret)
		program_close(p);
	return ret;
}

int program_counter_read(const struct program *p, struct program_count *count)
{
	int cpus = libbpf_num_possible_cpus(), ret;
	struct program_count *values;
	uint32_t key = 0;

	*count = (struct program_count){ 0 };
	if (cpus < 0)
		return cpus;
	values = calloc((size_t)cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	ret = bpf_map_lookup_elem(p->frames_fd, &key, values);
	for (int i = 0; i < cpus && !ret; i++) {
		count->packets += values[i].packets;
		count->bytes += values[i].bytes;
	}
	free(values);
	return ret;
}

