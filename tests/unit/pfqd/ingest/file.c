/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the ingest driver "file": formats, tags, damaged files, refusals. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <sys/stat.h>
#include <unistd.h>
#include <pcap/pcap.h>

#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_replay.h"

static void test_all_packets(void **state)
{
	struct replay r;

	(void)state;
	write_plain("plain", 1000, 1);
	replay_open(&r, "plain", 1, false);
	assert_int_equal(r.driver->linktype(r.in), PFQ_LINKTYPE_ETHERNET);
	for (uint32_t i = 0; i < 1000;) {
		int ret = replay_step(&r);

		assert_true(ret > 0);
		for (int k = 0; k < ret; k++, i++) {
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
	/* Replaying an empty file in loops ends, too. */
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
		{ FIRST_NS, 40, 1500, tagged },		/* ends after the tag */
		{ FIRST_NS, 17, 1500, tagged },		/* ends within the link header */
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

/* The packets of a batch stay valid until done(), the largest ones too. */
static void test_batches_hold(void **state)
{
	struct packet packets[200];
	struct replay r;
	uint32_t seq = 0;
	int ret;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(packets); i++) {
		uint32_t len = 60 + i * 7919 % 262000;

		packets[i] = (struct packet){ FIRST_NS + i, len, len, NULL };
	}
	write_pcap("sizes", DLT_EN10MB, packets, ARRAY_SIZE(packets));
	replay_open(&r, "sizes", 1, false);
	while ((ret = replay_step(&r)) > 0) {
		for (int i = 0; i < ret; i++, seq++) {
			const struct pfq_view *v = &r.batch.view[i];

			assert_int_equal(net_seq(v->data, v->caplen), seq);
			assert_int_equal(v->caplen, packets[seq].len);
			assert_int_equal(v->data[v->caplen - 1], v->caplen > 60 ? 0x5a : 0);
		}
	}
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(seq, ARRAY_SIZE(packets));
	replay_close(&r);
}

static void test_raw_ip(void **state)
{
	static const uint8_t ip[40] = { 0x45 };
	const struct packet packet = { FIRST_NS, sizeof(ip), sizeof(ip), ip };
	struct replay r;

	(void)state;
	write_pcap("raw", DLT_RAW, &packet, 1);
	replay_open(&r, "raw", 1, false);
	assert_int_equal(r.driver->linktype(r.in), PFQ_LINKTYPE_RAW);
	assert_int_equal(replay_step(&r), 1);
	assert_int_equal(r.batch.view[0].linktype, PFQ_LINKTYPE_RAW);
	assert_int_equal(r.batch.view[0].protocol, ETH_P_IP);
	replay_close(&r);
}

/* a section, an Ethernet interface with nanoseconds, and a packet */
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

/*
 * Packets before the damage are delivered. Then the replay fails, whatever number of loops
 * is set. The error says where and why.
 */
static void test_truncated(void **state)
{
	struct replay r;
	struct stat st;
	char where[64];

	(void)state;
	write_plain("cut", 10, 1000);
	assert_int_equal(stat(path_of("cut"), &st), 0);
	for (int bytes = 1; bytes < 76; bytes += 25) {
		assert_int_equal(truncate(path_of("cut"), st.st_size - bytes), 0);
		snprintf(where, sizeof(where), "packet 10, at byte %d of %d:",
			 (int)st.st_size - bytes, (int)st.st_size - bytes);
		for (uint32_t loops = 0; loops < 2; loops++) {
			const char *why;

			replay_open(&r, "cut", loops, false);
			why = replay_broken(&r);
			check_text(why, where);
			check_text(why, path_of("cut"));
			check_text(why, "truncated");
			assert_int_equal(r.packets, 9);
			replay_close(&r);
		}
		write_plain("cut", 10, 1000);
	}
}

/* A record claims an impossible length. */
static void test_bad_record(void **state)
{
	const uint32_t caplen = 0x7fffffff;
	struct replay r;
	int fd;

	(void)state;
	write_plain("bad", 10, 1000);
	fd = open(path_of("bad"), O_WRONLY);
	/* the length of the fourth packet, after the file's header and three packets */
	assert_int_equal(pwrite(fd, &caplen, 4, 24 + 3 * (16 + NET_PACKET_BYTES) + 8), 4);
	close(fd);
	replay_open(&r, "bad", 1, false);
	check_text(replay_broken(&r), "packet 4, at byte 268 of 784: ");
	assert_int_equal(r.packets, 3);
	replay_close(&r);
}

/*
 * The file is cut in its second loop. (The driver reads 64 packets at a time, and little
 * ahead.)
 */
static void test_loop_broken(void **state)
{
	struct replay r;
	struct stat st;

	(void)state;
	write_plain("loop", 100, 1000);
	replay_open(&r, "loop", 3, false);
	assert_int_equal(stat(path_of("loop"), &st), 0);
	while (r.packets < 128)
		assert_int_equal(replay_step(&r), 64);
	assert_int_equal(truncate(path_of("loop"), st.st_size - 1), 0);
	check_text(replay_broken(&r), "ended early, in packet 100 of loop 2, at byte ");
	assert_int_equal(r.packets, 199);
	replay_close(&r);
}

/* The file is cut after its header: the replay ends with an error. */
static void test_loop_emptied(void **state)
{
	static const uint32_t loops[] = { 8, 0 };
	struct replay r;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(loops); i++) {
		write_plain("emptied", 10, 1000);
		replay_open(&r, "emptied", loops[i], false);
		/* In the seventh loop, whose bytes have all been read */
		assert_int_equal(replay_step(&r), 64);
		assert_int_equal(truncate(path_of("emptied"), 24), 0);
		check_text(replay_broken(&r), "ended early, in loop 8: it has no packets any more");
		assert_int_equal(r.packets, 70);
		replay_close(&r);
	}
}

static void refuse(const char *name, struct ingest_params params, int code, const char *text)
{
	struct pfq_error err = { "" };
	struct ingest *in = NULL;

	params.path = name ? path_of(name) : NULL;
	assert_int_equal(ingest_driver_find("file")->open(&in, &params, &err), code);
	assert_null(in);
	check_text(err.text, text);
	if (name)
		check_text(err.text, name);
}

static void test_refusals(void **state)
{
	static const uint32_t section[] = { 0x0a0d0d0a, 28,	    0x1a2b3c4d, 1,
					    0xffffffff, 0xffffffff, 28 };
	struct ingest_params p = { .parts = 1, .loops = 1 };

	(void)state;
	refuse("missing", p, -ENOENT, "No such file");
	write_bytes("text", "this is no capture file, and long enough", 40);
	refuse("text", p, -EINVAL, "not a pcap or pcapng file");
	write_bytes("nothing", "", 0);
	refuse("nothing", p, -EINVAL, "not a pcap or pcapng file");
	refuse("nothing", p, -EINVAL, "is empty");
	write_bytes("header", "\xd4\xc3\xb2\xa1\x02\x00", 6);
	refuse("header", p, -EINVAL, "a pcap file that cannot be replayed: truncated");
	/* a section without an interface */
	write_bytes("sole", section, sizeof(section));
	refuse("sole", p, -EINVAL, "a pcapng file that cannot be replayed: ");
	refuse("sole", p, -EINVAL, "Interface Description");
	assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
	refuse("fifo", p, -EINVAL, "not a regular file");
	refuse("", p, -EINVAL, "not a regular file");
	refuse(NULL, p, -EINVAL, "a path");
	write_plain("two", 1, 1);
	p.parts = 2;
	refuse("two", p, -EINVAL, "one worker");
}

/* The lowest descriptor that is free. */
static int next_fd(void)
{
	int fd = dup(STDOUT_FILENO);

	close(fd);
	return fd;
}

/* pfqd.conf was checked with another file of this name. */
static void test_link_types_refused(void **state)
{
	static const struct {
		int dlt;
		const char *name;
	} cases[] = {
		{ DLT_LINUX_SLL, "LINUX_SLL" },
		{ DLT_IEEE802_11_RADIO, "IEEE802_11_RADIO" },
		{ DLT_PPP, "PPP" },
	};
	static const uint32_t nameless[] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 999 };
	const struct packet packet = { FIRST_NS, 60, 60, NULL };
	struct ingest_params p = { .parts = 1, .loops = 1 };
	int before = next_fd();
	char text[128];

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		write_pcap("link", cases[i].dlt, &packet, 1);
		snprintf(text, sizeof(text), "link: link type %s is not supported; allowed: "
			 "EN10MB, RAW", cases[i].name);
		refuse("link", p, -EOPNOTSUPP, text);
	}
	write_bytes("link", nameless, sizeof(nameless));
	refuse("link", p, -EOPNOTSUPP, "link: link type 999 is not supported");
	assert_int_equal(next_fd(), before);
}

/* The file gets another link type in its seventh loop, one that is allowed and one that is not. */
static void test_link_type_changed(void **state)
{
	static const uint32_t types[] = { PFQ_LINKTYPE_RAW, 113 };
	struct replay r;
	int fd;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		write_plain("changed", 10, 1000);
		replay_open(&r, "changed", 0, false);
		assert_int_equal(replay_step(&r), 64);
		fd = open(path_of("changed"), O_WRONLY);
		assert_int_equal(pwrite(fd, &types[i], 4, 20), 4);
		close(fd);
		check_text(replay_broken(&r), "after loop 7: its link type has changed");
		assert_int_equal(r.packets, 70);
		replay_close(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_packets),
		cmocka_unit_test(test_empty_file),
		cmocka_unit_test(test_tags_and_cuts),
		cmocka_unit_test(test_batches_hold),
		cmocka_unit_test(test_raw_ip),
		cmocka_unit_test(test_pcapng),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_bad_record),
		cmocka_unit_test(test_loop_broken),
		cmocka_unit_test(test_loop_emptied),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_link_types_refused),
		cmocka_unit_test(test_link_type_changed),
	};

	return cmocka_run_group_tests(tests, replay_setup, replay_teardown);
}
