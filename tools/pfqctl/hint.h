/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Hints: what keeps members from their packets, and what to do. "pfqctl status" ends with them. */
#ifndef PFQCTL_HINT_H
#define PFQCTL_HINT_H

#include "pfqctl.h"

struct hint {
	const char *rule;	/* its name, as "device-absent" */
	char group[PFQ_NAME_MAX + 1];	/* "": a private group, or the engine */
	char device[256];	/* "": the hint is not about one device */
	uint32_t endpoint;	/* 0: the hint is not about one member */
	char text[1024];		/* printable UTF-8 */
};

struct hint_list {
	struct hint *hint;
	size_t count;
};

/*
 * Make the hints of @s, which has all parts: groups with their devices, members, then processes
 * that are refused. @later: the endpoints a second later, as stall_watch() leaves them. Returns 0
 * or -ENOMEM. Free the list by hint_list_free() in any case.
 */
int hint_list_make(struct hint_list *list, const struct snapshot *s, const struct snapshot *later);
void hint_list_free(struct hint_list *list);

/* Make the array "hints" of JSON. NULL: no memory. */
json_t *hint_list_json(const struct hint_list *list);
void hint_list_show(const struct hint_list *list);

#endif /* PFQCTL_HINT_H */
