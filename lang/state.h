/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Declarations of state, and the objects that symbols with state use. */
#ifndef PFQ_LANG_STATE_H
#define PFQ_LANG_STATE_H

#include "argument.h"

/* Read the declaration flows, if there is one. Its values may be lets. */
void pfq_lang_flows_read(struct pfq_lang_work *w);

/* The object of flow_packets and flow_bytes: a program has only one. NULL: no memory. */
const struct pfq_lang_thing *pfq_lang_flows(struct pfq_lang_work *w);

/* The object of a limit to @rate, with the call's options. NULL after an error, as of take.h. */
const struct pfq_lang_thing *pfq_lang_rate(struct pfq_lang_call *call, enum pfq_lang_kind kind,
					   const struct pfq_lang_value *rate);

/* The object of is_dup, likewise. */
const struct pfq_lang_thing *pfq_lang_dup(struct pfq_lang_call *call,
					  const struct pfq_lang_value *window);

#endif /* PFQ_LANG_STATE_H */
