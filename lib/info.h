/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Converts an engine's answers to the structures of pfq.h. Fields that were not sent become 0 or
 * "".
 */
#ifndef PFQ_LIB_INFO_H
#define PFQ_LIB_INFO_H

#include "message.h"
#include "pfq.h"

void pfq_info_engine(struct pfq_engine_info *info, const struct pfq_attrs *a);
void pfq_info_ingest(struct pfq_ingest_info *info, const struct pfq_attrs *a);
void pfq_info_refusal(struct pfq_refusal_info *info, const struct pfq_attrs *a);
void pfq_info_endpoint(struct pfq_endpoint_info *info, const struct pfq_attrs *a);
/* Returns 0, or -EPROTO if a nested attribute is malformed. */
int pfq_info_group(struct pfq_group_info *info, const struct pfq_attrs *a);

#endif /* PFQ_LIB_INFO_H */
