/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Parses any bytes as a packet, and looks into its tunnels. Each packet inside lies within the one
 * around it, and nothing beyond the end is read.
 */
#include <stdlib.h>
#include "core/parse.c"
#include "core/tunnel.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool cond)
{
	if (!cond)
		abort();
}

static void check_found(const struct pfq_view *v, const struct pfq_view *in, bool entered)
{
	struct pfq_tunnel t;
	bool found = pfq_tunnel_find(v, &t);
	u16 linktype;

	require(found == (t.kind != PFQ_TUNNEL_NONE) && t.kind <= PFQ_TUNNEL_GTP_C);
	linktype = found ? pfq_tunnel_inside(v, &t) : 0;
	require(entered == (linktype != 0));
	if (!entered)
		return;
	require(in->data == v->data + t.off && in->linktype == linktype);
	require(t.off > v->flow.l3_offset && t.off + in->caplen == v->caplen);
	require(in->flow.parsed && in->caplen);
	require(linktype == PFQ_LINKTYPE_ETHERNET ? in->caplen >= PFQ_ETHER_BYTES :
						    in->flow.version != 0);
	if (in->flags & PFQ_REC_F_VLAN)
		require(linktype == PFQ_LINKTYPE_ETHERNET);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pfq_view v[2] = { { .ts_ns = 1, .flags = PFQ_REC_F_VLAN } };
	u8 *packet;
	u32 n = 0;

	if (!size)
		return 0;
	v[0].linktype = data[0] % 16 ? PFQ_LINKTYPE_ETHERNET : PFQ_LINKTYPE_RAW;
	v[0].caplen = (u32)size - 1;
	v[0].len = v[0].caplen;
	packet = malloc(v[0].caplen);
	if (!packet && v[0].caplen)
		return 0;
	if (v[0].caplen)
		memcpy(packet, data + 1, v[0].caplen);
	v[0].data = packet;
	pfq_parse(&v[0]);
	while (pfq_tunnel_enter(&v[n % 2], &v[(n + 1) % 2])) {
		check_found(&v[n % 2], &v[(n + 1) % 2], true);
		n++;
	}
	check_found(&v[n % 2], NULL, false);
	free(packet);
	return 0;
}
