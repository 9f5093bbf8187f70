/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The wire: the device that frames are sent to, and the far end that counts them. */
#ifndef BENCH_GEN_WIRE_H
#define BENCH_GEN_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include "options.h"
#include "program.h"
#include "netdev.h"

/* Counts since wire_begin() */
struct wire_count {
	uint64_t carried; /* frames that the device carried, by its counters */
	uint64_t dropped; /* frames that the device dropped: it had no room */
	uint64_t received; /* frames at the far end: by its program, its counters, or as carried */
};

struct wire {
	struct netdev output, far;
	bool has_far, has_counter;
	struct program counter; /* with --sink and --pass */
	int link;
	bool gro_was_on;
	struct netdev_counters output_before, far_before;
};

/*
 * Open the device and the far end. Returns 0 or -errno. @text then names the option, the
 * value and what is wrong.
 */
int wire_open(struct wire *w, const struct gen_options *o, char *text, size_t text_size);
/*
 * Detach the program of the far end, switch GRO on again if it was on, and close the
 * devices.
 */
void wire_close(struct wire *w);

/* Read the counters from which wire_count() counts. Returns 0 or -errno. */
int wire_begin(struct wire *w);
/* Read the counts since wire_begin(). Returns 0 or -errno. */
int wire_count(const struct wire *w, struct wire_count *c);

/* Wait up to a second until @sent frames have arrived or are known as lost. Then count. */
int wire_settle(const struct wire *w, uint64_t sent, struct wire_count *c);

#endif
