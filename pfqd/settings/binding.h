/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Bindings: the devices and queues that feed a group, written as "eth0, eth1/0-3, eth2/5". */
#ifndef PFQD_BINDING_H
#define PFQD_BINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "pfqd/ingest/ingest.h"

#define BINDING_TEXT_MAX	1023	/* bytes of the attribute BINDINGS, without NUL */
#define BINDING_QUEUES_TEXT_MAX	255

struct binding {
	char device[PFQ_DEVICE_NAME_MAX + 1]; /* as written, which can be any name of the device */
	bool all;				/* all queues */
	uint64_t queues[INGEST_QUEUES_MAX / 64];	/* bitmap, valid unless all */
};

struct binding_list {
	unsigned int count;
	struct binding binding[PFQ_GROUP_DEVICES_MAX];
};

/*
 * Parse @text. Blanks around commas do not matter, and '^' separates as a comma does. If a device
 * comes several times, its queues are joined; they must not overlap. Returns 0, or -EINVAL with a
 * text that has the wrong word and what is allowed.
 */
int binding_list_parse(struct binding_list *list, const char *text, struct pfq_error *err);

/*
 * Remove the queues that @text names from @list. Returns 0, or -EINVAL with text; @list may have
 * changed then.
 */
int binding_list_remove(struct binding_list *list, const char *text, struct pfq_error *err);

/* Do both have the same written name and the same queues? */
bool binding_equal(const struct binding *a, const struct binding *b);

/* Have both the same queues? */
bool binding_queues_equal(const struct binding *a, const struct binding *b);

/* Are all queues of @b queues of @a? Names are not compared: a device can have several. */
bool binding_covers(const struct binding *a, const struct binding *b);
/* Have @a and @b a queue in common? Names are not compared. */
bool binding_overlaps(const struct binding *a, const struct binding *b);

/* Print the queues as "0-3,5", or "" for all. Returns what snprintf() would. */
int binding_queues_print(const struct binding *b, char *text, size_t size);

/*
 * Has @device, which has @have receive queues (0: it does not tell, and then each queue passes),
 * all queues of @b? Returns 0; or -EINVAL with text, and *has_some tells whether it has one of
 * them.
 */
int binding_check_queues(const struct binding *b, const char *device, uint32_t have,
			 bool *has_some, struct pfq_error *err);

/*
 * Print one binding or a list as binding_list_parse() reads it. binding_print() returns what
 * snprintf() would.
 */
int binding_print(const struct binding *b, char *text, size_t size);
void binding_list_print(const struct binding_list *list, char *text, size_t size);

/* Can a device have @name, and can a list of bindings hold it? */
bool binding_device_valid(const char *name);

#endif /* PFQD_BINDING_H */
