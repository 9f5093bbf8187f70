/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that each possible error in a group of pfqd.conf has its text. */
#include "config.h"

#include <errno.h>

#include "tests/unit/fixture/pfqd_report.h"

static void test_group_names(void **state)
{
	static const struct wrong cases[] = {
		{ "[group]\ndevice = lo\n",
		  "F:1: section [group] is not allowed here; allowed: [pfqd], [group NAME]" },
		{ "[group 1a]\ndevice = lo\n",
		  "F:1: [group 1a]: \"1a\" is not a valid name of a group; allowed: a-z, "
		  "then up to 30 of a-z 0-9 _ . -" },
		{ "[group a b]\ndevice = lo\n",
		  "F:1: [group a b]: \"a b\" is not a valid name of a group; allowed: a-z, "
		  "then up to 30 of a-z 0-9 _ . -" },
		{ "[group aaaaaaaaaabbbbbbbbbbccccccccccdd]\ndevice = lo\n",
		  "F:1: [group aaaaaaaaaabbbbbbbbbbccccccccccdd]: "
		  "\"aaaaaaaaaabbbbbbbbbbccccccccccdd\" is not a valid "
		  "name of a group; allowed: a-z, then up to 30 of a-z 0-9 _ . -" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_source_keys(void **state)
{
	static const struct wrong cases[] = {
		{ D "id = 65536\n",
		  "F:3: [group g] id: \"65536\" is not allowed here; allowed: 1-65535" },
		{ D "id = 4294967338\n",
		  "F:3: [group g] id: \"4294967338\" is not allowed here; allowed: 1-65535" },
		{ D "id = 0x10\n",
		  "F:3: [group g] id: \"0x10\" is not allowed here; allowed: 1-65535" },
		{ D "ingest = file:\n",
		  "F:3: [group g] ingest: \"file:\" is not allowed here; allowed: file: and "
		  "a path of 1-250 bytes" },
		{ D "mode = hub\n",
		  "F:3: [group g] mode: \"hub\" is not allowed here; allowed: sniff, tap" },
		{ D "promisc = 1\n",
		  "F:3: [group g] promisc: \"1\" is not allowed here; allowed: yes, no" },
		{ D "direction = up\n",
		  "F:3: [group g] direction: \"up\" is not allowed here; allowed: inout, in, out" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_steer_keys(void **state)
{
	static const struct wrong cases[] = {
		{ D "steer = flw\n",
		  "F:3: [group g] steer: \"flw\" is not allowed here; allowed: "
		  "{policies}" },
		{ D "steer = to:x\n",
		  "F:3: [group g] steer: \"to:x\" is not allowed here; allowed: "
		  "{policies}" },
		{ D "steer = flow-inner:2\n",
		  "F:3: [group g] steer: \"flow-inner:2\" is not allowed here; allowed: "
		  "{policies}" },
		{ D "lang = is_upd >-> has_port tcp\n",
		  "F:3: [group g] lang: column 1: \"is_upd\": no such name; did you mean "
		  "is_udp?\nF:3: [group g] lang: column 21: has_port wants ports (53, "
		  "5060-5061, a list, a set of ports), not a predicate: tcp" },
		{ D "steer = flow\nlang = steer_flow\n",
		  "F:4: [group g] lang: the group has steer, too, line 3; allowed: one of them" },
		{ D "lang = file:\n",
		  "F:3: [group g] lang: the name of the file is missing; allowed: file: and a "
		  "path" },
		{ D "lang = file:none.lang\n",
		  "F:3: [group g] lang: none.lang: No such file or directory; allowed: a file of "
		  "at most 65536 bytes" },
		{ D "lang = file:/\n",
		  "F:3: [group g] lang: /: Is a directory; allowed: a file of at most 65536 "
		  "bytes" },
		{ D "filter = prot 3\n",
		  "F:3: [group g] filter: \"prot 3\" is not a pcap expression: "
		  "can't parse filter expression: syntax error" },
		{ D "vlan = 10, 4095\n",
		  "F:3: [group g] vlan: \"4095\" is not allowed here; allowed: 1-4094, "
		  "ranges as 20-29, untagged, separated by commas" },
		{ D "vlan = 30-20\n",
		  "F:3: [group g] vlan: \"30-20\" is not allowed here; allowed: 1-4094, "
		  "ranges as 20-29, untagged, separated by commas" },
		{ D "members = 257\n",
		  "F:3: [group g] members: \"257\" is not allowed here; allowed: 0-256" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_access(void **state)
{
	static const struct wrong cases[] = {
		{ D "access = nobody-of-that-name 0660\n",
		  "F:3: [group g] access: no user "
		  "\"nobody-of-that-name\" here; allowed: OWNER[:GROUP] MODE, as root:suricata "
		  "0660; MODE has r = join, w = inject and change, no x" },
		{ D "access = root:no-such-group 0660\n",
		  "F:3: [group g] access: no group "
		  "\"no-such-group\" here; allowed: OWNER[:GROUP] MODE, as root:suricata 0660; "
		  "MODE has "
		  "r = join, w = inject and change, no x" },
		{ D "access = root:root 0770\n",
		  "F:3: [group g] access: mode \"0770\" is not allowed here; "
		  "allowed: OWNER[:GROUP] MODE, as root:suricata 0660; MODE has r = join, w = "
		  "inject and change, "
		  "no x" },
		{ D "access = root:root 4660\n",
		  "F:3: [group g] access: mode \"4660\" is not allowed here; "
		  "allowed: OWNER[:GROUP] MODE, as root:suricata 0660; MODE has r = join, w = "
		  "inject and change, "
		  "no x" },
		{ D "access = root root 0660\n",
		  "F:3: [group g] access: \"root root 0660\" is not allowed here; "
		  "allowed: OWNER[:GROUP] MODE, as root:suricata 0660; MODE has r = join, w = "
		  "inject and change, "
		  "no x" },
		{ D "access = 65534 0600\n",
		  "F:3: [group g] access: id 65534 stands for unknown ids "
		  "and matches nobody; name another owner" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_sizes(void **state)
{
	static const struct wrong cases[] = {
		{ D "ring = 63K\n",
		  "F:3: [group g] ring: \"63K\" is not allowed here; allowed: bytes, as 64M, "
		  "from 64K to 1G" },
		{ D "ring = 64MB\n",
		  "F:3: [group g] ring: \"64MB\" is not allowed here; allowed: bytes, as 64M, "
		  "from 64K to 1G" },
		{ D "ring = 20G\n",
		  "F:3: [group g] ring: \"20G\" is not allowed here; allowed: bytes, as 64M, "
		  "from 64K to 1G" },
		{ D "ring = 1073741825\n",
		  "F:3: [group g] ring: \"1073741825\" is not allowed here; allowed: bytes, as "
		  "64M, from 64K to 1G" },
		{ D "ring = -1\n",
		  "F:3: [group g] ring: \"-1\" is not allowed here; allowed: bytes, as 64M, "
		  "from 64K to 1G" },
		{ D "ring = 99999999999999999999\n",
		  "F:3: [group g] ring: \"99999999999999999999\" is not "
		  "allowed here; allowed: bytes, as 64M, from 64K to 1G" },
		{ D "frag_wait = 30001ms\n",
		  "F:3: [group g] frag_wait: \"30001ms\" is not allowed here; allowed: a time up "
		  "to 30s, as 50ms, or 0 for none; units: us, ms, s" },
		{ D "frag_wait = 50\n",
		  "F:3: [group g] frag_wait: \"50\" is not allowed here; allowed: a time up to "
		  "30s, as 50ms, or 0 for none; units: us, ms, s" },
		{ D "frag_wait = -1s\n",
		  "F:3: [group g] frag_wait: \"-1s\" is not allowed here; allowed: a time up to "
		  "30s, as 50ms, or 0 for none; units: us, ms, s" },
		{ D "frag_wait = 1m\n",
		  "F:3: [group g] frag_wait: \"1m\" is not allowed here; allowed: a time up to "
		  "30s, as 50ms, or 0 for none; units: us, ms, s" },
		{ D "linger = 3601s\n",
		  "F:3: [group g] linger: \"3601s\" is not allowed here; allowed: a time up to "
		  "3600s, as 10s, or 0 for none; units: us, ms, s" },
		{ D "linger_to = lend\n",
		  "F:3: [group g] linger_to: \"lend\" is not allowed here; allowed: drop, others" },
		{ D "snaplen = 0\n",
		  "F:3: [group g] snaplen: \"0\" is not allowed here; allowed: 1-262144" },
		{ D "snaplen = 262145\n",
		  "F:3: [group g] snaplen: \"262145\" is not allowed here; allowed: 1-262144" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_file_keys(void **state)
{
	static const struct wrong cases[] = {
		{ D "speed = slow\n",
		  "F:3: [group g] speed: \"slow\" is not allowed here; allowed: full, recorded\n"
		  "F:3: [group g] speed: is not allowed with ingest = packet; allowed with "
		  "ingest = file:PATH" },
		{ D "loops = 0\n",
		  "F:3: [group g] loops: \"0\" is not allowed here; allowed: 1-4294967295, "
		  "forever\n"
		  "F:3: [group g] loops: is not allowed with ingest = packet; allowed with "
		  "ingest = file:PATH" },
		{ D "timestamps = now\nloops = 2\n",
		  "F:4: [group g] loops: is not allowed with ingest = packet; allowed with "
		  "ingest = file:PATH\n"
		  "F:3: [group g] timestamps: is not allowed with ingest = packet; allowed with "
		  "ingest = file:PATH" },
		{ D "timestamps = host\n",
		  "F:3: [group g] timestamps: \"host\" is not allowed here; allowed: file, now\n"
		  "F:3: [group g] timestamps: is not allowed with ingest = packet; allowed with "
		  "ingest = file:PATH" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_unknown_keys(void **state)
{
	static const struct wrong cases[] = {
		{ D "devices = lo\n",
		  "F:3: [group g] devices: no such key; allowed: {keys of group}" },
		{ "[group g]\ndevice = lo\nworkers = 2\n",
		  "F:3: [group g] workers: no such key; allowed: {keys of group}" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

#define LONG	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_devices(void **state)
{
	static const struct wrong cases[] = {
		{ "[group g]\ndevice = " LONG LONG "\n",
		  "F:2: [group g] device: \"" LONG "...\": a device's name has 128 characters; "
		  "allowed: 127" },
		{ "[group g]\ndevice = lo,,lo\n",
		  "F:2: [group g] device: \"\" is no valid device name; allowed: DEV, DEV/QUEUE or "
		  "DEV/FIRST-LAST, separated by commas" },
		{ "[group g]\ndevice = /2\n", "F:2: [group g] device: \"/2\" is no valid device "
					      "name; allowed: DEV, DEV/QUEUE or "
					      "DEV/FIRST-LAST, separated by commas" },
		{ "[group g]\ndevice = lo/x\n",
		  "F:2: [group g] device: \"lo/x\" names no queue of lo; allowed: "
		  "0-1023, as lo/2 or lo/0-3" },
		{ "[group g]\ndevice = lo/3-1\n",
		  "F:2: [group g] device: \"lo/3-1\" names no queue of lo; "
		  "allowed: 0-1023, as lo/2 or lo/0-3" },
		{ "[group g]\ndevice = lo/1024\n",
		  "F:2: [group g] device: \"lo/1024\" names no queue of lo; "
		  "allowed: 0-1023, as lo/2 or lo/0-3" },
		{ "[group g]\ndevice = lo, any\n",
		  "F:2: [group g] device: \"any\" is no device; name each; allowed: DEV, "
		  "DEV/QUEUE or DEV/FIRST-LAST, separated by commas" },
		{ "[group g]\ndevice = pfq\n",
		  "F:2: [group g] device: \"pfq\" is a name for programs that capture through "
		  "pfq; allowed: DEV, DEV/QUEUE or DEV/FIRST-LAST, separated by commas" },
		{ "[group g]\ndevice = pfq@a-long-name-of-a-group\n",
		  "F:2: [group g] device: \"pfq@a-long-name-of-a-group\" is a name for programs "
		  "that capture through pfq; allowed: DEV, DEV/QUEUE or DEV/FIRST-LAST, separated "
		  "by commas" },
		{ "[group g]\ndevice = pfq:lo\n",
		  "F:2: [group g] device: \"pfq:lo\" is a name for programs that capture through "
		  "pfq; allowed: DEV, DEV/QUEUE or DEV/FIRST-LAST, separated by commas" },
		{ "[group g]\ndevice = lo,lo\n",
		  "F:2: [group g] device: \"lo\" and \"lo\" overlap; allowed: each queue once" },
		{ "[group g]\ndevice = lo, lo/0\n",
		  "F:2: [group g] device: \"lo\" and \"lo/0\" overlap; allowed: each queue once" },
		{ "[group g]\ndevice = lo/0-3,pfq0,lo/3\n",
		  "F:2: [group g] device: \"lo/0-3\" and \"lo/3\" overlap; allowed: each queue "
		  "once" },
		{ "[group g]\nid = 3\n",
		  "F:1: [group g] device: is missing; name a device, or a file by ingest = "
		  "file:PATH" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_same_id(void **state)
{
	static const struct wrong cases[] = {
		{ "[group one]\nid = 42\ndevice = lo\n[group two]\ndevice = lo\nid = 42\n",
		  "F:6: [group two] id: 42 is the id of [group one], line 2; allowed: one that no "
		  "other group "
		  "has" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

#define X	"ingest = xdp\nmode = tap\n"

static void test_xdp(void **state)
{
	static const struct wrong cases[] = {
		{ D "ingest = xdp\n",
		  "F:3: [group g] mode: \"sniff\" is not allowed with ingest = xdp, which takes "
		  "packets away from the host; allowed: tap" },
		{ D "ingest = xdp\nmode = sniff\n",
		  "F:4: [group g] mode: \"sniff\" is not allowed with ingest = xdp, which takes "
		  "packets away from the host; allowed: tap" },
		{ D X "direction = out\n",
		  "F:5: [group g] direction: \"out\" is not allowed with ingest = xdp, which takes "
		  "received packets only; allowed: inout, in" },
		{ D X "[group h]\ndevice = eth9, lo\n",
		  "F:6: [group h] device: lo is tapped, and [group g], line 2, has it too; "
		  "allowed: the same ingest and mode in both, or another device" },
		{ D "[group h]\ndevice = lo/3\n" X,
		  "F:4: [group h] device: lo is tapped, and [group g], line 2, has it too; "
		  "allowed: the same ingest and mode in both, or another device" },
		{ D X "[group h]\ndevice = lo/3\n" X,
		  "F:6: [group h] device: lo is tapped, and [group g], line 2, has it too; "
		  "allowed: exactly the same queues, or none of them" },
	};
	static const char right[] =
		"[group a]\ndevice = lo/0-1\n" X "direction = in\n"
		"[group b]\ndevice = lo/0-1\n" X
		"[group c]\ndevice = lo/2, eth9\n" X "direction = inout\n";
	const char *absent = ingest_driver_find("xdp")->absent;
	struct report_text out;
	struct conf *conf;

	(void)state;
	if (absent) {
		assert_int_equal(report_parse(right, strlen(right), &conf, &out), -EINVAL);
		assert_non_null(strstr(out.text, "ingest: \"xdp\" is not part of this pfqd: "));
		assert_non_null(strstr(out.text, absent));
		return;
	}
	CHECK_WRONG(cases);
	assert_int_equal(report_parse(right, strlen(right), &conf, &out), 0);
	assert_ptr_equal(conf->group[0].settings.driver, ingest_driver_find("xdp"));
	assert_true(conf->group[0].settings.is_tap);
	conf_free(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group_names),
		cmocka_unit_test(test_source_keys),
		cmocka_unit_test(test_steer_keys),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_file_keys),
		cmocka_unit_test(test_unknown_keys),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_same_id),
		cmocka_unit_test(test_xdp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
