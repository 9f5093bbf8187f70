/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The XDP programs of pfq-gen: two send, one counts at the far end. */
#ifndef BENCH_GEN_PROGRAM_H
#define BENCH_GEN_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/common/frame.h"
#include "tools/common/trace.h"

/* State of a sending program, in a map that this process also maps. One CPU runs the program. */
struct program_state {
	uint64_t frames; /* number of runs, which is the next frame's number */
	uint64_t random;
	uint64_t bytes;	 /* of the frames that the device got */
	uint64_t failed; /* frames that it could not make; their numbers stay used */
};

struct program_made {
	struct frame_spec spec; /* with imix: of the shortest frame */
	uint32_t flows;
	bool is_random, is_imix;
};

/*
 * The simple IMIX: of 12 frames 7 have 60 bytes (or as many as the headers need), 4 have
 * 590 and 1 has 1514.
 */
#define PROGRAM_IMIX_PERIOD 12
uint32_t program_imix_length(const struct frame_spec *spec, uint64_t number);

struct program {
	int fd;
	int state_fd, frames_fd; /* maps; -1: none */
	volatile struct program_state *state;
	uint8_t *input; /* the kernel copies each frame from here before the program runs */
	uint32_t input_length;
};

struct program_count {
	uint64_t packets, bytes;
};

/*
 * Open a program that sends to @ifindex. Returns 0 or -errno. @text then says why, with the
 * verifier's message at its end.
 */
int program_open_made(struct program *p, const struct program_made *made, uint32_t ifindex,
		      char *text, size_t text_size);
int program_open_trace(struct program *p, const struct trace *trace, uint32_t ifindex, char *text,
		       size_t text_size);

/* Open a program that counts frames, and then drops or passes them. The caller attaches it. */
int program_open_counter(struct program *p, bool is_sink, char *text, size_t text_size);
int program_counter_read(const struct program *p, struct program_count *count);

void program_close(struct program *p);

#endif
