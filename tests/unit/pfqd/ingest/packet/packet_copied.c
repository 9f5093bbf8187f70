/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests ingest "packet" in immediate mode with frames that are longer than a slot. They come whole,
 * in order; without their copy they are cut and counted. No frame ever gets the bytes of another.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "pfqd/ingest/packet/packet.h"
#include "tests/unit/fixture/ingest_device.h"

#define LO_MTU		300000
#define FRAMES		256
#define WIRE_BYTES	1564	/* of a device with an MTU of 1500 */

/* --- frames ------------------------------------------------------------------ */

/* all frames begin with the same bytes, so that a slot has the beginning of each of them */
static bool is_alike;

/* Frame @seq of @bytes. Frames of one length differ in few bytes, the last one among them. */
static void fill(uint8_t *frame, uint32_t bytes, uint32_t seq)
{
	memset(frame, 0, 14);
	frame[12] = 0x88;
	frame[13] = 0xb5;	/* a type for experiments: no host answers */
	for (uint32_t i = 14; i < bytes; i++)
		frame[i] = (uint8_t)(i * 2654435761U >> 24);
	frame[20] = is_alike ? 0 : (uint8_t)seq;
	frame[bytes - 1] = (uint8_t)seq;
}

static void send_frames(const char *device, const uint32_t *bytes, uint32_t first, uint32_t n)
{
	static uint8_t frame[LO_MTU];
	int fd = net_sender(device), room = 8 << 20;

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)), 0);
	for (uint32_t i = first; i < first + n; i++) {
		fill(frame, bytes[i], i);
		net_send(fd, frame, bytes[i]);
	}
	close(fd);
}

/* the received frames */
struct seen {
	uint32_t n, cut, longest_batch;
	const uint32_t *bytes;	/* [FRAMES]: as sent */
	bool is_cut[FRAMES];
};

static void seen_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	static uint8_t want[LO_MTU];
	struct seen *s = arg;
	uint32_t whole = s->bytes[s->n];

	(void)lane;
	assert_true(s->n < FRAMES);
	assert_int_equal(v->len, whole);
	fill(want, whole, s->n);
	assert_memory_equal(v->data, want, v->caplen);
	s->is_cut[s->n] = v->caplen < whole && v->caplen < PFQ_SNAPLEN_MAX;
	s->cut += s->is_cut[s->n++];
}

static struct source *open_on(const char *device, uint32_t frame_bytes)
{
	struct source *s = source_open_by("packet, immediate", device, 1, NULL);
	struct pfq_error err = { "" };

	s->driver->close(s->in[0]);
	s->params.frame_bytes = frame_bytes;
	if (s->driver->open(&s->in[0], &s->params, &err))
		fail_msg("%s", err.text);
	return s;
}

/* All @n frames of @bytes have come, @cut of them cut. */
static void check_all(struct source *s, const struct seen *seen, uint32_t n, uint32_t cut)
{
	assert_int_equal(seen->n, n);
	assert_int_equal(seen->cut, cut);
	assert_int_equal(source_count(s, PFQ_INGEST_rx_packets), n);
	assert_int_equal(source_count(s, PFQ_INGEST_cut_buffer), cut);
	assert_int_equal(source_count(s, PFQ_INGEST_drop_socket), 0);
}

static void skip_unless_long(uint32_t bytes)
{
	if (!net_lo_takes(LO_MTU, bytes))
		skip();
}

/* --- whole frames -------------------------------------------------------------- */

static const uint32_t sizes[] = { 100, 1564, 1565, 9014, 60, 65550, 16384, 16385, 61, 131073,
				  200000, 262144, 290000, 100 };
#define SIZES	ARRAY_SIZE(sizes)

/* Short and long frames come whole and in order, whatever the slots hold. */
static void test_mixed(void **state)
{
	static const uint32_t slots[] = { 0, WIRE_BYTES, 9064, LO_MTU };

	(void)state;
	skip_unless_long(290000);
	for (unsigned int i = 0; i < ARRAY_SIZE(slots); i++) {
		struct seen seen = { .bytes = sizes };
		struct source *s = open_on("lo", slots[i]);

		send_frames("lo", sizes, 0, SIZES);
		source_drain(s, seen_view, &seen);
		check_all(s, &seen, SIZES, 0);
		source_close(s);
	}
}

/* More long frames than a batch has room for wait, and come whole. */
static void test_many(void **state)
{
	static uint32_t bytes[FRAMES];
	struct seen seen = { .bytes = bytes };
	struct source *s;

	(void)state;
	skip_unless_long(60000);
	for (uint32_t i = 0; i < FRAMES; i++)
		bytes[i] = i % 3 ? 60000 : 90;
	s = open_on("lo", WIRE_BYTES);
	send_frames("lo", bytes, 0, FRAMES);
	source_drain(s, seen_view, &seen);
	check_all(s, &seen, FRAMES, 0);
	source_close(s);
}

/* Tags that the kernel has taken out, and tags in the bytes, are as stock libpcap shows them. */
static void test_tags(void **state)
{
	static struct frames ours, stock;
	uint8_t frame[9000];
	struct source *s;
	pcap_t *pcap;
	int fd;

	(void)state;
	net_veth(1);
	net_run("ip link set va mtu 9000 && ip link set vb mtu 9000");
	s = open_on("va", WIRE_BYTES);
	pcap = stock_open("va");
	fd = net_sender("vb");
	for (unsigned int i = 0; i < VLAN_CASES; i++) {
		size_t len = tagged(frame, i, vlan_cases[i].tags, vlan_cases[i].count);

		memset(frame + len, (int)i, sizeof(frame) - len);
		net_send(fd, frame, 8000);
	}
	close(fd);
	source_drain(s, frames_view, &ours);
	frames_stock(pcap, &stock, VLAN_CASES);
	assert_int_equal(ours.n, VLAN_CASES);
	frames_same(&ours, &stock);
	for (unsigned int i = 0; i < VLAN_CASES; i++)
		assert_int_equal(ours.frame[i].protocol, vlan_cases[i].protocol);
	assert_int_equal(source_count(s, PFQ_INGEST_cut_buffer), 0);
	pcap_close(pcap);
	source_close(s);
	net_veth_del();
}

/* --- no copy ------------------------------------------------------------------- */

/* The receive queue is full: frames without a copy are cut and counted, later ones are whole. */
static void test_full_queue(void **state)
{
	static uint32_t bytes[FRAMES];
	int room = 300000;
	struct seen seen = { .bytes = bytes };
	struct source *s;
	uint32_t cut;

	(void)state;
	skip_unless_long(60000);
	for (uint32_t i = 0; i < FRAMES; i++)
		bytes[i] = i % 2 ? 60000 - i : 200;
	s = open_on("lo", WIRE_BYTES);
	assert_int_equal(setsockopt(s->driver->fd(s->in[0]), SOL_SOCKET, SO_RCVBUFFORCE, &room,
				    sizeof(room)), 0);
	send_frames("lo", bytes, 0, 100);
	source_drain(s, seen_view, &seen);
	cut = seen.cut;
	assert_in_range(cut, 1, 49);
	assert_true(!seen.is_cut[1] && seen.is_cut[99]);
	send_frames("lo", bytes, 100, 4);
	source_drain(s, seen_view, &seen);
	check_all(s, &seen, 104, cut);
	source_close(s);
}

/* Take a frame out of the receive queue, as an error might do. */
static void lose_copy(struct source *s)
{
	char byte;

	assert_int_equal(recv(s->driver->fd(s->in[0]), &byte, 1, MSG_DONTWAIT), 1);
}

/* Let the driver leave a copy in the receive queue. */
static void forget_copy(struct source *s, uint32_t slot)
{
	struct ingest *in = s->in[0];
	struct tpacket2_hdr *hdr = (void *)(in->ring + (size_t)slot * in->slot_bytes);

	assert_true(slot < in->slots_in_block);
	assert_true(hdr->tp_status & TP_STATUS_COPY);
	hdr->tp_status &= ~(uint32_t)TP_STATUS_COPY;
}

/*
 * A copy is missing, or one is too many, among others of the same length or of other lengths. The
 * frames have their own bytes, and those that come later are whole.
 */
static void out_of_step(bool is_lost, uint32_t less)
{
	static uint32_t bytes[FRAMES];
	struct seen seen = { .bytes = bytes };
	struct source *s = open_on("lo", WIRE_BYTES);

	for (uint32_t i = 0; i < FRAMES; i++)
		bytes[i] = i % 4 == 3 ? 300 : 40000 - i * less;
	send_frames("lo", bytes, 0, 20);
	if (is_lost)
		lose_copy(s);
	else
		forget_copy(s, 1);
	source_drain(s, seen_view, &seen);
	assert_int_equal(seen.n, 20);
	assert_true(seen.is_cut[!is_lost]);
	if (!is_lost)
		assert_int_equal(seen.cut, 1);
	send_frames("lo", bytes, 20, 20);
	source_drain(s, seen_view, &seen);
	check_all(s, &seen, 40, seen.cut);
	for (uint32_t i = 20; i < 40; i++)
		assert_false(seen.is_cut[i]);
	source_close(s);
}

static void test_out_of_step(void **state)
{
	(void)state;
	skip_unless_long(40000);
	for (unsigned int i = 0; i < 4; i++)
		out_of_step(i & 1, i >> 1);
	/* frames that differ in their lengths and last bytes */
	is_alike = true;
	for (unsigned int i = 0; i < 2; i++)
		out_of_step(i & 1, 1);
	is_alike = false;
}

/* The device went down: recv() tells that first, and the copies that wait are not lost. */
static void test_down(void **state)
{
	static const uint32_t bytes[] = { 8000, 100, 7000 };
	struct seen seen = { .bytes = bytes };
	struct source *s;
	uint64_t next_ns;

	(void)state;
	net_veth(1);
	net_run("ip link set va mtu 9000 && ip link set vb mtu 9000");
	s = open_on("va", WIRE_BYTES);
	send_frames("vb", bytes, 0, ARRAY_SIZE(bytes));
	net_veth_del();
	assert_int_equal(source_read(s, seen_view, &seen), ARRAY_SIZE(bytes));
	check_all(s, &seen, ARRAY_SIZE(bytes), 0);
	s->batch.n = 0;
	assert_int_equal(s->driver->rx(s->in[0], &s->batch, &next_ns), -ENETDOWN);
	source_close(s);
}

/* --- sizes --------------------------------------------------------------------- */

static uint32_t slots_of(const struct source *s)
{
	return s->in[0]->blocks * s->in[0]->slots_in_block;
}

/* The ring holds as many frames of the device's MTU as one of TPACKET_V3. Slots have a limit. */
static void test_slots(void **state)
{
	static const uint32_t at_full[] = { 1514 + 4, 9014 + 4 };
	struct source *s;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(at_full); i++) {
		uint32_t v3 = (PACKET_BLOCK_SMALL - 48) / (at_full[i] + 82);

		s = open_on("lo", at_full[i] + 46);
		assert_true(slots_of(s) >= v3 * (PACKET_RING_BYTES / PACKET_BLOCK_SMALL));
		assert_in_range(s->driver->frame_bytes(s->in[0]), at_full[i] + 46,
				at_full[i] + 46 + TPACKET_ALIGNMENT - 1);
		source_close(s);
	}
	s = open_on("lo", LO_MTU);
	assert_true(slots_of(s) > 3000);
	assert_int_equal(s->driver->frame_bytes(s->in[0]), PFQ_SNAPLEN_MAX);
	assert_null(s->driver->has_cut);
	source_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_full_queue),
		cmocka_unit_test(test_out_of_step),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_slots),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
