/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What captop prints: a line a second and a summary, as text, CSV or JSON. */
#ifndef BENCH_CAPTOP_REPORT_H
#define BENCH_CAPTOP_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "run.h"

/* A line: one thread's, or all together. Rates are over @seconds. */
struct report_line {
	const struct worker *worker; /* NULL: all */
	bool is_summary;
	double time, seconds; /* since the start; of the interval */
	struct sample count;
	uint64_t unread;      /* received, and still in the handle's buffer at the end */
	double mpps, gbps;
	double span;	      /* seconds from the first read that brought packets to the last */
};

struct report_column;

struct report {
	FILE *out;
	const struct run *run;
	struct sample *before; /* of each worker; the last one of all */
	uint64_t before_ns;
	int error; /* errno of writing; EPIPE: nobody reads it any more */
};

/* -ENOMEM */
int report_open(struct report *p, FILE *out, unsigned int workers);
void report_close(struct report *p);

void report_start(struct report *p, const struct run *run);

/* false: it could not be written, see error */
bool report_interval(struct report *p, uint64_t now_ns);
bool report_summary(struct report *p);

#endif
