/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Opens a pcap device as the options say, for bench-delay and bench-read */
#ifndef BENCH_RECEIVER_H
#define BENCH_RECEIVER_H

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>

#define RECEIVER_TIMEOUT_MAX_MS 60000
#define RECEIVER_TIMEOUT_ALLOWED "0 to 60000 milliseconds"
#define RECEIVER_BUFFER_MAX	((uint64_t)INT32_MAX)
#define RECEIVER_BUFFER_ALLOWED "1K to 2097151K (below 2 GiB), with K, M or G; plain is KiB"

struct receiver_options {
	const char *device;
	const char *filter;    /* NULL: no filter */
	uint64_t timeout_ms;
	uint64_t buffer_bytes; /* 0: libpcap's own choice */
	bool is_immediate, is_nonblocking;
};

/* Open the device in promiscuous mode. On failure returns NULL; @text says what is wrong. */
pcap_t *receiver_open(const struct receiver_options *o, char *text, size_t text_size);

#endif
