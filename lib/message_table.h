/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Commands and attributes of linux/pfq_control.h as tables; for the codec only. */
#ifndef PFQ_MESSAGE_TABLE_H
#define PFQ_MESSAGE_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <netlink/attr.h>
#include <linux/pfq_control.h>

struct pfq_msg_attr {
	const char *name;
	uint32_t max;	/* bytes of payload; strings without their NUL */
};

/* whether a request has an attribute */
enum pfq_msg_rule {
	PFQ_RULE_NOT,
	PFQ_RULE_MAY,
	PFQ_RULE_MUST,
};

struct pfq_msg_request {
	const char *name;	/* NULL: no such command */
	bool dump;
	uint8_t rules[PFQ_A_MAX + 1];	/* enum pfq_msg_rule */
};

extern const struct nla_policy pfq_msg_policy[PFQ_A_MAX + 1];
extern const struct pfq_msg_attr pfq_msg_attrs[PFQ_A_MAX + 1];
extern const struct pfq_msg_request pfq_msg_requests[PFQ_CMD_MAX + 1];

/* For binary attributes that are arrays: bytes of an element; 0: any length. */
extern const uint8_t pfq_msg_unit[PFQ_A_MAX + 1];

#endif /* PFQ_MESSAGE_TABLE_H */
