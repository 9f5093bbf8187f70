/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Each error and note: where it is, what is wrong, what is allowed */
#include <errno.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/compiled.h"
#include "lang/compile.h"

struct message {
	const char *text, *note;
};

#define EXPECTED	"a name, a value, (, [, not"

static const struct message grammar[] = {
	{ "", "1:1: the program ends here; allowed: " EXPECTED ", let, set, flows, main" },
	{ "ip >->", "1:7: the program ends here; allowed: " EXPECTED },
	{ "ip\n  >-> >-> udp", "2:7: >-> is not expected here; allowed: " EXPECTED },
	{ "(ip", "1:4: the program ends here; allowed: a name, a value, (, [, >->, or, xor, and, a "
	  "comparison, )" },
	{ "ip )", "1:4: ) is not expected here; allowed: the end, a name, a value, (, [, >->, or, "
	  "xor, and, a comparison" },
	{ "has_port [53, >->]", "1:15: >-> is not expected here; allowed: a name, a value" },
	{ "let = ip in ip", "1:5: = is not expected here; allowed: a name" },
	{ "ip ; udp", "1:4: the character ; has no meaning here" },
	{ "ip \001", "1:4: this byte is allowed in comments only" },
	{ "\"\303\274\" \303\274", "1:5: this byte is allowed in comments only" },
	{ "from_device \"eth0\n\"", "1:13: this text has no closing quote in its line" },
	{ "Ip", "1:1: a name begins with a letter from a to z" },
	{ "a23456789012345678901234567890123", "1:1: a name has at most 31 bytes" },
	{ "set bad [10.0.0.0/8] in ip", "1:9: [ is not expected here; allowed: a name" },
	{ "flows size=1M\nflows idle=5s in ip", "2:1: flows is in line 1 already; a program has "
	  "one table of flows" },
	{ "flows size in ip", "1:12: in is not expected here; allowed: =" },
};

static const struct message names[] = {
	{ "is_upd", "1:1: \"is_upd\": no such name; did you mean is_udp?" },
	{ "ip >->\n\tsteer_flwo", "2:2: \"steer_flwo\": no such name; did you mean steer_flow?" },
	/* of the type that is wanted: no function here */
	{ "not steer_flwo", "1:5: \"steer_flwo\": no such name; allowed: is_ip, is_ip4, is_ip6, "
	  "is_tcp, is_udp, is_sctp, is_icmp, is_flow ... (pfqctl lang list)" },
	{ "steer_by ip_tll", "1:10: \"ip_tll\": no such name; steer_by wants a property (ip_ttl, "
	  "(field l4 0 2))" },
	{ "let dns = 53 in has_port dsn", "1:26: \"dsn\": no such name; did you mean dns?" },
	{ "has_port zzzzz", "1:10: \"zzzzz\": no such name; has_port wants ports (53, 5060-5061, a "
	  "list, a set of ports)" },
	{ "let a = b let b = ip in a", "1:9: \"b\" is used before its let" },
	{ "let a = a in a", "1:9: \"a\" is used before its let" },
	{ "let udp = ip in ip", "1:5: \"udp\" is a name of pfq-lang; a let needs another one" },
	{ "let a = ip\nlet a = udp in a", "2:5: \"a\" has a let in line 1 already" },
	{ "let a = ip in a 5", "1:17: \"a\" is a let, and takes no argument" },
	{ "inner", "1:1: inner wants a predicate or a function; the function is missing" },
	{ "flow_packets < 5 >-> inner (flow_bytes < 10)",
	  "1:29: this counts the flow of another packet than in line 1, column 1; a program counts "
	  "one flow, inside of tunnels or outside" },
	{ "inner (flow_packets < 5) >-> innermost (steer_by flow_bytes)",
	  "1:41: this counts the flow of another packet than in line 1, column 8; a program counts "
	  "one flow, inside of tunnels or outside" },
	{ "innermost udp tcp",
	  "1:15: innermost wants a predicate or a function; this is one too many" },
	{ "bridge \"eth1\"", "1:1: \"bridge\" is not supported yet: pfq captures, and does not "
	  "send" },
	{ "bloom 5 [1] 2", "1:1: \"bloom\" is not in pfq-lang; use has_addr, has_src_addr or "
	  "has_dst_addr" },
};

static const struct message literals[] = {
	{ "has_addr 10.0.0.0/33",
	  "1:10: \"10.0.0.0/33\": no address: the prefix of an IPv4 address is 0-32" },
	{ "has_addr 2001:db8::/129",
	  "1:10: \"2001:db8::/129\": no address: the prefix of an IPv6 address is 0-128" },
	{ "has_addr 10.0.0.256", "1:10: \"10.0.0.256\": no address: an IPv4 address is 10.0.0.1" },
	{ "has_addr 1::2::3", "1:10: \"1::2::3\": no address: an IPv6 address is 2001:db8::1, a "
	  "MAC "
	  "address 00:11:22:33:44:55" },
	{ "has_addr 10.0.0.1/8", "1:10: \"10.0.0.1/8\": no prefix: its host bits are set; did you "
	  "mean 10.0.0.0/8?" },
	{ "has_addr [2001:db8::1/32]", "1:11: \"2001:db8::1/32\": no prefix: its host bits are "
	  "set; "
	  "did you mean 2001:db8::/32?" },
	{ "has_port 5x", "1:10: \"5x\": no value; allowed: 42, 0x1f, 64K, 5060-5061, 10.0.0.0/8, "
	  "00:11:22:33:44:55, 30s, 1000pps, 1/100, 0.5%" },
	{ "has_port 0x0x5", "1:10: \"0x0x5\": no value; allowed: 42, 0x1f, 64K, 5060-5061, "
	  "10.0.0.0/8, 00:11:22:33:44:55, 30s, 1000pps, 1/100, 0.5%" },
};

#define PORTS	"ports (53, 5060-5061, a list, a set of ports)"

static const struct message types[] = {
	{ "has_port 10.0.0.1",
	  "1:10: has_port wants " PORTS ", not an address: 10.0.0.1" },
	{ "port 1/100", "1:6: port wants " PORTS ", not a share: 1/100" },
	{ "has_port is_udp",
	  "1:10: has_port wants " PORTS ", not a predicate: is_udp" },
	{ "has_port (is_udp or ip)",
	  "1:11: has_port wants " PORTS ", not a predicate: (...)" },
	{ "has_port [53, 30s]",
	  "1:15: has_port wants " PORTS ", not a time: 30s" },
	{ "has_port 70000", "1:10: has_port wants " PORTS "; 70000 is not "
	  "from 0 "
	  "to 65535" },
	{ "has_port []", "1:10: has_port wants " PORTS "; the list is empty" },
	{ "has_port", "1:1: has_port wants " PORTS "; the argument is "
	  "missing" },
	{ "has_port 53 54",
	  "1:13: has_port wants " PORTS "; 54 is one too many" },
	{ "is_udp is_tcp", "1:8: is_udp takes no argument; is >-> or another operator missing "
	  "before "
	  "is_tcp?" },
	{ "is_arp 5", "1:8: is_arp wants no argument; this is one too many" },
	{ "(ip or udp) tcp", "1:13: this takes no argument; is an operator missing, such as >-> or "
	  "and?" },
	{ "has_port 53 ports=5", "1:13: has_port has no option \"ports\"" },
	{ "flows sise=5 in ip", "1:7: flows has no option \"sise\"; allowed: size idle" },
	{ "flows size=5 size=6 in ip", "1:14: flows has the option \"size\" already" },
	{ "flows size=0 in ip", "1:12: flows wants a number of flows and a time (size=64K "
	  "idle=60s); 0 is not from 1 to 16777216" },
	{ "flows size=60s in ip", "1:12: flows wants a number of flows and a time (size=64K "
	  "idle=60s), not a time: 60s" },
	{ "flows idle=500ms in ip", "1:12: flows wants a number of flows and a time (size=64K "
	  "idle=60s); 500ms is not from 1s to 200d" },
	{ "let many = 17M flows size=many in ip", "1:12: flows wants a number of flows and a time "
	  "(size=64K idle=60s); 17M is not from 1 to 16777216" },
	{ "flows size=[1, 2] in ip", "1:12: flows wants a number of flows and a time (size=64K "
	  "idle=60s), not a list" },
	{ "flows size=ip in ip", "1:12: flows wants a number of flows and a time (size=64K "
	  "idle=60s), not a predicate: ip" },
	{ "within 5", "1:8: within wants a rate (1000pps, 100Mbps burst=50ms), not a number: 5" },
	{ "within", "1:1: within wants a rate (1000pps, 100Mbps burst=50ms); the argument is "
	  "missing" },
	{ "within 0pps", "1:8: within wants a rate (1000pps, 100Mbps burst=50ms); allowed: 1pps "
	  "to 1Gpps" },
	{ "within 2Gpps", "1:8: within wants a rate (1000pps, 100Mbps burst=50ms); allowed: 1pps "
	  "to 1Gpps" },
	{ "within 7999bps", "1:8: within wants a rate (1000pps, 100Mbps burst=50ms); allowed: "
	  "8kbps to 1000Gbps" },
	{ "within 1pps burst=61s", "1:19: within wants a rate (1000pps, 100Mbps burst=50ms); 61s "
	  "is not from 0s to 1m" },
	{ "within 10pps burst=601", "1:20: within wants a rate (1000pps, 100Mbps burst=50ms); 601 "
	  "is not from 1 to 600" },
	{ "within 8kbps burst=60001", "1:20: within wants a rate (1000pps, 100Mbps burst=50ms); "
	  "60001 is not from 1 to 60000" },
	{ "within 10pps burst=1pps", "1:20: within wants a rate (1000pps, 100Mbps burst=50ms), not "
	  "a rate: 1pps" },
	{ "within 10pps size=5", "1:14: within has no option \"size\"; allowed: burst" },
	{ "within_src 10pps size=0", "1:23: within_src wants a rate (1000pps burst=50 size=16K); "
	  "0 is not from 1 to 16777216" },
	{ "within_flow 10pps 5", "1:19: within_flow wants a rate (1000pps burst=50 size=16K); 5 "
	  "is one too many" },
	{ "is_dup 2s", "1:8: is_dup wants a time (2ms by=ip bytes=256 size=64K); 2s is not from "
	  "1us to 1s" },
	{ "is_dup 5", "1:8: is_dup wants a time (2ms by=ip bytes=256 size=64K), not a number: 5" },
	{ "is_dup 2ms by=mac", "1:15: is_dup wants a time (2ms by=ip bytes=256 size=64K); by is "
	  "ip or frame" },
	{ "is_dup 2ms by=5", "1:15: is_dup wants a time (2ms by=ip bytes=256 size=64K), not a "
	  "number: 5" },
	{ "is_dup 2ms bytes=2049", "1:18: is_dup wants a time (2ms by=ip bytes=256 size=64K); "
	  "2049 is not from 1 to 2048" },
	{ "is_dup 2ms size=129M", "1:17: is_dup wants a time (2ms by=ip bytes=256 size=64K); "
	  "129M is not from 1 to 134217728" },
	{ "is_dup 2ms window=5", "1:12: is_dup has no option \"window\"; allowed: by bytes size" },
	{ "is_sip port=5", "1:8: is_sip has no option \"port\"" },
	{ "when ip udp x=5", "1:13: when has no option \"x\"" },
	{ "steer_field l4 0 9", "1:18: steer_field wants l2, l3, l4 or payload, an offset, and 1 "
	  "to 8 "
	  "bytes; 9 is not from 1 to 8" },
	{ "steer_field l5 0 4", "1:13: \"l5\": no such name; steer_field wants l2, l3, l4 or "
	  "payload, "
	  "an offset, and 1 to 8 bytes" },
	{ "steer_field 12 4", "1:1: steer_field wants l2, l3, l4 or payload, an offset, and 1 to 8 "
	  "bytes; an argument is missing" },
	{ "class 64", "1:7: class wants classes (1, [1, 2]); 64 is not from 0 to 63" },
	{ "slice 13", "1:7: slice wants a number of bytes, from 14 to 262144; 13 is not from 14 to "
	  "262144" },
	{ "count 5", "1:7: count wants a name for the counter (web), not a number: 5" },
	{ "from_device \"a b\"", "1:13: from_device wants a device's name in quotes (\"eth0\"); no "
	  "device can have this name" },
	{ "from_queue [1, 3]",
	  "1:12: from_queue wants a receive queue (3, 0-7); this list has several" },
	{ "steer_local_ip [1.0.0.0, 2.0.0.0, 3.0.0.0, 4.0.0.0, 5.0.0.0, 6.0.0.0, 7.0.0.0, 8.0.0.0, "
	  "9.0.0.0]", "1:89: steer_local_ip wants addresses (10.0.0.0/8, 2001:db8::/32, a list); "
	  "the "
	  "list has more than 8 of them" },
	{ "let evil = [53, 80] in has_addr evil", "1:33: \"evil\" is a list of numbers; has_addr "
	  "wants addresses (10.0.0.0/8, 2001:db8::/32, a list, a set of addresses)" },
	{ "let evil = 53 in has_addr evil", "1:27: \"evil\" is a number; has_addr wants addresses "
	  "(10.0.0.0/8, 2001:db8::/32, a list, a set of addresses)" },
};

static const struct message sorts[] = {
	{ "when is_udp", "1:1: when wants a predicate and a function; the function is missing" },
	{ "when", "1:1: when wants a predicate and a function; the predicate is missing" },
	{ "conditional ip udp",
	  "1:1: conditional wants a predicate and two functions; the second function is missing" },
	{ "when ip udp tcp", "1:13: when wants a predicate and a function; this is one too many" },
	{ "par ip", "1:1: par wants 2 to 8 functions; the second function is missing" },
	{ "par3 ip tcp", "1:1: par3 wants 2 to 8 functions; a function is missing" },
	{ "inv", "1:1: inv wants a function; the function is missing" },
	{ "also drop drop", "1:11: also wants a function; this is one too many" },
	{ "when steer_flow drop",
	  "1:6: steer_flow is a function, and stands where a predicate is wanted" },
	{ "not (ip >-> udp)",
	  "1:6: this pipeline is a function, and stands where a predicate is wanted" },
	{ "53", "1:1: 53 is a number, and stands where a function is wanted" },
	{ "ip and [1, 2]", "1:8: this list is a list, and stands where a predicate is wanted" },
	{ "ip_ttl", "1:1: ip_ttl is a property, and stands where a function is wanted; compare it, "
	  "as in ip_ttl > 1" },
	{ "is_udp > 5", "1:1: is_udp is a predicate, and stands where a property is wanted" },
	{ "5 > 6", "1:1: 5 is a number, and stands where a property is wanted" },
	{ "ip_ttl > 1/2", "1:10: ip_ttl is compared with a number, not a share: 1/2" },
	{ "ip_ttl == is_udp",
	  "1:11: ip_ttl is compared with a number or a range, not a predicate: is_udp" },
	{ "ip_ttl < 1-2", "1:10: ip_ttl is compared with a number, not a range: 1-2" },
	{ "len < 0", "1:1: this comparison with 0 is never true" },
	{ "tcp_flags & 0", "1:1: this comparison with 0 is never true" },
	{ "len > 5000000000",
	  "1:7: 5000000000 is more than len can be; allowed: 0 to 4294967295" },
	{ "field l4 0 1 > 256", "1:16: 256 is more than field can be; allowed: 0 to 255" },
	{ "flow_packets > 8M", "1:16: 8M is more than flow_packets can be; allowed: 0 to "
	  "8388607" },
	{ "flow_packets > 8388607", "1:1: this comparison with 8388607 is never true" },
	{ "flow_bytes <= 512G", "1:15: 512G is more than flow_bytes can be; allowed: 0 to "
	  "549755813887" },
	{ "flow_bytes & 1", "1:1: flow_bytes has no bits to ask for; compare it, as in flow_bytes "
	  "> 10M" },
	{ "pressure > 101", "1:12: 101 is more than pressure can be; allowed: 0 to 100" },
	{ "pressure > 100", "1:1: this comparison with 100 is never true" },
	{ "flow_bytes 5", "1:12: flow_bytes takes no argument; is >-> or another operator missing "
	  "before 5?" },
	{ "less ip_ttl", "1:1: less wants a property and a number" },
	{ "also (also copy)", "1:7: also is not allowed within another also" },
};

static const struct message notes[] = {
	{ "udp >-> has_port 53 >-> steer_flow", "1:9: note: later fragments have no ports and are "
	  "dropped here; \"or is_more_frag\" keeps them" },
	{ "let bad = ip\nin udp", "1:5: note: let bad is not used" },
	{ "flows size=1K in udp", "1:1: note: flows is not used" },
	{ "within 10pps >-> when (is_dup 2ms) drop", "1:24: note: copies count in the steps before "
	  "is_dup, which have state; let is_dup stand before them" },
	{ "conditional udp (flow_bytes < 9) tcp >-> when (is_dup 2ms) drop", "1:48: note: copies "
	  "count in the steps before is_dup, which have state; let is_dup stand before them" },
	{ "class 1 >-> slice 64", "1:1: note: no function steers, so each member of the classes "
	  "gets "
	  "each packet; \"copy\" says so" },
};

#define CHECK(list)								\
static void list##_are_exact(void **state)					\
{										\
	unsigned int i;								\
										\
	(void)state;								\
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)			\
		check_note(list[i].text, list[i].note);				\
}

CHECK(grammar)
CHECK(names)
CHECK(literals)
CHECK(types)
CHECK(sorts)
CHECK(notes)

/* All errors of types are reported, by their place; advice comes only where there is no error. */
static void several(void **state)
{
	char out[COMPILED_BYTES];

	(void)state;
	assert_int_equal(compiled(out, "let x = ip\nin has_port 1h >-> upd\n >-> has_addr "
		"5"), -EINVAL);
	assert_string_equal(out, "2:13: has_port wants ports (53, 5060-5061, a list, a set of "
			    "ports), not a time: "
		"1h\n"
			    "2:20: \"upd\": no such name; did you mean udp?\n"
			    "3:15: has_addr wants addresses (10.0.0.0/8, 2001:db8::/32, a list, "
			    "a set of addresses), "
			    "not a "
			    "number: 5\n");
}

/* A note is a line; its form depends on where the text is. */
static void lines(void **state)
{
	const struct pfq_lang_note note = { 3, 9, 2, true, "no" };
	const struct pfq_lang_note advice = { 3, 9, 2, false, "well" };
	char line[PFQ_LANG_NOTE_LINE];

	(void)state;
	pfq_lang_note_write(line, sizeof(line), &note, "ids.lang", true);
	assert_string_equal(line, "ids.lang:3:9: no");
	pfq_lang_note_write(line, sizeof(line), &advice, "ids.lang", true);
	assert_string_equal(line, "ids.lang:3:9: note: well");
	pfq_lang_note_write(line, sizeof(line), &note, "pfqd.conf:12", false);
	assert_string_equal(line, "pfqd.conf:12: lang: column 9: no");
}

/* A name may be as long as a name can be, and still fits into the text. */
static void long_words(void **state)
{
	char text[4000], out[COMPILED_BYTES], word[900];

	(void)state;
	memset(word, '7', sizeof(word) - 1);
	word[sizeof(word) - 1] = 0;
	snprintf(text, sizeof(text), "has_port [%s, \"%s\"] >-> steer_flow %s", word, word, word);
	assert_int_equal(compiled(out, text), -EINVAL);
	assert_true(strlen(out) > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grammar_are_exact),
		cmocka_unit_test(names_are_exact),
		cmocka_unit_test(literals_are_exact),
		cmocka_unit_test(types_are_exact),
		cmocka_unit_test(sorts_are_exact),
		cmocka_unit_test(notes_are_exact),
		cmocka_unit_test(several),
		cmocka_unit_test(lines),
		cmocka_unit_test(long_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
