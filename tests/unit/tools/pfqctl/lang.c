/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests "pfqctl lang" as a user runs it, and the programs of conf/examples on a capture. */
#include <pcap/pcap.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/packets_tunnel.h"
#include "tests/unit/fixture/pfqctl_run.h"

#define FRAME_MAX	1514

static char folder[] = "/tmp/pfq-lang-XXXXXX";

/* --- the capture: UDP and TCP over IPv4, ARP ---------------------------------------------- */

static const struct frame {
	uint8_t proto;		/* of IPv4; 0: ARP */
	uint16_t sport, dport;
	uint16_t payload;	/* bytes */
	uint8_t first, second;	/* of the payload */
} frames[] = {
	{ 17, 40000, 53, 30, 0, 0 },		/* DNS */
	{ 17, 53, 40000, 900, 0, 0 },
	{ 0, 0, 0, 0, 0, 0 },			/* ARP */
	{ 1, 0, 0, 40, 0, 0 },			/* ICMP */
	{ 17, 5060, 5060, 400, 'I', 'N' },	/* SIP */
	{ 17, 20000, 20002, 160, 0x80, 0 },	/* RTP, both directions, and RTCP */
	{ 17, 20002, 20000, 160, 0x80, 0 },
	{ 17, 20001, 20003, 60, 0x80, 200 },
	{ 6, 50000, 443, 1200, 0x17, 3 },	/* TLS */
	{ 6, 443, 50000, 20, 0x17, 3 },
	{ 6, 50001, 80, 1000, 'G', 'E' },	/* HTTP */
};

#define FRAMES	(sizeof(frames) / sizeof(frames[0]))

static void put16(uint8_t *to, unsigned int value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
}

/* Returns the frame's bytes. */
static uint32_t build(uint8_t *b, const struct frame *f)
{
	uint32_t header = f->proto == 6 ? 20 : 8, l4 = 34;

	memset(b, 0, FRAME_MAX);
	memset(b, 2, 12);
	put16(b + 12, f->proto ? 0x800 : 0x806);
	if (!f->proto)
		return 42;
	b[14] = 0x45;
	put16(b + 16, 20 + header + f->payload);
	b[22] = 64;
	b[23] = f->proto;
	memcpy(b + 26, "\012\0\0\001\012\0\0\002", 8);
	put16(b + l4, f->sport);
	put16(b + l4 + 2, f->dport);
	if (f->proto == 6)
		b[l4 + 12] = 0x50;
	if (f->proto == 17)
		put16(b + l4 + 4, header + f->payload);
	b[l4 + header] = f->first;
	b[l4 + header + 1] = f->second;
	return l4 + header + f->payload;
}

static void write_capture(const char *path, int datalink)
{
	pcap_t *shape = pcap_open_dead(datalink, 65535);
	pcap_dumper_t *d = pcap_dump_open(shape, path);
	struct pcap_pkthdr hdr = { .len = 0 };
	uint8_t bytes[FRAME_MAX];
	unsigned int i;

	assert_non_null(d);
	for (i = 0; i < FRAMES; i++) {
		hdr.len = build(bytes, &frames[i]);
		hdr.caplen = hdr.len;
		hdr.ts.tv_sec = (time_t)i;
		pcap_dump((u_char *)d, &hdr, bytes);
	}
	pcap_dump_close(d);
	pcap_close(shape);
}

static int begin(void **state)
{
	char path[100];

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/all.pcap", folder);
	write_capture(path, DLT_EN10MB);
	snprintf(path, sizeof(path), "%s/wifi.pcap", folder);
	write_capture(path, DLT_IEEE802_11);
	return setenv("T", folder, 1);
}

static int end(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

/* --- commands ----------------------------------------------------------------------------- */

static void check_command(void **state)
{
	(void)state;
	assert_int_equal(pfqctl_run("lang check -e 'ip >-> steer_flow'"), 0);
	assert_string_equal(pfqctl_out, "");
	assert_int_equal(pfqctl_run("lang check -e 'ip >-> steer_flwo'"), 1);
	assert_string_equal(pfqctl_out, "-e:1:8: \"steer_flwo\": no such name; did you mean "
		"steer_flow?\n");
	assert_int_equal(pfqctl_run("lang check -e 'has_port 5 >-> steer_flow'"), 0);
	check_text(pfqctl_out, "-e:1:1: note: later fragments");
	assert_int_equal(pfqctl_run("lang check - <$T/all.pcap"), 1);
	check_text(pfqctl_out, "-:1:1: ");
	assert_int_equal(pfqctl_run("lang check $T/none"), 1);
	check_text(pfqctl_out, "/none: No such file or directory");
	assert_int_equal(pfqctl_run("lang check $T"), 1);
	check_text(pfqctl_out, ": Is a directory");
	assert_int_equal(pfqctl_run("lang check"), 2);
	check_text(pfqctl_out, "lang check: allowed arguments: FILE, or -e TEXT");
	assert_int_equal(pfqctl_run("lang check a b"), 2);
	assert_int_equal(pfqctl_run("lang view"), 2);
	check_text(pfqctl_out,
		   "lang: \"view\" is not allowed; allowed: check, show, list, set, try");
	assert_int_equal(pfqctl_run("lang"), 2);
	assert_int_equal(pfqctl_run("counters -e udp"), 2);
	assert_int_equal(pfqctl_run("lang list -e udp"), 2);
	assert_int_equal(pfqctl_run("lang check -e udp -w x"), 2);
}

static void show_command(void **state)
{
	json_t *j;

	(void)state;
	assert_int_equal(pfqctl_run("lang show -e 'ip >-> unless (port 22) (count web) >-> "
		"steer_flow'"), 0);
	check_text(pfqctl_out, "STEP  FUNCTION     YES  NO\n"
		   "   0  is_ip        1    drop\n"
		   "   1  has_port 22  3    2\n"
		   "   2  count web    3    -\n"
		   "   3  steer_flow   end  -\n"
		   "\ncost    at most ");
	check_text(pfqctl_out, " of 1024 units\nmemory  ");
	j = pfqctl_json("-j lang show -e 'ip >-> count x'");
	assert_int_equal(json_array_size(json_object_get(j, "steps")), 2);
	assert_true(json_integer_value(json_object_get(j, "cost")) > 1);
	assert_true(json_integer_value(json_object_get(j, "memory_per_lane")) > 0);
	json_decref(j);
	assert_int_equal(pfqctl_run("lang show -e 'upd'"), 1);
}

static void list_command(void **state)
{
	json_t *j, *row;
	size_t i;

	(void)state;
	assert_int_equal(pfqctl_run("lang list steer_rr"), 0);
	check_text(pfqctl_out, "steer_rr  func  -          to the members in turn  steer_rrobin\n");
	j = pfqctl_json("-j lang list");
	assert_true(json_array_size(json_object_get(j, "symbols")) > 100);
	json_array_foreach(json_object_get(j, "symbols"), i, row) {
		const char *name = json_string_value(json_object_get(row, "name"));

		check_case(name, *json_string_value(json_object_get(row, "meaning")));
		check_case(name, *json_string_value(json_object_get(row, "type")));
	}
	json_decref(j);
}

/* --- try ---------------------------------------------------------------------------------- */

/* The number of packets to @class in the way of @to; -1: none. */
static long long output(const json_t *j, int class, const char *to)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(j, "outputs"), i, row)
		if (json_integer_value(json_object_get(row, "class")) == class &&
		    !strcmp(json_string_value(json_object_get(row, "to")), to))
			return json_integer_value(json_object_get(row, "packets"));
	return -1;
}

static long long count(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(json_object_get(json_object_get(j, "counts"),
								  name), "packets"));
}

/* The records of a file that was written, and the sum and maximum of their captured bytes */
static unsigned int read_back(const char *name, uint64_t *bytes, uint32_t *longest)
{
	char path[100], error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *hdr;
	const u_char *data;
	unsigned int n = 0;
	pcap_t *p;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	p = pcap_open_offline(path, error);
	if (!p)
		fail_msg("%s", error);
	for (*bytes = 0, *longest = 0; pcap_next_ex(p, &hdr, &data) == 1; n++) {
		*bytes += hdr->caplen;
		if (hdr->caplen > *longest)
			*longest = hdr->caplen;
	}
	pcap_close(p);
	return n;
}

static void try_command(void **state)
{
	(void)state;
	assert_int_equal(pfqctl_run("lang try -e 'ip >-> unless (port 53) (count other) >-> "
				    "steer_flow' $T/all.pcap"), 0);
	check_text(pfqctl_out, "STEP  FUNCTION     IN  YES        NO\n"
		   "   0  is_ip        11  10 -> 1    1 -> drop\n"
		   "   1  has_port 53  10  2 -> 3     8 -> 2\n"
		   "   2  count other   8  8 -> 3     -\n"
		   "   3  steer_flow   10  10 -> end  -\n");
	check_text(pfqctl_out, "\n11 packets, 1 of them dropped\n");
	check_text(pfqctl_out, "count other                           8 packets, ");
	assert_int_equal(pfqctl_run("lang try -e 'udp' $T/wifi.pcap"), 1);
	check_text(pfqctl_out, "wifi.pcap: its link type, IEEE802_11 (105), is not supported; "
		   "allowed: Ethernet, raw IP");
	assert_int_equal(pfqctl_run("lang try -e 'udp' $T/none"), 1);
	check_text(pfqctl_out, "none: No such file or directory");
	assert_int_equal(pfqctl_run("lang try -e 'upd' $T/all.pcap"), 1);
	check_text(pfqctl_out, "did you mean udp?");
	assert_int_equal(pfqctl_run("lang try -e 'udp' $T/all.pcap -w $T/none/x"), 1);
	check_text(pfqctl_out, "No such file or directory");
	assert_int_equal(pfqctl_run("lang try -e 'udp'"), 2);
	check_text(pfqctl_out, "lang try: allowed arguments: FILE CAPTURE, or -e TEXT CAPTURE");
}

static void ids_split(void **state)
{
	json_t *j = pfqctl_json("-j lang try $EXAMPLES/ids-split.lang $T/all.pcap -w $T/ids");
	uint64_t bytes;
	uint32_t longest;

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(j, "dropped")), 0);
	assert_int_equal(output(j, 0, "a member by hash"), FRAMES);
	/* DNS twice, ARP, ICMP */
	assert_int_equal(output(j, 1, "each member"), 4);
	assert_int_equal(count(j, "control"), 4);
	json_decref(j);
	assert_int_equal(read_back("ids-class-0.pcap", &bytes, &longest), FRAMES);
	assert_int_equal(read_back("ids-class-1.pcap", &bytes, &longest), 4);
	assert_int_equal(longest, 42 + 900);
}

static void voip(void **state)
{
	json_t *j = pfqctl_json("-j lang try $EXAMPLES/voip.lang $T/all.pcap");

	(void)state;
	assert_int_equal(count(j, "sip"), 1);
	assert_int_equal(count(j, "media"), 3);
	assert_int_equal(output(j, 1, "each member"), 1);
	assert_int_equal(output(j, 2, "a member by hash"), 3);
	assert_int_equal(output(j, 0, "a member by hash"), FRAMES - 4);
	json_decref(j);
}

static void mirror(void **state)
{
	json_t *j = pfqctl_json("-j lang try $EXAMPLES/mirror.lang $T/all.pcap -w $T/mirror");
	uint64_t all, bytes;
	uint32_t longest;

	(void)state;
	assert_int_equal(output(j, 0, "a member by hash"), FRAMES);
	assert_int_equal(output(j, 1, "each member"), FRAMES);
	json_decref(j);
	assert_int_equal(read_back("mirror-class-0.pcap", &all, &longest), FRAMES);
	assert_int_equal(longest, 54 + 1200);
	assert_int_equal(read_back("mirror-class-1.pcap", &bytes, &longest), FRAMES);
	assert_int_equal(longest, 512);
	/* cut: 900 bytes of DNS, 1200 of TLS, 1000 of HTTP */
	assert_int_equal(all - bytes, 42 + 900 - 512 + 1200 - 64 + 54 + 1000 - 512);
}

/* Write a capture of packets in tunnels, and of others. */
static void write_kinds(const char *name, const char *const *kinds, u32 src)
{
	struct ends ends = { src, 2, 1234, 53, 77 };
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	struct pcap_pkthdr hdr = { .caplen = 0 };
	pcap_dumper_t *dumper;
	struct packet packet;
	char path[100];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	dumper = pcap_dump_open(p, path);
	assert_non_null(dumper);
	for (; *kinds; kinds++) {
		memset(&packet, 0, sizeof(packet));
		packet_any_kind(*kinds)->build(&packet, &ends);
		hdr.caplen = hdr.len = packet.len;
		pcap_dump((u_char *)dumper, &hdr, packet.data);
	}
	pcap_dump_close(dumper);
	pcap_close(p);
}

static void gtp_core(void **state)
{
	static const char *const kinds[] = {
		"gtp-44", "gtp-c1-44", "gtp-ext-66", "gtp-c2-64", "gtp-c2-echo-44", "ip4-tcp", NULL,
	};
	json_t *j;

	(void)state;
	write_kinds("gtp.pcap", kinds, 1);
	j = pfqctl_json("-j lang try $EXAMPLES/gtp-core.lang $T/gtp.pcap");
	assert_int_equal(count(j, "signalling"), 3);
	assert_int_equal(count(j, "user"), 3);
	assert_int_equal(output(j, 1, "a member by hash"), 3);
	assert_int_equal(output(j, 0, "a member by hash"), 3);
	json_decref(j);
}

static void tenants(void **state)
{
	static const char *const kinds[] = {
		/* the network 10.1.0.0/16 is inside of the first one and the tagged one only */
		"gre-44", "gre-66", "vxlan-66", "geneve-66", "tag-8100", "ip6-tcp", NULL,
	};
	json_t *j;

	(void)state;
	write_kinds("tenants.pcap", kinds, 0x10001);
	j = pfqctl_json("-j lang try $EXAMPLES/tenants.lang $T/tenants.pcap");
	assert_int_equal(count(j, "acme"), 3);
	assert_int_equal(count(j, "globex"), 0);
	assert_int_equal(output(j, 10, "a member by hash"), 3);
	assert_int_equal(output(j, 0, "a member by hash"), 3);
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_command),
		cmocka_unit_test(show_command),
		cmocka_unit_test(list_command),
		cmocka_unit_test(try_command),
		cmocka_unit_test(ids_split),
		cmocka_unit_test(voip),
		cmocka_unit_test(mirror),
		cmocka_unit_test(gtp_core),
		cmocka_unit_test(tenants),
	};

	assert_int_equal(setenv("EXAMPLES", EXAMPLES_FOLDER, 1), 0);
	return cmocka_run_group_tests(tests, begin, end);
}
