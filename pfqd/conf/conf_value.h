/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The value of each key of pfqd.conf as a text that the key's parser reads, and when a running pfqd
 * takes a new value. Two configurations differ in a key if its texts differ.
 */
#ifndef PFQD_CONF_VALUE_H
#define PFQD_CONF_VALUE_H

#include "conf_keys.h"

/* bytes of the longest value, which is a filter, and NUL */
#define CONF_VALUE_BYTES	(FILTER_TEXT_MAX + 1)

/* when a running pfqd takes a new value */
enum conf_change {
	CONF_CHANGE_LIVE,	/* at once */
	CONF_CHANGE_DEVICES,	/* at once, but devices are opened in another way */
	CONF_CHANGE_MEMBERS,	/* for members that join later */
	CONF_CHANGE_RESTART,	/* after a restart */
};

struct conf_value {
	enum conf_section section;
	const char *name;
	enum conf_change change;
	bool is_free;	/* a file without the key leaves the value as it is */
	enum {
		CONF_OF_ALL,
		CONF_OF_DEVICES,	/* only for groups that take packets from devices */
		CONF_OF_FILES,		/* only for groups that replay a file */
	} of;
	/*
	 * Print the value of @d or @g into @text, which has CONF_VALUE_BYTES. "": the key has no
	 * value.
	 */
	void (*print)(const struct conf_daemon *d, const struct conf_group *g, char *text);
	/* Do groups of one text differ in what it means? NULL: never. */
	bool (*differs)(const struct conf_group *a, const struct conf_group *b);
};

/* Row @i of the table, in the order of the keys; NULL after the last. */
const struct conf_value *conf_value(unsigned int i);
/* Find the row of a key; NULL: none. */
const struct conf_value *conf_value_find(enum conf_section section, const char *name);

#endif /* PFQD_CONF_VALUE_H */
