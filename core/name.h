/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Names of endpoints. */
#ifndef PFQ_CORE_NAME_H
#define PFQ_CORE_NAME_H

#include <linux/pfq.h>
#include <pfq_deps.h>

/*
 * Write the name of the @n-th endpoint that a process opens under the name @base: @base for the
 * first, then @base.2 and so on. @base has at most PFQ_NAME_MAX bytes; it is cut to make room for
 * the number.
 */
void pfq_name_nth(char name[PFQ_NAME_MAX + 1], const char *base, u32 n);

#endif /* PFQ_CORE_NAME_H */
