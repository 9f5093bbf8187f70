// SPDX-License-Identifier: GPL-2.0-only
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>
#include "cpu.h"
#include "debugfs.h"
#include "group.h"
#include "hook.h"
#include "netns.h"

static struct dentry *dir;

static void show_hook(struct seq_file *m, const struct pfqk_hook *h)
{
	u64 counters[PFQ_INGEST_COUNTERS_MAX];

	pfqk_hook_counters(h, counters);
	seq_printf(m,
		   "  hook %s ifindex %u %s time %s users %u promisc %d rx_packets %llu rx_bytes "
		   "%llu malformed %llu\n",
		   h->dev->name, h->ifindex, h->is_tap ? "tap" : "sniff",
		   h->is_adapter_time ? "adapter" : "host", h->users, h->is_promisc,
		   counters[PFQ_INGEST_rx_packets], counters[PFQ_INGEST_rx_bytes],
		   counters[PFQ_INGEST_drop_malformed]);
}

static void show_lane(struct seq_file *m, const struct pfq_producer *p, u32 lane)
{
	if (!READ_ONCE(p->prod))
		return;
	seq_printf(m,
		   "      lane %u prod %llu cons %llu delivered %llu "
		   "ring_full %llu violations %llu\n",
		   lane, READ_ONCE(p->prod), READ_ONCE(p->cons),
		   READ_ONCE(p->counters[PFQ_ENDPOINT_delivered]),
		   READ_ONCE(p->counters[PFQ_ENDPOINT_drop_ring_full]), READ_ONCE(p->violations));
}

static void show_endpoint(struct seq_file *m, const struct pfqk_endpoint *ep)
{
	u32 lane;

	seq_printf(m,
		   "    endpoint %u pid %d (%s) started %d lanes %u of %llu "
		   "bytes rung %u armed %u\n",
		   ep->id, ep->pid, ep->comm, ep->is_started, ep->memory.lanes,
		   ep->memory.lane_bytes, READ_ONCE(ep->doorbell.is_rung),
		   READ_ONCE(((const struct pfq_reader_hdr *)ep->memory.reader)->armed));
	for (lane = 0; lane < pfqk_lanes(); lane++)
		show_lane(m, &ep->producer[lane], lane);
}

static void show_group(struct seq_file *m, const struct pfqk_group *g)
{
	const struct pfqk_endpoint *ep;
	u32 i;

	seq_printf(m,
		   "  group %s id %u kind %d members %u started %u joining %u "
		   "complete %d steer %s\n",
		   g->settings.name, g->settings.id, g->kind, g->members, g->started, g->joining,
		   g->is_complete, g->settings.steer);
	for (i = 0; i < g->bindings; i++)
		seq_printf(m, "    binding %s %s%s\n", g->binding[i].device,
			   g->binding[i].hook ? "hooked" : "waiting",
			   g->binding[i].is_transient ? " transient" : "");
	list_for_each_entry(ep, &g->member, entry)
		show_endpoint(m, ep);
}

static void show_net(struct pfqk_net *pn, void *arg)
{
	const struct pfqk_group *g;
	const struct pfqk_hook *h;
	struct seq_file *m = arg;

	if (list_empty(&pn->groups) && list_empty(&pn->hooks))
		return;
	seq_printf(m, "netns %u\n", pn->net->ns.inum);
	list_for_each_entry(h, &pn->hooks, entry)
		show_hook(m, h);
	list_for_each_entry(g, &pn->groups, entry)
		show_group(m, g);
}

/* Show lanes whose records may be older than the clock, and so make other lanes wait. */
static void show_slack(struct seq_file *m)
{
	u32 lane, slack;

	for (lane = 0; lane < pfqk_lanes(); lane++) {
		slack = pfqk_cpu_slack(pfqk_cpu_at(lane));
		if (slack)
			seq_printf(m, "lane %u slack_ns %u\n", lane, slack);
	}
}

static int state_show(struct seq_file *m, void *arg)
{
	show_slack(m);
	pfqk_netns_for_each(show_net, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

/* Nothing depends on this file, so errors are ignored. */
void pfqk_debugfs_init(void)
{
	dir = debugfs_create_dir("pfq", NULL);
	debugfs_create_file("state", 0400, dir, NULL, &state_fops);
}

void pfqk_debugfs_exit(void)
{
	debugfs_remove(dir);
}
