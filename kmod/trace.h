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
#include <linux/pfq.h>

/*
 * The causes are the DROP counters of linux/pfq.h, those of groups first. Programs should go by
 * the names, which the event's format tells: a new counter changes the numbers behind it.
 */
#define PFQK_DROPS_ONLY_IN(...)
#define PFQK_DROPS_ONLY_DROP(...)	__VA_ARGS__
#define PFQK_DROPS_ONLY_OUT(...)
#define PFQK_DROPS_ONLY_HELD(...)
#define PFQK_DROPS_ONLY_INFO(...)

#define PFQK_TRACE_ENUM(name, kind, text)	PFQK_DROPS_ONLY_##kind(PFQK_TRACE_##name,)
#define PFQK_TRACE_DEFINE(name, kind, text)	\
	PFQK_DROPS_ONLY_##kind(TRACE_DEFINE_ENUM(PFQK_TRACE_##name);)
#define PFQK_TRACE_NAME(name, kind, text)	\
	PFQK_DROPS_ONLY_##kind(, { PFQK_TRACE_##name, #name })
/* the counters become arguments before __print_symbolic() looks at them */
#define PFQK_TRACE_SYMBOLIC(...)		__print_symbolic(__VA_ARGS__)

enum pfqk_trace_cause {
	PFQ_GROUP_COUNTERS(PFQK_TRACE_ENUM)
	PFQ_ENDPOINT_COUNTERS(PFQK_TRACE_ENUM)
};

struct pfqk_cpu;
struct pfqk_snapshot;

/* Called before and after a group handles one packet. Lane context. */
void pfqk_trace_before(struct pfqk_cpu *cpu, const struct pfqk_snapshot *s);
void pfqk_trace_after(struct pfqk_cpu *cpu, const struct pfqk_snapshot *s);
#endif

PFQ_GROUP_COUNTERS(PFQK_TRACE_DEFINE)
PFQ_ENDPOINT_COUNTERS(PFQK_TRACE_DEFINE)

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
		  PFQK_TRACE_SYMBOLIC(__entry->cause PFQ_GROUP_COUNTERS(PFQK_TRACE_NAME)
				      PFQ_ENDPOINT_COUNTERS(PFQK_TRACE_NAME)),
		  __entry->len)
);

#endif /* PFQK_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
