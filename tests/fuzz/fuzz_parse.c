/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Parses any bytes as a packet. The parser, and the code that uses its results, read
 * nothing beyond the end and report nothing that is not in the packet.
 */
#include <stdio.h>
#include <stdlib.h>
#include "core/parse.c"
#include "core/tunnel.c"
#include "core/hash.c"
#include "core/icmp.c"
#include "core/frag.c"
#include "core/flows.c"
#include "core/rate.c"
#include "core/dup.c"
#include "core/set.c"
#include "core/set_change.c"
#include "core/program.c"
#include "core/lang_row.c"
#include "core/lang_run.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool cond)
{
	if (!cond)
		abort();
}

static void check_flow(const struct pfq_view *v)
{
	const struct pfq_flow *f = &v->flow;

	require(f->parsed == 1);
	require(f->version == 0 || f->version == 4 || f->version == 6);
	require(!f->l4_offset || f->l4_offset < v->caplen);
	if (!f->version) {
		require(!f->flags && !f->proto && !f->l3_offset && !f->l4_offset);
		return;
	}
	require(f->l3_offset + (f->version == 4 ? 20U : 40U) <= v->caplen);
	require(!f->l4_offset || f->l4_offset >= f->l3_offset + (f->version == 4 ? 20U : 40U));
	if (f->flags & PFQ_FLOW_PORTS)
		require(f->l4_offset && f->l4_offset + 4U <= v->caplen);
	if (f->flags & PFQ_FLOW_FRAG_FIRST)
		require(f->flags & PFQ_FLOW_FRAG);
	if (f->flags & PFQ_FLOW_FRAG && !(f->flags & PFQ_FLOW_FRAG_FIRST))
		require(!(f->flags & PFQ_FLOW_PORTS));
}

/* The fast paths find the same as the slow path. */
static void check_slow(struct pfq_view v)
{
	struct pfq_flow quick = v.flow;

	pfq_parse_slow(&v);
	require(quick.version == v.flow.version && quick.proto == v.flow.proto &&
		quick.flags == v.flow.flags && quick.l3_offset == v.flow.l3_offset &&
		quick.l4_offset == v.flow.l4_offset && quick.sport == v.flow.sport &&
		quick.dport == v.flow.dport && quick.frag_id == v.flow.frag_id);
}

static void check_policies(struct pfq_view v)
{
	static struct pfq_frag_table frags;
	static struct pfq_lane_env env = { .seed = 1, .random = 1, .frags = &frags };
	const struct pfq_program_row *row;
	struct pfq_program prog;
	struct pfq_outcome out;
	char policy[16];
	unsigned int i;

	for (i = 0; (row = pfq_program_row(i)); i++) {
		v.flow.parsed = 0;
		snprintf(policy, sizeof(policy), "%s%s", row->name,
			 row->symbol == PFQ_LANG_STEER_TO ? ":0" : "");
		require(!pfq_program_from_policy(&prog, policy));
		pfq_program_run(&prog, &v, &out, &env);
		require(out.main.kind != PFQ_VERDICT_DROP);
		if (row->symbol == PFQ_LANG_STEER_FLOW)
			require((out.main.h1 != 0) == (v.flow.version != 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u16 linktypes[] = { PFQ_LINKTYPE_ETHERNET, PFQ_LINKTYPE_RAW, 113 };
	struct pfq_view v = { .ts_ns = 1 };
	u8 *packet;

	if (!size)
		return 0;
	v.linktype = linktypes[data[0] % 16 < 2 ? data[0] % 16 + 1 : 0];
	v.caplen = (u32)size - 1;
	v.len = v.caplen;
	packet = malloc(v.caplen);
	if (!packet && v.caplen)
		return 0;
	if (v.caplen)
		memcpy(packet, data + 1, v.caplen);
	v.data = packet;
	pfq_parse(&v);
	check_flow(&v);
	check_slow(v);
	check_policies(v);
	free(packet);
	return 0;
}
