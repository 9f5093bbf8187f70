// SPDX-License-Identifier: GPL-2.0-only
#include <linux/filter.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include "cpu.h"
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
	/* bpf_prog_create() copies the instructions */
	fprog.filter = (struct sock_filter *)insns;
	err = bpf_prog_create(&f->prog, &fprog);
	if (err) {
		kfree(f);
		/* the filter is valid, but no machine code could be made */
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

/*
 * A held fragment has no sk_buff any more, so make one from its view. If there is no memory for
 * it, accept: the members get a packet that their filters might have refused, rather than miss a
 * piece.
 */
static noinline bool match_held(const struct pfq_filter *f, const struct pfq_view *v)
{
	struct net *net = pfqk_cpu_own()->net;
	struct net_device *dev = dev_get_by_index_rcu(net, v->ifindex);
	struct sk_buff *skb = alloc_skb(v->caplen, GFP_ATOMIC | __GFP_NOWARN);
	bool is_match;

	if (!skb)
		return true;
	skb_put_data(skb, v->data, v->caplen);
	/* the device may be gone, but filters and their helpers need one */
	skb->dev = dev ? dev : net->loopback_dev;
	skb->protocol = htons(v->protocol);
	skb->pkt_type = v->pkttype;
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, v->linktype == PFQ_LINKTYPE_ETHERNET ? ETH_HLEN : 0);
	if (v->flags & PFQ_REC_F_VLAN)
		__vlan_hwaccel_put_tag(skb, htons(v->tpid), v->tci);
	if (v->rxhash)
		__skb_set_hash(skb, v->rxhash, false, false);
	if (v->queue != PFQ_QUEUE_UNKNOWN)
		skb_record_rx_queue(skb, v->queue);
	is_match = bpf_prog_run_clear_cb(f->prog, skb);
	consume_skb(skb);
	return is_match;
}

/*
 * Filters run on the packet itself. It has the view's bytes, with the tag beside them: see view.c.
 */
bool pfq_filter_match(const struct pfq_filter *f, const struct pfq_view *v)
{
	if (!f)
		return true;
	if (unlikely(!v->native))
		return match_held(f, v);
	return bpf_prog_run_clear_cb(f->prog, (struct sk_buff *)v->native);
}
