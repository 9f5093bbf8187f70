/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Writing filters as assembler, and running them. */
#ifndef PFQ_TESTS_BPF_H
#define PFQ_TESTS_BPF_H

#include <linux/filter.h>
#include "check.h"
#include "core/filter.h"

/* -errno of pfq_filter_init(), or 0 with *accepted */
int bpf_run(const struct sock_filter *insns, unsigned int count, const struct pfq_view *v,
	    bool *accepted);
/* the same for a program that must be valid */
bool bpf_match(const struct sock_filter *insns, unsigned int count, const struct pfq_view *v);
/* is it valid? */
int bpf_check(const struct sock_filter *insns, unsigned int count);

#define MATCH(v, ...)                                                                             \
	bpf_match((const struct sock_filter[]){__VA_ARGS__},                                      \
		  sizeof((const struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter), \
		  v)

#define CHECK(...)                                           \
	bpf_check((const struct sock_filter[]){__VA_ARGS__}, \
		  sizeof((const struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter))

#define RET(k)	BPF_STMT(BPF_RET | BPF_K, k)
#define RET_A	BPF_STMT(BPF_RET | BPF_A, 0)

/* does @insns, which leaves its result in A, give @want? */
#define GIVES(v, want, ...)                                                                        \
	MATCH(v, __VA_ARGS__, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, want, 0, 1), RET(1), RET(0))

#define LD(size, k)	BPF_STMT(BPF_LD | (size) | BPF_ABS, k)
#define IMM(k)		BPF_STMT(BPF_LD | BPF_IMM, k)
#define IMMX(k)		BPF_STMT(BPF_LDX | BPF_IMM, k)
#define IND(size, k)	BPF_STMT(BPF_LD | (size) | BPF_IND, k)

#define ALU(op, k)	BPF_STMT(BPF_ALU | (op) | BPF_K, k)
#define ALUX(op)	BPF_STMT(BPF_ALU | (op) | BPF_X, 0)

#endif /* PFQ_TESTS_BPF_H */
