/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests ingest "packet" with frames longer than a usual block. They are whole if the device
 * announces them; otherwise they are cut and counted.
 */
#include "config.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/fixture/ingest_source.h"

#define LO_MTU 300000

/* the received frames */
struct seen {
	unsigned int n;
	uint32_t len[8], caplen[8];
	bool is_damaged;
};

static void fill(uint8_t *frame, uint32_t bytes)
{
	memset(frame, 0, 14);
	frame[12] = 0x88;
	frame[13] = 0xb5;	/* a type for experiments: no host answers */
	for (uint32_t i = 14; i < bytes; i++)
		frame[i] = (uint8_t)(i * 2654435761U >> 24);
}

static void seen_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	static uint8_t want[LO_MTU];
	struct seen *s = arg;

	(void)lane;
	assert_true(s->n < ARRAY_SIZE(s->len));
	fill(want, v->caplen);
	s->is_damaged |= memcmp(want, v->data, v->caplen);
	s->len[s->n] = v->len;
	s->caplen[s->n++] = v->caplen;
}

static struct source *open_lo(uint32_t frame_bytes, int notify_fd)
{
	struct source *s = calloc(1, sizeof(*s));
	struct pfq_error err = { "" };

	s->driver = ingest_driver_find("packet");
	s->lanes = 1;
	s->params = (struct ingest_params){
		.device = "lo", .ifindex = 1, .parts = 1, .fanout_id = next_id++,
		.frame_bytes = frame_bytes, .notify_fd = notify_fd,
	};
	if (s->driver->open(&s->in[0], &s->params, &err))
		fail_msg("%s", err.text);
	return s;
}

static void send_sizes(const uint32_t *bytes, unsigned int n)
{
	static uint8_t frame[LO_MTU];
	int fd = net_sender("lo"), room = 8 << 20;

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)), 0);
	for (unsigned int i = 0; i < n; i++) {
		fill(frame, bytes[i]);
		net_send(fd, frame, bytes[i]);
	}
	close(fd);
}

static const uint32_t sizes[] = { 1000, 130816, 131072, 200000, 262144, 290000 };
#define SIZES ARRAY_SIZE(sizes)

static bool is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/*
 * The driver does not know of longer frames. It delivers whole what fits, and counts what
 * it cuts.
 */
static void test_unannounced_is_counted(void **state)
{
	int notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct seen seen = { .n = 0 };
	struct source *s;
	uint32_t whole;

	(void)state;
	if (!net_lo_takes(LO_MTU, sizes[SIZES - 1]))
		skip();
	s = open_lo(0, notify_fd);
	whole = s->driver->frame_bytes(s->in[0]);
	send_sizes(sizes, 2);
	source_drain(s, seen_view, &seen);
	assert_true(whole >= sizes[1] && whole < sizes[2]);
	assert_false(s->driver->has_cut(s->in[0]));
	assert_false(is_readable(notify_fd));
	send_sizes(&sizes[2], SIZES - 2);
	source_drain(s, seen_view, &seen);
	assert_int_equal(seen.n, SIZES);
	assert_false(seen.is_damaged);
	for (unsigned int i = 0; i < SIZES; i++) {
		assert_int_equal(seen.len[i], sizes[i]);
		assert_true(i < 2 ? seen.caplen[i] == sizes[i] :
			    seen.caplen[i] >= whole && seen.caplen[i] < sizes[i]);
	}
	assert_int_equal(source_count(s, PFQ_INGEST_cut_buffer), SIZES - 2);
	assert_true(s->driver->has_cut(s->in[0]));
	assert_true(is_readable(notify_fd));
	source_close(s);
	close(notify_fd);
}

/* The driver knows the length of frames: they are whole up to the largest snapshot length. */
static void test_announced_is_whole(void **state)
{
	struct seen seen = { .n = 0 };
	struct source *s;

	(void)state;
	if (!net_lo_takes(LO_MTU, sizes[SIZES - 1]))
		skip();
	s = open_lo(LO_MTU, 0);
	send_sizes(sizes, SIZES);
	source_drain(s, seen_view, &seen);
	assert_int_equal(seen.n, SIZES);
	assert_false(seen.is_damaged);
	for (unsigned int i = 0; i < SIZES; i++) {
		assert_int_equal(seen.len[i], sizes[i]);
		assert_true(seen.caplen[i] == sizes[i] || seen.caplen[i] >= PFQ_SNAPLEN_MAX);
	}
	assert_int_equal(source_count(s, PFQ_INGEST_cut_buffer), 0);
	assert_int_equal(source_count(s, PFQ_INGEST_drop_socket), 0);
	assert_true(s->driver->frame_bytes(s->in[0]) >= PFQ_SNAPLEN_MAX);
	source_close(s);
}

/* A device without large frames gets no large blocks. */
static void test_usual_devices_keep_their_blocks(void **state)
{
	struct source *s = open_lo(65536 + 64, 0);

	(void)state;
	assert_true(s->driver->frame_bytes(s->in[0]) < 131072);
	source_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unannounced_is_counted),
		cmocka_unit_test(test_announced_is_whole),
		cmocka_unit_test(test_usual_devices_keep_their_blocks),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
