/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests going to sleep. A record is published between any two stores to the words that the
 * engine loads. Before the doorbell is armed the engine does not ring, so the reader must
 * see the record. Afterwards the reader must see it, or the engine must ring.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "lib/ring.h"

static void step(void);

#undef store_relaxed
#undef store_release
#define store_relaxed(p, v)	(step(), __atomic_store_n((p), (v), __ATOMIC_RELAXED))
#define store_release(p, v)	(step(), __atomic_store_n((p), (v), __ATOMIC_RELEASE), step())

#include "../../../lib/doorbell.c"
#include "lib/wake.c"

static struct pfq_lane_hdr lane_hdr;
static struct pfq_reader_lane reader_lane;
static struct pfq_reader_hdr reader_hdr;
static _Alignas(64) uint8_t data[4096];
static struct pfq_ring ring;
static struct pfq_reader reader;
static struct pfq_wake wake;
static int pair[2];
static unsigned int steps, at;

static void step(void)
{
	if (steps++ != at)
		return;
	((struct pfq_rec *)data)->caplen = 32;
	lane_hdr.prod = 64;
	if (reader_hdr.armed) {
		reader_hdr.armed = 0;
		assert_int_equal(send(pair[0], "", 1, 0), 1);
	}
}

static unsigned int run(unsigned int when, bool has_fd)
{
	enum pfq_wake_state state;
	uint64_t again_ns;
	bool is_awake;

	memset(&lane_hdr, 0, sizeof(lane_hdr));
	memset(&reader_hdr, 0, sizeof(reader_hdr));
	ring = (struct pfq_ring){ .lanes = 1, .lane_size = sizeof(data), .hdr = &reader_hdr };
	ring.lane[0] = (struct pfq_lane){ .data = data, .hdr = &lane_hdr, .reader = &reader_lane };
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	pfq_reader_init(&reader, &ring, false);
	pfq_wake_init(&wake, &reader, pair[1], false);
	steps = 0;
	at = has_fd ? ~0U : when;
	if (has_fd) {
		assert_true(pfq_wake_fd(&wake) >= 0);
		/* The doorbell is armed already: it stays armed, without a store. */
		pfq_doorbell_disarm(&wake.bell, &reader_hdr);
		steps = 0;
		at = when;
	}
	state = pfq_wake_prepare(&wake, &again_ns);
	is_awake = state == PFQ_WAKE_READY;
	if (has_fd)
		is_awake = poll(&(struct pollfd){ wake.epoll, POLLIN, 0 }, 1, 1) == 1;
	else if (!is_awake)
		is_awake = poll(&(struct pollfd){ pair[1], POLLIN, 0 }, 1, 0) == 1;
	if (lane_hdr.prod && !is_awake)
		fail_msg("at step %u: asleep beside a record", when);
	if (!lane_hdr.prod && is_awake)
		fail_msg("at step %u: awake without a record", when);
	pfq_wake_exit(&wake);
	close(pair[0]);
	close(pair[1]);
	return steps;
}

static void any_moment(void **state)
{
	unsigned int when, all, has_fd;

	(void)state;
	for (has_fd = 0; has_fd < 2; has_fd++) {
		all = run(~0U, has_fd);
		assert_true(all >= 4);
		for (when = 0; when < all; when++)
			run(when, has_fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
