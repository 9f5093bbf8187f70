/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Requests that bring a program to the module */
#ifndef KMOD_PROGRAM_H
#define KMOD_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include "kmod_message.h"

struct blob;

enum way {
	BY_JOIN,	/* makes the group, as libpfq does; the group ends with way_undo() */
	BY_ADD,		/* GROUP_ADD, as pfqd does */
	BY_SET,		/* GROUP_SET of the group KEPT */
	WAYS
};

#define KEPT	"kept"

extern const char *const way_names[WAYS];

/*
 * Open the channel to the module. The groups bind @device, and the one of the first two ways has
 * the name @group. Returns 0 or -errno.
 */
int way_begin(const char *device, const char *group);
/* Send the program. Returns 0, or the error that the module answers. */
int way_send(enum way way, const void *bytes, size_t size);
/* The same with a blob (tests/unit/fixture/blob.h). */
int way_send_blob(enum way way, const struct blob *b);
/* Remove what a program that was taken has made. */
void way_undo(enum way way);
/* Start the member of BY_JOIN, so that its group's program runs. Returns 0 or an error. */
int way_start(void);
int way_add_kept(const void *bytes, size_t size);
int way_del_kept(void);
/* Is this the program of the group KEPT? */
int way_is_kept(const void *bytes, size_t size);
/* The text of the last answer. */
const char *way_text(void);

/* --- programs (kmod_program_large.c) ------------------------------------------------------ */

/* A program that only steers. */
void program_plain(struct blob *b);
/* A program of which the longest way costs as much as is allowed. Returns 0, or -EINVAL. */
int program_longest(struct blob *b);
/* A program with @tables tables of @mib MiB each, a power of two. */
void program_large(struct blob *b, uint32_t tables, uint32_t mib);

#endif /* KMOD_PROGRAM_H */
