/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Programs with state, of conf/examples and others, on captures that are made for them */
#include <pcap/pcap.h>
#include <unistd.h>
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/pfqctl_run.h"

#define FRAME		60	/* captured bytes */

static char folder[] = "/tmp/pfq-lang-state-XXXXXX";

/* --- captures --------------------------------------------------------------------------- */

struct capture {
	pcap_t *shape;
	pcap_dumper_t *dumper;
};

static struct capture capture_begin(const char *name)
{
	struct capture c = { pcap_open_dead(DLT_EN10MB, 65535), NULL };
	char path[100];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	c.dumper = pcap_dump_open(c.shape, path);
	assert_non_null(c.dumper);
	return c;
}

/* A packet of UDP, from port @sport. @fragment: as in the IPv4 header. */
static void capture_add(struct capture *c, uint16_t sport, uint16_t fragment, uint32_t len,
			time_t second)
{
	struct pcap_pkthdr hdr = { .ts = { .tv_sec = second }, .caplen = FRAME, .len = len };
	uint8_t b[FRAME] = { [12] = 8, [14] = 0x45, [17] = 46, [18] = 7, [22] = 64, [23] = 17,
			     [26] = 10, 0, 0, 1, 10, 0, 0, 2 };

	b[20] = (uint8_t)(fragment >> 8);
	b[21] = (uint8_t)fragment;
	b[34] = (uint8_t)(sport >> 8);
	b[35] = (uint8_t)sport;
	b[37] = 80;
	pcap_dump((u_char *)c->dumper, &hdr, b);
}

/* A packet of UDP from 10.0.0.@host, in VLAN @vid; 0: without a tag. */
static void capture_add_from(struct capture *c, uint8_t host, uint16_t vid)
{
	struct pcap_pkthdr hdr = { .ts = { .tv_sec = 1000 }, .caplen = FRAME, .len = FRAME };
	uint8_t b[FRAME] = { [12] = 8 }, *ip = b + 14;

	if (vid) {
		b[12] = 0x81;
		b[14] = (uint8_t)(vid >> 8);
		b[15] = (uint8_t)vid;
		b[16] = 8;
		ip += 4;
	}
	memcpy(ip, (uint8_t[20]){ 0x45, 0, 0, 42, 0, 7, 0, 0, 64, 17, 0, 0, 10, 0, 0, host,
				  10, 0, 1, 0 }, 20);
	pcap_dump((u_char *)c->dumper, &hdr, b);
}

static void capture_end(struct capture *c)
{
	pcap_dump_close(c->dumper);
	pcap_close(c->shape);
}

static json_t *lang_json(const char *args)
{
	char all[1024];

	snprintf(all, sizeof(all), "-j lang %s", args);
	return pfqctl_json(all);
}

static long long number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(folder) ? setenv("T", folder, 1) : -1;
}

static int end(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

/* --- flows -------------------------------------------------------------------------------- */

/* Of packets of 64 KiB, 160 are 10 MiB, and 1600 are 100 MiB. */
static void elephants(void **state)
{
	struct capture c = capture_begin("elephants.pcap");
	json_t *j, *count;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		capture_add(&c, 1000, 0, 65536, 1000);
		if (i % 20 == 0)
			capture_add(&c, 2000 + i, 0, 1000, 1000);
	}
	/* idle for a minute and more: its first packet is whole again */
	capture_add(&c, 1000, 0, 65536, 1070);
	capture_end(&c);
	j = lang_json("try $EXAMPLES/elephants.lang $T/elephants.pcap");
	assert_int_equal(number(j, "packets"), 2101);
	assert_int_equal(number(j, "dropped"), 400);
	count = json_object_get(json_object_get(j, "counts"), "elephants");
	assert_int_equal(number(count, "packets"), 2000 - 160);
	json_decref(j);
}

/* Fragments are a flow of their own, and all of them are the same one. */
static void fragments(void **state)
{
	struct capture c = capture_begin("fragments.pcap");
	json_t *j;
	unsigned int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		capture_add(&c, 1000, 0, 1000, 1);
		capture_add(&c, 1000, 0x2000 + 185 * i, 1000, 1);
	}
	capture_end(&c);
	j = lang_json("try -e 'flow_packets <= 4 >-> sample_flow 1/1' $T/fragments.pcap");
	assert_int_equal(number(j, "packets"), 20);
	assert_int_equal(number(j, "dropped"), 12);
	json_decref(j);
}

/* --- rates -------------------------------------------------------------------------------- */

/* 5000 packets at once: a burst of 4000 passes, and some of the sample. */
static void attack(void **state)
{
	struct capture c = capture_begin("attack.pcap");
	json_t *j, *count;
	unsigned int i;

	(void)state;
	for (i = 0; i < 5000; i++)
		capture_add(&c, (uint16_t)i, 0, 60, 1000);
	/* and 2000 more a second later */
	for (i = 0; i < 3000; i++)
		capture_add(&c, (uint16_t)i, 0, 60, 1001);
	capture_end(&c);
	j = lang_json("try $EXAMPLES/attack.lang $T/attack.pcap");
	count = json_object_get(json_object_get(j, "counts"), "beyond");
	assert_int_equal(number(count, "packets"), 1000 + 1000);
	assert_in_range(number(j, "dropped"), 1900, 1999);
	json_decref(j);
}

/* A let is an expression that is compiled twice: each use has a limit of its own. */
static void limits_of_a_let(void **state)
{
	struct capture c = capture_begin("let.pcap");
	json_t *j, *counts;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++)
		capture_add(&c, (uint16_t)(i % 2), 0, 60, 1000);
	capture_end(&c);
	j = lang_json("try -e 'let few = within 1pps burst=3 in when (has_src_port 0 and few) "
		     "(count even) >-> when (has_src_port 1 and few) (count odd) >-> "
		     "(is_udp xor few)' $T/let.pcap");
	counts = json_object_get(j, "counts");
	assert_int_equal(number(json_object_get(counts, "even"), "packets"), 3);
	assert_int_equal(number(json_object_get(counts, "odd"), "packets"), 3);
	/* UDP and not under the limit, which is one though xor asks it in two steps */
	assert_int_equal(number(j, "dropped"), 3);
	json_decref(j);
}

/* --- duplicates --------------------------------------------------------------------------- */

/* Each packet twice, and some that differ in a flag of the IP header. */
static void two_ports(void **state)
{
	struct capture c = capture_begin("ports.pcap");
	json_t *j;
	unsigned int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		capture_add(&c, (uint16_t)i, 0, 60, i);
		capture_add(&c, (uint16_t)i, 0, 60, i);
		if (i % 4 == 0)
			capture_add(&c, (uint16_t)i, 0x4000, 60, i);
	}
	capture_end(&c);
	j = lang_json("try $EXAMPLES/two-ports.lang $T/ports.pcap");
	assert_int_equal(number(json_object_get(json_object_get(j, "counts"), "copies"),
				"packets"), 1000);
	assert_int_equal(number(j, "dropped"), 1000);
	json_decref(j);
}

/* --- sets --------------------------------------------------------------------------------- */

static long long copies_to(const json_t *j, int class)
{
	long long sum = 0;
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(j, "outputs"), i, row) {
		if (number(row, "class") == class)
			sum += number(row, "packets");
	}
	return sum;
}

/* Class 3 gets what comes from an address once it has been in the trap, and the trap's packets. */
static void honeypot(void **state)
{
	struct capture c = capture_begin("honeypot.pcap");
	unsigned int i;
	json_t *j;

	(void)state;
	for (i = 0; i < 5; i++)
		capture_add_from(&c, 1, 0);
	capture_add_from(&c, 1, 666);
	for (i = 0; i < 7; i++) {
		capture_add_from(&c, 1, i % 2 ? 0 : 20);
		capture_add_from(&c, 2, 0);
	}
	capture_end(&c);
	j = lang_json("try $EXAMPLES/honeypot.lang $T/honeypot.pcap");
	assert_int_equal(number(j, "packets"), 20);
	assert_int_equal(number(j, "dropped"), 0);
	assert_int_equal(copies_to(j, 0), 20);
	assert_int_equal(copies_to(j, 3), 1 + 7);
	json_decref(j);
}

/* A property takes no argument, whatever it is compared with. */
static void arguments_are_listed(void **state)
{
	json_t *j = lang_json("list flow"), *row;
	unsigned int found = 0;
	const char *name;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(j, "symbols"), i, row) {
		name = json_string_value(json_object_get(row, "name"));
		if (strcmp(name, "flow_bytes") && strcmp(name, "within_flow"))
			continue;
		found++;
		check_case(name, (name[0] == 'w') ==
			   !!*json_string_value(json_object_get(row, "arguments")));
	}
	assert_int_equal(found, 2);
	json_decref(j);
}

static void memory_is_shown(void **state)
{
	json_t *j = lang_json("show -e 'flows size=1M in flow_packets < 9 or flow_bytes < 9'");

	(void)state;
	/* 2^21 entries of 16 bytes, and what holds them */
	assert_in_range(number(j, "memory"), 32 << 20, (32 << 20) + 2000);
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elephants),
		cmocka_unit_test(fragments),
		cmocka_unit_test(attack),
		cmocka_unit_test(honeypot),
		cmocka_unit_test(limits_of_a_let),
		cmocka_unit_test(two_ports),
		cmocka_unit_test(arguments_are_listed),
		cmocka_unit_test(memory_is_shown),
	};

	assert_int_equal(setenv("EXAMPLES", EXAMPLES_FOLDER, 1), 0);
	return cmocka_run_group_tests(tests, begin, end);
}
