/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Texts for a program, which leaves PCAP_ERRBUF_SIZE bytes for them. */
#ifndef PFQ_TEXT_H
#define PFQ_TEXT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * As snprintf(), but a text that does not fit is cut after a word, or within a long one, and ends
 * with "...". @size is at least 4.
 */
void pfq_text_write(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void pfq_text_vwrite(char *text, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

#endif /* PFQ_TEXT_H */
