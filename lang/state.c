/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "state.h"

#include <string.h>
#include "list.h"
#include "option.h"
#include "take.h"

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

/* --- rates ------------------------------------------------------------------------------ */

#define RATE_SIZE	16384
#define RATE_SIZE_MAX	(16U << 20)
#define RATE_BURST	(NS_PER_S / 50)
#define RATE_BURST_MAX	(60 * NS_PER_S)

static const struct {
	uint64_t min, max;
	const char *text;
} rates[] = {
	{ 1, 1000000000, "; allowed: 1pps to 1Gpps" },
	{ 8000, 1000000000000, "; allowed: 8kbps to 1000Gbps" },
};

/*
 * ns in which the rate gives the burst: a time, or a number of packets, or of bytes. A source may
 * always send one packet more than that.
 */
static bool take_burst(struct pfq_lang_call *call, const struct pfq_lang_value *rate, uint64_t *ns)
{
	const struct pfq_lang_option *option = pfq_lang_option_find(call, "burst");
	uint64_t number = 0, each = rate->last ? 8 * NS_PER_S : NS_PER_S;
	uint64_t max = (uint64_t)((unsigned __int128)RATE_BURST_MAX * rate->first / each);

	if (!option || option->value->kind != PFQ_TERM_VALUES || !option->value->values ||
	    option->value->value->type != PFQ_VALUE_NUMBER)
		return pfq_lang_option_take(call, "burst", PFQ_VALUE_TIME, 0, RATE_BURST_MAX, ns);
	if (!pfq_lang_option_take(call, "burst", PFQ_VALUE_NUMBER, 1, max, &number))
		return false;
	/* 1 ns more, against what is rounded down */
	number -= !rate->last;
	*ns = (uint64_t)((unsigned __int128)number * each / rate->first);
	*ns += number && *ns < RATE_BURST_MAX;
	return true;
}

const struct pfq_lang_thing *pfq_lang_rate(struct pfq_lang_call *call, enum pfq_lang_kind kind,
					   const struct pfq_lang_value *rate)
{
	bool is_bits = rate->last;
	uint64_t size = RATE_SIZE, burst = RATE_BURST;
	struct pfq_lang_thing *t;

	if (rate->first < rates[is_bits].min || rate->first > rates[is_bits].max) {
		pfq_lang_take_fail(call, &rate->place, rates[is_bits].text);
		return NULL;
	}
	if (!take_burst(call, rate, &burst) ||
	    !pfq_lang_option_take(call, "size", PFQ_VALUE_NUMBER, 1, RATE_SIZE_MAX, &size))
		return NULL;
	t = pfq_lang_thing_new(call->work, kind, "", "", 0, 0);
	if (!t)
		return NULL;
	t->size = kind == PFQ_LANG_KIND_RATES ? (uint32_t)size : 0;
	t->arg[0] = rate->first;
	t->arg[1] = is_bits;
	t->arg[2] = burst;
	t->is_own = true;
	return t;
}

/* --- duplicates ------------------------------------------------------------------------- */

#define DUP_WINDOW_MIN	1000
#define DUP_SIZE	65536
#define DUP_SIZE_MAX	(128U << 20)
#define DUP_BYTES	256
#define DUP_BYTES_MAX	2048

/* by=ip or by=frame */
static bool take_by(struct pfq_lang_call *call, uint64_t *is_frame)
{
	const struct pfq_lang_option *option = pfq_lang_option_find(call, "by");
	const struct pfq_lang_term *t = option ? option->value : NULL;

	if (!t)
		return true;
	if (t->kind != PFQ_TERM_VALUES || t->values != 1 || t->value->type != PFQ_VALUE_NAME)
		return pfq_lang_take_misfit(call, t, NULL);
	*is_frame = !strcmp(t->value->text, "frame");
	return *is_frame || !strcmp(t->value->text, "ip") ||
	       pfq_lang_take_fail(call, &t->place, "; by is ip or frame");
}

const struct pfq_lang_thing *pfq_lang_dup(struct pfq_lang_call *call,
					  const struct pfq_lang_value *window)
{
	uint64_t size = DUP_SIZE, bytes = DUP_BYTES, is_frame = 0;
	struct pfq_lang_thing *t;

	if (window->first < DUP_WINDOW_MIN || window->first > NS_PER_S) {
		pfq_lang_take_beyond(call, window, DUP_WINDOW_MIN, NS_PER_S);
		return NULL;
	}
	if (!take_by(call, &is_frame) ||
	    !pfq_lang_option_take(call, "bytes", PFQ_VALUE_NUMBER, 1, DUP_BYTES_MAX, &bytes) ||
	    !pfq_lang_option_take(call, "size", PFQ_VALUE_NUMBER, 1, DUP_SIZE_MAX, &size))
		return NULL;
	t = pfq_lang_thing_new(call->work, PFQ_LANG_KIND_DUP, "", "", 0, 0);
	if (!t)
		return NULL;
	t->size = (uint32_t)size;
	t->arg[0] = window->first;
	t->arg[1] = bytes;
	t->arg[2] = is_frame;
	t->is_own = true;
	return t;
}
