/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Where frames are sent, and where they are counted. */
#ifndef BENCH_GEN_WIRE_H
#define BENCH_GEN_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include "options.h"
#include "program.h"
#include "netdev.h"

/* Since wire_begin() */
struct wire_count {
	uint64_t carried; /* by the device, as its counters say */
	uint64_t dropped; /* by the device: it had no room */
	uint64_t received; /* by the far end: its program's count, its own, or what was carried */
};

struct wire {
	struct netdev output, far;
	bool has_far, has_counter;
	struct program counter; /* of --sink and --pass */
	int link;
	bool gro_was_on;
	struct netdev_counters output_before, far_before;
};

/* -errno, and @text names the option, the value and what is wrong */
int wire_open(struct wire *w, const struct gen_options *o, char *text, size_t text_size);
void wire_close(struct wire *w);

int wire_begin(struct wire *w);
int wire_count(const struct wire *w, struct wire_count *c);

/* Wait up to a second until @sent frames have arrived or are known to be lost, then count. */
int wire_settle(const struct wire *w, uint64_t sent, struct wire_count *c);

#endif
