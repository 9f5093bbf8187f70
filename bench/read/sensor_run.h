/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Runs bench-sensor after its options are read, until a signal ends it */
#ifndef BENCH_SENSOR_RUN_H
#define BENCH_SENSOR_RUN_H

#include "receiver.h"

struct sensor_options {
	struct receiver_options receiver;
	uint64_t enough; /* bytes of a flow after which its packets are not searched; 0: no limit */
};

/* Read packets until SIGTERM or SIGINT; print the result. Returns 0, or -errno with @text. */
int sensor_run(const struct sensor_options *o, char *text, size_t text_size);

#endif
