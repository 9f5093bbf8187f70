/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * What a filter must say: classic BPF as its manual tells it, one instruction
 * after the other, with every check where it is needed. Slow, and nothing of
 * core's own filters in it but for the metadata.
 */
#ifndef PFQ_TESTS_BPF_MODEL_H
#define PFQ_TESTS_BPF_MODEL_H

#include <linux/filter.h>
#include "core/view.h"

struct bpf_model {
	u32 a, x, mem[BPF_MEMWORDS];
	bool negative;	/* some load was at an offset that is not the packet's own */
	bool unsteady;	/* some load gives another value each time */
	u32 steps;
};

/* @insns: a valid program. Returns what it returns; 0: rejected. @m: what was left behind. */
u32 bpf_model_run(struct bpf_model *m, const struct sock_filter *insns, const struct pfq_view *v);

#endif /* PFQ_TESTS_BPF_MODEL_H */
