/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Ingest "xdp", real devices: exact counts, taps, others' programs, devices that come and go. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../pfqd/log.h"
#include "ingest_device.h"
#include "xdp_program.h"

#define TRIES 10

/* --- counting -------------------------------------------------------------- */

struct times {
	struct tally tally;
	uint64_t last_ns[LANES_MAX];
	uint16_t queue_max;
};

static void times_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	struct times *t = arg;

	tally_view(v, lane, &t->tally);
	assert_true(v->ts_ns >= t->last_ns[lane]);
	t->last_ns[lane] = v->ts_ns;
	if (v->queue > t->queue_max)
		t->queue_max = v->queue;
}

static bool counts_exact_once(uint32_t lanes, uint32_t sent, unsigned int *queues)
{
	uint64_t before_ns = net_clock_ns(CLOCK_REALTIME);
	struct times t = {.queue_max = 0};
	struct net_flood flood;
	struct source *s;
	bool whole;

	tally_init(&t.tally, sent);
	s = source_open_by("xdp", "va", lanes, NULL);
	net_flood_start(&flood, "vb", 32, 200, sent);
	while (net_flood_sent(&flood) < sent) {
		source_wait(s, 10);
		source_read(s, times_view, &t);
	}
	net_flood_stop(&flood);
	source_drain(s, times_view, &t);
	whole = !source_count(s, PFQ_INGEST_drop_socket);
	tally_check(&t.tally, 0, whole ? sent : 0);
	assert_int_equal(t.tally.total + source_count(s, PFQ_INGEST_drop_socket), sent);
	for (uint32_t i = 0; i < lanes; i++) {
		if (!s->in[i])
			continue;
		assert_true(t.last_ns[i] > before_ns);
		assert_true(t.last_ns[i] <= s->driver->watermark(s->in[i]));
	}
	assert_int_equal(source_count(s, PFQ_INGEST_rx_packets), t.tally.total);
	assert_int_equal(source_count(s, PFQ_INGEST_rx_bytes), t.tally.total * NET_PACKET_BYTES);
	source_close(s);
	free(t.tally.count);
	*queues = t.queue_max + 1U;
	return whole;
}

static void counts_exact(uint32_t lanes, unsigned int queues, uint32_t sent)
{
	unsigned int seen;
	int tries = 0;

	net_veth(queues);
	while (!counts_exact_once(lanes, sent, &seen))
		assert_true(++tries < TRIES);
	assert_int_equal(seen, queues);
	net_veth_del();
}

static void test_counts_one_queue(void **state)
{
	(void)state;
	/* all the memory goes round more than once */
	counts_exact(1, 1, 50000);
	/* the other lane has nothing to do */
	counts_exact(2, 1, 5000);
}

static void test_counts_four_queues(void **state)
{
	(void)state;
	counts_exact(1, 4, 20000);
	counts_exact(2, 4, 20000);
	counts_exact(3, 4, 20000);
}

/* What does not fit is counted: what came to the device = read + dropped. */
static void test_overload_is_counted(void **state)
{
	enum { SENT = 60000 };
	struct net_flood flood;
	struct source *s;
	struct tally t;

	(void)state;
	net_veth(1);
	tally_init(&t, SENT);
	s = source_open_by("xdp", "va", 1, NULL);
	/* at a pace that the device itself keeps up with */
	net_flood_start(&flood, "vb", 100, 100, SENT);
	net_flood_stop(&flood);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 0);
	assert_true(source_count(s, PFQ_INGEST_drop_socket) > 0);
	assert_int_equal(t.total + source_count(s, PFQ_INGEST_drop_socket), SENT);
	assert_int_equal(t.total, source_count(s, PFQ_INGEST_rx_packets));
	/* and it goes on afterwards */
	free(t.count);
	tally_init(&t, 1000);
	send_some(0, 1000);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 1000);
	source_close(s);
	net_veth_del();
	free(t.count);
}

/* --- taps ------------------------------------------------------------------ */

static int host_socket(const char *device)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = (int)if_nametoindex(device),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static unsigned int host_count(int fd)
{
	unsigned int n = 0;
	uint8_t frame[256];
	ssize_t len;

	usleep(QUIET_MS * 1000);
	while ((len = recv(fd, frame, sizeof(frame), 0)) >= 0)
		n += net_seq(frame, (size_t)len) >= 0;
	return n;
}

/* The host sees nothing of it, before and afterwards all; nothing of ours stays. */
static void test_host_does_not_see(void **state)
{
	struct source *s;
	struct tally t;
	int fd;

	(void)state;
	net_veth(2);
	tally_init(&t, 500);
	fd = host_socket("va");
	send_some(0, 100);
	assert_int_equal(host_count(fd), 100);
	s = source_open_by("xdp", "va", 2, NULL);
	assert_int_not_equal(xdp_program_at("va"), 0);
	send_some(100, 200);
	source_drain(s, tally_view, &t);
	tally_check(&t, 100, 300);
	assert_int_equal(host_count(fd), 0);
	source_close(s);
	assert_int_equal(xdp_program_at("va"), 0);
	send_some(300, 100);
	assert_int_equal(host_count(fd), 100);
	close(fd);
	net_veth_del();
	free(t.count);
}

/* A source opens in steps: until the last, the host has everything. */
static void test_all_lanes_at_once(void **state)
{
	struct ingest_params params = {.device = "va", .lanes = 2};
	const struct ingest_driver *driver = ingest_driver_find("xdp");
	struct ingest *in[2] = {NULL};
	struct pfq_error err;
	int fd;

	(void)state;
	net_veth(4);
	params.ifindex = if_nametoindex("va");
	fd = host_socket("va");
	assert_int_equal(driver->open(&in[0], &params, &err), 0);
	send_some(0, 200);
	assert_int_equal(host_count(fd), 200);
	params.lane = 1;
	assert_int_equal(driver->open(&in[1], &params, &err), 0);
	send_some(0, 200);
	assert_int_equal(host_count(fd), 0);
	driver->close(in[0]);
	driver->close(in[1]);
	close(fd);
	net_veth_del();
}

static void bits(uint64_t mask, uint64_t set[INGEST_QUEUES_MAX / 64])
{
	memset(set, 0, INGEST_QUEUES_MAX / 8);
	set[0] = mask;
}

/* Two sources with queues of their own share the device; a third for the same is refused. */
static void test_queues(void **state)
{
	uint64_t low[INGEST_QUEUES_MAX / 64], high[INGEST_QUEUES_MAX / 64];
	struct ingest_params p = {.device = "va", .lanes = 1};
	struct source *a, *b;
	struct tally ta, tb;
	int fd;

	(void)state;
	net_veth(4);
	tally_init(&ta, 200);
	tally_init(&tb, 200);
	bits(1 << 0 | 1 << 3, low);
	bits(1 << 1, high);
	fd = host_socket("va");
	a = source_open_by("xdp", "va", 2, low);
	b = source_open_by("xdp", "va", 2, high);
	p.ifindex = if_nametoindex("va");
	p.queues = low;
	device_refuse("xdp", p, -EBUSY, "queue 0");
	send_some(0, 200);
	source_drain(a, tally_view, &ta);
	source_drain(b, tally_view, &tb);
	assert_true(ta.total > 0 && tb.total > 0);
	/* queue 2 is nobody's */
	assert_int_equal(ta.total + tb.total + host_count(fd), 200);
	assert_true(ta.total + tb.total < 200);
	/* the one that stays goes on */
	source_close(a);
	assert_int_not_equal(xdp_program_at("va"), 0);
	free(tb.count);
	tally_init(&tb, 200);
	send_some(0, 200);
	source_drain(b, tally_view, &tb);
	assert_true(tb.total > 0);
	assert_int_equal(tb.total + host_count(fd), 200);
	source_close(b);
	assert_int_equal(xdp_program_at("va"), 0);
	bits(1 << 2 | 1 << 4, low);
	device_refuse("xdp", p, -EINVAL, "va has no queue 4: it has 4");
	assert_int_equal(xdp_program_at("va"), 0);
	close(fd);
	net_veth_del();
	free(ta.count);
	free(tb.count);
}

/* --- what others have there ------------------------------------------------ */

static void foreign_program(bool is_generic, bool by_link)
{
	struct ingest_params p = {.device = "va", .lanes = 1};
	uint32_t id;
	int fd;

	net_veth(1);
	p.ifindex = if_nametoindex("va");
	fd = xdp_program_attach("va", is_generic, by_link);
	id = xdp_program_at("va");
	assert_int_not_equal(id, 0);
	device_refuse("xdp", p, -EBUSY, "ip link set dev va xdp");
	assert_int_equal(xdp_program_at("va"), id);
	close(fd);
	net_veth_del();
}

static void test_foreign_program(void **state)
{
	(void)state;
	foreign_program(false, false);
	foreign_program(true, false);
	foreign_program(false, true);
	foreign_program(true, true);
}

static bool vlan_offload(const char *device)
{
	char line[128];
	FILE *f;
	bool on;

	snprintf(line, sizeof(line), "ethtool -k %s | grep '^rx-vlan-offload: on'", device);
	f = popen(line, "r");
	assert_non_null(f);
	on = fgets(line, sizeof(line), f);
	pclose(f);
	return on;
}

/* The device's own handling of tags is off as long as it is tapped. */
static void test_vlan_offload(void **state)
{
	struct source *s;

	(void)state;
	if (system("ethtool --version >/dev/null 2>&1"))
		skip();
	net_veth(1);
	assert_true(vlan_offload("va"));
	s = source_open_by("xdp", "va", 1, NULL);
	assert_false(vlan_offload("va"));
	source_close(s);
	assert_true(vlan_offload("va"));
	/* under whatever name it goes in the meantime */
	s = source_open_by("xdp", "va", 1, NULL);
	net_run("ip link set va down && ip link set va name vx && ip link set vx up");
	assert_false(vlan_offload("vx"));
	source_close(s);
	assert_true(vlan_offload("vx"));
	net_run("ip link del vx");
}

/* --- devices that come and go ---------------------------------------------- */

static void test_promisc(void **state)
{
	(void)state;
	device_promisc("xdp");
}

static void test_down_and_up(void **state)
{
	struct source *s;
	struct tally t;

	(void)state;
	net_veth(2);
	tally_init(&t, 1000);
	s = source_open_by("xdp", "va", 2, NULL);
	send_some(0, 300);
	usleep(QUIET_MS * 1000);
	net_run("ip link set va down");
	/* what came before is kept */
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

static void test_open_while_down(void **state)
{
	(void)state;
	device_open_while_down("xdp", 1, true);
}

static void test_deleted(void **state)
{
	struct source *s;
	struct tally t;

	(void)state;
	net_veth(1);
	tally_init(&t, 1000);
	s = source_open_by("xdp", "va", 1, NULL);
	send_some(0, 100);
	net_veth_del();
	source_drain(s, tally_view, &t);
	assert_int_equal(t.total, 100);
	/* a new one of that name is another device */
	net_veth(1);
	source_close(s);
	s = source_open_by("xdp", "va", 1, NULL);
	send_some(100, 100);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 200);
	source_close(s);
	net_veth_del();
	free(t.count);
}

static void test_watermark(void **state)
{
	uint64_t before_ns, ns;
	struct source *s;

	(void)state;
	net_veth(1);
	s = source_open_by("xdp", "va", 1, NULL);
	before_ns = net_clock_ns(CLOCK_REALTIME);
	for (int i = 0; i < 1000; i++) {
		ns = s->driver->watermark(s->in[0]);
		assert_true(ns >= before_ns && ns <= net_clock_ns(CLOCK_REALTIME));
		before_ns = ns;
	}
	source_close(s);
	net_veth_del();
}

/* how far back the clock has been set, in seconds: see --wrap in ingest.am */
static time_t clock_back_s;

int __real_clock_gettime(clockid_t clock, struct timespec *ts);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	int rc = __real_clock_gettime(clock, ts);

	if (clock == CLOCK_REALTIME)
		ts->tv_sec -= clock_back_s;
	return rc;
}

static void last_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	(void)lane;
	*(uint64_t *)arg = v->ts_ns;
}

/* Times follow the clock, also when somebody sets it back. */
static void test_clock_set_back(void **state)
{
	uint64_t first_ns = 0, later_ns = 0, before_ns;
	struct source *s;

	(void)state;
	net_veth(1);
	s = source_open_by("xdp", "va", 1, NULL);
	send_some(0, 1);
	source_drain(s, last_view, &first_ns);
	assert_true(first_ns <= s->driver->watermark(s->in[0]));
	clock_back_s = 3600;
	before_ns = s->driver->watermark(s->in[0]);
	assert_true(before_ns < first_ns);
	send_some(1, 1);
	source_drain(s, last_view, &later_ns);
	assert_true(later_ns >= before_ns && later_ns < first_ns);
	assert_true(s->driver->watermark(s->in[0]) >= later_ns);
	clock_back_s = 0;
	source_close(s);
	net_veth_del();
}

static void test_refusals(void **state)
{
	struct ingest_params p = {.device = "tun0", .lanes = 1};
	struct ifreq req = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd;

	(void)state;
	device_refuse_nonsense("xdp");
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	strcpy(req.ifr_name, "tun0");
	assert_int_equal(ioctl(fd, TUNSETIFF, &req), 0);
	net_run("ip link set tun0 up");
	p.ifindex = if_nametoindex("tun0");
	device_refuse("xdp", p, -EOPNOTSUPP, "Ethernet");
	close(fd);
}

/* every descriptor and every byte of memory of many openings is given back */
static unsigned int open_fds(void)
{
	unsigned int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_no_leaks(void **state)
{
	unsigned int before;

	(void)state;
	net_veth(4);
	source_close(source_open_by("xdp", "va", 2, NULL));
	before = open_fds();
	for (int i = 0; i < 10; i++)
		source_close(source_open_by("xdp", "va", 2, NULL));
	assert_int_equal(open_fds(), before);
	net_veth_del();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_one_queue),
		cmocka_unit_test(test_counts_four_queues),
		cmocka_unit_test(test_overload_is_counted),
		cmocka_unit_test(test_host_does_not_see),
		cmocka_unit_test(test_all_lanes_at_once),
		cmocka_unit_test(test_queues),
		cmocka_unit_test(test_foreign_program),
		cmocka_unit_test(test_vlan_offload),
		cmocka_unit_test(test_promisc),
		cmocka_unit_test(test_down_and_up),
		cmocka_unit_test(test_open_while_down),
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_watermark),
		cmocka_unit_test(test_clock_set_back),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_no_leaks),
	};
	int rc = net_enter();

	log_level_set(LOG_LEVEL_ERROR);
	return rc ? rc : cmocka_run_group_tests(tests, NULL, NULL);
}
