/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests ingest "packet" with real devices: settings of the device; devices that are down,
 * removed or refused.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
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

#include "tests/unit/fixture/ingest_device.h"
#include "tests/unit/fixture/limit.h"

/* each test runs with both drivers */
static const char *const kinds[] = { "packet", "packet, immediate" };
static const char *kind;

/* --- down and gone, refusals ---------------------------------- */

static void rxhash_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	unsigned int *with = arg;

	(void)lane;
	with[!!v->rxhash]++;
}

/* veth computes no hash. The kernel does if a source asks for it. */
static void rxhash_case(bool asked)
{
	struct ingest_params params = {
		.device = "va", .with_rxhash = asked, .parts = 1, .fanout_id = next_id++,
	};
	struct source s = { .driver = source_driver(kind), .lanes = 1 };
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
	if (source_driver(kind)->has_rxhash)
		rxhash_case(true);
}

/* --- a clock that is set back ----------------------------------------------- */

static int64_t ahead_s;	/* added to the clock of this process, not of the kernel */

int __real_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	int ret = __real_clock_gettime(clock, t);

	if (clock == CLOCK_REALTIME)
		t->tv_sec += ahead_s;
	return ret;
}

struct since {
	uint64_t ns;
	unsigned int packets;
};

static void since_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	struct since *since = arg;

	(void)lane;
	assert_true(v->ts_ns >= since->ns);
	since->packets++;
}

/* The clock is set back: watermarks follow it, and packets do not count as late. */
static void test_clock_set_back(void **state)
{
	struct since since = { 0, 0 };
	uint64_t ns = 0, now = 0;
	struct source *s;

	(void)state;
	net_veth(1);
	s = source_open_by(kind, "va", 1, NULL);
	ahead_s = 3600;
	now = net_clock_ns(CLOCK_REALTIME);
	assert_true(s->driver->watermark(s->in[0]) > now - PFQ_SLACK_MAX_NS);
	ahead_s = 0;
	since.ns = s->driver->watermark(s->in[0]);
	assert_true(since.ns < net_clock_ns(CLOCK_REALTIME));
	for (int round = 0; round < 2; round++) {
		ahead_s = 3600;
		s->driver->watermark(s->in[0]);
		ahead_s = 0;
		send_some(0, 5);
		source_drain(s, since_view, &since);
		/* Watermarks are no further behind than if no packet had been late. */
		for (int i = 0; i < 2000; i++) {
			now = net_clock_ns(CLOCK_REALTIME);
			ns = s->driver->watermark(s->in[0]);
			if (ns + 2000000 > now)
				break;
			usleep(1000);
		}
		assert_true(ns + 2000000 > now);
		assert_true(ns < net_clock_ns(CLOCK_REALTIME));
		since.ns = ns;
	}
	assert_int_equal(since.packets, 10);
	source_close(s);
	net_veth_del();
}

static void count_view(const struct pfq_view *v, uint32_t lane, void *arg)
{
	(void)v;
	(void)lane;
	++*(unsigned int *)arg;
}

/* A mark is past when all packets from before it were read, whatever came after it. */
static void test_mark(void **state)
{
	unsigned int first = 0, all = 0;
	struct source *s;

	(void)state;
	net_veth(1);
	s = source_open_by(kind, "va", 1, NULL);
	s->driver->mark(s->in[0]);
	assert_true(s->driver->is_past_mark(s->in[0]));
	send_some(0, 100);
	assert_true(s->driver->is_past_mark(s->in[0]));
	s->driver->mark(s->in[0]);
	assert_false(s->driver->is_past_mark(s->in[0]));
	send_some(100, 100);
	while (!s->driver->is_past_mark(s->in[0])) {
		source_wait(s, 1000);
		source_read(s, count_view, &first);
	}
	assert_true(first >= 100);
	s->driver->mark(s->in[0]);
	assert_int_equal(s->driver->is_past_mark(s->in[0]), first == 200);
	source_drain(s, count_view, &all);
	assert_int_equal(first + all, 200);
	assert_true(s->driver->is_past_mark(s->in[0]));
	source_close(s);
	net_veth_del();
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
	s = source_open_by(kind, "va", 2, NULL);
	send_some(0, 300);
	net_run("ip link set va down");
	/* Each lane reports it once, and earlier packets are kept. */
	for (uint32_t i = 0; i < 2; i++) {
		assert_true(has_error(s, i, 1000 * LIMIT_S));
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
	s = source_open_by(kind, "va", 1, NULL);
	send_some(0, 100);
	net_veth_del();
	assert_true(has_error(s, 0, 1000 * LIMIT_S));
	assert_int_equal(s->driver->fault(s->in[0]), -ENETDOWN);
	s->batch.n = 0;
	for (;;) {
		int ret = s->driver->rx(s->in[0], &s->batch, &next_ns);

		if (ret < 0) {
			assert_int_equal(ret, -ENETDOWN);
			break;
		}
		assert_true(ret > 0);
		t.total += (uint32_t)ret;
		s->driver->done(s->in[0]);
		s->batch.n = 0;
	}
	assert_int_equal(t.total, 100);
	assert_false(has_error(s, 0, 10));
	source_close(s);
	free(t.count);
}

static void test_open_while_down(void **state)
{
	(void)state;
	device_open_while_down(kind, 1, false);
}

/* Kernels before 6.13 refuse this with an error that says so. */
static void test_open_lanes_while_down(void **state)
{
	(void)state;
	device_open_while_down(kind, 2, true);
}

static void test_refusals(void **state)
{
	struct ingest_params p = { .device = "vb", .parts = 2 };
	struct source *s;

	(void)state;
	device_refuse_nonsense(kind);
	/* Two sources with one fan-out id would share their packets. */
	net_veth(1);
	s = source_open_by(kind, "va", 2, NULL);
	p.ifindex = if_nametoindex("vb");
	p.fanout_id = s->params.fanout_id;
	device_refuse(kind, p, -EEXIST, "fanout id");
	source_close(s);
	net_veth_del();
}

/*
 * A list of every other queue makes a long filter. The error names its limit. The host's
 * own limit does not change.
 */
static void test_filter_too_long(void **state)
{
	uint64_t queues[INGEST_QUEUES_MAX / 64];
	struct ingest_params p = { .device = "va", .parts = 1, .queues = queues };
	FILE *f;

	(void)state;
	f = fopen("/proc/sys/net/core/optmem_max", "w");
	if (!f)
		skip();
	assert_true(fputs("4096", f) >= 0);
	assert_int_equal(fclose(f), 0);
	memset(queues, 0x55, sizeof(queues));
	net_veth(1);
	p.ifindex = if_nametoindex("va");
	device_refuse(kind, p, -ENOMEM, "net.core.optmem_max");
	memset(queues, 0xff, sizeof(queues));
	source_close(source_open_by(kind, "va", 1, queues));
	net_veth_del();
}

/* A fan-out group of another program with the same id takes none of the packets. */
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
	s = source_open_by(kind, "va", 2, NULL);
	send_some(0, 500);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 500);
	source_close(s);
	close(fd);
	net_veth_del();
	free(t.count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rxhash),
		cmocka_unit_test(test_clock_set_back),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_down_and_up),
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_open_while_down),
		cmocka_unit_test(test_open_lanes_while_down),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_filter_too_long),
		cmocka_unit_test(test_foreign_fanout),
	};
	int ret = net_enter();

	for (unsigned int i = 0; !ret && i < ARRAY_SIZE(kinds); i++) {
		kind = kinds[i];
		ret = cmocka_run_group_tests_name(kind, tests, NULL, NULL);
	}
	return ret;
}
