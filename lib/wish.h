/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Keeps the settings of an endpoint that its program has asked for, to ask the next engine for the
 * same. One thread at a time uses it.
 */
#ifndef PFQ_LIB_WISH_H
#define PFQ_LIB_WISH_H

#include <stdbool.h>
#include "message.h"
#include "pfq.h"

struct pfq_wish {
	struct pfq_params params;	/* its texts are in block */
	char *block;
	void *filter;			/* NULL: none */
	unsigned int insns;
	enum pfq_direction direction;
	unsigned int changes;		/* so often has the program changed something */
};

/* Add the parameters of a JOIN. -EINVAL with a text: a value is not allowed. */
int pfq_wish_put_join(struct pfq_msg_out *o, const struct pfq_params *p, struct pfq_error *err);
/* The requests FILTER_SET and DIRECTION_SET: their attributes. @insns 0: no filter. */
void pfq_wish_put_filter(struct pfq_msg_out *o, const void *filter, unsigned int insns);
void pfq_wish_put_direction(struct pfq_msg_out *o, enum pfq_direction direction);

/* Copy @params. Returns 0 or -ENOMEM. */
int pfq_wish_begin(struct pfq_wish *w, const struct pfq_params *params);
void pfq_wish_end(struct pfq_wish *w);

/* Keep a copy of the filter. Returns 0 or -ENOMEM; then the filter before stays. */
int pfq_wish_filter(struct pfq_wish *w, const void *filter, unsigned int insns);
void pfq_wish_direction(struct pfq_wish *w, enum pfq_direction direction);

#endif /* PFQ_LIB_WISH_H */
