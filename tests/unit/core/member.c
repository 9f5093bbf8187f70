/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests records of frames of every length, with and without a tag, cut or whole. A record
 * holds the frame's bytes, and no byte after them is read.
 */
#include <sys/mman.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "core/group.h"

#define LANE_BYTES	65536
#define LEN_MAX		300
#define TPID		0x88a8
#define TCI		0x6123

static struct pfq_producer producer;
static struct pfq_reader_lane *reader;
static u8 *page_end;	/* the page from here on cannot be read */

static int setup(void **state)
{
	long page = sysconf(_SC_PAGESIZE);
	void *area = calloc(1, pfq_ring_area_bytes(1, LANE_BYTES));
	u8 *reader_area = calloc(1, pfq_ring_reader_bytes(1));
	u8 *pages = mmap(NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	if (!area || !reader_area || pages == MAP_FAILED ||
	    mprotect(pages + page, (size_t)page, PROT_NONE))
		return -1;
	pfq_ring_format(area, 1, LANE_BYTES, LEN_MAX, PFQ_LINKTYPE_ETHERNET);
	pfq_producer_init(&producer, area, 1, LANE_BYTES, reader_area, 0);
	reader = (void *)(reader_area + PFQ_READER_LANE_OFFSET(0));
	page_end = pages + page;
	return 0;
}

/* Write the frame as it was on the wire; returns its length. */
static u32 expect(u8 *wire, const struct pfq_view *v)
{
	static const u8 tag[4] = { TPID >> 8, TPID & 0xff, TCI >> 8, TCI & 0xff };

	memcpy(wire, v->data, v->caplen);
	if (!(v->flags & PFQ_REC_F_VLAN) || v->caplen < 12)
		return v->caplen;
	memcpy(wire + 12, tag, 4);
	memcpy(wire + 16, v->data + 12, v->caplen - 12);
	return v->caplen + 4;
}

static void check_record(u32 len, u32 snaplen, u16 flags, bool alone)
{
	static const u8 run[1] = { 0 };
	static struct pfq_batch batch;
	struct pfq_member m = { .snaplen = snaplen, .producer = &producer };
	struct pfq_memo memo = { .filter = NULL };
	struct pfq_view *v = &batch.view[0];
	u8 wire[LEN_MAX + 4];
	u64 room = PFQ_REC_BYTES(len + 4), before = producer.prod;
	u32 hash = 0x80000000 | len, i, caplen;
	const struct pfq_rec *rec;

	batch.n = 1;
	*v = (struct pfq_view){ .data = page_end - len, .caplen = len, .len = len + 1,
				.ts_ns = len, .rxhash = 5, .ifindex = 7, .queue = 3, .tci = TCI,
				.tpid = TPID, .flags = flags, .linktype = PFQ_LINKTYPE_ETHERNET };
	for (i = 0; i < len; i++)
		page_end[(long)i - (long)len] = (u8)(i * 7 + len);
	/* a mark after the record's room */
	if ((before & (LANE_BYTES - 1)) + room + 32 > LANE_BYTES)
		room = 0;
	if (room)
		producer.data[(before & (LANE_BYTES - 1)) + room] = 0xa5;
	if (alone)
		pfq_member_deliver_one(&m, v, 0, hash, &memo);
	else
		pfq_member_deliver(&m, &batch, 0, run, 1, &hash, &memo);
	rec = (const void *)(producer.data + (before & (LANE_BYTES - 1)));
	if (rec->flags & PFQ_REC_F_PAD)
		rec = (const void *)producer.data;
	caplen = expect(wire, v);
	caplen = caplen < snaplen ? caplen : snaplen;
	assert_int_equal(rec->caplen, caplen);
	assert_int_equal(rec->len, len + 1 + (flags & PFQ_REC_F_VLAN ? 4 : 0));
	assert_memory_equal(rec + 1, wire, caplen);
	assert_int_equal(rec->ts_ns, len);
	assert_int_equal(rec->hash, hash);
	assert_int_equal(rec->ifindex, 7);
	assert_int_equal(rec->queue, 3);
	assert_int_equal(rec->flags, flags);
	assert_int_equal(rec->tci, flags & PFQ_REC_F_VLAN ? TCI : 0);
	assert_int_equal(rec->tpid, flags & PFQ_REC_F_VLAN ? TPID : 0);
	if (room)
		assert_int_equal(producer.data[(before & (LANE_BYTES - 1)) + room], 0xa5);
	reader->cons = producer.prod;
}

static void frames_of_every_length(void **state)
{
	u32 len, alone;

	(void)state;
	for (len = 0; len < LEN_MAX; len++) {
		for (alone = 0; alone < 2; alone++) {
			check_record(len, 65535, 0, alone);
			check_record(len, 65535, PFQ_REC_F_VLAN, alone);
			check_record(len, 65535, PFQ_REC_F_OUT | PFQ_REC_F_HWTS, alone);
		}
	}
}

static void cut_at_every_length(void **state)
{
	u32 snaplen, alone;

	(void)state;
	for (snaplen = 0; snaplen < LEN_MAX; snaplen++) {
		for (alone = 0; alone < 2; alone++) {
			check_record(200, snaplen, 0, alone);
			check_record(200, snaplen, PFQ_REC_F_VLAN, alone);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_of_every_length),
		cmocka_unit_test(cut_at_every_length),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
