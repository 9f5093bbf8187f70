/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The XDP program. It sends a frame to the socket of its queue, or to the host if the queue has no
 * socket. If the driver keeps VLAN tags beside the bytes, the program asks for the tag and puts it
 * before the frame. The program is written in BPF instructions, so that the build needs no BPF
 * compiler.
 */
#include "config.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "xdp.h"

#define TAG_FUNCTION "bpf_xdp_metadata_rx_vlan_tag"
#define FLAG_FRAGS   (1U << 5) /* BPF_F_XDP_HAS_FRAGS, since 5.18 */
#define FLAG_BOUND   (1U << 6) /* BPF_F_XDP_DEV_BOUND_ONLY, since 6.3 */
#define CALL_KERNEL  2	       /* BPF_PSEUDO_KFUNC_CALL */

#define AT(field) ((int16_t)offsetof(struct xdp_md, field))
#define STACK	  ((int16_t)-8) /* offset of the tag on the stack: TPID, TCI */

#define INSN(op, dst, src, offset, value)    \
	((struct bpf_insn){.code = (op),     \
			   .dst_reg = (dst), \
			   .src_reg = (src), \
			   .off = (offset),  \
			   .imm = (value)})
#define MOVE(dst, src)		      INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define MOVE_IMM(dst, value)	      INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define XOR_IMM(dst, value)	      INSN(BPF_ALU64 | BPF_XOR | BPF_K, dst, 0, 0, value)
#define ADD_IMM(dst, value)	      INSN(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, value)
#define LOAD(dst, src, offset)	      INSN(BPF_LDX | BPF_MEM | BPF_W, dst, src, offset, 0)
#define LOAD_16(dst, src, offset)      INSN(BPF_LDX | BPF_MEM | BPF_H, dst, src, offset, 0)
#define STORE_16(dst, src, offset)    INSN(BPF_STX | BPF_MEM | BPF_H, dst, src, offset, 0)
#define STORE_IMM(dst, offset, value) INSN(BPF_ST | BPF_MEM | BPF_W, dst, 0, offset, value)
#define JUMP_NOT_ZERO(dst, to)	      INSN(BPF_JMP | BPF_JNE | BPF_K, dst, 0, to, 0)
#define JUMP_ABOVE(dst, src, to)      INSN(BPF_JMP | BPF_JGT | BPF_X, dst, src, to, 0)
#define CALL(helper)		      INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)

#define TAG_INSNS      22
/* jump distance from instruction @at to the end of the part */
#define TAG_END(at)    (TAG_INSNS - (at)-1)
#define REDIRECT_INSNS 6

/*
 * Append the part that asks the driver for the tag and puts it before the frame. r6 holds the
 * context.
 */
static void put_tag(struct bpf_insn insn[TAG_INSNS], int32_t function_id)
{
	const struct bpf_insn code[TAG_INSNS] = {
		STORE_IMM(BPF_REG_10, STACK, 0),
		MOVE(BPF_REG_1, BPF_REG_6),
		MOVE(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, STACK),
		MOVE(BPF_REG_3, BPF_REG_10),
		ADD_IMM(BPF_REG_3, STACK + 2),
		INSN(BPF_JMP | BPF_CALL, 0, CALL_KERNEL, 0, function_id),
		JUMP_NOT_ZERO(BPF_REG_0, TAG_END(7)),
		MOVE(BPF_REG_1, BPF_REG_6),
		MOVE_IMM(BPF_REG_2, -(int32_t)sizeof(struct xdp_tag)),
		CALL(BPF_FUNC_xdp_adjust_meta),
		JUMP_NOT_ZERO(BPF_REG_0, TAG_END(11)),
		LOAD(BPF_REG_1, BPF_REG_6, AT(data_meta)),
		LOAD(BPF_REG_2, BPF_REG_6, AT(data)),
		MOVE(BPF_REG_3, BPF_REG_1),
		ADD_IMM(BPF_REG_3, (int32_t)sizeof(struct xdp_tag)),
		JUMP_ABOVE(BPF_REG_3, BPF_REG_2, TAG_END(16)),
		LOAD_16(BPF_REG_4, BPF_REG_10, STACK),
		XOR_IMM(BPF_REG_4, XDP_TAG_MARK),
		STORE_16(BPF_REG_1, BPF_REG_4, offsetof(struct xdp_tag, tpid)),
		LOAD_16(BPF_REG_4, BPF_REG_10, STACK + 2),
		STORE_16(BPF_REG_1, BPF_REG_4, offsetof(struct xdp_tag, tci)),
	};

	memcpy(insn, code, sizeof(code));
}

/*
 * Append: return bpf_redirect_map(map, queue, XDP_PASS). XDP_PASS is the result if the queue has no
 * socket.
 */
static void put_redirect(struct bpf_insn insn[REDIRECT_INSNS], int map_fd)
{
	const struct bpf_insn code[REDIRECT_INSNS] = {
		LOAD(BPF_REG_2, BPF_REG_6, AT(rx_queue_index)),
		INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map_fd),
		INSN(0, 0, 0, 0, 0),
		MOVE_IMM(BPF_REG_3, XDP_PASS),
		CALL(BPF_FUNC_redirect_map),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	memcpy(insn, code, sizeof(code));
}

/* The BTF id of the kernel function that returns tags; 0: the kernel has none, or does not tell. */
static int32_t tag_function(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int32_t id;

	if (!btf)
		return 0;
	id = btf__find_by_name_kind(btf, TAG_FUNCTION, BTF_KIND_FUNC);
	btf__free(btf);
	return id > 0 ? id : 0;
}

int xdp_program_load(struct xdp_program *p, int map_fd, uint32_t ifindex, bool with_frags,
		     bool with_tags)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_XDP);
	struct bpf_insn insn[1 + TAG_INSNS + REDIRECT_INSNS];
	int32_t function_id = with_tags ? tag_function() : 0;
	unsigned int n = 0;

	if (with_tags && !function_id)
		return -EOPNOTSUPP;
	insn[n++] = MOVE(BPF_REG_6, BPF_REG_1);
	if (function_id) {
		put_tag(&insn[n], function_id);
		n += TAG_INSNS;
		opts.prog_flags |= FLAG_BOUND;
		opts.prog_ifindex = ifindex;
	}
	put_redirect(&insn[n], map_fd);
	n += REDIRECT_INSNS;
	if (with_frags)
		opts.prog_flags |= FLAG_FRAGS;
	p->fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "pfqd_tap", "Dual BSD/GPL", insn, n, &opts);
	p->has_frags = with_frags;
	p->has_tags = with_tags;
	return p->fd < 0 ? p->fd : 0;
}
