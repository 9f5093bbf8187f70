/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The ingest driver "packet" with real devices: exact counts, views, states. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <pcap/pcap.h>
#include <cmocka.h>

#include "ingest_source.h"

static struct source *source_open(const char *device, uint32_t lanes, const uint64_t *queues)
{
	return source_open_by("packet", device, lanes, queues);
}

/* --- counting -------------------------------------------------------------- */

/*
 * The machine may stop us for longer than a ring lasts; what was lost then is counted, and
 * the round says nothing.
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
	s = source_open("va", lanes, NULL);
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

/* packets that belong together have the same number; the lane of each */
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

/* @header behind the Ethernet addresses, then a packet of net_packet() that carries the number */
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
	/* a later fragment has anything there */
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
	s = source_open("va", 4, NULL);
	fd = net_sender("vb");
	for (uint32_t number = 0; number < 200; number++) {
		/* first, middle, last; or request and reply */
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

/* From the return of the last open() on every packet comes once, and none twice ever. */
static void open_under_traffic(uint32_t lanes)
{
	enum { ROUNDS = 12, MAX = 1 << 20 };
	struct net_flood flood;
	int good = 0;

	net_veth(1);
	net_flood_start(&flood, "vb", 4, 20, 0);
	for (int i = 0; good < ROUNDS; i++) {
		uint32_t first, end;
		struct source *s;
		struct tally t;

		tally_init(&t, MAX);
		s = source_open("va", lanes, NULL);
		/* the one that is being sent may have passed already */
		first = net_flood_sent(&flood) + 1;
		while (net_flood_sent(&flood) < first + 1000) {
			source_wait(s, 1);
			source_read(s, tally_view, &t);
		}
		end = net_flood_sent(&flood);
		for (uint64_t stop = net_clock_ns(CLOCK_MONOTONIC) + 20000000;
		     net_clock_ns(CLOCK_MONOTONIC) < stop;) {
			source_wait(s, 1);
			while (source_read(s, tally_view, &t))
				;
		}
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

/* What does not fit is counted: sent = read + dropped. */
static void test_overload_is_counted(void **state)
{
	enum { SENT = 300000 };
	struct net_flood flood;
	struct source *s;
	struct tally t;

	(void)state;
	net_veth(1);
	tally_init(&t, SENT);
	s = source_open("va", 2, NULL);
	net_flood_start(&flood, "vb", 1000, 0, SENT);
	net_flood_stop(&flood);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 0);
	assert_true(source_count(s, PFQ_INGEST_drop_socket) > 0);
	/* a second look finds the same */
	assert_int_equal(t.total + source_count(s, PFQ_INGEST_drop_socket), SENT);
	assert_int_equal(t.total, source_count(s, PFQ_INGEST_rx_packets));
	source_close(s);
	net_veth_del();
	free(t.count);
}

/* --- views against what the system's libpcap shows ------------------------- */

/* tag handling of the device itself */
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

/* all cases at @device, captured at va; @out: va sends them itself */
static void vlan_frames(const char *device, bool out, bool offload)
{
	struct frames *ours = calloc(1, sizeof(*ours)), *stock = calloc(1, sizeof(*stock));
	uint8_t frame[128];
	struct source *s;
	pcap_t *pcap;
	int fd;

	net_veth(1);
	if (!offload)
		offload_off("va");
	s = source_open("va", 1, NULL);
	pcap = stock_open("va");
	fd = net_sender(device);
	for (unsigned int i = 0; i < ARRAY_SIZE(vlan_cases); i++)
		net_send(fd, frame, tagged(frame, i, vlan_cases[i].tags, vlan_cases[i].count));
	/* an 802.3 frame with LLC, and one too short to lose a tag */
	memset(frame, 0, sizeof(frame));
	frame[13] = 40;
	net_send(fd, frame, 60);
	frame[12] = 0x81;
	frame[13] = 0;
	net_send(fd, frame, 14);
	source_drain(s, frames_view, ours);
	pcap_dispatch(pcap, -1, frames_pcap, (u_char *)stock);
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

/* with the devices' tag handling off the tag stays in the bytes: nothing else changes */
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
	struct source *s = source_open("lo", 1, NULL);
	pcap_t *pcap = stock_open("lo");
	int rx, tx = udp_pair(&rx, 5001);

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(send(tx, "0123456789", (size_t)i, 0), i);
	source_drain(s, frames_view, ours);
	pcap_dispatch(pcap, -1, frames_pcap, (u_char *)stock);
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

/* the largest packets that a device hands over come whole */
static void test_large_packets(void **state)
{
	struct source *s = source_open("lo", 2, NULL);
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
	s = source_open("tun0", 1, NULL);
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
	uint16_t queue;		/* as the views say */
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
	struct source *s = source_open("tap0", 2, queues);
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
	/* the longest filter there can be */
	memset(set, 0x55, sizeof(set));
	queues_case(fds, set, (unsigned int []){ 100, 0, 100, 0 }, PFQ_QUEUE_UNKNOWN);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
}

/* --- promiscuity, down and gone, refusals ---------------------------------- */

static void test_promisc(void **state)
{
	const struct ingest_driver *driver = ingest_driver_find("packet");
	struct ingest_params params = {
		.device = "va", .promisc = true, .lanes = 1, .fanout_id = next_id++,
	};
	struct pfq_error err;
	struct ingest *in;

	(void)state;
	net_veth(1);
	params.ifindex = if_nametoindex("va");
	assert_int_equal(driver->open(&in, &params, &err), 0);
	assert_int_equal(promiscuity("va"), 1);
	driver->close(in);
	assert_int_equal(promiscuity("va"), 0);
	params.promisc = false;
	assert_int_equal(driver->open(&in, &params, &err), 0);
	assert_int_equal(promiscuity("va"), 0);
	driver->close(in);
	net_veth_del();
}

static void rxhash_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	unsigned int *with = arg;

	(void)lane;
	with[!!v->rxhash]++;
}

/* veth has none: the kernel makes it, when asked */
static void rxhash_case(bool asked)
{
	struct ingest_params params = {
		.device = "va", .with_rxhash = asked, .lanes = 1, .fanout_id = next_id++,
	};
	struct source s = { .driver = ingest_driver_find("packet"), .lanes = 1 };
	unsigned int with[2] = { 0, 0 };
	struct pfq_error err;

	net_veth(1);
	params.ifindex = if_nametoindex("va");
	assert_int_equal(s.driver->open(&s.in[0], &params, &err), 0);
	send_some(0, 10);
	source_drain(&s, rxhash_view, with);
	assert_int_equal(with[asked], 10);
	assert_int_equal(with[!asked], 0);
	s.driver->close(s.in[0]);
	net_veth_del();
}

static void test_rxhash(void **state)
{
	(void)state;
	rxhash_case(false);
	rxhash_case(true);
}

static bool has_error(struct source *s, uint32_t lane, int timeout_ms)
{
	struct pollfd fd = { .fd = s->driver->fd(s->in[lane]), .events = POLLIN };

	return poll(&fd, 1, timeout_ms) > 0 && fd.revents & POLLERR;
}

static void test_down_and_up(void **state)
{
	struct source *s;
	struct tally t;

	(void)state;
	net_veth(1);
	tally_init(&t, 1000);
	s = source_open("va", 2, NULL);
	send_some(0, 300);
	net_run("ip link set va down");
	/* said once in each lane, and what came before is kept */
	for (uint32_t i = 0; i < 2; i++) {
		assert_true(has_error(s, i, 1000));
		assert_int_equal(s->driver->fault(s->in[i]), -ENETDOWN);
		assert_false(has_error(s, i, 10));
		assert_int_equal(s->driver->fault(s->in[i]), 0);
	}
	source_drain(s, tally_view, &t);
	assert_int_equal(t.total, 300);
	net_up();
	send_some(300, 300);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 600);
	source_close(s);
	net_veth_del();
	free(t.count);
}

static void test_deleted(void **state)
{
	struct source *s;
	struct tally t;
	uint64_t next_ns;

	(void)state;
	net_veth(1);
	tally_init(&t, 1000);
	s = source_open("va", 1, NULL);
	send_some(0, 100);
	net_veth_del();
	assert_true(has_error(s, 0, 1000));
	assert_int_equal(s->driver->fault(s->in[0]), -ENETDOWN);
	s->batch.n = 0;
	for (;;) {
		int rc = s->driver->rx(s->in[0], &s->batch, &next_ns);

		if (rc < 0) {
			assert_int_equal(rc, -ENETDOWN);
			break;
		}
		assert_true(rc > 0);
		t.total += (uint32_t)rc;
		s->driver->done(s->in[0]);
		s->batch.n = 0;
	}
	assert_int_equal(t.total, 100);
	assert_false(has_error(s, 0, 10));
	source_close(s);
	free(t.count);
}

/* Opened while it is down, it has what comes from when it is up. */
static void open_while_down(uint32_t lanes)
{
	struct source *s;
	struct tally t;

	net_run("ip link del va 2>/dev/null || true");
	net_run("ip link add va type veth peer name vb");
	tally_init(&t, 100);
	s = source_open("va", lanes, NULL);
	net_up();
	send_some(0, 100);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 100);
	source_close(s);
	net_veth_del();
	free(t.count);
}

static void test_open_while_down(void **state)
{
	(void)state;
	open_while_down(1);
}

/* Kernels before 6.13 cannot, and that is said. */
static void test_open_lanes_while_down(void **state)
{
	struct ingest_params params = { .device = "va", .lanes = 2, .fanout_id = next_id++ };
	const struct ingest_driver *driver = ingest_driver_find("packet");
	struct ingest *in = NULL;
	struct pfq_error err;
	int rc;

	(void)state;
	net_run("ip link add va type veth peer name vb");
	params.ifindex = if_nametoindex("va");
	rc = driver->open(&in, &params, &err);
	if (rc) {
		assert_int_equal(rc, -ENETDOWN);
		assert_non_null(strstr(err.text, "va is down"));
		net_veth_del();
		return;
	}
	driver->close(in);
	open_while_down(2);
}

static void refuse(struct ingest_params params, int code, const char *text)
{
	const struct ingest_driver *driver = ingest_driver_find("packet");
	struct pfq_error err = { "" };
	struct ingest *in = NULL;

	assert_int_equal(driver->open(&in, &params, &err), code);
	assert_null(in);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" lacks \"%s\"", err.text, text);
}

static void test_refusals(void **state)
{
	struct ingest_params p = { .device = "va", .lanes = 1, .fanout_id = next_id++ };
	struct source *s;

	(void)state;
	net_veth(1);
	p.ifindex = if_nametoindex("va");
	p.lane = 1;
	refuse(p, -EINVAL, "lane 1 of 1");
	p.lane = 0;
	p.lanes = PFQ_LANES_MAX + 1;
	refuse(p, -EINVAL, "65");
	p.lanes = 1;
	p.device = NULL;
	refuse(p, -EINVAL, "(none)");
	p.device = "gone0";
	p.ifindex = 12345;
	refuse(p, -ENODEV, "gone0: no such device");
	/* two sources under one number would share their packets */
	s = source_open("va", 2, NULL);
	p.device = "vb";
	p.ifindex = if_nametoindex("vb");
	p.fanout_id = s->params.fanout_id;
	p.lanes = 2;
	refuse(p, -EEXIST, "fanout id");
	source_close(s);
	net_veth_del();
}

/* A stranger's fanout group of the same number takes none of our packets. */
static void test_foreign_fanout(void **state)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	int arg = PACKET_FANOUT_HASH << 16 | next_id;
	struct source *s;
	struct tally t;

	(void)state;
	net_veth(1);
	tally_init(&t, 500);
	addr.sll_ifindex = (int)if_nametoindex("va");
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &arg, sizeof(arg)), 0);
	s = source_open("va", 2, NULL);
	send_some(0, 500);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 500);
	source_close(s);
	close(fd);
	net_veth_del();
	free(t.count);
}

/* --- watermarks ------------------------------------------------------------ */

struct marks {
	uint64_t watermark_ns[LANES_MAX];
	uint64_t checked;
	uint64_t late, worst_ns;
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
	if (m->watermark_ns[lane] - v->ts_ns > m->worst_ns)
		m->worst_ns = m->watermark_ns[lane] - v->ts_ns;
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

/* No packet is older than a watermark that was given before it, at any rate of packets. */
static void watermark_never_ahead(void)
{
	static const struct {
		unsigned int burst, pause_us;
	} rates[] = { { 1, 3000 }, { 1, 300 }, { 8, 100 }, { 64, 10 } };
	struct marks m = { .checked = 0 };

	net_veth(1);
	for (unsigned int r = 0; r < ARRAY_SIZE(rates); r++) {
		uint64_t end = net_clock_ns(CLOCK_MONOTONIC) + 500000000;
		struct net_flood in, out;
		struct source *s = source_open("va", 2, NULL);

		memset(m.watermark_ns, 0, sizeof(m.watermark_ns));
		net_flood_start(&in, "vb", rates[r].burst, rates[r].pause_us, 0);
		net_flood_start(&out, "va", rates[r].burst, rates[r].pause_us, 0);
		while (net_clock_ns(CLOCK_MONOTONIC) < end) {
			if (!source_read(s, marks_view, &m))
				source_wait(s, 1);
			marks_look(s, &m);
		}
		net_flood_stop(&in);
		net_flood_stop(&out);
		source_drain(s, marks_view, &m);
		source_close(s);
	}
	print_message("%lu packets, %lu late, at worst %lu ns\n", m.checked, m.late, m.worst_ns);
	assert_true(m.checked > 3000);
	assert_int_equal(m.late, 0);
	net_veth_del();
}

static void test_watermark_never_ahead(void **state)
{
	(void)state;
	watermark_never_ahead();
}

/* Nor where packets are stamped before they wait in a queue, as some socket asked for. */
static void test_watermark_early_stamps(void **state)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;

	(void)state;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)), 0);
	watermark_never_ahead();
	close(fd);
}

/* Where nothing comes, time goes on; so it does right after the last packet. */
static void test_watermark_idle(void **state)
{
	struct marks m = { .checked = 0 };
	uint64_t sent_ns;
	struct source *s;

	(void)state;
	net_veth(1);
	s = source_open("va", 2, NULL);
	for (int i = 0; i < 100; i++) {
		marks_look(s, &m);
		for (uint32_t k = 0; k < 2; k++)
			assert_true(net_clock_ns(CLOCK_REALTIME) - m.watermark_ns[k] < 50000000);
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
		cmocka_unit_test(test_vlan_received),
		cmocka_unit_test(test_vlan_sent),
		cmocka_unit_test(test_vlan_no_offload),
		cmocka_unit_test(test_loopback_once),
		cmocka_unit_test(test_large_packets),
		cmocka_unit_test(test_bare_ip),
		cmocka_unit_test(test_queues),
		cmocka_unit_test(test_promisc),
		cmocka_unit_test(test_rxhash),
		cmocka_unit_test(test_down_and_up),
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_open_while_down),
		cmocka_unit_test(test_open_lanes_while_down),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_foreign_fanout),
		cmocka_unit_test(test_watermark_never_ahead),
		cmocka_unit_test(test_watermark_early_stamps),
		cmocka_unit_test(test_watermark_idle),
	};
	int rc = net_enter();

	return rc ? rc : cmocka_run_group_tests(tests, NULL, NULL);
}
