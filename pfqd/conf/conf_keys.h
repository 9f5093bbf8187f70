/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The table of keys of pfqd.conf: each row has the key's section, its parser, and the text of
 * allowed values.
 */
#ifndef PFQD_CONF_KEYS_H
#define PFQD_CONF_KEYS_H

#include "conf.h"

enum conf_section {
	CONF_SECTION_DAEMON,
	CONF_SECTION_GROUP,
	CONF_SECTIONS
};

/* the destination of a value */
struct conf_target {
	struct conf_daemon *daemon;
	struct conf_group *group;	/* NULL in [pfqd] */
	unsigned int line;
	/* the file that relative paths are relative to; NULL: there is none */
	const char *path;
	struct conf_report *report;
};

struct conf_key {
	enum conf_section section;
	const char *name;
	/*
	 * Parse @value into @t. Returns 0. -EINVAL: not allowed; the caller prints the row's
	 * @allowed. -ECANCELED: it has complained. Another -errno: err->text has the whole reason.
	 */
	int (*parse)(struct conf_target *t, const char *value, struct pfq_error *err);
	const char *allowed;
};

/* Row @i of the table, in the order of the manual; NULL after the last. */
const struct conf_key *conf_key(unsigned int i);
/* Is the key one of a later release, which the parser refuses? */
bool conf_key_is_to_come(const struct conf_key *key);
/* Find the row of a key; NULL: no such key. */
const struct conf_key *conf_key_find(enum conf_section section, const char *name);
/* Print the keys of a section: "engine, workers, ...". */
void conf_key_list(enum conf_section section, char *text, size_t size);

#endif /* PFQD_CONF_KEYS_H */
