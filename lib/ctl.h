/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQ_LIB_CTL_H
#define PFQ_LIB_CTL_H

#include "conn.h"

/* pfq_ctl_status() over any connection; an endpoint uses its own. */
int pfq_conn_status(struct pfq_conn *c, struct pfq_engine_info *info,
		    int (*fn)(const struct pfq_ingest_info *, void *), void *arg,
		    struct pfq_error *err);

#endif /* PFQ_LIB_CTL_H */
