/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The table of rules for hints: a row is a predicate and a text. */
#ifndef PFQCTL_HINT_RULE_H
#define PFQCTL_HINT_RULE_H

#include "pfqctl.h"

enum hint_scope {
	HINT_GROUP,
	HINT_DEVICE,	/* a device of a group */
	HINT_MEMBER,
	HINT_REFUSAL,	/* a process whose JOIN is refused again and again */
	HINT_ENGINE,
};

struct hint_rule;

/* the argument of a predicate, and the words that the predicate gives to the text */
struct hint_subject {
	const struct hint_rule *rule;
	const struct snapshot *s, *later;
	const struct pfq_group_info *group;	/* NULL: HINT_REFUSAL or HINT_ENGINE */
	unsigned int device;			/* HINT_DEVICE: index into group->device */
	const struct pfq_endpoint_info *member;	/* HINT_MEMBER */
	const struct pfq_refusal_info *refusal;	/* HINT_REFUSAL */
	uint64_t n, m;				/* {n}, {m} */
	char what[128], command[128];		/* {what}, {command} */
};

struct hint_rule {
	const char *name;
	enum hint_scope scope;
	/* Is the hint true? If so, the words are set. */
	bool (*holds)(struct hint_subject *x);
	unsigned int counter;	/* for predicates about one counter */
	/*
	 * One sentence: what is wrong, and what to do. Words in braces stand for: {group} "group
	 * ids"; {name} its name for a command; {device}; {why} the engine's reason; {bindings};
	 * {member} "member 3 of group ids (tcpdump, process 77)"; {pid}; {process} "tcpdump
	 * (process 77, user 9)"; and those of the subject.
	 */
	const char *text;
};

extern const struct hint_rule hint_rules[];
extern const size_t hint_rules_count;

#endif /* PFQCTL_HINT_RULE_H */
