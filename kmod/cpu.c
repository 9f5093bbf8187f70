// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include "../core/frag.h"
#include "cpu.h"

static struct pfqk_cpu *cpus[PFQ_LANES_MAX];
static struct pfq_frag_table *frags;
static u32 seed;

u32 pfqk_lanes(void)
{
	return nr_cpu_ids;
}

u32 pfqk_seed(void)
{
	return seed;
}

struct pfqk_cpu *pfqk_cpu_at(u32 i)
{
	return cpus[i];
}

/* jiffies; the last time that some socket on the host was seen to ask for timestamps */
static u64 asked_at;

u32 pfqk_cpu_slack(const struct pfqk_cpu *cpu)
{
	bool is_asked = static_key_enabled(&netstamp_needed_key);
	u64 now = get_jiffies_64();

	/*
	 * Do not judge by the packets' own tstamp: locally sent TCP stores its departure time
	 * there.
	 */
	if (is_asked && READ_ONCE(asked_at) != now)
		WRITE_ONCE(asked_at, now);
	if (!is_asked && now > READ_ONCE(asked_at) + HZ && now > READ_ONCE(cpu->stamped_at) + HZ)
		return 0;
	return max(READ_ONCE(cpu->slack_ns), PFQK_SLACK_QUEUED_NS);
}

void pfqk_cpu_exit(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		kvfree(cpus[i]);
		cpus[i] = NULL;
	}
	kvfree(frags);
	frags = NULL;
}

static int create(u32 i)
{
	struct pfqk_cpu *c = kvzalloc_node(sizeof(*c), GFP_KERNEL, cpu_to_node(i));

	if (!c)
		return -ENOMEM;
	cpus[i] = c;
	c->env.seed = seed;
	c->env.lane = i;
	c->env.random = get_random_u64() | 1;
	c->env.frags = frags;
	return 0;
}

int pfqk_cpu_init(void)
{
	int err = 0;
	u32 i;

	if (pfqk_lanes() > PFQ_LANES_MAX) {
		pr_err("pfq: %u CPUs are more than the %d lanes of a ring\n", pfqk_lanes(),
		       PFQ_LANES_MAX);
		return -EOPNOTSUPP;
	}
	frags = kvzalloc(sizeof(*frags), GFP_KERNEL);
	if (!frags)
		return -ENOMEM;
	seed = get_random_u32();
	for (i = 0; i < pfqk_lanes() && !err; i++)
		err = create(i);
	if (err)
		pfqk_cpu_exit();
	return err;
}
