/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * pfq-lang: the wire form of a group's program, and the table of its symbols.
 *
 * The compiler (lang/) writes this form; both engines verify it (core/lang_load.c) and run it. The
 * client that sends a program is not trusted.
 *
 * A program is a header, steps, objects and data, one behind the other, in host order:
 *
 *	struct pfq_lang_hdr
 *	struct pfq_lang_step	steps of them
 *	struct pfq_lang_object	objects of them
 *	data_bytes bytes, which objects refer to by their offset
 *
 * A packet begins at step 0 with one output: a copy to each member of class 0, the whole packet,
 * mark 0. A step answers yes or no and names the next step for each answer. Both lie further on in
 * the list, so that a packet takes each step at most once. PFQ_LANG_END ends the program, and the
 * output stands. PFQ_LANG_DROP ends it without the main output.
 *
 * Level 0 is the packet as it came. The step ENTER goes to the next level, where steps look at the
 * packet inside a tunnel. A packet that is in no tunnel is the same at that level. ENTER costs its
 * units for each tunnel.
 */
#ifndef _LINUX_PFQ_LANG_H
#define _LINUX_PFQ_LANG_H

#include <linux/pfq_lang_reason.h>
#include <linux/pfq_lang_wire.h>

#define PFQ_LANG_MAGIC		0x676e616cU	/* "lang" */
#define PFQ_LANG_VERSION	1
#define PFQ_LANG_BYTES_MAX	60000		/* of a program: it goes in one message */
#define PFQ_LANG_STEPS_MAX	256
#define PFQ_LANG_OBJECTS_MAX	128
#define PFQ_LANG_COUNTERS_MAX	64
#define PFQ_LANG_PREFIXES_MAX	8		/* of one object PREFIXES */
#define PFQ_LANG_ALSO_MAX	3		/* outputs beside the main one, on any way */
#define PFQ_LANG_SAVES_MAX	3
#define PFQ_LANG_TUNNELS_MAX	4		/* levels, and tunnels around a packet */
#define PFQ_LANG_UNIT_INSNS	16		/* instructions that one unit of cost allows */
#define PFQ_LANG_COST_MAX	1024		/* units, of the longest way through a program */
/* units that is_dup costs more, by the bytes that it compares */
#define PFQ_LANG_DUP_UNITS(bytes)	(((bytes) + 15) / 16)
#define PFQ_LANG_SLICE_MIN	14		/* bytes: a link header stays */

/* targets that are no step */
#define PFQ_LANG_END		0xffff
#define PFQ_LANG_DROP		0xfffe

/* Kinds of objects: name, and bytes of an entry of the data. Add new ones at the end. */
#define PFQ_LANG_KINDS(_) \
	_(PORTS,	4)	/* struct pfq_lang_range: 1 or more, sorted, without overlap */ \
	_(VLANS,	4)	/* the same, ids up to 4094; 0: untagged */ \
	_(PREFIXES,	24)	/* struct pfq_lang_prefix: up to PFQ_LANG_PREFIXES_MAX */ \
	_(DEVICE,	1)	/* the device's name, 1 to PFQ_DEVICE_NAME_MAX bytes, no NUL */ \
	_(COUNTER,	0)	/* packets and bytes under the object's name */ \
	_(FLOWS,	0)	/* counts of flows; size: of flows, arg[0]: ns of being idle */ \
	_(RATE,		0)	/* arg: packets or bits a second, 1 for bits, burst in ns */ \
	_(RATES,	0)	/* the same for each key; size: of keys */ \
	_(DUP,		0)	/* size: of packets, arg: ns, bytes compared, 1: of the frame */ \
	_(SET_ADDR,	24)	/* a live set; struct pfq_lang_prefix, up to its size */ \
	_(SET_MAC,	24)	/* struct pfq_lang_prefix, of PFQ_LANG_FAMILY_MAC */ \
	_(SET_FLOW,	44)	/* struct pfq_lang_flow */ \
	_(SET_PORT,	4)	/* struct pfq_lang_range, in any order */ \
	_(SET_VLAN,	4)	/* the same, ids up to 4094; 0: untagged */

#define PFQ_LANG_KIND_ENUM(name, entry_bytes)	PFQ_LANG_KIND_##name,

enum pfq_lang_kind {
	PFQ_LANG_KINDS(PFQ_LANG_KIND_ENUM)
	__PFQ_LANG_KIND_MAX
};

#define PFQ_LANG_KIND_NONE	__PFQ_LANG_KIND_MAX	/* of arguments without an object */

/* The fields of steer_key, each a bit of its argument: name in the text. New ones at the end. */
#define PFQ_LANG_KEYS(_) \
	_(SRC_IP,	"src_ip") \
	_(DST_IP,	"dst_ip") \
	_(SRC_PORT,	"src_port") \
	_(DST_PORT,	"dst_port") \
	_(PROTO,	"proto") \
	_(SRC_MAC,	"src_mac") \
	_(DST_MAC,	"dst_mac") \
	_(ETH_TYPE,	"eth_type") \
	_(VLAN_ID,	"vlan_id") \
	_(DSCP,		"dscp") \
	_(ECN,		"ecn") \
	_(ICMP_TYPE,	"icmp_type") \
	_(ICMP_CODE,	"icmp_code") \
	_(TUNNEL_ID,	"tunnel_id")

#define PFQ_LANG_KEY_ENUM(name, text)	PFQ_LANG_KEY_##name,

enum pfq_lang_key {
	PFQ_LANG_KEYS(PFQ_LANG_KEY_ENUM)
	__PFQ_LANG_KEY_MAX
};

/*
 * Arguments: name, largest arg[0] of a number, and the kind of the object that arg[0] is the index
 * of, or NONE. Add new ones at the end.
 *
 *	NONE		both 0
 *	U8 U16 U32	arg[0]
 *	PORT		first and last port
 *	VLAN		first and last id; 0: untagged
 *	QUEUE		first and last receive queue
 *	MAC		arg[0]: 48 bits, the first byte highest
 *	RATIO		arg[0]: of 2^32, so that 2^32 is all
 *	CLASSES		arg[0]: mask of classes, not 0
 *	MEMBER		arg[0]: index of a started member
 *	SLICE		arg[0]: bytes, from PFQ_LANG_SLICE_MIN
 *	BYTES		arg[0]: bytes
 *	FIELD		arg[1]: a place of 1 to 4 bytes. arg[0]: the first value, and the last one
 *			shifted left by 32; or the mask
 *	FIELD8		arg[1]: a place of 1 to 8 bytes
 *	FIELDS8		arg[1]: two places of 1 to 8 bytes
 *	KEY		arg[0]: mask of enum pfq_lang_key, not 0
 *	PROPERTY	arg[0]: the number of a property; arg[1]: its place, if it is FIELD
 *	BITS		an object PREFIXES, and arg[1]: bits of an address, 0 to 128
 *	SLOT		arg[0]: where SAVE saves, below PFQ_LANG_SAVES_MAX
 *	LEVEL		arg[0]: the level that the program goes back to
 *	PACKETS OCTETS	of a property whose values end there; OCTETS takes no mask. The program has
 *			an object FLOWS
 *	RATE RATES DUP	an object of that kind
 *	PERCENT		of a property whose values end at 100
 *	LEARN_ADDR LEARN_FLOW	a live set, and arg[1]: seconds, up to PFQ_LANG_TIMEOUT_MAX; 0:
 *			for ever
 *	ENTER		arg[0]: the new level, from 1; arg[1]: tunnels to enter at most, from 1
 */
#define PFQ_LANG_ARGS(_) \
	_(NONE,		0,			NONE) \
	_(U8,		0xff,			NONE) \
	_(U16,		0xffff,			NONE) \
	_(U32,		0xffffffff,		NONE) \
	_(PORT,		0xffff,			NONE) \
	_(VLAN,		4094,			NONE) \
	_(QUEUE,	0xfffe,			NONE) \
	_(MAC,		0xffffffffffffULL,	NONE) \
	_(RATIO,	0x100000000ULL,		NONE) \
	_(CLASSES,	~0ULL,			NONE) \
	_(MEMBER,	255,			NONE) \
	_(SLICE,	262144,			NONE) \
	_(BYTES,	262144,			NONE) \
	_(FIELD,	~0ULL,			NONE) \
	_(FIELD8,	0,			NONE) \
	_(FIELDS8,	0,			NONE) \
	_(KEY,		(1ULL << __PFQ_LANG_KEY_MAX) - 1, NONE) \
	_(PROPERTY,	0xffff,			NONE) \
	_(SLOT,		PFQ_LANG_SAVES_MAX - 1,	NONE) \
	_(LEVEL,	PFQ_LANG_TUNNELS_MAX,	NONE) \
	_(PORTS,	0,			PORTS) \
	_(VLANS,	0,			VLANS) \
	_(PREFIXES,	0,			PREFIXES) \
	_(BITS,		0,			PREFIXES) \
	_(DEVICE,	0,			DEVICE) \
	_(COUNTER,	0,			COUNTER) \
	_(PACKETS,	0x7fffff,		NONE) \
	_(OCTETS,	0x7fffffffffULL,	NONE) \
	_(RATE,		0,			RATE) \
	_(RATES,	0,			RATES) \
	_(DUP,		0,			DUP) \
	_(PERCENT,	100,			NONE) \
	_(SET_ADDR,	0,			SET_ADDR) \
	_(SET_MAC,	0,			SET_MAC) \
	_(SET_FLOW,	0,			SET_FLOW) \
	_(SET_PORT,	0,			SET_PORT) \
	_(SET_VLAN,	0,			SET_VLAN) \
	_(LEARN_ADDR,	0,			SET_ADDR) \
	_(LEARN_FLOW,	0,			SET_FLOW) \
	_(ENTER,	PFQ_LANG_TUNNELS_MAX,	NONE)

#define PFQ_LANG_ARGS_ENUM(name, max, kind)	PFQ_LANG_ARGS_##name,

enum pfq_lang_args {
	PFQ_LANG_ARGS(PFQ_LANG_ARGS_ENUM)
	__PFQ_LANG_ARGS_MAX
};

enum pfq_lang_type {
	PFQ_LANG_PRED,		/* answers yes or no */
	PFQ_LANG_PROP,		/* has a value, or none; a step compares it */
	PFQ_LANG_STEER,		/* says who gets the packet; goes on */
	PFQ_LANG_ACTION,	/* changes the output, or a state; goes on */
	PFQ_LANG_STRUCT,	/* made by the compiler only; goes on */
};

/*
 * The symbols: name, name in the text, type, arguments, cost in units of PFQ_LANG_UNIT_INSNS
 * instructions on the worst path, and what it means (pfqctl lang list prints that). Rows of the
 * same text are forms of one name: the compiler takes the first whose arguments fit. "src X" is
 * what X becomes within src.
 *
 * The compiler, the verifier, both dispatchers and the tools expand this list. A number never
 * changes: add new symbols at the end. Each has a body op_NAME() in core/op_*.h, a row in
 * tests/unit/core/lang_symbols.c and a line in pfq-lang(7).
 */
#define PFQ_LANG_SYMBOLS(_) \
	_(SAVE,			"save",			STRUCT,	SLOT,	2, "remember the outputs") \
	_(RESTORE,		"restore",		STRUCT,	SLOT,	2, \
	  "take back the outputs that were remembered") \
	_(ALSO,			"also",			STRUCT,	NONE,	2, \
	  "begin one more output") \
	_(ALSO_END,		"also end",		STRUCT,	LEVEL,	2, \
	  "end the further output, and keep it") \
	_(ALSO_DROP,		"also drop",		STRUCT,	LEVEL,	2, \
	  "end the further output, and discard it") \
	_(IS_IP,		"is_ip",		PRED,	NONE,	1, "IPv4 or IPv6") \
	_(IS_IP4,		"is_ip4",		PRED,	NONE,	1, "IPv4") \
	_(IS_IP6,		"is_ip6",		PRED,	NONE,	1, "IPv6") \
	_(IS_TCP,		"is_tcp",		PRED,	NONE,	1, "TCP, fragments too") \
	_(IS_UDP,		"is_udp",		PRED,	NONE,	1, "UDP, fragments too") \
	_(IS_SCTP,		"is_sctp",		PRED,	NONE,	1, "SCTP, fragments too") \
	_(IS_ICMP,		"is_icmp",		PRED,	NONE,	2, \
	  "ICMP over IPv4, ICMPv6 over IPv6") \
	_(IS_FLOW,		"is_flow",		PRED,	NONE,	1, \
	  "has ports; later fragments have none") \
	_(IS_L3_PROTO,		"is_l3_proto",		PRED,	U16,	16, \
	  "the ethertype behind all VLAN tags") \
	_(IS_L4_PROTO,		"is_l4_proto",		PRED,	U8,	2, \
	  "the protocol number of IP") \
	_(IS_FRAG,		"is_frag",		PRED,	NONE,	1, "a fragment") \
	_(IS_FIRST_FRAG,	"is_first_frag",	PRED,	NONE,	1, \
	  "the fragment at offset 0") \
	_(IS_MORE_FRAG,		"is_more_frag",		PRED,	NONE,	1, "a later fragment") \
	_(HAS_PORT,		"has_port",		PRED,	PORT,	2, \
	  "source or destination port") \
	_(HAS_PORT_IN,		"has_port",		PRED,	PORTS,	2, \
	  "source or destination port") \
	_(HAS_SRC_PORT,		"has_src_port",		PRED,	PORT,	2, "source port") \
	_(HAS_SRC_PORT_IN,	"has_src_port",		PRED,	PORTS,	2, "source port") \
	_(HAS_DST_PORT,		"has_dst_port",		PRED,	PORT,	2, "destination port") \
	_(HAS_DST_PORT_IN,	"has_dst_port",		PRED,	PORTS,	2, "destination port") \
	_(HAS_ADDR,		"has_addr",		PRED,	PREFIXES, 17, \
	  "source or destination address") \
	_(HAS_SRC_ADDR,		"has_src_addr",		PRED,	PREFIXES, 9, "source address") \
	_(HAS_DST_ADDR,		"has_dst_addr",		PRED,	PREFIXES, 9, \
	  "destination address") \
	_(HAS_MAC,		"has_mac",		PRED,	MAC,	3, \
	  "source or destination MAC address") \
	_(HAS_SRC_MAC,		"has_src_mac",		PRED,	MAC,	2, "source MAC address") \
	_(HAS_DST_MAC,		"has_dst_mac",		PRED,	MAC,	2, \
	  "destination MAC address") \
	_(HAS_VLAN,		"has_vlan",		PRED,	NONE,	1, \
	  "an outer VLAN tag with an id other than 0") \
	_(HAS_VID,		"has_vid",		PRED,	VLAN,	2, \
	  "the outer VLAN tag's id; 0: untagged") \
	_(HAS_VID_IN,		"has_vid",		PRED,	VLANS,	2, \
	  "the outer VLAN tag's id; 0: untagged") \
	_(HAS_MARK,		"has_mark",		PRED,	U32,	1, \
	  "the mark that the program has set") \
	_(IS_BROADCAST,		"is_broadcast",		PRED,	NONE,	2, \
	  "the destination MAC address is the broadcast address") \
	_(SRC_IS_BROADCAST,	"src is_broadcast",	PRED,	NONE,	2, \
	  "the source MAC address is the broadcast address") \
	_(IS_MULTICAST,		"is_multicast",		PRED,	NONE,	3, \
	  "the destination MAC address is a multicast address") \
	_(SRC_IS_MULTICAST,	"src is_multicast",	PRED,	NONE,	3, \
	  "the source MAC address is a multicast address") \
	_(IS_IP_BROADCAST,	"is_ip_broadcast",	PRED,	NONE,	2, \
	  "the destination is 255.255.255.255") \
	_(SRC_IS_IP_BROADCAST,	"src is_ip_broadcast",	PRED,	NONE,	2, \
	  "the source is 255.255.255.255") \
	_(IS_IP_MULTICAST,	"is_ip_multicast",	PRED,	NONE,	2, \
	  "the destination is in 224.0.0.0/4 or ff00::/8") \
	_(SRC_IS_IP_MULTICAST,	"src is_ip_multicast",	PRED,	NONE,	2, \
	  "the source is in 224.0.0.0/4 or ff00::/8") \
	_(IS_FOR_HOST,		"is_for_host",		PRED,	NONE,	1, \
	  "for this host, broadcast or multicast, as the device says") \
	_(IS_IN,		"is_in",		PRED,	NONE,	1, "received") \
	_(IS_OUT,		"is_out",		PRED,	NONE,	1, "sent by this host") \
	_(FROM_DEVICE,		"from_device",		PRED,	DEVICE,	2, "came by that device") \
	_(FROM_QUEUE,		"from_queue",		PRED,	QUEUE,	1, \
	  "came by that receive queue") \
	_(IS_MPLS,		"is_mpls",		PRED,	NONE,	16, \
	  "has an MPLS label behind its VLAN tags") \
	_(IS_PPPOE,		"is_pppoe",		PRED,	NONE,	16, \
	  "a PPPoE session behind its VLAN tags") \
	_(IS_SIP,		"is_sip",		PRED,	PORT,	3, \
	  "TCP, UDP or SCTP with a port of SIP") \
	_(IS_SIP_IN,		"is_sip",		PRED,	PORTS,	3, \
	  "TCP, UDP or SCTP with a port of SIP") \
	_(IS_RTP,		"is_rtp",		PRED,	NONE,	4, "looks like RTP") \
	_(IS_RTCP,		"is_rtcp",		PRED,	NONE,	4, "looks like RTCP") \
	_(SAMPLE,		"sample",		PRED,	RATIO,	2, \
	  "this share of the packets, at random") \
	_(SAMPLE_FLOW,		"sample_flow",		PRED,	RATIO,	64, \
	  "this share of the flows, each whole") \
	_(SAMPLE_IP,		"sample_ip",		PRED,	RATIO,	5, \
	  "this share of the pairs of addresses, each whole") \
	_(LEN,			"len",			PROP,	NONE,	2, \
	  "bytes on the wire, outer VLAN tag included") \
	_(CAPLEN,		"caplen",		PROP,	NONE,	2, \
	  "bytes captured, outer VLAN tag included") \
	_(IP_TOS,		"ip_tos",		PROP,	NONE,	2, \
	  "TOS, or traffic class") \
	_(IP_DSCP,		"ip_dscp",		PROP,	NONE,	2, \
	  "the upper 6 bits of ip_tos") \
	_(IP_TOT_LEN,		"ip_tot_len",		PROP,	NONE,	2, \
	  "bytes of the IP packet, with its header") \
	_(IP_ID,		"ip_id",		PROP,	NONE,	2, \
	  "identification; IPv6: of the fragment header") \
	_(IP_FRAG,		"ip_frag",		PROP,	NONE,	2, \
	  "16 bits of flags and fragment offset") \
	_(IP_TTL,		"ip_ttl",		PROP,	NONE,	2, "TTL, or hop limit") \
	_(IP_PROTO,		"ip_proto",		PROP,	NONE,	2, \
	  "protocol number behind extension headers") \
	_(TCP_SOURCE,		"tcp_source",		PROP,	NONE,	2, "source port of TCP") \
	_(TCP_DEST,		"tcp_dest",		PROP,	NONE,	2, \
	  "destination port of TCP") \
	_(TCP_HDRLEN,		"tcp_hdrlen",		PROP,	NONE,	3, \
	  "bytes of the TCP header") \
	_(TCP_FLAGS,		"tcp_flags",		PROP,	NONE,	3, \
	  "flags of TCP: fin syn rst psh ack urg ece cwr") \
	_(UDP_SOURCE,		"udp_source",		PROP,	NONE,	2, "source port of UDP") \
	_(UDP_DEST,		"udp_dest",		PROP,	NONE,	2, \
	  "destination port of UDP") \
	_(UDP_LEN,		"udp_len",		PROP,	NONE,	3, \
	  "length that the UDP header says") \
	_(ICMP_TYPE,		"icmp_type",		PROP,	NONE,	4, \
	  "type of ICMP or ICMPv6") \
	_(ICMP_CODE,		"icmp_code",		PROP,	NONE,	4, \
	  "code of ICMP or ICMPv6") \
	_(VLAN_ID,		"vlan_id",		PROP,	NONE,	2, \
	  "the outer VLAN tag's id") \
	_(VLAN_PCP,		"vlan_pcp",		PROP,	NONE,	2, \
	  "the outer VLAN tag's priority") \
	_(MPLS_LABEL,		"mpls_label",		PROP,	NONE,	17, "the bottom label") \
	_(PAYLOAD_LEN,		"payload_len",		PROP,	NONE,	6, \
	  "bytes on the wire behind the transport header") \
	_(FIELD,		"field",		PROP,	FIELD,	10, \
	  "1 to 4 bytes at an offset from l2, l3, l4 or payload") \
	_(DEVICE,		"device",		PROP,	NONE,	2, "the device's index") \
	_(QUEUE,		"queue",		PROP,	NONE,	1, "the receive queue") \
	_(MARK,			"mark",			PROP,	NONE,	2, \
	  "the mark that the program has set; 0 at first") \
	_(STEER_FLOW,		"steer_flow",		STEER,	NONE,	44, \
	  "by addresses, protocol and ports") \
	_(STEER_IP,		"steer_ip",		STEER,	NONE,	5, \
	  "by the pair of addresses") \
	_(STEER_SRC,		"steer_src",		STEER,	NONE,	4, \
	  "by the source address") \
	_(STEER_DST,		"steer_dst",		STEER,	NONE,	4, \
	  "by the destination address") \
	_(STEER_MAC,		"steer_mac",		STEER,	NONE,	4, \
	  "by the pair of MAC addresses") \
	_(STEER_LOCAL_LINK,	"steer_local_link",	STEER,	MAC,	7, \
	  "by the MAC address at the other end than this one") \
	_(STEER_VLAN,		"steer_vlan",		STEER,	NONE,	3, \
	  "by the outer VLAN tag's id") \
	_(STEER_RR,		"steer_rr",		STEER,	NONE,	2, \
	  "to the members in turn") \
	_(STEER_RANDOM,		"steer_random",		STEER,	NONE,	2, \
	  "to a member at random") \
	_(STEER_RSS,		"steer_rss",		STEER,	NONE,	44, \
	  "by the device's hash; without one, as steer_flow") \
	_(STEER_TO,		"steer_to",		STEER,	MEMBER,	1, \
	  "to the n-th member, from 0") \
	_(STEER_LOCAL_IP,	"steer_local_ip",	STEER,	PREFIXES, 22, \
	  "by the address that is in the list") \
	_(STEER_LOCAL_NET,	"steer_local_net",	STEER,	BITS,	23, \
	  "by the first bits of the address that is in the list") \
	_(STEER_FIELD,		"steer_field",		STEER,	FIELD8,	10, \
	  "by 1 to 8 bytes at an offset from l2, l3, l4 or payload") \
	_(STEER_FIELD_SYMMETRIC, "steer_field_symmetric", STEER, FIELDS8, 16, \
	  "by two fields, in any order") \
	_(STEER_KEY,		"steer_key",		STEER,	KEY,	36, "by a list of fields") \
	_(STEER_BY,		"steer_by",		STEER,	PROPERTY, 5, "by a property") \
	_(STEER_RTP,		"steer_rtp",		STEER,	NONE,	46, \
	  "RTP and RTCP of a session together, others as steer_flow") \
	_(STEER_VOIP,		"steer_voip",		STEER,	NONE,	47, \
	  "SIP to each member, others as steer_rtp") \
	_(DOUBLE_STEER_IP,	"double_steer_ip",	STEER,	NONE,	11, \
	  "by the source, and by the destination address") \
	_(DOUBLE_STEER_MAC,	"double_steer_mac",	STEER,	NONE,	5, \
	  "by the source, and by the destination MAC address") \
	_(DOUBLE_STEER_FIELD,	"double_steer_field",	STEER,	FIELDS8, 17, \
	  "by each of two fields") \
	_(COPY,			"copy",			STEER,	NONE,	1, \
	  "to each member of the classes") \
	_(BROADCAST,		"broadcast",		STEER,	NONE,	1, \
	  "to each member of each class") \
	_(CLASS,		"class",		ACTION,	CLASSES, 1, \
	  "to members of these classes, instead of class 0") \
	_(ADD_CLASS,		"add_class",		ACTION,	CLASSES, 1, \
	  "to members of these classes, too") \
	_(SET_MARK,		"mark",			ACTION,	U32,	1, \
	  "set the mark; its low 8 bits reach the record") \
	_(SLICE,		"slice",		ACTION,	SLICE,	2, \
	  "keep so many bytes of the frame") \
	_(SLICE_PAYLOAD,	"slice_payload",	ACTION,	BYTES,	5, \
	  "keep the headers, and so many bytes behind them") \
	_(COUNT,		"count",		ACTION,	COUNTER, 3, \
	  "count the packet and its bytes for a name") \
	_(FLOW_PACKETS,		"flow_packets",		PROP,	PACKETS, 80, \
	  "packets of the flow so far, this one included") \
	_(FLOW_BYTES,		"flow_bytes",		PROP,	OCTETS,	80, \
	  "bytes on the wire of the flow so far, of this packet included") \
	_(WITHIN,		"within",		PRED,	RATE,	5, \
	  "while all packets together are under the rate") \
	_(WITHIN_SRC,		"within_src",		PRED,	RATES,	14, \
	  "while its source is under the rate") \
	_(WITHIN_DST,		"within_dst",		PRED,	RATES,	14, \
	  "while its destination is under the rate") \
	_(WITHIN_FLOW,		"within_flow",		PRED,	RATES,	64, \
	  "while its flow is under the rate") \
	_(IS_DUP,		"is_dup",		PRED,	DUP,	14, \
	  "the same packet was seen a short time ago") \
	_(PRESSURE,		"pressure",		PROP,	PERCENT, 2, \
	  "percent of the fullest ring of the group's members") \
	_(HAS_PORT_SET,		"has_port",		PRED,	SET_PORT, 2, \
	  "source or destination port") \
	_(HAS_SRC_PORT_SET,	"has_src_port",		PRED,	SET_PORT, 2, "source port") \
	_(HAS_DST_PORT_SET,	"has_dst_port",		PRED,	SET_PORT, 2, "destination port") \
	_(IS_SIP_SET,		"is_sip",		PRED,	SET_PORT, 3, \
	  "TCP, UDP or SCTP with a port of SIP") \
	_(HAS_ADDR_SET,		"has_addr",		PRED,	SET_ADDR, 134, \
	  "source or destination address") \
	_(HAS_SRC_ADDR_SET,	"has_src_addr",		PRED,	SET_ADDR, 67, "source address") \
	_(HAS_DST_ADDR_SET,	"has_dst_addr",		PRED,	SET_ADDR, 67, \
	  "destination address") \
	_(HAS_MAC_SET,		"has_mac",		PRED,	SET_MAC, 17, \
	  "source or destination MAC address") \
	_(HAS_SRC_MAC_SET,	"has_src_mac",		PRED,	SET_MAC, 9, "source MAC address") \
	_(HAS_DST_MAC_SET,	"has_dst_mac",		PRED,	SET_MAC, 9, \
	  "destination MAC address") \
	_(HAS_VID_SET,		"has_vid",		PRED,	SET_VLAN, 2, \
	  "the outer VLAN tag's id; 0: untagged") \
	_(HAS_FLOW,		"has_flow",		PRED,	SET_FLOW, 20, \
	  "the flow, in either direction; later fragments have none") \
	_(LEARN_SRC,		"learn_src",		ACTION,	LEARN_ADDR, 50, \
	  "add the source address to the set") \
	_(LEARN_DST,		"learn_dst",		ACTION,	LEARN_ADDR, 50, \
	  "add the destination address to the set") \
	_(LEARN_FLOW,		"learn_flow",		ACTION,	LEARN_FLOW, 53, \
	  "add the flow to the set") \
	_(ENTER,		"enter",		STRUCT,	ENTER,	52, \
	  "go on with the packet inside the next tunnels") \
	_(LEAVE,		"leave",		STRUCT,	LEVEL,	2, \
	  "go back to the packet around the tunnels") \
	_(IS_TUNNEL,		"is_tunnel",		PRED,	NONE,	22, \
	  "has a packet in a tunnel that inner enters") \
	_(IS_IPIP,		"is_ipip",		PRED,	NONE,	10, \
	  "IPv4 or IPv6 directly in IPv4 or IPv6") \
	_(IS_GRE,		"is_gre",		PRED,	NONE,	10, \
	  "GRE of version 0, ERSPAN too") \
	_(IS_ERSPAN,		"is_erspan",		PRED,	NONE,	10, \
	  "ERSPAN of type I, II or III") \
	_(IS_VXLAN,		"is_vxlan",		PRED,	NONE,	10, \
	  "VXLAN, to UDP port 4789 or 8472") \
	_(IS_GENEVE,		"is_geneve",		PRED,	NONE,	10, \
	  "Geneve, to UDP port 6081") \
	_(IS_GTP,		"is_gtp",		PRED,	NONE,	10, \
	  "GTP, user plane or control plane") \
	_(IS_GTP_UP,		"is_gtp_up",		PRED,	NONE,	10, \
	  "GTP's user plane, UDP port 2152") \
	_(IS_GTP_CP,		"is_gtp_cp",		PRED,	NONE,	10, \
	  "GTP's control plane, UDP port 2123") \
	_(TUNNEL_ID,		"tunnel_id",		PROP,	NONE,	11, \
	  "VNI, TEID, key of GRE or session of ERSPAN") \
	_(STEER_FLOW_INNER,	"steer_flow_inner",	STEER,	NONE,	260, \
	  "by the flow inside up to 4 tunnels; others as steer_flow") \
	_(STEER_GTP,		"steer_gtp",		STEER,	NONE,	124, \
	  "GTP by the flow of the user, or by TEID; others as steer_flow")

#define PFQ_LANG_SYMBOL_ENUM(name, text, type, args, units, help)	PFQ_LANG_##name,

enum pfq_lang_symbol {
	PFQ_LANG_SYMBOLS(PFQ_LANG_SYMBOL_ENUM)
	__PFQ_LANG_SYMBOL_MAX
};

#endif /* _LINUX_PFQ_LANG_H */
