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
	[PFQ_A_STEPS] = 16,
};

#define MUST(name)	[PFQ_A_##name] = PFQ_RULE_MUST,
#define MAY(name)	[PFQ_A_##name] = PFQ_RULE_MAY,
#define K_MUST(name)
#define K_MAY(name)

/* pfqd's part of the list; "rules" has commas once its macros are expanded */
#define REQUEST(cmd, is_dump, ...)	[PFQ_CMD_##cmd] = {	\
	.name = #cmd, .dump = is_dump, .rules = { [PFQ_A_UNSPEC] = PFQ_RULE_NOT, __VA_ARGS__ } },
#define REQUEST_ONE(cmd, ...)		REQUEST(cmd, false, __VA_ARGS__)
#define REQUEST_DUMP(cmd, ...)		REQUEST(cmd, true, __VA_ARGS__)
#define REQUEST_ROW(cmd, kind, rules)	REQUEST_##kind(cmd, rules)

const struct pfq_msg_request pfq_msg_requests[PFQ_CMD_MAX + 1] = {
	PFQ_REQUEST_LIST(REQUEST_ROW, MUST, MAY, K_MUST, K_MAY, MUST, MAY)
};
