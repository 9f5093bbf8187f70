/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Declarations of state, and the objects that symbols with state use. */
#ifndef PFQ_LANG_STATE_H
#define PFQ_LANG_STATE_H

#include "term.h"

/* Read the declaration flows, if there is one. Its values may be lets. */
void pfq_lang_flows_read(struct pfq_lang_work *w);

/* The object of flow_packets and flow_bytes: a program has only one. NULL: no memory. */
const struct pfq_lang_thing *pfq_lang_flows(struct pfq_lang_work *w);

#endif /* PFQ_LANG_STATE_H */
