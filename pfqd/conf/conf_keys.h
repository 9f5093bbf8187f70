/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The keys of pfqd.conf: one row each says where it stands, how it is read, and what is allowed. */
#ifndef PFQD_CONF_KEYS_H
#define PFQD_CONF_KEYS_H

#include "conf.h"

enum conf_section {
	CONF_SECTION_DAEMON,
	CONF_SECTION_GROUP,
	CONF_SECTIONS
};

/* where a value goes */
struct conf_target {
	struct conf_daemon *daemon;
	struct conf_group *group;	/* NULL in [pfqd] */
	unsigned int line;
};

struct conf_key {
	enum conf_section section;
	const char *name;
	/*
	 * 0; -EINVAL: not allowed, and the row says what is; any other: err->text
	 * says all of it.
	 */
	int (*parse)(struct conf_target *t, const char *value, struct pfq_error *err);
	const char *allowed;
};

/* NULL: no such key */
const struct conf_key *conf_key_find(enum conf_section section, const char *name);
/* "engine, workers, ..." */
void conf_key_list(enum conf_section section, char *text, size_t size);

#endif /* PFQD_CONF_KEYS_H */
