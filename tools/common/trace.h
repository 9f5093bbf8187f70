/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A capture file in memory. Senders send it again and again. */
#ifndef BENCH_TRACE_H
#define BENCH_TRACE_H

#include <stddef.h>
#include <stdint.h>

struct trace_frame {
	const uint8_t *data;
	uint32_t length; /* the number of bytes that the file has */
};

struct trace {
	struct trace_frame *frames;
	size_t count;
	uint64_t bytes;
	uint64_t cut; /* frames of which the file has only a part */
	uint32_t length_max, length_min;
	int linktype; /* DLT_* */
};

/*
 * Read from @path ("-": standard input) all frames that @filter accepts (NULL: all).
 * Returns 0 or -errno; @text then says what is wrong with the file, the filter or the
 * memory.
 */
int trace_load(struct trace *t, const char *path, const char *filter, char *text, size_t text_size);
void trace_free(struct trace *t);

#endif
