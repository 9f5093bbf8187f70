/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Each name of PFQ works, or has an error of its own. */
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/compiled.h"
#include "lang/vocabulary.h"

/* Programs with PFQ's names and arguments, and what they become. */
static const struct {
	const char *text, *steps;
} works[] = {
	{ "unit", "copy end" },
	{ "drop", "copy drop" },
	{ "ip", "is_ip end drop" },
	{ "tcp", "is_tcp end drop" },
	{ "udp", "is_udp end drop" },
	{ "icmp", "is_icmp end drop" },
	{ "flow", "is_flow end drop" },
	{ "vlan", "has_vlan end drop" },
	{ "no_frag", "is_frag drop end" },
	{ "no_more_frag", "is_more_frag drop end" },
	{ "l3_proto 0x806", "is_l3_proto 2054 end drop" },
	{ "l4_proto 47", "is_l4_proto 47 end drop" },
	{ "port 53 or is_more_frag", "has_port 53 end 1 | is_more_frag end drop" },
	{ "src_port 53 or is_frag", "has_src_port 53 end 1 | is_frag end drop" },
	{ "dst_port 53 or is_frag", "has_dst_port 53 end 1 | is_frag end drop" },
	{ "addr \"10.0.0.0/8\"", "has_addr 10.0.0.0/8 end drop" },
	{ "src_addr \"10.0.0.0/8\"", "has_src_addr 10.0.0.0/8 end drop" },
	{ "dst_addr \"10.0.0.0/8\"", "has_dst_addr 10.0.0.0/8 end drop" },
	{ "mac_broadcast", "is_broadcast end drop" },
	{ "mac_multicast", "is_multicast end drop" },
	{ "ip_broadcast", "is_ip_broadcast end drop" },
	{ "ip_multicast", "is_ip_multicast end drop" },
	{ "incoming_host", "is_for_host end drop" },
	{ "is_incoming_host", "is_for_host end drop" },
	{ "filter (is_udp)", "is_udp end drop" },
	{ "vlan_id_filter [1, 2, 3]", "has_vid 1-3 end drop" },
	{ "when (vlan_id [1, 5]) drop", "has_vid [1, 5] drop end" },
	{ "has_vid 7", "has_vid 7 end drop" },
	{ "has_vlan", "has_vlan end drop" },
	{ "is_ip", "is_ip end drop" },
	{ "is_tcp", "is_tcp end drop" },
	{ "is_udp", "is_udp end drop" },
	{ "is_icmp", "is_icmp end drop" },
	{ "is_flow", "is_flow end drop" },
	{ "is_frag", "is_frag end drop" },
	{ "is_first_frag", "is_first_frag end drop" },
	{ "is_more_frag", "is_more_frag end drop" },
	{ "is_broadcast", "is_broadcast end drop" },
	{ "is_multicast", "is_multicast end drop" },
	{ "is_ip_broadcast", "is_ip_broadcast end drop" },
	{ "is_ip_multicast", "is_ip_multicast end drop" },
	{ "is_l3_proto 0x800", "is_l3_proto 2048 end drop" },
	{ "is_l4_proto 6", "is_l4_proto 6 end drop" },
	{ "has_port 1 or is_frag", "has_port 1 end 1 | is_frag end drop" },
	{ "has_src_port 1 or is_frag", "has_src_port 1 end 1 | is_frag end drop" },
	{ "has_dst_port 1 or is_frag", "has_dst_port 1 end 1 | is_frag end drop" },
	{ "has_addr 10.0.0.1", "has_addr 10.0.0.1 end drop" },
	{ "has_src_addr 10.0.0.1", "has_src_addr 10.0.0.1 end drop" },
	{ "has_dst_addr 10.0.0.1", "has_dst_addr 10.0.0.1 end drop" },
	{ "mark 5 >-> has_mark 5", "mark 5 1 | has_mark 5 end drop" },
	{ "put_state 5 >-> has_state 5", "mark 5 1 | has_mark 5 end drop" },
	{ "equal get_mark 5", "mark == 5 end drop" },
	{ "equal get_state 5", "mark == 5 end drop" },
	{ "classify 3 >-> broadcast", "class 3 1 | broadcast end" },
	{ "inc web", "count web end" },
	{ "steer_flow", "steer_flow end" },
	{ "steer_p2p", "steer_ip end" },
	{ "steer_link", "steer_mac end" },
	{ "steer_vlan", "steer_vlan end" },
	{ "steer_rrobin", "steer_rr end" },
	{ "steer_rss", "steer_rss end" },
	{ "steer_to 3", "steer_to 3 end" },
	{ "steer_local_link \"00:11:22:33:44:55\"", "steer_local_link 00:11:22:33:44:55 end" },
	{ "steer_local_ip \"10.0.0.0/8\"", "steer_local_ip 10.0.0.0/8 end" },
	{ "double_steer_ip", "double_steer_ip end" },
	{ "double_steer_mac", "double_steer_mac end" },
	{ "less ip_ttl 5", "ip_ttl <= 4 end drop" },
	{ "less_eq ip_tos 5", "ip_tos <= 5 end drop" },
	{ "greater ip_id 5", "ip_id >= 6 end drop" },
	{ "greater_eq ip_frag 5", "ip_frag >= 5 end drop" },
	{ "equal ip_tot_len 5", "ip_tot_len == 5 end drop" },
	{ "not_equal tcp_source 5", "tcp_source != 5 end drop" },
	{ "any_bit tcp_dest 5", "tcp_dest & 0x5 end drop" },
	{ "all_bit tcp_hdrlen 5", "tcp_hdrlen has all of 0x5 end drop" },
	{ "equal udp_source 5", "udp_source == 5 end drop" },
	{ "equal udp_dest 5", "udp_dest == 5 end drop" },
	{ "equal udp_len 5", "udp_len == 5 end drop" },
	{ "equal icmp_type 5", "icmp_type == 5 end drop" },
	{ "equal icmp_code 5", "icmp_code == 5 end drop" },
	{ "when (not is_udp) drop", "is_udp end drop" },
	{ "ip and udp or tcp xor icmp",
	  "is_ip 1 2 | is_udp end 2 | is_tcp 3 4 | is_icmp drop end | is_icmp end drop" },
	{ "unless ip drop", "is_ip end drop" },
	{ "conditional ip steer_flow steer_mac", "is_ip 1 2 | steer_flow end | steer_mac end" },
	{ "inv ip", "is_ip drop end" },
	{ "src (port 5 or ip)", "has_src_port 5 end 1 | is_ip end drop" },
	{ "dst (port 5 or ip)", "has_dst_port 5 end 1 | is_ip end drop" },
	{ "par ip tcp", "is_ip end 1 | is_tcp end drop" },
	{ "par3 ip tcp udp", "is_ip end 1 | is_tcp end 2 | is_udp end drop" },
	{ "par4 ip ip ip drop", "is_ip end 1 | is_ip end 2 | is_ip end drop" },
	{ "par5 ip ip ip ip pass", "is_ip end 1 | is_ip end 2 | is_ip end 3 | is_ip end end" },
	{ "par6 drop drop drop drop drop ip", "is_ip end drop" },
	{ "par7 drop drop drop drop drop drop ip", "is_ip end drop" },
	{ "par8 drop drop drop drop drop drop drop ip", "is_ip end drop" },
	/* of PFQ's other languages */
	{ "is_eth_arp", "is_l3_proto 2054 end drop" },
	{ "sip or is_frag", "is_sip ports = 5060-5061 end 1 | is_frag end drop" },
	{ "rtp", "is_rtp end drop" },
	{ "rtcp", "is_rtcp end drop" },
	{ "voip", "is_sip ports = 5060-5061 end 1 | is_rtp end 2 | is_rtcp end drop" },
	{ "shift steer_flow", "enter 1 1 | steer_flow end" },
	{ "shift tcp", "enter 1 1 | is_tcp end drop" },
	{ "steer_gtp_usr", "steer_gtp end" },
	{ "steer_rtp", "steer_rtp end" },
	{ "steer_voip", "steer_voip end" },
};

#define SEND	"is not supported yet: pfq captures, and does not send"

/* The others, and a part of the error. */
static const struct {
	const char *text, *error;
} refused[] = {
	{ "bloom 5 [1] 2", "use has_addr" },
	{ "bloom_src 5 [1] 2", "use has_addr" },
	{ "bloom_dst 5 [1] 2", "use has_addr" },
	{ "bloom_filter 5 [1] 2", "use has_addr" },
	{ "bloom_src_filter 5 [1] 2", "use has_addr" },
	{ "bloom_dst_filter 5 [1] 2", "use has_addr" },
	{ "log_msg \"x\"", "use count" },
	{ "log_buff", "use count" },
	{ "log_packet", "use count" },
	{ "trace", "use count" },
	{ "is_ip_host", "use has_dst_addr" },
	{ "ip_host", "use has_dst_addr" },
	{ "dec 5", "counters only grow" },
	{ "forwardIO \"eth1\"", "use forward" },
	{ "dummy_cidr 1.2.3.4", "a test of PFQ" },
	{ "dummy_cidrs [1.2.3.4]", "a test of PFQ" },
	{ "dummy_int 5", "a test of PFQ" },
	{ "dummy_ints [5]", "a test of PFQ" },
	{ "dummy_ip 1.2.3.4", "a test of PFQ" },
	{ "dummy_ips [1.2.3.4]", "a test of PFQ" },
	{ "dummy_string \"x\"", "a test of PFQ" },
	{ "dummy_strings [\"x\"]", "a test of PFQ" },
	{ "bridge \"eth1\"", "\"bridge\" " SEND },
	{ "forward \"eth1\"", "\"forward\" " SEND },
	{ "link [\"eth1\"]", "\"link\" " SEND },
	{ "kernel", "\"kernel\" " SEND },
	{ "kernel_if is_udp", "\"kernel_if\" " SEND },
	{ "detour", "\"detour\" " SEND },
	{ "detour_if is_udp", "\"detour_if\" " SEND },
	{ "tee \"eth1\" is_udp", "\"tee\" " SEND },
	{ "tap \"eth1\" is_udp", "\"tap\" " SEND },
	/* names whose arguments differ, as an offset has a base here */
	{ "inc 5", "inc wants a name" },
	{ "steer_field 12 4", "steer_field wants l2, l3, l4 or payload" },
	{ "steer_field_symmetric 12 16 4", "l2, l3, l4 or payload, two offsets" },
	{ "double_steer_field 12 16 4", "l2, l3, l4 or payload, two offsets" },
	{ "steer_key 3", "steer_key wants fields" },
	{ "steer_local_net 1 2 3", "addresses and a number of bits" },
};

static void all_that_work(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		check_steps(works[i].text, works[i].steps);
}

static void all_others(void **state)
{
	char out[COMPILED_BYTES];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (!compiled(out, refused[i].text))
			fail_msg("%s compiles", refused[i].text);
		check_text(out, refused[i].error);
	}
}

/* Is @name a word of @text? */
static bool has_word(const char *text, const char *name)
{
	size_t len = strlen(name);
	const char *at;

	for (at = strstr(text, name); at; at = strstr(at + 1, name))
		if ((at == text || strchr(" (", at[-1])) && strchr(" )", at[len]))
			return true;
	return false;
}

/* No name of the table is left out above. */
static void whole_table(void **state)
{
	const struct pfq_lang_word *word;
	unsigned int i;
	bool found;

	(void)state;
	for (word = pfq_lang_words_pfq; word->name; word++) {
		found = false;
		for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
			found |= has_word(works[i].text, word->name);
		for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
			found |= has_word(refused[i].text, word->name);
		check_case(word->name, found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_work),
		cmocka_unit_test(all_others),
		cmocka_unit_test(whole_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
