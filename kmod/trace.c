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

static const struct cause group_causes[] = {
	{ PFQ_GROUP_drop_filter, PFQK_TRACE_filter },
	{ PFQ_GROUP_drop_vlan, PFQK_TRACE_vlan },
	{ PFQ_GROUP_drop_program, PFQK_TRACE_program },
	{ PFQ_GROUP_drop_no_member, PFQK_TRACE_no_member },
};

static const struct cause endpoint_causes[PFQK_TRACED] = {
	{ PFQ_ENDPOINT_drop_endpoint_filter, PFQK_TRACE_endpoint_filter },
	{ PFQ_ENDPOINT_drop_ring_full, PFQK_TRACE_ring_full },
};

void pfqk_trace_before(struct pfqk_cpu *cpu, const struct pfqk_snapshot *s)
{
	u32 lane = cpu->env.lane, m, i;

	memcpy(cpu->traced_group, s->group.lane[lane].counters, sizeof(cpu->traced_group));
	for (m = 0; m < s->group.members; m++) {
		for (i = 0; i < PFQK_TRACED; i++)
			cpu->traced[m][i] =
				s->member[m].producer[lane].counters[endpoint_causes[i].counter];
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
	u32 lane = cpu->env.lane, m, i;

	for (i = 0; i < ARRAY_SIZE(group_causes); i++) {
		if (counters[group_causes[i].counter] != cpu->traced_group[group_causes[i].counter])
			trace(cpu, s->group.id, 0, group_causes[i].cause);
	}
	for (m = 0; m < s->group.members; m++) {
		counters = s->member[m].producer[lane].counters;
		for (i = 0; i < PFQK_TRACED; i++) {
			if (counters[endpoint_causes[i].counter] != cpu->traced[m][i])
				trace(cpu, s->group.id, s->member[m].id, endpoint_causes[i].cause);
		}
	}
}
