/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The options of captop, as the user gave them. */
#ifndef BENCH_CAPTOP_OPTIONS_H
#define BENCH_CAPTOP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#define OPTIONS_DEVICES_MAX 64
#define OPTIONS_THREADS_MAX 1024

enum options_exit {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* a device, a file or the system refused */
	EXIT_USAGE = 2,
};

/* The modes of captop, as bits. Each option names the modes in which it may be used. */
enum options_mode {
	MODE_CAPTURE = 1 << 0, /* -i */
	MODE_READ = 1 << 1,    /* -r */
	MODE_INJECT = 1 << 2,  /* -o */
	MODE_REPLAY = 1 << 3,  /* -r -o */
};

enum options_format {
	FORMAT_TEXT,
	FORMAT_CSV,
	FORMAT_JSON,
};

struct options {
	enum options_mode mode;
	const char *devices[OPTIONS_DEVICES_MAX]; /* given by -i or -o */
	unsigned int device_count;
	const char *read_path, *write_path;
	char *filter; /* NULL: no filter */
	uint64_t count;	      /* in total; 0: no end */
	uint64_t duration_ns; /* 0: no end */
	uint64_t snaplen, timeout_ms, buffer_bytes; /* buffer 0: libpcap's own choice */
	uint64_t frame_length;
	uint64_t rate_pps; /* 0: flat out */
	uint64_t loops;	   /* 0: for ever */
	uint64_t threads;  /* for each device */
	int64_t first_core; /* -1: not pinned */
	int fanout;	    /* PACKET_FANOUT_*, -1: none */
	int fanout_id;	    /* -1: from the process id */
	bool immediate, nonblock, next, random_flows;
	enum options_format format;
};

/* Read the command line into @o. If it is wrong, print the reason and exit with EXIT_USAGE. */
void options_parse(struct options *o, int argc, char **argv);
void options_free(struct options *o);

const char *options_mode_name(enum options_mode mode);

#endif
