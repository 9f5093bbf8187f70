/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>
#include <cmocka.h>

#include "xdp_program.h"

#define EGRESS	47   /* BPF_TCX_EGRESS, since 6.6 */
#define PASS_ON (-1) /* TCX_NEXT */

uint32_t xdp_program_at(const char *device)
{
	uint32_t id = 0;

	assert_int_equal(bpf_xdp_query_id((int)if_nametoindex(device), 0, &id), 0);
	return id;
}

int xdp_program_attach(const char *device, bool is_generic, bool by_link)
{
	const struct bpf_insn insn[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .flags = is_generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
	int program = bpf_prog_load(BPF_PROG_TYPE_XDP, "other", "GPL", insn, 2, NULL);
	int ifindex = (int)if_nametoindex(device), link;

	assert_true(program >= 0);
	if (!by_link) {
		assert_int_equal(bpf_xdp_attach(ifindex, program, opts.flags, NULL), 0);
		return program;
	}
	link = bpf_link_create(program, ifindex, BPF_XDP, &opts);
	assert_true(link >= 0);
	close(program);
	return link;
}

int xdp_program_push_tags(const char *device)
{
	const struct bpf_insn insn[] = {
		{.code = BPF_LDX | BPF_MEM | BPF_W,
		 .dst_reg = 2,
		 .src_reg = 1,
		 .off = offsetof(struct __sk_buff, mark)},
		{.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 2, .off = 5},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 2},
		{.code = BPF_ALU64 | BPF_AND | BPF_K, .dst_reg = 3, .imm = 0xffff},
		{.code = BPF_ALU64 | BPF_RSH | BPF_K, .dst_reg = 2, .imm = 16},
		{.code = BPF_ALU | BPF_END | BPF_TO_BE, .dst_reg = 2, .imm = 16},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_skb_vlan_push},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = PASS_ON},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int program, link;

	program = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "push_tags", "GPL", insn,
				sizeof(insn) / sizeof(insn[0]), NULL);
	assert_true(program >= 0);
	link = bpf_link_create(program, (int)if_nametoindex(device), EGRESS, NULL);
	close(program);
	return link < 0 ? -1 : link;
}
