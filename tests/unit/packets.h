/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Packets of every kind that the parser knows, and of some that it must leave alone. */
#ifndef PFQ_TESTS_PACKETS_H
#define PFQ_TESTS_PACKETS_H

#include "core/view.h"

#define PACKET_BYTES_MAX	512

struct packet {
	u8 data[PACKET_BYTES_MAX];
	u32 len;
	u32 l3, l4;	/* where the headers of the flow were put; 0: nowhere */
};

/* the two ends of a flow; addresses are made from numbers */
struct ends {
	u32 src, dst;
	u16 sport, dport;
	u32 id;		/* of the datagram, where it is a fragment */
};

struct packet_kind {
	const char *name;
	void (*build)(struct packet *p, const struct ends *e);
	u16 linktype;
	u8 version, proto, flags;	/* as parsing must find them */
};

extern const struct packet_kind packet_kinds[];
extern const unsigned int packet_kinds_count;

const struct packet_kind *packet_kind(const char *name);

/*
 * An ICMP (or, where @quoted is IPv6, ICMPv6) message of @type from @from (0: the quoted packet's
 * destination) to the quoted packet's source, with the first @bytes of @quoted from its
 * network header on. The frame's headers up to there are @link_kind's, of the other direction.
 */
void packet_quote(struct packet *p, const struct packet *quoted, u32 bytes, u8 type, u32 from,
		  const char *link_kind);

/* the other direction of @e */
struct ends ends_reversed(const struct ends *e);

/* a view of @caplen bytes of @p at @data */
struct pfq_view packet_view(const struct packet_kind *kind, const struct packet *p,
			    const u8 *data, u32 caplen);

/* memory of exactly that many bytes, for ASan to watch; free() it */
u8 *packet_exact(const struct packet *p, u32 bytes);

#endif /* PFQ_TESTS_PACKETS_H */
