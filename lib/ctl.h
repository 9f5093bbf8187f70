/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQ_LIB_CTL_H
#define PFQ_LIB_CTL_H

#include "conn.h"

struct pfq_ctl {
	struct pfq_conn conn;
};

/* pfq_ctl_status() over any connection; an endpoint uses its own. */
int pfq_conn_status(struct pfq_conn *c, struct pfq_engine_info *info,
		    int (*fn)(const struct pfq_ingest_info *, void *), void *arg,
		    struct pfq_error *err);

/* Its two halves, for a caller that does not wait: the request, and the use of the answer. */
void pfq_conn_status_begin(struct pfq_conn *c, struct pfq_msg_out *o);
int pfq_conn_status_walk(const struct pfq_conn *c, const struct pfq_answer *answer,
			 int (*fn)(const struct pfq_ingest_info *, void *), void *arg,
			 struct pfq_error *err);

#endif /* PFQ_LIB_CTL_H */
