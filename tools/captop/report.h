/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Prints a line each second and a summary, as text, CSV or JSON. */
#ifndef BENCH_CAPTOP_REPORT_H
#define BENCH_CAPTOP_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "run.h"

/* A line, for one thread or for all together. Rates are averages over @seconds. */
struct report_line {
	const struct worker *worker; /* NULL: all */
	bool is_summary;
	double time, seconds; /* seconds since the start; length of the interval */
	struct sample count;
	uint64_t unread;      /* received, but still in the handle's buffer at the end */
	double mpps, gbps;
	double span;	      /* seconds from the first read with packets to the last */
};

struct report_column;

struct report {
	FILE *out;
	const struct run *run;
	struct sample *before; /* the last sample of each worker, then of all together */
	uint64_t before_ns;
	int error; /* errno of a write; EPIPE: the reader has closed the pipe */
};

/* Prepare a report on @workers workers to @out. Returns 0 or -ENOMEM. */
int report_open(struct report *p, FILE *out, unsigned int workers);
void report_close(struct report *p);

void report_start(struct report *p, const struct run *run);

/*
 * Print the lines of an interval, and of the whole run. Return false if a write failed:
 * p->error has the errno.
 */
bool report_interval(struct report *p, uint64_t now_ns);
bool report_summary(struct report *p);

#endif
