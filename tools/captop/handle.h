/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Opens libpcap handles as the options say. */
#ifndef BENCH_CAPTOP_HANDLE_H
#define BENCH_CAPTOP_HANDLE_H

#include <pcap/pcap.h>
#include <stddef.h>
#include "options.h"

/*
 * Open device number @device of the options, or the file. On failure returns NULL; @text
 * then names the option, its value and what is wrong. Warnings of libpcap go to standard
 * error.
 */
pcap_t *handle_open(const struct options *o, unsigned int device, char *text, size_t text_size);

#endif
