/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The lines that PFQ_DEBUG asks for. This file does not depend on libpcap. */
#ifndef PFQ_DEBUG_H
#define PFQ_DEBUG_H

#include "pfq-env.h"

/*
 * Print one line: to the file of PFQ_DEBUG, else to standard error. Print nothing if PFQ_DEBUG is
 * not set, and nothing to a pipe: dumpcap's standard error carries messages to tshark.
 */
void pfq_debug_print(const struct pfq_env *env, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* PFQ_DEBUG_H */
