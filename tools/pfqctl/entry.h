/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Entries of live sets as texts */
#ifndef PFQCTL_ENTRY_H
#define PFQCTL_ENTRY_H

#include "pfq.h"

#define ENTRY_TEXT_MAX	128

/*
 * Read "10.0.0.0/8", "00:11:22:33:44:55", "53", "5060-5061" or "tcp:10.0.0.1:80-10.0.0.2:4000".
 * Returns 0, or -EINVAL with @why (ENTRY_WHY_MAX bytes), which says what is allowed.
 */
#define ENTRY_WHY_MAX	200
int entry_read(struct pfq_entry *e, const char *text, char *why);

/* Write it as entry_read() reads it; a flow of a list, which has no ends, as "flow". */
void entry_write(char *text, size_t size, const struct pfq_entry *e);

/* Read "60s" or "never". Returns 0, or -EINVAL. */
int entry_timeout(uint32_t *timeout_s, const char *text);

#endif /* PFQCTL_ENTRY_H */
