/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the ingest driver "packet" with real devices: exact counts, lanes, watermarks. */
#include "config.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <pcap/pcap.h>
#include <cmocka.h>

#include "tests/unit/fixture/ingest_source.h"
#include "tests/unit/fixture/limit.h"

/* each test runs with both drivers */
static const char *const kinds[] = { "packet", "packet, immediate" };
static const char *kind;

/* --- counting -------------------------------------------------------------- */

/*
 * The machine may stop this process for longer than a ring lasts. Packets lost then are
 * counted, and the round is repeated.
 */
#define TRIES	10

static bool counts_exact_once(uint32_t lanes)
{
	enum { SENT = 20000 };
	struct net_flood flood;
	struct source *s;
	struct tally t;
	bool whole;

	tally_init(&t, SENT);
	s = source_open_by(kind, "va", lanes, NULL);
	net_flood_start(&flood, "vb", 32, 200, SENT);
	while (net_flood_sent(&flood) < SENT) {
		source_wait(s, 10);
		source_read(s, tally_view, &t);
	}
	net_flood_stop(&flood);
	source_drain(s, tally_view, &t);
	whole = !source_count(s, PFQ_INGEST_drop_socket);
	tally_check(&t, 0, whole ? SENT : 0);
	assert_int_equal(t.total + source_count(s, PFQ_INGEST_drop_socket), SENT);
	assert_int_equal(t.flow_moves, 0);
	for (uint32_t i = 0; i < lanes; i++)
		assert_true(t.lane[i] > SENT / lanes / 4);
	assert_int_equal(source_count(s, PFQ_INGEST_rx_packets), t.total);
	assert_int_equal(source_count(s, PFQ_INGEST_rx_bytes), t.total * NET_PACKET_BYTES);
	source_close(s);
	free(t.count);
	return whole;
}

static void counts_exact(uint32_t lanes)
{
	int tries = 0;

	net_veth(1);
	while (!counts_exact_once(lanes))
		assert_true(++tries < TRIES);
	net_veth_del();
}

static void test_counts_one_lane(void **state)
{
	(void)state;
	counts_exact(1);
}

static void test_counts_four_lanes(void **state)
{
	(void)state;
	counts_exact(4);
}

/* --- which lane ---------------------------------------------------------------- */

/* The lane of each number; packets that belong together have the same number */
struct together {
	int8_t lane[256];
	unsigned int packets, apart;
	unsigned int used[LANES_MAX];
};

static void together_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	struct together *t = arg;
	int64_t number = net_seq(v->data + v->caplen - 60, 60);

	if (number < 0)
		return;
	t->packets++;
	t->used[lane]++;
	if (t->lane[number] < 0)
		t->lane[number] = (int8_t)lane;
	else if (t->lane[number] != (int8_t)lane)
		t->apart++;
}

/*
 * Build a frame: @header after the Ethernet addresses, then a packet of net_packet() with
 * the number.
 */
static size_t numbered(uint8_t *frame, const void *header, size_t size, uint32_t number)
{
	memset(frame, 0xff, 12);
	frame[6] = 2;
	memcpy(frame + 12, header, size);
	return 12 + size + net_packet(frame + 12 + size, number);
}

static size_t ipv4(uint8_t *frame, uint32_t number, bool reply, uint16_t frag, size_t tag)
{
	uint8_t header[64] = { 0x81, 0, 0, (uint8_t)number }, *ip = header + tag + 2;
	uint8_t here[4] = { 10, 0, 0, (uint8_t)number }, there[4] = { 10, 1, 0, 1 };
	uint8_t ports[2][2] = { { 1, 2 }, { 40, (uint8_t)number } };

	memcpy(header + tag, "\x08\x00", 2);
	ip[0] = 0x45;
	ip[3] = 20 + 8 + NET_PACKET_BYTES;
	ip[4] = (uint8_t)(frag ? 7 : number * 3 + reply);	/* identification */
	ip[5] = (uint8_t)number;
	ip[6] = (uint8_t)(frag >> 8);
	ip[7] = (uint8_t)frag;
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, reply ? there : here, 4);
	memcpy(ip + 16, reply ? here : there, 4);
	/* A later fragment has other bytes where the ports would be. */
	memcpy(ip + 20, ports[reply ^ (frag & 1)], 2);
	memcpy(ip + 22, ports[!reply], 2);
	return numbered(frame, header, tag + 2 + 28, number);
}

static size_t ipv6(uint8_t *frame, uint32_t number, bool reply, uint16_t frag, size_t tag)
{
	uint8_t header[96] = { 0x81, 0, 0, (uint8_t)number }, *ip = header + tag + 2;
	uint8_t *udp = ip + (frag ? 48 : 40);

	memcpy(header + tag, "\x86\xdd", 2);
	ip[0] = 0x60;
	ip[5] = (uint8_t)((frag ? 16 : 8) + NET_PACKET_BYTES);
	ip[6] = frag ? IPPROTO_FRAGMENT : IPPROTO_UDP;
	ip[7] = 64;
	ip[8] = ip[24] = 0xfd;
	ip[reply ? 39 : 23] = (uint8_t)number;
	ip[reply ? 22 : 38] = 9;
	if (frag) {
		ip[40] = IPPROTO_UDP;
		ip[42] = (uint8_t)(frag >> 8);
		ip[43] = (uint8_t)frag;
		ip[47] = (uint8_t)number;
	}
	udp[reply ? 2 : 0] = (uint8_t)number;
	udp[reply ? 1 : 3] = (uint8_t)(53 + frag);
	return numbered(frame, header, (size_t)(udp + 8 - header), number);
}

/* All fragments of a datagram, and both directions of a flow, come by one lane. */
static void lanes_of(size_t (*make)(uint8_t *, uint32_t, bool, uint16_t, size_t), bool fragments,
		     size_t tag)
{
	struct together t = { .packets = 0 };
	struct source *s;
	uint8_t frame[256];
	int fd;

	memset(t.lane, -1, sizeof(t.lane));
	net_veth(1);
	s = source_open_by(kind, "va", 4, NULL);
	fd = net_sender("vb");
	for (uint32_t number = 0; number < 200; number++) {
		/* first, middle, last fragment; or request and reply */
		for (int k = 0; k < (fragments ? 3 : 2); k++) {
			static const uint16_t frags[] = { 0x2000, 0x2009, 0x0011 };

			net_send(fd, frame, fragments ? make(frame, number, false, frags[k], tag) :
				 make(frame, number, k, 0, tag));
		}
	}
	close(fd);
	source_drain(s, together_view, &t);
	assert_int_equal(t.packets, fragments ? 600 : 400);
	assert_int_equal(t.apart, 0);
	for (int i = 0; i < 4; i++)
		assert_true(t.used[i] > 200 / 4 / 2);
	source_close(s);
	net_veth_del();
}

static void test_flow_has_one_lane(void **state)
{
	(void)state;
	lanes_of(ipv4, false, 0);
	lanes_of(ipv4, false, 4);
	lanes_of(ipv6, false, 0);
	lanes_of(ipv6, false, 4);
}

static void test_datagram_has_one_lane(void **state)
{
	(void)state;
	lanes_of(ipv4, true, 0);
	lanes_of(ipv4, true, 4);
	lanes_of(ipv6, true, 0);
	lanes_of(ipv6, true, 4);
}

static bool read_some(struct source *s, struct tally *t)
{
	source_wait(s, 1);
	while (source_read(s, tally_view, t))
		;
	return true;
}

/* Have packets @first..@end-1 come, or were some lost? */
static bool is_settled(struct source *s, const struct tally *t, uint32_t first, uint32_t end)
{
	while (first < end && t->count[first])
		first++;
	return first >= end || source_count(s, PFQ_INGEST_drop_socket);
}

/* After the last lane is open each packet comes once. No packet ever comes twice. */
static void open_under_traffic(uint32_t lanes)
{
	enum { ROUNDS = 12, MAX = 1 << 20 };
	struct net_flood flood;
	int good = 0;

	net_veth(1);
	net_flood_start(&flood, "vb", 4, 20, 0);
	for (int i = 0; good < ROUNDS; i++) {
		uint32_t first, end;
		uint64_t stop_ns;
		struct source *s;
		struct tally t;

		tally_init(&t, MAX);
		s = source_open_by(kind, "va", lanes, NULL);
		/* The packet that is being sent now may have passed already. */
		first = net_flood_sent(&flood) + 1;
		while (net_flood_sent(&flood) < first + 1000) {
			source_wait(s, 1);
			source_read(s, tally_view, &t);
		}
		end = net_flood_sent(&flood);
		stop_ns = net_clock_ns(CLOCK_MONOTONIC) + 20000000;
		limit_until_by(read_some(s, &t) && net_clock_ns(CLOCK_MONOTONIC) >= stop_ns &&
			       is_settled(s, &t, first, end), 0, "the packets of a flood");
		if (source_count(s, PFQ_INGEST_drop_socket))
			end = first;
		else
			good++;
		assert_true(i < ROUNDS + TRIES);
		tally_check(&t, first, end);
		assert_int_equal(t.flow_moves, 0);
		source_close(s);
		free(t.count);
	}
	net_flood_stop(&flood);
	net_veth_del();
}

static void test_open_under_traffic_one_lane(void **state)
{
	(void)state;
	open_under_traffic(1);
}

static void test_open_under_traffic_two_lanes(void **state)
{
	(void)state;
	open_under_traffic(2);
}

/* Packets without room are counted: sent = read + dropped. */
static void test_overload_is_counted(void **state)
{
	enum { SENT = 300000 };
	struct net_flood flood;
	struct source *s;
	struct tally t;

	(void)state;
	net_veth(1);
	tally_init(&t, SENT);
	s = source_open_by(kind, "va", 2, NULL);
	net_flood_start(&flood, "vb", 1000, 0, SENT);
	net_flood_stop(&flood);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 0);
	assert_true(source_count(s, PFQ_INGEST_drop_socket) > 0);
	/* Reading the counters again gives the same. */
	assert_int_equal(t.total + source_count(s, PFQ_INGEST_drop_socket), SENT);
	assert_int_equal(t.total, source_count(s, PFQ_INGEST_rx_packets));
	source_close(s);
	net_veth_del();
	free(t.count);
}

/* --- watermarks ------------------------------------------------------------ */

struct marks {
	uint64_t watermark_ns[LANES_MAX];
	uint64_t checked;
	uint64_t late, worst_ns[LANES_MAX];
};

static void marks_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	struct marks *m = arg;
	uint64_t now = net_clock_ns(CLOCK_REALTIME);

	assert_true(v->ts_ns <= now && now - v->ts_ns < 5000000000ULL);
	m->checked++;
	if (v->ts_ns >= m->watermark_ns[lane])
		return;
	m->late++;
	if (m->watermark_ns[lane] - v->ts_ns > m->worst_ns[lane])
		m->worst_ns[lane] = m->watermark_ns[lane] - v->ts_ns;
}

static void marks_look(struct source *s, struct marks *m)
{
	for (uint32_t i = 0; i < s->lanes; i++) {
		uint64_t ns = s->driver->watermark(s->in[i]);

		assert_true(ns >= m->watermark_ns[i]);
		assert_true(ns <= net_clock_ns(CLOCK_REALTIME));
		m->watermark_ns[i] = ns;
	}
}

/* After late packets the watermark stays behind the clock as far as the driver promises. */
static void marks_learned(struct source *s, const struct marks *m)
{
	static const uint64_t slack_max_ns = 10000000;

	for (uint32_t i = 0; i < s->lanes; i++) {
		uint64_t ns = s->driver->watermark(s->in[i]);
		uint64_t behind_ns = net_clock_ns(CLOCK_REALTIME) - ns;

		assert_true(behind_ns >= min_t(uint64_t, 2 * m->worst_ns[i], slack_max_ns));
	}
}

/*
 * Send at one rate in both directions. Returns how many packets were older than an earlier
 * watermark.
 */
static uint64_t watermark_round(unsigned int burst, unsigned int pause_us)
{
	uint64_t end = net_clock_ns(CLOCK_MONOTONIC) + 500000000;
	struct source *s = source_open_by(kind, "va", 2, NULL);
	struct marks m = { .checked = 0 };
	struct net_flood in, out;

	net_flood_start(&in, "vb", burst, pause_us, 0);
	net_flood_start(&out, "va", burst, pause_us, 0);
	/* on a busy machine the senders may hardly run */
	while (net_clock_ns(CLOCK_MONOTONIC) < end ||
	       (m.checked <= 100 && net_clock_ns(CLOCK_MONOTONIC) < end + 10000000000)) {
		if (!source_read(s, marks_view, &m))
			source_wait(s, 1);
		marks_look(s, &m);
	}
	net_flood_stop(&in);
	net_flood_stop(&out);
	source_drain(s, marks_view, &m);
	marks_learned(s, &m);
	source_close(s);
	print_message("%u every %u us: %lu packets, %lu late, at worst %lu and %lu ns\n", burst,
		      pause_us, m.checked, m.late, m.worst_ns[0], m.worst_ns[1]);
	assert_true(m.checked > 100);
	return m.late;
}

/*
 * No packet is older than a watermark returned before, at any rate. One of @tries rounds
 * must show it: the machine may stop a packet for longer than a watermark waits.
 */
static void watermark_never_ahead(int tries)
{
	static const struct {
		unsigned int burst, pause_us;
	} rates[] = { { 1, 3000 }, { 1, 300 }, { 8, 100 }, { 64, 10 } };

	net_veth(1);
	for (unsigned int r = 0; r < ARRAY_SIZE(rates); r++) {
		int left = tries;

		while (watermark_round(rates[r].burst, rates[r].pause_us))
			assert_true(--left > 0);
	}
	net_veth_del();
}

static void test_watermark_never_ahead(void **state)
{
	(void)state;
	watermark_never_ahead(1);
}

/*
 * The same if a socket has asked for early stamps: packets then get their time before they
 * queue.
 */
static void test_watermark_early_stamps(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;

	(void)state;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)), 0);
	watermark_never_ahead(TRIES);
	close(fd);
}

/* Without packets the watermark advances, also right after the last packet. */
static void test_watermark_idle(void **state)
{
	struct marks m = { .checked = 0 };
	uint64_t looked_ns, sent_ns;
	struct source *s;

	(void)state;
	net_veth(1);
	s = source_open_by(kind, "va", 2, NULL);
	for (int i = 0; i < 100; i++) {
		looked_ns = net_clock_ns(CLOCK_REALTIME);
		marks_look(s, &m);
		for (uint32_t k = 0; k < 2; k++)
			assert_true(m.watermark_ns[k] + 50000000 > looked_ns);
		send_some(0, 5);
		sent_ns = net_clock_ns(CLOCK_REALTIME);
		while (source_wait(s, 20))
			while (source_read(s, marks_view, &m))
				;
		marks_look(s, &m);
		for (uint32_t k = 0; k < 2; k++)
			assert_true(m.watermark_ns[k] >= sent_ns);
	}
	assert_int_equal(m.checked, 500);
	assert_int_equal(m.late, 0);
	source_close(s);
	net_veth_del();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_one_lane),
		cmocka_unit_test(test_counts_four_lanes),
		cmocka_unit_test(test_flow_has_one_lane),
		cmocka_unit_test(test_datagram_has_one_lane),
		cmocka_unit_test(test_open_under_traffic_one_lane),
		cmocka_unit_test(test_open_under_traffic_two_lanes),
		cmocka_unit_test(test_overload_is_counted),
		cmocka_unit_test(test_watermark_never_ahead),
		cmocka_unit_test(test_watermark_early_stamps),
		cmocka_unit_test(test_watermark_idle),
	};
	int ret = net_enter();

	for (unsigned int i = 0; !ret && i < ARRAY_SIZE(kinds); i++) {
		kind = kinds[i];
		ret = cmocka_run_group_tests_name(kind, tests, NULL, NULL);
	}
	return ret;
}
