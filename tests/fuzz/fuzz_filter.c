/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Any bytes as a filter and a packet. A program that the checker accepts ends, reads
 * nothing outside of the packet, and returns the same as the model.
 */
#include <stdlib.h>
#include "core/parse.c"
#include "core/filter.c"
#include "core/filter_run.c"
#include "core/filter_meta.c"
#include "tests/unit/fixture/bpf_model.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sock_filter *insns, unsigned int count, const struct pfq_view *v)
{
	struct pfq_filter *f = malloc(pfq_filter_size(count));
	struct bpf_model m;
	u32 says;

	if (!f)
		return;
	if (!pfq_filter_init(f, insns, count)) {
		says = bpf_model_run(&m, insns, v);
		if (pfq_filter_match(f, v) != (says != 0) && !m.unsteady)
			abort();
	}
	free(f);
}

/* Input: number of instructions, instructions, 8 bytes of metadata, packet */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int count;
	struct sock_filter *insns;
	struct pfq_view v = { .ifindex = 2 };
	u8 *packet;
	size_t bytes;

	if (!size)
		return 0;
	count = data[0];
	bytes = count * sizeof(*insns);
	if (size < 1 + bytes + 8)
		return 0;
	insns = malloc(bytes);
	v.caplen = (u32)(size - 1 - bytes - 8);
	packet = malloc(v.caplen);
	if (insns && packet) {
		memcpy(insns, data + 1, bytes);
		data += 1 + bytes;
		v.flags = data[0] & 1 ? PFQ_REC_F_VLAN : 0;
		v.linktype = data[1] & 3 ? PFQ_LINKTYPE_ETHERNET : data[1];
		v.tci = get_unaligned_be16(data + 2);
		v.tpid = get_unaligned_be16(data + 4);
		v.queue = get_unaligned_be16(data + 6);
		v.len = v.caplen + data[1];
		memcpy(packet, data + 8, v.caplen);
		v.data = packet;
		check(insns, count, &v);
	}
	free(insns);
	free(packet);
	return 0;
}
