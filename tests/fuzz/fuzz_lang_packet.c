/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Runs a program of one symbol on any bytes as a packet. Both dispatchers, with and without counts
 * of answers, and the slow model must agree, and nothing beyond the packet's end is read.
 *
 * The first three bytes are the symbol, the variant of its arguments with the number of tunnels to
 * enter before, and what the device says.
 */
#include "core/core.c"
#include "core/filter.c"
#include "core/filter_run.c"
#include "core/filter_meta.c"

#include "tests/unit/fixture/blob_args.h"
#include "tests/unit/fixture/lang_twins.h"

#define HEAD_BYTES	3
#define TUNNELS		3	/* 0 to 2 */
#define SECOND		1000000000ULL

enum {
	SAYS_RAW = 1,
	SAYS_VLAN = 2,
	SAYS_OUT = 4,
	SAYS_QUEUE = 8,
	SAYS_IFINDEX = 16,
	SAYS_LONGER = 32,	/* the packet was cut short */
};

static struct pfq_view view_of(const u8 *packet, u32 bytes, u8 says)
{
	return (struct pfq_view){
		.data = packet, .caplen = bytes, .len = bytes + (says & SAYS_LONGER ? 100 : 0),
		.ts_ns = SECOND,
		.linktype = says & SAYS_RAW ? PFQ_LINKTYPE_RAW : PFQ_LINKTYPE_ETHERNET,
		.flags = (says & SAYS_VLAN ? PFQ_REC_F_VLAN : 0) |
			 (says & SAYS_OUT ? PFQ_REC_F_OUT : 0),
		.tci = 0x6064,
		.rxhash = 0x12345678,
		.queue = says & SAYS_QUEUE ? 3 : PFQ_QUEUE_UNKNOWN,
		.ifindex = TWINS_IFINDEX + !(says & SAYS_IFINDEX),
	};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct blob b;
	struct pfq_view whole, v;
	struct twins t;
	u32 bytes;
	u8 *packet;

	if (size < HEAD_BYTES)
		return 0;
	bytes = (u32)size - HEAD_BYTES;
	packet = malloc(bytes ? bytes : 1);
	assert_non_null(packet);
	memcpy(packet, data + HEAD_BYTES, bytes);
	v = view_of(packet, bytes, data[2]);
	whole = v;
	pfq_parse_slow(&whole);
	blob_symbol(&b, data[0] % __PFQ_LANG_SYMBOL_MAX, data[1] % BLOB_VARIANTS, &whole,
			    data[1] / BLOB_VARIANTS % TUNNELS);
	twins_begin();
	t = twins_open(&b);
	/* The second one is a duplicate, and of a flow that is known. */
	twins_check("first", &t, v);
	v.ts_ns += 16;
	twins_check("second", &t, v);
	twins_close(&t);
	free(packet);
	return 0;
}
