/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The far end of the link: a thread that sends a frame from time to time, with the time in it */
#ifndef BENCH_DELAY_SEND_H
#define BENCH_DELAY_SEND_H

#include <pthread.h>
#include <stdatomic.h>
#include "delay_options.h"
#include "tools/common/frame.h"

/* The end of each frame, in the host's byte order, because frames do not leave the host */
struct delay_mark {
	uint32_t magic, number;
	uint64_t sent_ns;
};

#define DELAY_MAGIC 0x64656c79u

struct delay_sender {
	const struct delay_options *options;
	int fd;
	uint64_t random;
	struct frame frame;
	pthread_t thread;
	pthread_barrier_t opened;   /* the socket is open, or could not be opened */
	uint64_t sent;
	int error;		    /* -errno of an early end */
	char text[256];
	void (*over)(void *arg);    /* called after all frames had time to come */
	void *arg;
	_Atomic bool is_stopped;    /* the receiver sets it */
};

/*
 * Open the socket and start the thread, which sends the first frame after a while. Returns
 * 0 or -errno, with s->text.
 */
int delay_sender_start(struct delay_sender *s, const struct delay_options *o,
		       void (*over)(void *arg), void *arg);

/* End the thread, if it still runs. Then s->sent and s->error are valid. */
void delay_sender_join(struct delay_sender *s);

uint64_t delay_clock_ns(void);

#endif
