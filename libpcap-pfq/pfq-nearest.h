/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How near are two names to each other? This file does not depend on libpcap. */
#ifndef PFQ_NEAREST_H
#define PFQ_NEAREST_H

#include <stdbool.h>

#define PFQ_NEAREST_NONE ~0U

/*
 * The number of characters that must be added, removed, replaced, or exchanged with their
 * neighbour to make @a from @b. Lower and upper case are the same here. PFQ_NEAREST_NONE: a name
 * is longer than 63 characters.
 */
unsigned int pfq_nearest_distance(const char *a, const char *b);

/* Is @distance so small that a person may have mistyped @known? */
bool pfq_nearest_is_slip(unsigned int distance, const char *known);

#endif /* PFQ_NEAREST_H */
