// SPDX-License-Identifier: GPL-2.0-only
#include <linux/filter.h>
#include <linux/slab.h>
#include "filter.h"
#include "retire.h"

struct pfq_filter {
	struct bpf_prog *prog;
	u32 insns;
	struct pfqk_retired retired;
};

int pfqk_filter_create(struct pfq_filter **out, const void *insns, u32 bytes)
{
	struct sock_fprog_kern fprog = { .len = bytes / sizeof(struct sock_filter) };
	struct pfq_filter *f;
	int err;

	if (!bytes || bytes % sizeof(struct sock_filter) || fprog.len > PFQ_FILTER_MAX)
		return -EINVAL;
	f = kzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);
	if (!f)
		return -ENOMEM;
	/* bpf_prog_create() copies what it is given */
	fprog.filter = (struct sock_filter *)insns;
	err = bpf_prog_create(&f->prog, &fprog);
	if (err) {
		kfree(f);
		/* the program is right, and no machine code came of it */
		return err == -ENOTSUPP ? -ENOMEM : err;
	}
	f->insns = fprog.len;
	*out = f;
	return 0;
}

void pfqk_filter_destroy(struct pfq_filter *f)
{
	if (!f)
		return;
	bpf_prog_destroy(f->prog);
	kfree(f);
}

static void filter_free(struct pfqk_retired *r)
{
	pfqk_filter_destroy(container_of(r, struct pfq_filter, retired));
}

void pfqk_filter_retire(struct pfq_filter *f)
{
	if (f)
		pfqk_retire(&f->retired, filter_free);
}

u32 pfqk_filter_insns(const struct pfq_filter *f)
{
	return f ? f->insns : 0;
}

/* The packet itself, which has the view's bytes and its tag beside them: see view.c. */
bool pfq_filter_match(const struct pfq_filter *f, const struct pfq_view *v)
{
	return !f || bpf_prog_run_clear_cb(f->prog, (struct sk_buff *)v->native);
}
