/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The ingest driver "file": formats, loops, speeds, damage. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <pcap/pcap.h>
#include <cmocka.h>

#include "../../pfqd/ingest.h"
#include "ingest_net.h"

#define MS		1000000ULL
#define SECOND		1000000000ULL
#define FIRST_NS	(1700000000ULL * SECOND + 123456789)

static char dir[] = "/tmp/pfq-ingest-file-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* --- writing --------------------------------------------------------------- */

struct packet {
	uint64_t ts_ns;
	uint32_t caplen, len;
	const uint8_t *data;	/* NULL: net_packet() */
};

static void write_pcap(const char *name, int dlt, const struct packet *packets, uint32_t count)
{
	pcap_t *dead = pcap_open_dead_with_tstamp_precision(dlt, 262144,
							    PCAP_TSTAMP_PRECISION_NANO);
	pcap_dumper_t *dump = pcap_dump_open(dead, path_of(name));
	static uint8_t frame[262144];

	assert_non_null(dump);
	for (uint32_t i = 0; i < count; i++) {
		struct pcap_pkthdr hdr = {
			.ts.tv_sec = (time_t)(packets[i].ts_ns / SECOND),
			.ts.tv_usec = (suseconds_t)(packets[i].ts_ns % SECOND),
			.caplen = packets[i].caplen,
			.len = packets[i].len,
		};

		memset(frame, 0x5a, sizeof(frame));
		net_packet(frame, i);
		pcap_dump((u_char *)dump, &hdr, packets[i].data ? packets[i].data : frame);
	}
	pcap_dump_close(dump);
	pcap_close(dead);
}

/* @count packets of the usual kind, @gap_ns apart */
static void write_plain(const char *name, uint32_t count, uint64_t gap_ns)
{
	struct packet *packets = calloc(count, sizeof(*packets));

	for (uint32_t i = 0; i < count; i++)
		packets[i] = (struct packet){ FIRST_NS + i * gap_ns, 60, 60, NULL };
	write_pcap(name, DLT_EN10MB, packets, count);
	free(packets);
}

static void write_bytes(const char *name, const void *data, size_t size)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	fclose(f);
}

/* --- reading --------------------------------------------------------------- */

struct replay {
	const struct ingest_driver *driver;
	struct ingest *in;
	struct pfq_batch batch;
	uint64_t packets, last_ts_ns, first_ts_ns;
	uint64_t gaps_ns;	/* spent in waiting */
	bool ordered;
};

static struct ingest *open_file(const char *name, uint32_t loops, bool recorded)
{
	struct ingest_params params = {
		.path = path_of(name),
		.lanes = 1,
		.speed = recorded ? INGEST_SPEED_RECORDED : INGEST_SPEED_FULL,
		.loops = loops,
	};
	struct pfq_error err = { "" };
	struct ingest *in = NULL;

	if (ingest_driver_find("file")->open(&in, &params, &err))
		fail_msg("%s", err.text);
	return in;
}

static void replay_open(struct replay *r, const char *name, uint32_t loops, bool recorded)
{
	memset(r, 0, sizeof(*r));
	r->driver = ingest_driver_find("file");
	r->in = open_file(name, loops, recorded);
	r->ordered = true;
	assert_int_equal(r->driver->fd(r->in), -1);
}

/* One rx(), waiting as it says; what rx() returned. */
static int replay_step(struct replay *r)
{
	uint64_t next_ns, mark = r->driver->watermark(r->in), now;
	int rc;

	r->batch.n = 0;
	rc = r->driver->rx(r->in, &r->batch, &next_ns);
	for (int i = 0; i < rc; i++) {
		uint64_t ts_ns = r->batch.view[i].ts_ns;

		assert_true(!r->ordered || ts_ns >= mark);
		if (!r->packets++)
			r->first_ts_ns = ts_ns;
		else if (ts_ns < r->last_ts_ns)
			r->ordered = false;
		r->last_ts_ns = ts_ns;
	}
	if (rc > 0)
		r->driver->done(r->in);
	if (rc == 0) {
		now = net_clock_ns(CLOCK_MONOTONIC);
		assert_true(next_ns != ~0ULL);
		if (next_ns > now)
			usleep((useconds_t)((next_ns - now) / 1000 + 1));
	}
	assert_true(r->driver->watermark(r->in) >= mark);
	return rc;
}

static void replay_all(struct replay *r)
{
	int rc;

	do
		rc = replay_step(r);
	while (rc >= 0);
	assert_int_equal(rc, -ENODATA);
	/* for ever */
	assert_int_equal(replay_step(r), -ENODATA);
	assert_int_equal(r->driver->watermark(r->in), PFQ_LANE_UNFED);
}

static uint64_t replay_counter(struct replay *r, enum pfq_ingest_counter which)
{
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];

	r->driver->counters(r->in, counters);
	return counters[which];
}

static void replay_close(struct replay *r)
{
	r->driver->close(r->in);
}

/* --- tests ----------------------------------------------------------------- */

static void test_all_packets(void **state)
{
	struct replay r;

	(void)state;
	write_plain("plain", 1000, 1);
	replay_open(&r, "plain", 1, false);
	assert_int_equal(r.driver->linktype(r.in), PFQ_LINKTYPE_ETHERNET);
	for (uint32_t i = 0; i < 1000;) {
		int rc = replay_step(&r);

		assert_true(rc > 0);
		for (int k = 0; k < rc; k++, i++) {
			const struct pfq_view *v = &r.batch.view[k];

			assert_int_equal(net_seq(v->data, v->caplen), i);
			assert_int_equal(v->ts_ns, FIRST_NS + i);
			assert_int_equal(v->len, 60);
			assert_int_equal(v->protocol, ETH_P_IP);
			assert_int_equal(v->queue, PFQ_QUEUE_UNKNOWN);
			assert_int_equal(v->flow.parsed, 0);
		}
	}
	replay_all(&r);
	assert_int_equal(replay_counter(&r, PFQ_INGEST_rx_packets), 1000);
	assert_int_equal(replay_counter(&r, PFQ_INGEST_rx_bytes), 60000);
	replay_close(&r);
}

static void test_empty_file(void **state)
{
	struct replay r;

	(void)state;
	write_plain("empty", 0, 0);
	/* going round and round in it ends too */
	for (uint32_t loops = 0; loops < 3; loops++) {
		replay_open(&r, "empty", loops, false);
		replay_all(&r);
		assert_int_equal(r.packets, 0);
		replay_close(&r);
	}
}

static void test_tags_and_cuts(void **state)
{
	uint8_t tagged[64] = { 0 }, inner[64] = { 0 };
	const struct packet packets[] = {
		{ FIRST_NS, 64, 64, tagged },
		{ FIRST_NS, 40, 1500, tagged },		/* cut behind the tag */
		{ FIRST_NS, 17, 1500, tagged },		/* cut within the link header */
		{ FIRST_NS, 64, 64, inner },
		{ FIRST_NS, 10, 64, NULL },		/* no link header */
		{ FIRST_NS, 60, 9000, NULL },
		{ FIRST_NS, 262144, 262144, NULL },
		{ FIRST_NS, 262144, 300000, NULL },
		{ FIRST_NS, 262144, 300000, NULL },
	};
	struct replay r;
	const struct pfq_view *v = r.batch.view;

	(void)state;
	memset(tagged, 0x11, 6);
	memset(tagged + 6, 0x22, 6);
	memcpy(tagged + 12, "\x88\xa8\x60\x05\x08\x06", 6);
	memcpy(inner, tagged, sizeof(inner));
	memcpy(inner + 12, "\x81\x00\x00\x07\x81\x00\x00\x08", 8);
	write_pcap("cuts", DLT_EN10MB, packets, ARRAY_SIZE(packets));
	replay_open(&r, "cuts", 1, false);
	assert_true(replay_step(&r) >= 4);
	assert_int_equal(v[0].flags, PFQ_REC_F_VLAN);
	assert_int_equal(v[0].tpid, 0x88a8);
	assert_int_equal(v[0].tci, 0x6005);
	assert_int_equal(v[0].caplen, 60);
	assert_int_equal(v[0].len, 60);
	assert_int_equal(v[0].protocol, ETH_P_ARP);
	assert_memory_equal(v[0].data, tagged, 12);
	assert_memory_equal(v[0].data + 12, tagged + 16, 48);
	assert_int_equal(v[1].flags, PFQ_REC_F_VLAN);
	assert_int_equal(v[1].caplen, 36);
	assert_int_equal(v[1].len, 1496);
	assert_int_equal(v[2].flags, 0);
	assert_int_equal(v[2].caplen, 17);
	assert_memory_equal(v[2].data, tagged, 17);
	assert_int_equal(v[3].tci, 7);
	assert_int_equal(v[3].protocol, ETH_P_8021Q);
	assert_memory_equal(v[3].data + 12, inner + 16, 48);
	assert_int_equal(v[4].caplen, 60);
	assert_int_equal(v[4].len, 9000);
	replay_all(&r);
	assert_int_equal(r.packets, ARRAY_SIZE(packets) - 1);
	assert_int_equal(replay_counter(&r, PFQ_INGEST_drop_malformed), 1);
	replay_close(&r);
}

/* The packets of a batch stay as they are until done(), the largest ones too. */
static void test_batches_hold(void **state)
{
	struct packet packets[200];
	struct replay r;
	uint32_t seq = 0;
	int rc;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(packets); i++) {
		uint32_t len = 60 + i * 7919 % 262000;

		packets[i] = (struct packet){ FIRST_NS + i, len, len, NULL };
	}
	write_pcap("sizes", DLT_EN10MB, packets, ARRAY_SIZE(packets));
	replay_open(&r, "sizes", 1, false);
	while ((rc = replay_step(&r)) > 0) {
		for (int i = 0; i < rc; i++, seq++) {
			const struct pfq_view *v = &r.batch.view[i];

			assert_int_equal(net_seq(v->data, v->caplen), seq);
			assert_int_equal(v->caplen, packets[seq].len);
			assert_int_equal(v->data[v->caplen - 1], v->caplen > 60 ? 0x5a : 0);
		}
	}
	assert_int_equal(rc, -ENODATA);
	assert_int_equal(seq, ARRAY_SIZE(packets));
	replay_close(&r);
}

static void test_link_types(void **state)
{
	static const struct {
		int dlt;
		uint32_t linktype;
		uint16_t protocol;
	} cases[] = {
		{ DLT_RAW, PFQ_LINKTYPE_RAW, ETH_P_IP },
		{ DLT_LINUX_SLL, 113, 0 },
		{ DLT_IEEE802_11_RADIO, 127, 0 },
	};
	static const uint8_t ip[40] = { 0x45 };
	const struct packet packet = { FIRST_NS, sizeof(ip), sizeof(ip), ip };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct replay r;

		write_pcap("link", cases[i].dlt, &packet, 1);
		replay_open(&r, "link", 1, false);
		assert_int_equal(r.driver->linktype(r.in), cases[i].linktype);
		assert_int_equal(replay_step(&r), 1);
		assert_int_equal(r.batch.view[0].linktype, cases[i].linktype);
		assert_int_equal(r.batch.view[0].protocol, cases[i].protocol);
		replay_close(&r);
	}
}

/* section, one Ethernet interface with nanoseconds, one packet */
static void write_pcapng(const char *name, uint64_t ts_ns)
{
	uint32_t block[64] = {
		0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28,
		1, 32, 1, 0, 9 | 1 << 16, 9, 0, 32,
		6, 92, 0, (uint32_t)(ts_ns >> 32), (uint32_t)ts_ns, 60, 60,
	};
	size_t words = 7 + 8 + 7 + 15;

	net_packet((uint8_t *)&block[22], 7);
	block[words++] = 92;
	write_bytes(name, block, words * 4);
}

static void test_pcapng(void **state)
{
	struct replay r;

	(void)state;
	write_pcapng("ng", FIRST_NS);
	replay_open(&r, "ng", 3, false);
	replay_all(&r);
	assert_int_equal(r.packets, 3);
	assert_int_equal(r.first_ts_ns, FIRST_NS);
	replay_close(&r);
}

static void test_loops(void **state)
{
	struct replay r;

	(void)state;
	write_plain("loop", 100, 10);
	replay_open(&r, "loop", 5, false);
	replay_all(&r);
	assert_int_equal(r.packets, 500);
	assert_true(r.ordered);
	assert_int_equal(r.first_ts_ns, FIRST_NS);
	/* each loop begins behind the end of the one before */
	assert_true(r.last_ts_ns >= FIRST_NS + 5 * 990);
	assert_true(r.last_ts_ns < FIRST_NS + 5 * 990 + 5 * MS);
	replay_close(&r);
	/* for ever: still there after a thousand loops */
	replay_open(&r, "loop", 0, false);
	while (r.packets < 100000)
		assert_true(replay_step(&r) > 0);
	assert_true(r.ordered);
	replay_close(&r);
}

/* A file that takes its name in the middle of the replay does not matter. */
static void test_loop_after_replacement(void **state)
{
	struct replay r;

	(void)state;
	write_plain("old", 100, 10);
	replay_open(&r, "old", 2, false);
	assert_true(replay_step(&r) > 0);
	assert_int_equal(unlink(path_of("old")), 0);
	write_bytes("old", "nonsense", 8);
	replay_all(&r);
	assert_int_equal(r.packets, 200);
	replay_close(&r);
}

static void test_time_goes_back(void **state)
{
	struct packet packets[3] = {
		{ FIRST_NS + 100, 60, 60, NULL },
		{ FIRST_NS, 60, 60, NULL },
		{ FIRST_NS + 200, 60, 60, NULL },
	};
	struct replay r;

	(void)state;
	write_pcap("back", DLT_EN10MB, packets, 3);
	replay_open(&r, "back", 2, false);
	assert_int_equal(replay_step(&r), 6);
	assert_int_equal(r.batch.view[1].ts_ns, FIRST_NS);
	/* and the second loop is behind all of the first */
	assert_true(r.batch.view[4].ts_ns > FIRST_NS + 200);
	assert_int_equal(replay_step(&r), -ENODATA);
	replay_close(&r);
}

static void recorded(uint32_t count, uint64_t gap_ns, uint32_t loops)
{
	uint64_t span_ns = (count - 1) * gap_ns * loops, start, took;
	struct replay r;

	write_plain("speed", count, gap_ns);
	start = net_clock_ns(CLOCK_MONOTONIC);
	replay_open(&r, "speed", loops, true);
	replay_all(&r);
	took = net_clock_ns(CLOCK_MONOTONIC) - start;
	assert_int_equal(r.packets, count * loops);
	assert_true(took >= span_ns);
	assert_true(took < span_ns + span_ns / 2 + 50 * MS);
	replay_close(&r);
}

static void test_recorded_speed(void **state)
{
	(void)state;
	recorded(20, 10 * MS, 1);
	recorded(1000, MS / 5, 1);
	recorded(5, 20 * MS, 3);
}

/* no packet comes before its time */
static void test_recorded_speed_each(void **state)
{
	uint64_t start = 0;
	uint32_t seq = 0;
	struct replay r;
	int rc;

	(void)state;
	write_plain("each", 30, 5 * MS);
	replay_open(&r, "each", 1, true);
	while ((rc = replay_step(&r)) >= 0) {
		uint64_t now = net_clock_ns(CLOCK_MONOTONIC);

		if (rc && !seq)
			start = now;
		for (int i = 0; i < rc; i++, seq++)
			assert_true(now + MS >= start + seq * 5 * MS);
	}
	assert_int_equal(seq, 30);
	replay_close(&r);
}

/* A pause is not made up for: no burst after it. */
static void test_recorded_speed_pause(void **state)
{
	uint64_t start;
	struct replay r;
	int rc;

	(void)state;
	write_plain("pause", 200, 10 * MS);
	replay_open(&r, "pause", 1, true);
	while (r.packets < 10)
		assert_true(replay_step(&r) >= 0);
	usleep(700000);
	start = net_clock_ns(CLOCK_MONOTONIC);
	while ((rc = replay_step(&r)) >= 0 && r.packets < 40)
		;
	assert_true(rc >= 0);
	assert_true(net_clock_ns(CLOCK_MONOTONIC) - start > 250 * MS);
	replay_close(&r);
}

/* What came before the damage counts; then it is over, however many loops are asked for. */
static void test_truncated(void **state)
{
	struct replay r;
	struct stat st;

	(void)state;
	write_plain("cut", 10, 1000);
	assert_int_equal(stat(path_of("cut"), &st), 0);
	for (int bytes = 1; bytes < 76; bytes += 25) {
		assert_int_equal(truncate(path_of("cut"), st.st_size - bytes), 0);
		for (uint32_t loops = 0; loops < 2; loops++) {
			replay_open(&r, "cut", loops, false);
			replay_all(&r);
			assert_int_equal(r.packets, 9);
			replay_close(&r);
		}
		write_plain("cut", 10, 1000);
	}
}

static void refuse(const char *name, struct ingest_params params, int code, const char *text)
{
	struct pfq_error err = { "" };
	struct ingest *in = NULL;

	params.path = name ? path_of(name) : NULL;
	assert_int_equal(ingest_driver_find("file")->open(&in, &params, &err), code);
	assert_null(in);
	if (!strstr(err.text, text) || (name && !strstr(err.text, name)))
		fail_msg("\"%s\" lacks \"%s\"", err.text, text);
}

static void test_refusals(void **state)
{
	struct ingest_params p = { .lanes = 1, .loops = 1 };

	(void)state;
	refuse("missing", p, -ENOENT, "No such file");
	write_bytes("text", "this is no capture file, and long enough", 40);
	refuse("text", p, -EINVAL, "not a pcap or pcapng file");
	write_bytes("nothing", "", 0);
	refuse("nothing", p, -EINVAL, "not a pcap or pcapng file");
	write_bytes("header", "\xd4\xc3\xb2\xa1\x02\x00", 6);
	refuse("header", p, -EINVAL, "not a pcap or pcapng file");
	assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
	refuse("fifo", p, -EINVAL, "not a regular file");
	refuse("", p, -EINVAL, "not a regular file");
	refuse(NULL, p, -EINVAL, "a path");
	write_plain("two", 1, 1);
	p.lanes = 2;
	refuse("two", p, -EINVAL, "one worker");
}

static void test_driver_table(void **state)
{
	(void)state;
	assert_string_equal(ingest_driver(0)->name, "packet");
	assert_string_equal(ingest_driver(0)->mode, "tpacket_v3");
	assert_false(ingest_driver(0)->single_lane);
	assert_false(ingest_driver(0)->is_tap);
	assert_string_equal(ingest_driver(1)->name, "xdp");
	assert_true(ingest_driver(1)->absent || ingest_driver(1)->is_tap);
	assert_string_equal(ingest_driver(2)->name, "file");
	assert_true(ingest_driver(2)->single_lane);
	assert_null(ingest_driver(3));
	assert_null(ingest_driver_find("memif"));
	assert_ptr_equal(ingest_driver_find("file"), ingest_driver(2));
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_packets),
		cmocka_unit_test(test_empty_file),
		cmocka_unit_test(test_tags_and_cuts),
		cmocka_unit_test(test_batches_hold),
		cmocka_unit_test(test_link_types),
		cmocka_unit_test(test_pcapng),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_loop_after_replacement),
		cmocka_unit_test(test_time_goes_back),
		cmocka_unit_test(test_recorded_speed),
		cmocka_unit_test(test_recorded_speed_each),
		cmocka_unit_test(test_recorded_speed_pause),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_driver_table),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
