/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Finds keys of the file that nobody reads. */
#ifndef PFQ_MISSPELT_H
#define PFQ_MISSPELT_H

#include <stdbool.h>
#include "pfq-source.h"

/* Has the file a key that it must not have? Then @text has file, line and key. */
bool pfq_misspelt_key(const struct pfq_sources *s, char *text, size_t size);

#endif /* PFQ_MISSPELT_H */
