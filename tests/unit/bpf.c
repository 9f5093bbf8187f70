/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "bpf.h"

int bpf_run(const struct sock_filter *insns, unsigned int count, const struct pfq_view *v,
	    bool *accepted)
{
	struct pfq_filter *f = malloc(pfq_filter_size(count));
	int err;

	assert_non_null(f);
	err = pfq_filter_init(f, insns, count);
	if (!err)
		*accepted = pfq_filter_match(f, v);
	free(f);
	return err;
}

bool bpf_match(const struct sock_filter *insns, unsigned int count, const struct pfq_view *v)
{
	bool accepted = false;

	assert_int_equal(bpf_run(insns, count, v, &accepted), 0);
	return accepted;
}

int bpf_check(const struct sock_filter *insns, unsigned int count)
{
	struct pfq_view v = { .data = (const u8 *)"", .linktype = 1 };
	bool accepted;

	return bpf_run(insns, count, &v, &accepted);
}
