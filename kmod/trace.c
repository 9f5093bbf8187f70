// SPDX-License-Identifier: GPL-2.0-only
/*
 * core/ counts drops and has no tracepoints. The counters of a lane are compared before and after
 * a packet to find the drops.
 */
#include "cpu.h"
#include "endpoint.h"
#include "snapshot.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

struct cause {
	u32 counter;
	u32 cause;
};

#define GROUP_CAUSE(name, kind, text)	\
	PFQK_DROPS_ONLY_##kind({ PFQ_GROUP_##name, PFQK_TRACE_##name },)
#define ENDPOINT_CAUSE(name, kind, text)	\
	PFQK_DROPS_ONLY_##kind({ PFQ_ENDPOINT_##name, PFQK_TRACE_##name },)

static const struct cause group_causes[] = { PFQ_GROUP_COUNTERS(GROUP_CAUSE) };
static const struct cause endpoint_causes[] = { PFQ_ENDPOINT_COUNTERS(ENDPOINT_CAUSE) };

void pfqk_trace_before(struct pfqk_cpu *cpu, const struct pfqk_snapshot *s)
{
	u32 lane = cpu->env.lane, m;

	memcpy(cpu->traced_group, s->group.lane[lane].counters, sizeof(cpu->traced_group));
	for (m = 0; m < s->group.members; m++) {
		memcpy(cpu->traced[m], s->member[m].producer[lane].counters,
		       sizeof(cpu->traced[m]));
	}
}

static void trace(const struct pfqk_cpu *cpu, u32 group, u32 endpoint, u32 cause)
{
	const struct pfq_view *v = &cpu->batch.view[0];

	trace_pfq_drop(v->native, group, endpoint, cause, v->len);
}

void pfqk_trace_after(struct pfqk_cpu *cpu, const struct pfqk_snapshot *s)
{
	const u64 *counters = s->group.lane[cpu->env.lane].counters;
	const struct cause *c;
	u32 lane = cpu->env.lane, m, i;

	for (i = 0; i < ARRAY_SIZE(group_causes); i++) {
		c = &group_causes[i];
		if (counters[c->counter] != cpu->traced_group[c->counter])
			trace(cpu, s->group.id, 0, c->cause);
	}
	for (m = 0; m < s->group.members; m++) {
		counters = s->member[m].producer[lane].counters;
		for (i = 0; i < ARRAY_SIZE(endpoint_causes); i++) {
			c = &endpoint_causes[i];
			if (counters[c->counter] != cpu->traced[m][c->counter])
				trace(cpu, s->group.id, s->member[m].id, c->cause);
		}
	}
}
