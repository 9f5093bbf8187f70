/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "message_table.h"

/* Smallest and largest payload of each type, as libnl counts: with a string's NUL. */
#define MIN_U32(max)	4
#define MIN_U64(max)	8
#define MIN_STRING(max)	1
#define MIN_BINARY(max)	0
#define MIN_NESTED(max)	0
#define MAX_U32(max)	4
#define MAX_U64(max)	8
#define MAX_STRING(max)	((max) + 1)
#define MAX_BINARY(max)	(max)
#define MAX_NESTED(max)	0	/* no limit but the message's */

#define POLICY_ROW(n, t, m)	[PFQ_A_##n] = {	\
	.type = NLA_##t, .minlen = MIN_##t(m), .maxlen = MAX_##t(m) },

const struct nla_policy pfq_msg_policy[PFQ_A_MAX + 1] = {
	PFQ_ATTR_LIST(POLICY_ROW)
};

#define ATTR_ROW(n, t, m)	[PFQ_A_##n] = { .name = #n, .max = (m) },

const struct pfq_msg_attr pfq_msg_attrs[PFQ_A_MAX + 1] = {
	PFQ_ATTR_LIST(ATTR_ROW)
};

const uint8_t pfq_msg_unit[PFQ_A_MAX + 1] = {
	[PFQ_A_FILTER] = 8,
	[PFQ_A_POSITIONS] = 8,
	[PFQ_A_COUNTERS] = 8,
};

/* the user engine's part of the list */
#define REQUEST_ROW_ONE(cmd, must, may)	[PFQ_CMD_##cmd] = {	\
	#cmd, (must) & ~PFQ_KERNEL_ATTRS, (may) & ~PFQ_KERNEL_ATTRS, false },
#define REQUEST_ROW_DUMP(cmd, must, may)	[PFQ_CMD_##cmd] = { #cmd, must, may, true },
#define REQUEST_ROW_KERNEL(cmd, must, may)
#define REQUEST_ROW(cmd, kind, must, may)	REQUEST_ROW_##kind(cmd, must, may)

const struct pfq_msg_request pfq_msg_requests[PFQ_CMD_MAX + 1] = {
	PFQ_REQUEST_LIST(REQUEST_ROW, PFQ_ATTR_BIT)
};
