/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * PFQ's names, where they differ from ours, so that most programs that were written for PFQ compile
 * as they are. Each other name of PFQ says what to use in its place.
 */
#include <stddef.h>
#include "vocabulary.h"

#define ALIAS(name, sort, text)	{ name, PFQ_WORD_ALIAS, PFQ_SORT_##sort, 0, text, NULL, NULL }
#define LATER(name, text)	{ name, PFQ_WORD_LATER, 0, 0, text, NULL, NULL }
#define GONE(name, text)	{ name, PFQ_WORD_GONE, 0, 0, text, NULL, NULL }
#define FORM(name, form)                                                                           \
	{ name, PFQ_WORD_FORM, PFQ_SORT_FUNC, PFQ_FORM_##form, NULL, NULL, NULL }

#define CANNOT_SEND		": pfq captures, and does not send"
#define USE_ADDR		"use has_addr, has_src_addr or has_dst_addr"
#define USE_COUNT		"the engine prints nothing; use count"
#define WAS_A_TEST		"it was a test of PFQ's compiler"

const struct pfq_lang_word pfq_lang_words_pfq[] = {
	FORM("filter", FILTER),
	FORM("unit", PASS),
	FORM("par3", PAR), FORM("par4", PAR), FORM("par5", PAR), FORM("par6", PAR),
	FORM("par7", PAR), FORM("par8", PAR),
	ALIAS("ip", PRED, "is_ip"),
	ALIAS("tcp", PRED, "is_tcp"),
	ALIAS("udp", PRED, "is_udp"),
	ALIAS("icmp", PRED, "is_icmp"),
	ALIAS("flow", PRED, "is_flow"),
	ALIAS("l3_proto", PRED, "is_l3_proto"),
	ALIAS("l4_proto", PRED, "is_l4_proto"),
	ALIAS("is_eth_arp", PRED, "is_arp"),
	ALIAS("no_frag", PRED, "not is_frag"),
	ALIAS("no_more_frag", PRED, "not is_more_frag"),
	ALIAS("port", PRED, "has_port"),
	ALIAS("src_port", PRED, "has_src_port"),
	ALIAS("dst_port", PRED, "has_dst_port"),
	ALIAS("addr", PRED, "has_addr"),
	ALIAS("src_addr", PRED, "has_src_addr"),
	ALIAS("dst_addr", PRED, "has_dst_addr"),
	ALIAS("vlan", PRED, "has_vlan"),
	ALIAS("vlan_id_filter", PRED, "has_vid"),
	ALIAS("has_state", PRED, "has_mark"),
	ALIAS("mac_broadcast", PRED, "is_broadcast"),
	ALIAS("mac_multicast", PRED, "is_multicast"),
	ALIAS("ip_broadcast", PRED, "is_ip_broadcast"),
	ALIAS("ip_multicast", PRED, "is_ip_multicast"),
	ALIAS("is_incoming_host", PRED, "is_for_host"),
	ALIAS("incoming_host", PRED, "is_for_host"),
	ALIAS("sip", PRED, "is_sip"),
	ALIAS("rtp", PRED, "is_rtp"),
	ALIAS("rtcp", PRED, "is_rtcp"),
	ALIAS("voip", PRED, "is_voip"),
	ALIAS("get_mark", PROP, "mark"),
	ALIAS("get_state", PROP, "mark"),
	ALIAS("put_state", FUNC, "mark"),
	ALIAS("classify", FUNC, "class"),
	ALIAS("inc", FUNC, "count"),
	ALIAS("steer_p2p", FUNC, "steer_ip"),
	ALIAS("steer_link", FUNC, "steer_mac"),
	ALIAS("steer_rrobin", FUNC, "steer_rr"),
	ALIAS("shift", FUNC, "inner"),
	ALIAS("steer_gtp_usr", FUNC, "steer_gtp"),
	LATER("link", CANNOT_SEND),
	LATER("kernel", CANNOT_SEND),
	LATER("kernel_if", CANNOT_SEND),
	LATER("detour", CANNOT_SEND),
	LATER("detour_if", CANNOT_SEND),
	GONE("bloom", USE_ADDR), GONE("bloom_src", USE_ADDR), GONE("bloom_dst", USE_ADDR),
	GONE("bloom_filter", USE_ADDR), GONE("bloom_src_filter", USE_ADDR),
	GONE("bloom_dst_filter", USE_ADDR),
	GONE("log_msg", USE_COUNT), GONE("log_buff", USE_COUNT), GONE("log_packet", USE_COUNT),
	GONE("trace", USE_COUNT),
	GONE("is_ip_host", "use has_dst_addr with the host's addresses"),
	GONE("ip_host", "use has_dst_addr with the host's addresses"),
	GONE("dec", "counters only grow; use count"),
	GONE("forwardIO", "use forward"),
	GONE("dummy_cidr", WAS_A_TEST), GONE("dummy_cidrs", WAS_A_TEST),
	GONE("dummy_int", WAS_A_TEST), GONE("dummy_ints", WAS_A_TEST),
	GONE("dummy_ip", WAS_A_TEST), GONE("dummy_ips", WAS_A_TEST),
	GONE("dummy_string", WAS_A_TEST), GONE("dummy_strings", WAS_A_TEST),
	{ .name = NULL },
};
