/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Time in a test: what another thread does after a while, and how long something took. */
#ifndef TESTS_LIB_LATER_H
#define TESTS_LIB_LATER_H

#include <pthread.h>
#include <stdint.h>

struct later {
	unsigned int ms;
	void (*act)(void);
	pthread_t thread;
};

/* Call @act in another thread, @ms from now. */
void later(struct later *l, unsigned int ms, void (*act)(void));
void later_done(struct later *l);

/* since @since, which is of fake_now_ns() */
uint64_t elapsed_ms(uint64_t since);

#endif /* TESTS_LIB_LATER_H */
