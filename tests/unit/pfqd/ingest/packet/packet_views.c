/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests ingest "packet" with real devices: views as the system's libpcap shows them, and
 * queues.
 */
#include "config.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <pcap/pcap.h>
#include <cmocka.h>

#include "tests/unit/fixture/ingest_source.h"

/* each test runs with both drivers */
static const char *const kinds[] = { "packet", "packet, immediate" };
static const char *kind;

/* --- views against what the system's libpcap shows ------------------------- */

/* Turn off the device's handling of tags. */
static void offload_off(const char *device)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GFLAGS };
	struct ifreq req = { .ifr_data = (char *)&value };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(req.ifr_name, device);
	assert_int_equal(ioctl(fd, SIOCETHTOOL, &req), 0);
	assert_true(value.data & ETH_FLAG_RXVLAN);
	value.cmd = ETHTOOL_SFLAGS;
	value.data &= ~(uint32_t)(ETH_FLAG_RXVLAN | ETH_FLAG_TXVLAN);
	assert_int_equal(ioctl(fd, SIOCETHTOOL, &req), 0);
	close(fd);
}

/* Send all cases at @device, captured at va. With @out va itself sends them. */
static void vlan_frames(const char *device, bool out, bool offload)
{
	struct frames *ours = calloc(1, sizeof(*ours)), *stock = calloc(1, sizeof(*stock));
	struct source *s;
	pcap_t *pcap;
	int fd;

	net_veth(1);
	if (!offload)
		offload_off("va");
	s = source_open_by(kind, "va", 1, NULL);
	pcap = stock_open("va");
	fd = net_sender(device);
	vlan_cases_send(fd);
	source_drain(s, frames_view, ours);
	frames_stock(pcap, stock, ours->n);
	assert_true(ours->n >= ARRAY_SIZE(vlan_cases));
	frames_same(ours, stock);
	for (unsigned int i = 0; i < ARRAY_SIZE(vlan_cases); i++) {
		bool tag = vlan_cases[i].count && vlan_cases[i].tags[0][0] != 0x9100;

		assert_int_equal(ours->frame[i].flags,
				 (tag ? PFQ_REC_F_VLAN : 0) | (out ? PFQ_REC_F_OUT : 0));
		assert_int_equal(ours->frame[i].tci, tag ? vlan_cases[i].tags[0][1] : 0);
		assert_int_equal(ours->frame[i].tpid, tag ? vlan_cases[i].tags[0][0] : 0);
		assert_int_equal(ours->frame[i].protocol, vlan_cases[i].protocol);
		assert_int_equal(ours->frame[i].pkttype, out ? PACKET_OUTGOING : PACKET_BROADCAST);
	}
	close(fd);
	pcap_close(pcap);
	source_close(s);
	net_veth_del();
	free(ours);
	free(stock);
}

static void test_vlan_received(void **state)
{
	(void)state;
	vlan_frames("vb", false, true);
}

static void test_vlan_sent(void **state)
{
	(void)state;
	vlan_frames("va", true, true);
}

/* Without the devices' handling of tags the tag stays in the bytes. Nothing else changes. */
static void test_vlan_no_offload(void **state)
{
	(void)state;
	vlan_frames("vb", false, false);
	vlan_frames("va", true, false);
}

/* --- the loopback device, sizes, bare IP ----------------------------------- */

static int udp_pair(int *rx, uint16_t port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int tx = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*rx = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*rx, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(connect(tx, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return tx;
}

static void largest_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	uint32_t *largest = arg;

	(void)lane;
	assert_int_equal(v->caplen, v->len);
	*largest = v->len > *largest ? v->len : *largest;
}

static void test_loopback_once(void **state)
{
	struct frames *ours = calloc(1, sizeof(*ours)), *stock = calloc(1, sizeof(*stock));
	struct source *s = source_open_by(kind, "lo", 1, NULL);
	pcap_t *pcap = stock_open("lo");
	int rx, tx = udp_pair(&rx, 5001);

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(send(tx, "0123456789", (size_t)i, 0), i);
	source_drain(s, frames_view, ours);
	frames_stock(pcap, stock, ours->n);
	assert_int_equal(ours->n, 10);
	frames_same(ours, stock);
	for (unsigned int i = 0; i < ours->n; i++)
		assert_int_equal(ours->frame[i].flags, 0);
	assert_int_equal(s->driver->linktype(s->in[0]), PFQ_LINKTYPE_ETHERNET);
	close(rx);
	close(tx);
	pcap_close(pcap);
	source_close(s);
	free(ours);
	free(stock);
}

/* The largest packets of a device come whole. */
static void test_large_packets(void **state)
{
	struct source *s = source_open_by(kind, "lo", 2, NULL);
	static uint8_t data[65507];
	uint32_t largest = 0;
	int rx, tx = udp_pair(&rx, 5002);

	(void)state;
	assert_int_equal(send(tx, data, 65464, 0), 65464);
	source_drain(s, largest_view, &largest);
	assert_int_equal(largest, 65464 + 42);
	close(rx);
	close(tx);
	source_close(s);
}

static int tun_open(const char *name, int flags)
{
	struct ifreq req = { .ifr_flags = (short)(flags | IFF_NO_PI) };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -1;
	strcpy(req.ifr_name, name);
	assert_int_equal(ioctl(fd, TUNSETIFF, &req), 0);
	return fd;
}

static void raw_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	(void)lane;
	assert_int_equal(v->linktype, PFQ_LINKTYPE_RAW);
	assert_int_equal(v->protocol, ETH_P_IP);
	assert_int_equal(v->caplen, NET_PACKET_BYTES - ETH_HLEN);
	assert_int_equal(v->data[0], 0x45);
	++*(unsigned int *)arg;
}

static void test_bare_ip(void **state)
{
	int fd = tun_open("tun0", IFF_TUN);
	uint8_t frame[NET_PACKET_BYTES];
	unsigned int n = 0;
	struct source *s;

	(void)state;
	if (fd < 0)
		skip();
	net_run("ip link set tun0 up");
	s = source_open_by(kind, "tun0", 1, NULL);
	assert_int_equal(s->driver->linktype(s->in[0]), PFQ_LINKTYPE_RAW);
	net_packet(frame, 1);
	assert_int_equal(write(fd, frame + ETH_HLEN, sizeof(frame) - ETH_HLEN),
			 sizeof(frame) - ETH_HLEN);
	source_drain(s, raw_view, &n);
	assert_int_equal(n, 1);
	source_close(s);
	close(fd);
}

/* --- queues ---------------------------------------------------------------- */

struct queue_tally {
	unsigned int count[4];
	uint16_t queue;		/* from the views */
};

static void queue_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	struct queue_tally *t = arg;
	int64_t seq = net_seq(v->data, v->caplen);

	(void)lane;
	assert_false(v->flags & PFQ_REC_F_OUT);
	if (seq >= 0)
		t->count[seq % 4]++;
	t->queue = v->queue;
}

static void queues_case(const int *fds, const uint64_t *queues, const unsigned int *want,
			uint16_t queue)
{
	struct source *s = source_open_by(kind, "tap0", 2, queues);
	struct queue_tally t = { .queue = 0 };
	uint8_t frame[NET_PACKET_BYTES];
	int out = net_sender("tap0");

	for (uint32_t i = 0; i < 400; i++) {
		net_packet(frame, i);
		assert_int_equal(write(fds[i % 4], frame, sizeof(frame)), sizeof(frame));
		if (queues)
			net_send(out, frame, sizeof(frame));
	}
	source_drain(s, queue_view, &t);
	for (int i = 0; i < 4; i++)
		assert_int_equal(t.count[i], want[i]);
	assert_int_equal(t.queue, queue);
	close(out);
	source_close(s);
}

static void test_queues(void **state)
{
	uint64_t set[INGEST_QUEUES_MAX / 64] = { 0 };
	int fds[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		fds[i] = tun_open("tap0", IFF_TAP | IFF_MULTI_QUEUE);
		if (fds[i] < 0)
			skip();
	}
	net_run("ip link set tap0 up");
	queues_case(fds, NULL, (unsigned int []){ 100, 100, 100, 100 }, PFQ_QUEUE_UNKNOWN);
	set[0] = 1 << 2;
	queues_case(fds, set, (unsigned int []){ 0, 0, 100, 0 }, 2);
	set[0] = 1 << 0 | 1 << 3;
	queues_case(fds, set, (unsigned int []){ 100, 0, 0, 100 }, PFQ_QUEUE_UNKNOWN);
	set[0] = 1 << 1 | 1 << 2;
	queues_case(fds, set, (unsigned int []){ 0, 100, 100, 0 }, PFQ_QUEUE_UNKNOWN);
	/* the longest filter possible */
	memset(set, 0x55, sizeof(set));
	queues_case(fds, set, (unsigned int []){ 100, 0, 100, 0 }, PFQ_QUEUE_UNKNOWN);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vlan_received),
		cmocka_unit_test(test_vlan_sent),
		cmocka_unit_test(test_vlan_no_offload),
		cmocka_unit_test(test_loopback_once),
		cmocka_unit_test(test_large_packets),
		cmocka_unit_test(test_bare_ip),
		cmocka_unit_test(test_queues),
	};
	int ret = net_enter();

	for (unsigned int i = 0; !ret && i < ARRAY_SIZE(kinds); i++) {
		kind = kinds[i];
		ret = cmocka_run_group_tests_name(kind, tests, NULL, NULL);
	}
	return ret;
}
