/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Opens a pcap device as the options say, for bench-delay, bench-read and bench-sensor */
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

/*
 * Rows of struct setting (tools/common/setting.h) for a program that reads. @at: a macro that gives
 * the place of a member of the program's options, which have struct receiver_options as receiver.
 */
#define RECEIVER_KEY_TIMEOUT	256
#define RECEIVER_KEY_FREE	257	/* the first key for the program's own options */
#define RECEIVER_SETTINGS(at) \
	{ { "interface", 'i', "DEV", 0, "Read from this pcap device", 1 }, \
	  1, setting_text, at(receiver.device), .allowed = "names of devices" }, \
	{ { "filter", 'f', "EXPRESSION", 0, "Set this filter before reading", 1 }, \
	  1, setting_text, at(receiver.filter), .allowed = "expressions of pcap-filter" }, \
	{ { "buffer", 'B', "SIZE", 0, "The handle's buffer, as 512 (KiB) or 64M", 1 }, \
	  1, setting_number, at(receiver.buffer_bytes), 1024, RECEIVER_BUFFER_MAX, \
	  &pfq_number_kib, RECEIVER_BUFFER_ALLOWED }, \
	{ { "timeout", RECEIVER_KEY_TIMEOUT, "MS", 0, "The handle's packet buffer timeout (10)", \
	    1 }, \
	  1, setting_number, at(receiver.timeout_ms), 0, RECEIVER_TIMEOUT_MAX_MS, \
	  .allowed = RECEIVER_TIMEOUT_ALLOWED },

/* Open the device in promiscuous mode. On failure returns NULL; @text says what is wrong. */
pcap_t *receiver_open(const struct receiver_options *o, char *text, size_t text_size);

#endif
