/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "state.h"

#include "list.h"
#include "option.h"

#define NS_PER_S	1000000000ULL

/* --- flows ------------------------------------------------------------------------------ */

#define FLOWS_SIZE	65536
#define FLOWS_SIZE_MAX	(16U << 20)
#define FLOWS_IDLE	(60 * NS_PER_S)
#define FLOWS_IDLE_MAX	(200 * 86400 * NS_PER_S)

static struct pfq_lang_thing *flows(struct pfq_lang_work *w)
{
	if (w->flows.thing)
		return w->flows.thing;
	w->flows.thing = pfq_lang_thing_new(w, PFQ_LANG_KIND_FLOWS, "", "", 0, 0);
	if (w->flows.thing) {
		w->flows.thing->size = FLOWS_SIZE;
		w->flows.thing->arg[0] = FLOWS_IDLE;
	}
	return w->flows.thing;
}

const struct pfq_lang_thing *pfq_lang_flows(struct pfq_lang_work *w)
{
	w->flows.is_used = true;
	return flows(w);
}

static bool read_flows(struct pfq_lang_call *call, struct pfq_lang_thing *t)
{
	uint64_t size = t->size;

	if (!pfq_lang_option_take(call, "size", PFQ_VALUE_NUMBER, 1, FLOWS_SIZE_MAX, &size) ||
	    !pfq_lang_option_take(call, "idle", PFQ_VALUE_TIME, NS_PER_S, FLOWS_IDLE_MAX,
				  &t->arg[0]))
		return false;
	t->size = (uint32_t)size;
	return true;
}

void pfq_lang_flows_read(struct pfq_lang_work *w)
{
	const struct pfq_lang_node *node = w->flows.node;
	struct pfq_lang_thing *t = flows(w);
	struct pfq_lang_call call = {
		.work = w, .name = "flows",
		.wanted = "a number of flows and a time (size=64K idle=60s)",
	};

	if (!node || !t)
		return;
	call.place = node->place;
	if (pfq_lang_options_read(&call, node->child, "size idle") && !read_flows(&call, t))
		pfq_lang_call_refuse(&call);
}
