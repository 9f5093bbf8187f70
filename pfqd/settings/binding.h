/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What feeds a group, as written: "eth0, eth1/0-3, eth2/5". */
#ifndef PFQD_BINDING_H
#define PFQD_BINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "pfqd/ingest/ingest.h"

#define BINDING_TEXT_MAX	1023	/* bytes of BINDINGS */
#define BINDING_QUEUES_TEXT_MAX	255

struct binding {
	char device[PFQ_DEVICE_NAME_MAX + 1];	/* as written: any name of the device */
	bool all;				/* every queue */
	uint64_t queues[INGEST_QUEUES_MAX / 64];	/* unless all */
};

struct binding_list {
	unsigned int count;
	struct binding binding[PFQ_GROUP_DEVICES_MAX];
};

/*
 * 0 or -EINVAL, with err->text: the word that is wrong and what is allowed.
 * Blanks around commas do not matter, '^' is read as ','. A device that
 * comes several times has the union of its queues, which must not overlap.
 */
int binding_list_parse(struct binding_list *list, const char *text, struct pfq_error *err);

/* written alike, with the same queues */
bool binding_equal(const struct binding *a, const struct binding *b);

/* Of the queues alone: the names do not tell whether the device is the same. Are all of @b's @a's? */
bool binding_covers(const struct binding *a, const struct binding *b);
/* is there one that both have? */
bool binding_overlaps(const struct binding *a, const struct binding *b);

/* "0-3,5", "" for all. Returns what snprintf() would. */
int binding_queues_print(const struct binding *b, char *text, size_t size);

/* as binding_list_parse() reads it: each range with its device */
int binding_print(const struct binding *b, char *text, size_t size);
void binding_list_print(const struct binding_list *list, char *text, size_t size);

/* can a device have this name, first or alternative, and a list hold it? */
bool binding_device_valid(const char *name);

#endif /* PFQD_BINDING_H */
