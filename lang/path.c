/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "path.h"

#include <string.h>

static bool is_step(uint16_t target)
{
	return target < PFQ_LANG_DROP;
}

static uint16_t moved(const uint16_t *to, uint16_t target)
{
	return is_step(target) ? to[target] : target;
}

void pfq_lang_path_prune(struct pfq_lang_list *list)
{
	bool is_reached[PFQ_LANG_MADE_MAX] = { false };
	uint16_t to[PFQ_LANG_MADE_MAX];
	struct pfq_lang_step *s;
	unsigned int i, kept = 0;

	is_reached[list->first] = true;
	for (i = 0; i < list->count; i++) {
		s = &list->made[i].step;
		if (!is_reached[i])
			continue;
		to[i] = (uint16_t)kept++;
		if (is_step(s->yes))
			is_reached[s->yes] = true;
		if (is_step(s->no))
			is_reached[s->no] = true;
	}
	for (i = 0; i < list->count; i++) {
		s = &list->made[i].step;
		if (!is_reached[i])
			continue;
		s->yes = moved(to, s->yes);
		s->no = moved(to, s->no);
		list->made[to[i]] = list->made[i];
	}
	list->count = kept;
	list->first = 0;
}

/* --- limits --------------------------------------------------------------------------- */

static void raise_to(unsigned int *worst, uint16_t target, unsigned int value)
{
	if (is_step(target) && worst[target] < value)
		worst[target] = value;
}

/*
 * A step that has a property as its argument costs as much more as the property. One that enters
 * tunnels costs its units for each.
 */
unsigned int pfq_lang_step_cost(const struct pfq_lang_step *s, uint64_t bytes)
{
	const struct pfq_lang_row *row = &pfq_lang_rows[s->symbol];

	if (row->args == PFQ_LANG_ARGS_ENTER)
		return row->units * (unsigned int)s->arg[1];
	if (row->args == PFQ_LANG_ARGS_PROPERTY)
		return row->units + pfq_lang_rows[s->arg[0]].units;
	if (row->args == PFQ_LANG_ARGS_DUP)
		return row->units + PFQ_LANG_DUP_UNITS((unsigned int)bytes);
	return row->units;
}

/* The step at which a way costs more than is allowed; count: there is none. *cost: the worst. */
static unsigned int too_expensive(const struct pfq_lang_step *step, size_t stride,
				  const unsigned int *each, unsigned int count,
				  unsigned int *cost)
{
	unsigned int worst[PFQ_LANG_STEPS_MAX] = { 0 }, i, here, at = count;
	const struct pfq_lang_step *s = step;

	*cost = 0;
	for (i = 0; i < count; i++) {
		s = (const void *)((const char *)step + i * stride);
		here = worst[i] + each[i];
		if (*cost < here)
			*cost = here;
		if (here > PFQ_LANG_COST_MAX && at == count)
			at = i;
		raise_to(worst, s->yes, here);
		raise_to(worst, s->no, here);
	}
	return at;
}

unsigned int pfq_lang_path_cost(const struct pfq_lang_step *step, const unsigned int *cost,
				unsigned int count)
{
	unsigned int worst;

	too_expensive(step, sizeof(*step), cost, count, &worst);
	return worst;
}

/* How many further outputs there are on the way that has most. */
static bool check_outputs(const struct pfq_lang_list *list, struct pfq_lang_work *w)
{
	unsigned int most[PFQ_LANG_STEPS_MAX] = { 0 }, saved[PFQ_LANG_SAVES_MAX] = { 0 }, i, here;
	const struct pfq_lang_step *s;

	for (i = 0; i < list->count; i++) {
		s = &list->made[i].step;
		here = most[i];
		if (s->symbol == PFQ_LANG_SAVE)
			saved[s->arg[0]] = here;
		if (s->symbol == PFQ_LANG_RESTORE)
			here = saved[s->arg[0]];
		if (s->symbol == PFQ_LANG_ALSO && ++here > PFQ_LANG_ALSO_MAX) {
			pfq_lang_error(w, &list->made[i].place,
				       "on a way to this also there are 3 others; 3 in all are "
				       "allowed");
			return false;
		}
		raise_to(most, s->yes, here);
		raise_to(most, s->no, here);
	}
	return true;
}

static bool counts_flow(const struct pfq_lang_step *s)
{
	uint64_t symbol = pfq_lang_rows[s->symbol].args == PFQ_LANG_ARGS_PROPERTY ? s->arg[0] :
										    s->symbol;

	return symbol == PFQ_LANG_FLOW_PACKETS || symbol == PFQ_LANG_FLOW_BYTES;
}

/* A packet counts once, for one flow: that of the frame, or one inside of tunnels. */
static bool check_flows(const struct pfq_lang_list *list, struct pfq_lang_work *w)
{
	const struct pfq_lang_made *m, *first = NULL;
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		m = &list->made[i];
		if (!counts_flow(&m->step))
			continue;
		if (!first)
			first = m;
		if (m->inside == first->inside)
			continue;
		pfq_lang_error(w, &m->place, "this counts the flow of another packet than in line "
			       "%u, column %u; a program counts one flow, inside of tunnels or "
			       "outside", first->place.line, first->place.column);
		return false;
	}
	return true;
}

bool pfq_lang_path_check(const struct pfq_lang_list *list, struct pfq_lang_work *w)
{
	unsigned int each[PFQ_LANG_STEPS_MAX], at, cost, i;
	const struct pfq_lang_made *m = list->made;

	if (list->count > PFQ_LANG_STEPS_MAX) {
		pfq_lang_error(w, &list->made[PFQ_LANG_STEPS_MAX].place,
			       "the program has %u steps; %d are allowed", list->count,
			       PFQ_LANG_STEPS_MAX);
		return false;
	}
	for (i = 0; i < list->count; i++)
		each[i] = pfq_lang_step_cost(&m[i].step, m[i].object ? m[i].object->arg[1] : 0);
	at = too_expensive(&m[0].step, sizeof(m[0]), each, list->count, &cost);
	if (at < list->count) {
		pfq_lang_error(w, &list->made[at].place, "the longest way through the program "
			"costs "
			       "%u units, and here it has more than %d, which are allowed", cost,
			       PFQ_LANG_COST_MAX);
		return false;
	}
	return check_flows(list, w) && check_outputs(list, w);
}

/* --- advice --------------------------------------------------------------------------- */

static bool wants_ports(unsigned int symbol)
{
	return (symbol >= PFQ_LANG_HAS_PORT && symbol <= PFQ_LANG_HAS_DST_PORT_IN) ||
	       symbol == PFQ_LANG_IS_SIP || symbol == PFQ_LANG_IS_SIP_IN ||
	       (symbol >= PFQ_LANG_HAS_PORT_SET && symbol <= PFQ_LANG_IS_SIP_SET);
}

static bool is_class_or_cut(unsigned int symbol)
{
	return symbol == PFQ_LANG_CLASS || symbol == PFQ_LANG_ADD_CLASS ||
	       symbol == PFQ_LANG_SLICE || symbol == PFQ_LANG_SLICE_PAYLOAD;
}

/* A place in the text may have several steps, and gets one note. */
static bool is_again(const struct pfq_lang_list *list, unsigned int i)
{
	unsigned int j;

	for (j = 0; j < i; j++)
		if (list->made[j].place.offset == list->made[i].place.offset &&
		    list->made[j].step.symbol == list->made[i].step.symbol)
			return true;
	return false;
}

/* Steps that remember packets, and whose memory a copy would change. */
static bool remembers(const struct pfq_lang_step *s)
{
	unsigned int symbol = s->symbol == PFQ_LANG_STEER_BY ? (unsigned int)s->arg[0] : s->symbol;

	switch (symbol) {
	case PFQ_LANG_FLOW_PACKETS:
	case PFQ_LANG_FLOW_BYTES:
	case PFQ_LANG_WITHIN:
	case PFQ_LANG_WITHIN_SRC:
	case PFQ_LANG_WITHIN_DST:
	case PFQ_LANG_WITHIN_FLOW:
		return true;
	}
	return false;
}

/* is_dup finds copies for all that stands behind it, and for nothing before. */
static void advise_dup(const struct pfq_lang_list *list, struct pfq_lang_work *w)
{
	bool behind[PFQ_LANG_STEPS_MAX] = { false };
	const struct pfq_lang_made *m;
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		m = &list->made[i];
		if (m->step.symbol == PFQ_LANG_IS_DUP && behind[i] && !is_again(list, i))
			pfq_lang_advise(w, &m->place, "copies count in the steps before is_dup, "
					"which have state; let is_dup stand before them");
		if (!behind[i] && !remembers(&m->step))
			continue;
		if (is_step(m->step.yes))
			behind[m->step.yes] = true;
		if (is_step(m->step.no))
			behind[m->step.no] = true;
	}
}

void pfq_lang_path_advise(const struct pfq_lang_list *list, struct pfq_lang_work *w)
{
	const struct pfq_lang_made *m, *changed = NULL;
	bool steers = false;
	unsigned int i;

	advise_dup(list, w);
	for (i = 0; i < list->count; i++) {
		m = &list->made[i];
		steers |= pfq_lang_rows[m->step.symbol].type == PFQ_LANG_STEER;
		if (!changed && is_class_or_cut(m->step.symbol))
			changed = m;
		if (wants_ports(m->step.symbol) && m->step.no == PFQ_LANG_DROP &&
		    m->step.yes != PFQ_LANG_DROP && !is_again(list, i))
			pfq_lang_advise(w, &m->place, "later fragments have no ports and are "
				"dropped "
					"here; \"or is_more_frag\" keeps them");
	}
	if (changed && !steers)
		pfq_lang_advise(w, &changed->place, "no function steers, so each member of the "
				"classes gets each packet; \"copy\" says so");
}
