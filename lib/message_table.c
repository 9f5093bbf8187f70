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

#define A(name)		PFQ_ATTR_BIT(name)

/* The column of requests in the table of commands in linux/pfq.h. */
const struct pfq_msg_request pfq_msg_requests[PFQ_CMD_MAX + 1] = {
	[PFQ_CMD_HELLO]		= { "HELLO", A(ABI), 0, false },
	[PFQ_CMD_STATUS_GET]	= { "STATUS_GET", 0, 0, false },
	[PFQ_CMD_GROUP_GET]	= { "GROUP_GET", 0, A(GROUP), true },
	[PFQ_CMD_ENDPOINT_GET]	= { "ENDPOINT_GET", 0, A(GROUP), true },
	[PFQ_CMD_JOIN]		= { "JOIN", 0, A(GROUP) | A(BINDINGS) | A(STEER) | A(NAME) |
				    A(SNAPLEN) | A(RING_BYTES) | A(CLASSES) | A(WEIGHT) |
				    A(PROMISC) | A(HUGEPAGES) | A(VLANS), false },
	[PFQ_CMD_START]		= { "START", 0, 0, false },
	[PFQ_CMD_FILTER_SET]	= { "FILTER_SET", 0, A(FILTER), false },
	[PFQ_CMD_DIRECTION_SET]	= { "DIRECTION_SET", A(DIRECTION), 0, false },
	[PFQ_CMD_INJECT]	= { "INJECT", A(FRAME), 0, false },
	/* GROUP_ADD and GROUP_DEL belong to the kernel engine, which has its own table */
};
