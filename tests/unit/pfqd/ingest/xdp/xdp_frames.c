/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests ingest "xdp" with real devices: frames of all sizes come as they were sent, with
 * their tags.
 */
#include "config.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "pfqd/base/log.h"
#include "tests/unit/fixture/ingest_source.h"
#include "tests/unit/fixture/xdp_program.h"

/* Make a pair whose end va has fewer queues than vb sends to: native XDP refuses it. */
static void net_veth_generic(void)
{
	net_run("ip link del va 2>/dev/null || true");
	net_run("ip link add va numtxqueues 4 numrxqueues 1 type veth "
		"peer name vb numtxqueues 4 numrxqueues 4");
	net_up();
}

static void net_mtu(unsigned int mtu)
{
	net_run("ip link set va mtu %u && ip link set vb mtu %u", mtu, mtu);
}

static const char *mode_of(const struct source *s)
{
	return s->driver->mode_now(s->in[0]);
}

/* --- frames as they were sent ---------------------------------------------- */

static void vlan_frames(const char *mode)
{
	struct frames *ours = calloc(1, sizeof(*ours)), *stock = calloc(1, sizeof(*stock));
	struct source *s = source_open_by("xdp", "va", 1, NULL);
	pcap_t *pcap = stock_open("vb");	/* at the sender: frames as on the wire */
	int fd = net_sender("vb");

	assert_string_equal(mode_of(s), mode);
	vlan_cases_send(fd);
	source_drain(s, frames_view, ours);
	frames_stock(pcap, stock, ours->n);
	assert_int_equal(ours->n, VLAN_CASES + 2);
	frames_same(ours, stock);
	for (unsigned int i = 0; i < VLAN_CASES; i++) {
		bool tag = vlan_cases[i].count && vlan_cases[i].tags[0][0] != 0x9100;

		assert_int_equal(ours->frame[i].flags, tag ? PFQ_REC_F_VLAN : 0);
		assert_int_equal(ours->frame[i].tci, tag ? vlan_cases[i].tags[0][1] : 0);
		assert_int_equal(ours->frame[i].tpid, tag ? vlan_cases[i].tags[0][0] : 0);
		assert_int_equal(ours->frame[i].protocol, vlan_cases[i].protocol);
		assert_int_equal(ours->frame[i].pkttype, PACKET_BROADCAST);
	}
	close(fd);
	pcap_close(pcap);
	source_close(s);
	free(ours);
	free(stock);
}

static void test_vlan_in_the_bytes(void **state)
{
	(void)state;
	net_veth(1);
	vlan_frames("native copy");
	net_veth_del();
}

static void test_vlan_in_the_bytes_generic(void **state)
{
	(void)state;
	net_veth_generic();
	vlan_frames("generic");
	net_veth_del();
}

static const struct {
	uint16_t outer[2];  /* in metadata; 0: none */
	unsigned int inner; /* in the bytes */
} beside_cases[] = {
	{{0x8100, 5}, 0}, {{0, 0}, 0}, {{0x88a8, 9}, 0},
	{{0x88a8, 9}, 1}, {{0, 0}, 1}, {{0x8100, 0xffff}, 0},
};
static const uint16_t beside_inner[1][2] = {{0x8100, 7}};

#define BESIDE_FRAMES	((int)(8 * ARRAY_SIZE(beside_cases)))

/* Send the cases in turn; the second half of the frames needs several chunks. */
static void beside_send(int fd)
{
	int n = ARRAY_SIZE(beside_cases);
	uint8_t frame[16384];

	for (int i = 0; i < BESIDE_FRAMES; i++) {
		const uint16_t *outer = beside_cases[i % n].outer;
		size_t len = tagged(frame, (uint32_t)i, beside_inner, beside_cases[i % n].inner);
		uint32_t mark = (uint32_t)outer[0] << 16 | outer[1];

		if (i >= BESIDE_FRAMES / 2) {
			memset(frame + len, i, 8900 - len);
			len = 8900;
		}
		assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)), 0);
		net_send(fd, frame, len);
	}
}

static void beside_check(const struct frames *ours)
{
	int n = ARRAY_SIZE(beside_cases);

	for (int i = 0; i < BESIDE_FRAMES; i++) {
		const uint16_t *outer = beside_cases[i % n].outer;
		bool only_inner = !outer[0] && beside_cases[i % n].inner;

		assert_int_equal(ours->frame[i].tpid, only_inner ? beside_inner[0][0] : outer[0]);
		assert_int_equal(ours->frame[i].tci, only_inner ? beside_inner[0][1] : outer[1]);
		assert_int_equal(ours->frame[i].protocol,
				 outer[0] && beside_cases[i % n].inner ? ETH_P_8021Q : ETH_P_IP);
	}
}

/*
 * The sender has tags in metadata, as VLAN devices and mirrored ports have. Frames between
 * them have no tags, and some frames need several chunks.
 */
static void test_vlan_beside_the_bytes(void **state)
{
	struct frames *ours = calloc(1, sizeof(*ours)), *stock = calloc(1, sizeof(*stock));
	int link, fd;
	struct source *s;
	pcap_t *pcap;

	(void)state;
	net_veth(1);
	net_mtu(9000);
	link = xdp_program_push_tags("vb");
	if (link < 0)
		skip();
	s = source_open_by("xdp", "va", 1, NULL);
	pcap = stock_open("vb");
	fd = net_sender("vb");
	beside_send(fd);
	source_drain(s, frames_view, ours);
	frames_stock(pcap, stock, ours->n);
	assert_int_equal(ours->n, BESIDE_FRAMES);
	frames_same(ours, stock);
	beside_check(ours);
	close(fd);
	close(link);
	pcap_close(pcap);
	source_close(s);
	net_veth_del();
	free(ours);
	free(stock);
}

/*
 * Send @n frames with sizes from @from on, @step apart. Each comes whole, and its
 * neighbours are whole.
 */
static void large_frames(uint32_t mtu, uint32_t from, uint32_t step, unsigned int n, bool reopen)
{
	struct frames *ours = calloc(1, sizeof(*ours)), *stock = calloc(1, sizeof(*stock));
	uint8_t *frame = malloc(FRAMES_BYTES);
	struct source *s = NULL;
	pcap_t *pcap;
	int fd;

	/* At opening the driver chooses the chunks by the frame size. It may grow later. */
	if (!reopen)
		s = source_open_by("xdp", "va", 1, NULL);
	net_mtu(mtu);
	if (reopen)
		s = source_open_by("xdp", "va", 1, NULL);
	pcap = stock_open("vb");
	fd = net_sender("vb");
	for (unsigned int i = 0; i < n; i++) {
		uint32_t len = from + i * step;

		net_packet(frame, i);
		for (uint32_t k = NET_PACKET_BYTES; k < len; k++)
			frame[k] = (uint8_t)(k * 7 + k / 251 + i);
		net_send(fd, frame, len);
	}
	source_drain(s, frames_view, ours);
	frames_stock(pcap, stock, ours->n);
	assert_int_equal(ours->n, n);
	frames_same(ours, stock);
	assert_int_equal(source_count(s, PFQ_INGEST_drop_socket), 0);
	assert_int_equal(source_count(s, PFQ_INGEST_drop_malformed), 0);
	close(fd);
	pcap_close(pcap);
	source_close(s);
	free(ours);
	free(stock);
	free(frame);
}

static void test_large_frames(void **state)
{
	(void)state;
	net_veth(1);
	net_mtu(9000);
	/* sizes around the end of small and large chunks */
	large_frames(9000, 1760, 1, 64, true);
	large_frames(9000, 3800, 1, 64, true);
	large_frames(9000, 60, 141, 64, true);
	large_frames(9000, 9014 - 63, 1, 64, true);
	net_veth_del();
	net_veth(1);
	large_frames(9000, 60, 141, 64, false);
	net_veth_del();
	/* more chunks than a batch can assemble */
	net_veth(1);
	net_mtu(65000);
	large_frames(65000, 65014 - 19, 1, 20, true);
	net_veth_del();
}

static void test_large_frames_generic(void **state)
{
	(void)state;
	net_veth_generic();
	net_mtu(9000);
	large_frames(9000, 60, 141, 64, true);
	net_veth_del();
}

/* the frames that test_huge_frames() has received */
struct huge {
	unsigned int n;
	uint32_t len[8], caplen[8];
	bool is_damaged;
};

static uint8_t huge_byte(uint32_t k)
{
	return (uint8_t)(k * 7 + k / 251);
}

static void huge_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	struct huge *h = arg;

	(void)lane;
	assert_true(h->n < ARRAY_SIZE(h->len));
	for (uint32_t k = ETH_HLEN; k < v->caplen; k++)
		h->is_damaged |= v->data[k] != huge_byte(k);
	h->len[h->n] = v->len;
	h->caplen[h->n++] = v->caplen;
}

/*
 * Frames longer than any buffer come up to the largest snapshot length. lo has no longest
 * frame.
 */
static void test_huge_frames(void **state)
{
	static const uint32_t bytes[] = {60000, 131072, 131073, 200000, 262144, 262145, 280000};
	uint8_t *frame;
	struct huge h = {.n = 0};
	int fd, room = 8 << 20;
	struct source *s;

	(void)state;
	if (!net_lo_takes(300000, 280000))
		skip();
	frame = calloc(1, 280000);
	s = source_open_by("xdp", "lo", 1, NULL);
	fd = net_sender("lo");
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)), 0);
	memcpy(frame + 2 * ETH_ALEN, "\x88\xb5", 2);
	for (uint32_t k = ETH_HLEN; k < 280000; k++)
		frame[k] = huge_byte(k);
	for (unsigned int i = 0; i < ARRAY_SIZE(bytes); i++) {
		net_send(fd, frame, bytes[i]);
		source_drain(s, huge_view, &h);
	}
	assert_int_equal(h.n, ARRAY_SIZE(bytes));
	assert_false(h.is_damaged);
	for (unsigned int i = 0; i < h.n; i++) {
		assert_int_equal(h.len[i], bytes[i]);
		assert_int_equal(h.caplen[i], min_t(uint32_t, bytes[i], PFQ_SNAPLEN_MAX));
	}
	assert_int_equal(source_count(s, PFQ_INGEST_drop_malformed), 0);
	assert_int_equal(source_count(s, PFQ_INGEST_rx_packets), ARRAY_SIZE(bytes));
	close(fd);
	source_close(s);
	free(frame);
}

static void pkttype_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	uint8_t **to = arg;

	(void)lane;
	*(*to)++ = v->pkttype;
}

static void test_packet_types(void **state)
{
	static const uint8_t want[] = {
		PACKET_HOST,
		PACKET_OTHERHOST,
		PACKET_MULTICAST,
		PACKET_BROADCAST,
	};
	static const char *const to[] = {
		"\x02\0\0\0\0\x01",
		"\x02\0\0\0\0\x02",
		"\x01\0\x5e\0\0\x01",
		"\xff\xff\xff\xff\xff\xff",
	};
	uint8_t got[16] = {0}, *at = got, frame[NET_PACKET_BYTES];
	struct source *s;
	int fd;

	(void)state;
	net_veth(1);
	net_run("ip link set va address 02:00:00:00:00:01");
	s = source_open_by("xdp", "va", 1, NULL);
	fd = net_sender("vb");
	for (unsigned int i = 0; i < 4; i++) {
		net_packet(frame, i);
		memcpy(frame, to[i], ETH_ALEN);
		net_send(fd, frame, sizeof(frame));
	}
	source_drain(s, pkttype_view, &at);
	assert_int_equal(at - got, 4);
	assert_memory_equal(got, want, sizeof(want));
	close(fd);
	source_close(s);
	net_veth_del();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vlan_in_the_bytes),
		cmocka_unit_test(test_vlan_in_the_bytes_generic),
		cmocka_unit_test(test_vlan_beside_the_bytes),
		cmocka_unit_test(test_large_frames),
		cmocka_unit_test(test_large_frames_generic),
		cmocka_unit_test(test_huge_frames),
		cmocka_unit_test(test_packet_types),
	};
	int ret = net_enter();

	log_level_set(LOG_LEVEL_ERROR);
	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
