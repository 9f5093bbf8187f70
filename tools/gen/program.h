/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The XDP programs of pfq-gen: two that send, one that counts at the far end. */
#ifndef BENCH_GEN_PROGRAM_H
#define BENCH_GEN_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/common/frame.h"
#include "tools/common/trace.h"

/* What a sending program keeps, in a map that is mapped here too. One CPU runs it. */
struct program_state {
	uint64_t frames; /* that it was run for: the next one's number */
	uint64_t random;
	uint64_t bytes;	 /* of the frames that it gave to the device */
	uint64_t failed; /* that it could not make: their number is spent */
};

struct program_made {
	struct frame_spec spec; /* with imix: of the shortest frame */
	uint32_t flows;
	bool is_random, is_imix;
};

/* The simple IMIX: of 12 frames 7 of 60 bytes (or what the headers take), 4 of 590, 1 of 1514 */
#define PROGRAM_IMIX_PERIOD 12
uint32_t program_imix_length(const struct frame_spec *spec, uint64_t number);

struct program {
	int fd;
	int state_fd, frames_fd; /* maps; -1: none */
	volatile struct program_state *state;
	uint8_t *input; /* what the kernel makes each frame from, before the program runs */
	uint32_t input_length;
};

struct program_count {
	uint64_t packets, bytes;
};

/*
 * A program that sends to @ifindex. -errno, and @text says why; what the verifier has to
 * say follows it.
 */
int program_open_made(struct program *p, const struct program_made *made, uint32_t ifindex,
		      char *text, size_t text_size);
int program_open_trace(struct program *p, const struct trace *trace, uint32_t ifindex, char *text,
		       size_t text_size);

/* A program that counts, and then drops or passes; attaching it is the caller's business. */
int program_open_counter(struct program *p, bool is_sink, char *text, size_t text_size);
int program_counter_read(const struct program *p, struct program_count *count);

void program_close(struct program *p);

#endif
