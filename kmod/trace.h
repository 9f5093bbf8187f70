/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoint pfq:pfq_drop, once for each copy that a group or an endpoint drops, with the cause.
 * While it is off, it costs one jump that is not taken for each packet.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pfq

#if !defined(PFQK_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PFQK_TRACE_H

#include <linux/tracepoint.h>

#ifndef PFQK_TRACE_CAUSES
#define PFQK_TRACE_CAUSES
enum pfqk_trace_cause {
	PFQK_TRACE_filter,
	PFQK_TRACE_vlan,
	PFQK_TRACE_program,
	PFQK_TRACE_no_member,
	PFQK_TRACE_endpoint_filter,
	PFQK_TRACE_ring_full,
};

struct pfqk_cpu;
struct pfqk_snapshot;

/* Called before and after a group handles one packet. Lane context. */
void pfqk_trace_before(struct pfqk_cpu *cpu, const struct pfqk_snapshot *s);
void pfqk_trace_after(struct pfqk_cpu *cpu, const struct pfqk_snapshot *s);
#endif

TRACE_EVENT(pfq_drop,
	TP_PROTO(const void *skb, u32 group, u32 endpoint, u32 cause, u32 len),
	TP_ARGS(skb, group, endpoint, cause, len),
	TP_STRUCT__entry(
		__field(const void *, skb)
		__field(u32, group)
		__field(u32, endpoint)
		__field(u32, cause)
		__field(u32, len)
	),
	TP_fast_assign(
		__entry->skb = skb;
		__entry->group = group;
		__entry->endpoint = endpoint;
		__entry->cause = cause;
		__entry->len = len;
	),
	TP_printk("skb=%p group=%u endpoint=%u cause=%s len=%u", __entry->skb, __entry->group,
		  __entry->endpoint,
		  __print_symbolic(__entry->cause,
			{ PFQK_TRACE_filter, "drop_filter" },
			{ PFQK_TRACE_vlan, "drop_vlan" },
			{ PFQK_TRACE_program, "drop_program" },
			{ PFQK_TRACE_no_member, "drop_no_member" },
			{ PFQK_TRACE_endpoint_filter, "drop_endpoint_filter" },
			{ PFQK_TRACE_ring_full, "drop_ring_full" }),
		  __entry->len)
);

#endif /* PFQK_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
