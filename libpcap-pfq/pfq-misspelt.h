/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Finds variables, and keys of the file, that were meant for us and that nobody reads. */
#ifndef PFQ_MISSPELT_H
#define PFQ_MISSPELT_H

#include <stdbool.h>
#include "pfq-source.h"

/*
 * Is a variable or key set that has no meaning and belongs to no device that exists? Then @text
 * says which one, and what it resembles: a variable, or one for device @name. A variable PCAP_*
 * counts only if it resembles one of ours, because other programs have such variables. One with a
 * misspelt PFQ_ counts only if the rest is one of ours.
 */
bool pfq_misspelt_find(const struct pfq_sources *s, const char *name, char *text, size_t size);

/* Has the file a section that seems to be meant for this program? Then @text names it. */
bool pfq_misspelt_section(const struct pfq_sources *s, char *text, size_t size);

/* Has the file a key that it must not have? Then @text has file, line and key. */
bool pfq_misspelt_key(const struct pfq_sources *s, char *text, size_t size);

#endif /* PFQ_MISSPELT_H */
