/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Requests about live sets, for pfq_set_change() and pfq_ctl_set_change(). */
#ifndef PFQ_LIB_SET_H
#define PFQ_LIB_SET_H

#include "conn.h"
#include "pfq.h"

struct pfq_set_change {
	struct pfq_conn *conn;
	const char *group, *set;
	enum pfq_set_op op;
	const struct pfq_entry *entry;
	size_t count;
	struct pfq_set_result *result;	/* NULL: nobody wants to know */
	/* Send the request @o, and get the answer, as pfq_conn_request() does. */
	int (*ask)(const struct pfq_set_change *ch, struct pfq_msg_out *o,
		   struct pfq_answer *answer, struct pfq_error *err);
	void *arg;
};

/* Send as many requests as it takes. Returns what pfq_set_change() returns. */
int pfq_set_change_send(const struct pfq_set_change *ch, struct pfq_error *err);

#endif /* PFQ_LIB_SET_H */
