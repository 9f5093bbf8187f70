/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests real devices and a file, with workers, groups and reading threads. */
/* Alone: it measures CPU time. */
#include "config.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <pcap/pcap.h>
#include <cmocka.h>

#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/threads.h"
#include "tests/unit/fixture/worker_world.h"

#define MS		1000000ULL
/* A lane holds all packets of a test, so a slow consumer loses none. */
#define LANE_BYTES	(32ULL << 20)
#define LANES		2
#define MEMBERS		3
#define SEEN_MAX	(1U << 20)
/* the first number of the file's packets */
#define FILE_FIRST	(SEEN_MAX / 2)

static uint16_t next_id = 100;

static void device_open(struct ingest **in, const char *device)
{
	struct ingest_params params = {
		.device = device,
		.ifindex = if_nametoindex(device),
		.parts = LANES,
		.fanout_id = next_id++,
	};
	struct pfq_error err;

	for (params.part = 0; params.part < LANES; params.part++) {
		if (ingest_driver_find("packet")->open(&in[params.part], &params, &err))
			fail_msg("%s", err.text);
	}
}

static void device_close(struct ingest **in)
{
	for (int i = 0; i < LANES; i++)
		ingest_driver_find("packet")->close(in[i]);
}

static struct workers *start(int notify_fd)
{
	struct pfq_error err;
	struct workers *w = NULL;

	if (workers_start(&w, LANES, NULL, 7, notify_fd, &err))
		fail_msg("%s", err.text);
	return w;
}

static void stop(struct workers *w)
{
	struct world_plan *nothing = world_plan_new();

	assert_int_equal(workers_publish(w, &nothing->plan), 0);
	workers_stop(w);
	world_plan_free(nothing);
}

static uint64_t device_count(struct ingest **in, enum pfq_ingest_counter which)
{
	uint64_t sum = 0;

	for (int i = 0; i < LANES; i++) {
		uint64_t counters[PFQ_INGEST_COUNTERS_MAX];

		ingest_driver_find("packet")->counters(in[i], counters);
		sum += counters[which];
	}
	return sum;
}

/*
 * Let @flood send at most 500 packets more than @device has read, so that a slow worker
 * loses none.
 */
static void keep_pace(struct net_flood *flood, struct ingest **device)
{
	net_flood_credit(flood, (uint32_t)device_count(device, PFQ_INGEST_rx_packets) + 500);
}

/* Wait until the group has received @want packets. */
static void wait_recv(const struct world_group *g, uint64_t want)
{
	for (int i = 0; i < 3000 && world_group_count(g, PFQ_GROUP_recv) < want; i++)
		usleep(1000);
	/* No further packets may come. */
	usleep(50000);
	assert_int_equal(world_group_count(g, PFQ_GROUP_recv), want);
}

static void write_file(const char *path, uint32_t packets)
{
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *dump = pcap_dump_open(dead, path);

	assert_non_null(dump);
	for (uint32_t i = 0; i < packets; i++) {
		uint8_t frame[NET_PACKET_BYTES];
		struct pcap_pkthdr hdr = {
			.ts = { .tv_sec = 1700000000, .tv_usec = i },
			.caplen = sizeof(frame),
			.len = sizeof(frame),
		};

		net_packet(frame, FILE_FIRST + i);
		pcap_dump((u_char *)dump, &hdr, frame);
	}
	pcap_dump_close(dump);
	pcap_close(dead);
}

/* Send @packets through the device, as fast as its two lanes take them. */
static void flood_all(struct ingest **device, uint32_t packets)
{
	struct net_flood flood;

	net_flood_start(&flood, "vb", 16, 100, packets);
	for (keep_pace(&flood, device); net_flood_sent(&flood) < packets; usleep(200))
		keep_pace(&flood, device);
	net_flood_stop(&flood);
}

/* Each of @count packets from @first on is with one member. */
static void check_shared(struct world_endpoint *const *member, uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++)
		assert_int_equal(member[0]->seen[i] + member[1]->seen[i] + member[2]->seen[i], 1);
}

/*
 * A device with two lanes and a file with one feed a group that shares flows between three
 * members.
 */
static void test_device_and_file(void **state)
{
	enum { SENT = 30000, REPLAYED = 20000 };
	char path[] = "/tmp/pfq-worker-net-XXXXXX";
	struct ingest *device[LANES], *file[LANES] = { NULL };
	struct ingest_params params = { .path = path, .parts = 1, .loops = 1 };
	struct world_endpoint *member[MEMBERS];
	struct world_group *g = world_group_new(LANES, "flow");
	struct world_plan *p = world_plan_new();
	struct pfq_error err;
	struct workers *w = start(-1);

	(void)state;
	net_veth(1);
	close(mkstemp(path));
	write_file(path, REPLAYED);
	for (int i = 0; i < MEMBERS; i++) {
		member[i] = world_endpoint_new(LANES, LANE_BYTES, SEEN_MAX);
		world_consume(member[i]);
	}
	device_open(device, "va");
	assert_int_equal(ingest_driver_find("file")->open(&file[1], &params, &err), 0);
	world_plan_group(p, g, member, MEMBERS);
	world_plan_source(p, ingest_driver_find("packet"), device, LANES, 1);
	world_plan_source(p, ingest_driver_find("file"), file, LANES, 1);
	assert_int_equal(workers_publish(w, &p->plan), 0);
	flood_all(device, SENT);
	wait_recv(g, SENT + REPLAYED);
	assert_int_equal(workers_source_state(w, 0), 0);
	assert_int_equal(workers_source_state(w, 1), -ENODATA);
	assert_int_equal(device_count(device, PFQ_INGEST_drop_socket), 0);
	for (uint32_t i = 0; i < MEMBERS; i++) {
		world_consume_stop(member[i]);
		assert_int_equal(world_endpoint_count(member[i], PFQ_ENDPOINT_drop_ring_full), 0);
		assert_true(member[i]->packets > (SENT + REPLAYED) / 10);
	}
	check_shared(member, 0, SENT);
	check_shared(member, FILE_FIRST, REPLAYED);
	stop(w);
	world_plan_free(p);
	device_close(device);
	ingest_driver_find("file")->close(file[1]);
	for (int i = 0; i < MEMBERS; i++)
		world_endpoint_free(member[i]);
	world_group_free(g);
	net_veth_del();
	unlink(path);
}

/* one device, and a group that copies to one member */
struct net_rig {
	struct ingest *in[LANES];
	struct world_endpoint *member;
	struct world_group *group;
	struct world_plan *plan;
	struct workers *workers;
	int notify_fd;
};

static struct world_plan *rig_plan(struct net_rig *r)
{
	struct world_plan *p = world_plan_new();

	world_plan_group(p, r->group, &r->member, 1);
	world_plan_source(p, ingest_driver_find("packet"), r->in, LANES, 1);
	return p;
}

static void rig_make(struct net_rig *r)
{
	memset(r, 0, sizeof(*r));
	net_veth(1);
	device_open(r->in, "va");
	r->member = world_endpoint_new(LANES, LANE_BYTES, SEEN_MAX);
	r->group = world_group_new(LANES, "copy");
	r->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r->plan = rig_plan(r);
	r->workers = start(r->notify_fd);
	assert_int_equal(workers_publish(r->workers, &r->plan->plan), 0);
}

static void rig_free(struct net_rig *r)
{
	stop(r->workers);
	world_plan_free(r->plan);
	device_close(r->in);
	world_endpoint_free(r->member);
	world_group_free(r->group);
	close(r->notify_fd);
	net_run("ip link del va 2>/dev/null || true");
}

static void test_plan_switches_under_traffic(void **state)
{
	uint32_t sent, switches = 0;
	struct net_flood flood;
	struct net_rig r;

	(void)state;
	rig_make(&r);
	world_consume(r.member);
	net_flood_start(&flood, "vb", 4, 20, 0);
	for (uint64_t end = net_clock_ns(CLOCK_MONOTONIC) + 1000 * MS;
	     net_clock_ns(CLOCK_MONOTONIC) < end; switches++) {
		struct world_plan *next = rig_plan(&r);

		keep_pace(&flood, r.in);
		assert_int_equal(workers_publish(r.workers, &next->plan), 0);
		world_plan_free(r.plan);
		r.plan = next;
	}
	net_flood_stop(&flood);
	sent = net_flood_sent(&flood);
	wait_recv(r.group, sent);
	world_consume_stop(r.member);
	print_message("%u packets, %u plans\n", sent, switches);
	assert_int_equal(device_count(r.in, PFQ_INGEST_drop_socket), 0);
	assert_int_equal(r.member->packets, sent);
	assert_int_equal(r.member->late, 0);
	world_seen_once(r.member, sent);
	assert_true(switches > 100);
	rig_free(&r);
}

static void test_idle_device_has_no_wakeups(void **state)
{
	uint8_t frame[NET_PACKET_BYTES];
	uint64_t before;
	int fd;
	struct net_rig r;

	(void)state;
	rig_make(&r);
	fd = net_sender("vb");
	for (uint32_t i = 0; i < 100; i++)
		net_send(fd, frame, net_packet(frame, i));
	wait_recv(r.group, 100);
	before = threads_switches_at_rest();
	assert_true(before > 0);
	sleep(1);
	assert_int_equal(threads_switches(), before);
	for (uint32_t i = 100; i < 200; i++)
		net_send(fd, frame, net_packet(frame, i));
	wait_recv(r.group, 200);
	close(fd);
	rig_free(&r);
}

static void wait_state(struct net_rig *r, int want)
{
	struct pollfd fd = { .fd = r->notify_fd, .events = POLLIN };
	uint64_t n;

	while (workers_source_state(r->workers, 0) != want) {
		assert_int_equal(poll(&fd, 1, 3000), 1);
		assert_int_equal(read(fd.fd, &n, sizeof(n)), sizeof(n));
	}
}

static void test_down_up_gone(void **state)
{
	uint8_t frame[NET_PACKET_BYTES];
	uint64_t cpu_ns;
	struct net_rig r;
	int fd;

	(void)state;
	rig_make(&r);
	net_run("ip link set va down");
	wait_state(&r, -ENETDOWN);
	net_up();
	fd = net_sender("vb");
	for (uint32_t i = 0; i < 100; i++)
		net_send(fd, frame, net_packet(frame, i));
	wait_recv(r.group, 100);
	wait_state(&r, 0);
	close(fd);
	net_veth_del();
	wait_state(&r, -ENETDOWN);
	cpu_ns = net_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	usleep(300000);
	assert_true(net_clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns < 30 * MS);
	assert_int_equal(world_read(r.member), 100);
	rig_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device_and_file),
		cmocka_unit_test(test_plan_switches_under_traffic),
		cmocka_unit_test(test_idle_device_has_no_wakeups),
		cmocka_unit_test(test_down_up_gone),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
