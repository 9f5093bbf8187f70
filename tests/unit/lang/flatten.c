/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The steps that the compiler makes of a text */
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/compiled.h"

static const struct {
	const char *text, *steps;
} programs[] = {
	{ "ip >-> unless (port 22) (count web) >-> steer_flow",
	  "is_ip 1 drop | has_port 22 3 2 | count web 3 | steer_flow end" },
	{ "main = ip -- a comment\n# another one", "is_ip end drop" },
	{ "udp && !tcp || icmp", "is_udp 1 2 | is_tcp 2 end | is_icmp end drop" },
	/* decided parts need no step */
	{ "pass >-> ip >-> pass", "is_ip end drop" },
	{ "ip >-> drop >-> steer_flow", "is_ip drop drop" },
	{ "done >-> steer_flow", "copy end" },
	{ "steer_flow >-> done >-> ip", "steer_flow end" },
	{ "not not ip", "is_ip end drop" },
	{ "inv pass", "copy drop" },
	{ "inv drop >-> steer_flow", "steer_flow end" },
	{ "conditional ip drop drop >-> steer_flow", "is_ip drop drop" },
	/* done leaves all that is around it */
	{ "when ip done >-> steer_mac", "is_ip end 1 | steer_mac end" },
	{ "also (when ip done >-> drop) >-> steer_flow",
	  "also 1 | is_ip 3 2 | also drop 4 | also end 4 | steer_flow end" },
	/* xor: each operand but the first is there twice */
	{ "ip xor udp xor tcp",
	  "is_ip 1 2 | is_udp 4 3 | is_udp 3 4 | is_tcp drop end | is_tcp end drop" },
	/* outputs are saved only where a try changes them and may fail */
	{ "par (ip >-> udp) steer_flow", "is_ip 1 2 | is_udp end 2 | steer_flow end" },
	{ "par (steer_ip >-> udp) steer_flow >-> tcp",
	  "save 0 1 | steer_ip 2 | is_udp 5 3 | restore 0 4 | steer_flow 5 | is_tcp end drop" },
	{ "par (count x >-> udp) steer_flow", "count x 1 | is_udp end 2 | steer_flow end" },
	{ "inv (steer_ip >-> udp) >-> tcp",
	  "save 0 1 | steer_ip 2 | is_udp 3 4 | restore 0 drop | restore 0 5 | is_tcp end drop" },
	{ "par (par (steer_ip >-> ip) (steer_mac >-> udp) >-> tcp) steer_vlan",
	  "save 0 1 | save 1 2 | steer_ip 3 | is_ip 7 4 | restore 1 5 | steer_mac 6 | is_udp 7 8 | "
	  "is_tcp end 8 | restore 0 9 | steer_vlan end" },
	/* the last try drops, but the outputs of the first one are taken back */
	{ "par (also steer_ip >-> ip) drop",
	  "save 0 1 | also 2 | steer_ip 3 | also end 4 | is_ip end 5 | restore 0 drop" },
	{ "par drop steer_ip", "steer_ip end" },
	/* src and dst */
	{ "src (has_addr 10.0.0.0/8 and dst (port [1, 3])) or is_frag",
	  "has_src_addr 10.0.0.0/8 1 2 | has_dst_port [1, 3] end 2 | is_frag end drop" },
	{ "src (is_broadcast or is_ip_multicast) and dst is_multicast",
	  "src is_broadcast 2 1 | src is_ip_multicast 2 drop | is_multicast end drop" },
	{ "src (has_dst_addr ::1)", "has_dst_addr ::1 end drop" },
	{ "let p = has_mac 00:11:22:33:44:55 in src p or p or dst p",
	  "has_src_mac 00:11:22:33:44:55 end 1 | has_mac 00:11:22:33:44:55 end 2 | "
	  "has_dst_mac 00:11:22:33:44:55 end drop" },
	{ "src (when ip (has_addr 10.0.0.0/8))", "is_ip 1 end | has_src_addr 10.0.0.0/8 end drop" },
	/* flows: all steps use one table */
	{ "flows size=1K idle=5s in flow_packets <= 50 >-> steer_by flow_bytes",
	  "flow_packets <= 50 1 drop | steer_by flow_bytes end" },
	{ "not (flow_bytes > 10M) and flow_bytes != 3-5",
	  "flow_bytes >= 10485761 drop 1 | flow_bytes != 3-5 end drop" },
	{ "5 < flow_packets", "flow_packets >= 6 end drop" },
	/* sensors that cannot keep up get the beginnings of flows */
	{ "when (pressure > 80) (flow_packets <= 50) >-> steer_flow",
	  "pressure >= 81 1 2 | flow_packets <= 50 2 drop | steer_flow end" },
	/* duplicates */
	{ "when (is_dup 2ms) (count copies >-> drop) >-> within 10pps",
	  "is_dup 2ms by=ip bytes=256 size=65536 1 2 | count copies drop | within 10pps burst=20ms "
	  "end drop" },
	{ "conditional udp (within 10pps) (not is_dup 500us by=frame bytes=64 size=1M)",
	  "is_udp 1 2 | within 10pps burst=20ms end drop | is_dup 0.5ms by=frame bytes=64 "
	  "size=1048576 drop end" },
	/* rates */
	{ "within 1000pps >-> within_src 8Mbps size=1K",
	  "within 1kpps burst=20ms 1 drop | within_src 8Mbps burst=20ms size=1024 end drop" },
	{ "within_dst 2000pps burst=4001", "within_dst 2kpps burst=2s size=16384 end drop" },
	{ "within_flow 8Mbps burst=1M", "within_flow 8Mbps burst=1048.58ms size=16384 end drop" },
	{ "within 1pps burst=1 or within 1pps burst=0s",
	  "within 1pps burst=0s end 1 | within 1pps burst=0s end drop" },
	/* inner and innermost */
	{ "inner steer_flow", "enter 1 1 | steer_flow end" },
	{ "innermost tcp >-> steer_ip",
	  "enter 1, up to 4 tunnels 1 | is_tcp 2 drop | leave 0 3 | steer_ip end" },
	{ "inner (has_addr 10.0.0.0/8) or udp",
	  "enter 1 1 | has_addr 10.0.0.0/8 end 2 | leave 0 3 | is_udp end drop" },
	{ "not (inner tcp)", "enter 1 1 | is_tcp drop end" },
	{ "inner (inner tcp >-> done) >-> udp", "enter 1 1 | enter 2 2 | is_tcp end drop" },
	{ "inner (inner tcp >-> ip) >-> udp",
	  "enter 1 1 | enter 2 2 | is_tcp 3 drop | leave 1 4 | is_ip 5 drop | leave 0 6 | "
	  "is_udp end drop" },
	{ "also (inner (when udp done >-> drop)) >-> steer_flow",
	  "also 1 | enter 1 2 | is_udp 5 3 | leave 0 4 | also drop 6 | also end 6 | "
	  "steer_flow end" },
	{ "inner (also steer_mac) >-> steer_flow",
	  "enter 1 1 | also 2 | steer_mac 3 | also end 1 4 | leave 0 5 | steer_flow end" },
	{ "inner (src (port 53)) or is_more_frag",
	  "enter 1 1 | has_src_port 53 end 2 | leave 0 3 | is_more_frag end drop" },
	{ "src (inner (port 53)) or is_more_frag",
	  "enter 1 1 | has_src_port 53 end 2 | leave 0 3 | is_more_frag end drop" },
	{ "inner pass >-> udp", "is_udp end drop" },
	{ "par (inner (steer_ip >-> udp)) steer_mac",
	  "save 0 1 | enter 1 2 | steer_ip 3 | is_udp end 4 | leave 0 5 | restore 0 6 | "
	  "steer_mac end" },
	{ "let t = inner ip in t xor udp",
	  "enter 1 1 | is_ip 3 2 | leave 0 5 | leave 0 4 | is_udp drop end | is_udp end drop" },
	{ "inner (flow_packets < 5 >-> flow_bytes < 10) >-> steer_flow",
	  "enter 1 1 | flow_packets <= 4 2 drop | flow_bytes <= 9 3 drop | leave 0 4 | "
	  "steer_flow end" },
	{ "steer_key [tunnel_id, src_ip]", "steer_key [src_ip, tunnel_id] end" },
	{ "conditional is_gtp_cp (count signalling >-> class 1 >-> steer_by tunnel_id) "
	  "(count user >-> steer_flow_inner)",
	  "is_gtp_cp 1 4 | count signalling 2 | class 1 3 | steer_by tunnel_id end | "
	  "count user 5 | steer_flow_inner end" },
	/* let */
	{ "let web = [80, 443] let q = port [web, 8080] in q or is_frag",
	  "has_port [80, 443, 8080] end 1 | is_frag end drop" },
	{ "let k = [src_ip, dst_ip] let f = steer_key k in f >-> f",
	  "steer_key [src_ip, dst_ip] 1 | steer_key [src_ip, dst_ip] end" },
	{ "let t = ip_ttl in t > 5", "ip_ttl >= 6 end drop" },
	/* lists */
	{ "has_vid [9, 1-3, 2-5, 6]", "has_vid [1-6, 9] end drop" },
	{ "has_vid [1-3, 4]", "has_vid 1-4 end drop" },
	{ "has_vid 0", "has_vid 0 end drop" },
	{ "has_src_addr [10.0.0.0/8, 10.0.0.0/8, \"::1\"]", "has_src_addr [10.0.0.0/8, ::1] end "
	  "drop" },
	{ "has_addr [1.0.0.1, 2.0.0.1, 3.0.0.1, 4.0.0.1, 5.0.0.1, 6.0.0.1, 7.0.0.1, 8.0.0.1, "
	  "9.0.0.1]",
	  "has_addr [1.0.0.1, 2.0.0.1, 3.0.0.1, 4.0.0.1, 5.0.0.1, 6.0.0.1, 7.0.0.1, 8.0.0.1] end "
	  "1 | "
	  "has_addr 9.0.0.1 end drop" },
	{ "not (has_mac [00:00:00:00:00:01, 00:00:00:00:00:02])",
	  "has_mac 00:00:00:00:00:01 drop 1 | has_mac 00:00:00:00:00:02 drop end" },
	/* comparisons */
	{ "5 < len", "len >= 6 end drop" },
	{ "64 & ip_tos", "ip_tos & 0x40 end drop" },
	{ "len == 64-128", "len == 64-128 end drop" },
	{ "len /= 64-128", "len != 64-128 end drop" },
	{ "len != 0", "len != 0 end drop" },
	{ "len >= 0", "len <= 4294967295 end drop" },
	{ "tcp_flags & syn", "tcp_flags & 0x2 end drop" },
	{ "field l4 0 2 >= 0x100", "field l4 0 2 >= 256 end drop" },
	{ "field payload 3 4 != 5", "field payload 3 4 != 5 end drop" },
	{ "field l2 3 1 & 5", "field l2 3 1 & 0x5 end drop" },
	{ "mark 5 >-> mark == 5", "mark 5 1 | mark == 5 end drop" },
	/* each kind of argument */
	{ "is_sip ports=[5060, 5070] or is_frag",
	  "is_sip ports = [5060, 5070] end 1 | is_frag end drop" },
	{ "sample 1/4", "sample 25% end drop" },
	{ "sample_flow 0.5%", "sample_flow 0.5% end drop" },
	{ "from_queue 0-7", "from_queue 0-7 end drop" },
	{ "from_device \"eth0\" or from_device \"eth0\"",
	  "from_device \"eth0\" end 1 | from_device \"eth0\" end drop" },
	{ "class [1, 3-4] >-> copy", "class [1, 3, 4] 1 | copy end" },
	{ "slice 1K >-> copy", "slice 1024 1 | copy end" },
	{ "steer_by (field l3 12 4)", "steer_by (field l3 12 4) end" },
	{ "steer_by ip_ttl", "steer_by ip_ttl end" },
	{ "steer_field_symmetric l3 12 16 4", "steer_field_symmetric l3 12 16 4 end" },
	{ "steer_local_net [10.0.0.0/8, 192.168.0.0/16] 24",
	  "steer_local_net [10.0.0.0/8, 192.168.0.0/16] 24 end" },
	{ "steer_local_ip 2001:db8::/32", "steer_local_ip 2001:db8::/32 end" },
	/* programs that need no state, of those that the manual page teaches */
	{ "let control = has_port [53, 67-68, 88, 123, 389, 636] or is_icmp or is_arp\n"
	  "in  when control (count control >-> also (class 1 >-> copy)) >-> steer_flow",
	  "has_port [53, 67-68, 88, 123, 389, 636] 3 1 | is_icmp 3 2 | is_l3_proto 2054 3 8 | "
	  "count control 4 | also 5 | class 1 6 | copy 7 | also end 8 | steer_flow end" },
	{ "conditional is_sip (count sip >-> class 1 >-> copy) (conditional (is_rtp or is_rtcp)"
	  "(count media >-> class 2 >-> steer_rtp) (steer_flow))",
	  "is_sip ports = 5060-5061 1 4 | count sip 2 | class 1 3 | copy end | is_rtp 6 5 | "
	  "is_rtcp 6 9 | count media 7 | class 2 8 | steer_rtp end | steer_flow end" },
	{ "also (class 1 >-> when (has_port 443) (slice_payload 64) >-> unless (has_port 443) "
	  "(slice 512) >-> copy) >-> steer_flow",
	  "also 1 | class 1 2 | has_port 443 3 4 | slice_payload 64 4 | has_port 443 6 5 | "
	  "slice 512 6 | copy 7 | also end 8 | steer_flow end" },
};

static void steps_are_exact(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		check_steps(programs[i].text, programs[i].steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
