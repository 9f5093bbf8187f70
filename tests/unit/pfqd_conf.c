/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* pfqd.conf: every way to get it wrong has its words, and what is right arrives. */
#include "config.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../pfqd/conf.h"
#include "check.h"

#define D	"[group g]\ndevice = lo\n"	/* a group that is in order; its next line is 3 */

struct report_text {
	char text[8192];
};

static void on_complaint(void *arg, const char *text)
{
	struct report_text *r = arg;
	size_t n = strlen(r->text);

	snprintf(r->text + n, sizeof(r->text) - n, "%s%s", n ? "\n" : "", text);
}

static int parse(const char *text, size_t len, struct conf **conf, struct report_text *out)
{
	struct conf_report report = { .fn = on_complaint, .arg = out, .file = "F" };
	char *copy = malloc(len + 1);
	int ret;

	memcpy(copy, text, len);
	out->text[0] = '\0';
	ret = conf_parse(conf, copy, len, &report);
	free(copy);
	assert_int_equal(!ret, !report.errors);
	return ret;
}

struct wrong {
	const char *conf;
	const char *complaints;
};

static void check_wrong(const struct wrong *w, size_t count)
{
	struct report_text out;
	struct conf *conf;
	size_t i;

	for (i = 0; i < count; i++) {
		assert_int_equal(parse(w[i].conf, strlen(w[i].conf), &conf, &out), -EINVAL);
		assert_string_equal(out.text, w[i].complaints);
	}
}

#define CHECK_WRONG(table) check_wrong(table, sizeof(table) / sizeof(table[0]))

/* --- lines -------------------------------------------------------------------- */

static void test_lines(void **state)
{
	static const struct wrong cases[] = {
		{ "workers = 2\n",
		  "F:1: workers: stands in no section; put [pfqd] or [group NAME] before it" },
		{ "[pfqd]\nworkers\n", "F:2: \"workers\" is not understood; allowed: [section], "
				       "key = value, ; comment" },
		{ "[pfqd]\nworkers =\n",
		  "F:2: workers: the value is missing; leave the line out for the default" },
		{ "[pfqd]\nworkers = \"\"\n",
		  "F:2: workers: the value is missing; leave the line out for the default" },
		{ "[pfqd]\nworkers = ; none\n",
		  "F:2: workers: the value is missing; leave the line out for the default" },
		{ "[pfqd]\n= 2\n", "F:2: \"\" is no name of a key; allowed: letters" },
		{ "[pfqd]\nwor kers = 2\n",
		  "F:2: \"wor kers\" is no name of a key; allowed: letters" },
		{ "[pfqd]\npfqd:workers = 2\n",
		  "F:2: \"pfqd:workers\" is no name of a key; allowed: letters" },
		{ "[pfqd]\nworkers = 2;3\n", "F:2: \"2;3\": ; begins a comment; put a blank before "
					     "it, or the value in double quotes" },
		{ "[pfqd]\nworkers = 2#3\n", "F:2: \"2#3\": # begins a comment; put a blank before "
					     "it, or the value in double quotes" },
		{ "[pfqd]\nworkers = \"2\n", "F:2: a quote is not closed: \"2" },
		{ "[pfqd]\nworkers = '2\n", "F:2: a quote is not closed: '2" },
		{ "[pfqd]\nworkers = \"2\" 3\n",
		  "F:2: \"3\" follows a closed quote; allowed: a comment, as ; text" },
		{ "[pfqd]\nworkers = \\\n2\n",
		  "F:2: a line cannot be continued by \\; write it in one\n"
		  "F:3: \"2\" is not understood; allowed: [section], key = value, ; comment" },
		{ "; note \\\n[pfqd]\n", "F:1: a line cannot be continued by \\; write it in one" },
		{ "[pfqd]\nworkers = 2\nlog = info\nworkers = 3\n",
		  "F:4: [pfqd] workers: is there already, in line 2" },
		{ "[pfqd]\nWORKERS = 2\nworkers = 3\n",
		  "F:3: [pfqd] workers: is there already, in line 2" },
		{ "[pfqd]\n[group a]\ndevice = lo\n[pfqd]\nworkers = 2\n",
		  "F:4: section [pfqd] is there already, in line 1; put its keys together" },
		{ "[group a]\ndevice = lo\n[group a]\ndevice = lo\n",
		  "F:3: section [group a] is there already, in line 1; put its keys together" },
		{ "[pfqd] x\n",
		  "F:1: \"[pfqd] x\": a section is a line of its own, [pfqd] or [group NAME], "
		  "with nothing but a comment behind it" },
		{ "[pfqd\n",
		  "F:1: \"[pfqd\": a section is a line of its own, [pfqd] or [group NAME], "
		  "with nothing but a comment behind it" },
		{ "[]\n", "F:1: section \"\" is not allowed here; allowed: pfqd, group NAME" },
		{ "[group a:b]\n",
		  "F:1: section \"group a:b\" is not allowed here; allowed: pfqd, group NAME" },
		{ "[pfqd]\n\x01 = 2\n", "F:2: byte 0x01 is not allowed here; allowed: text" },
		{ "[pfqd]\rworkers = 2\n", "F:1: byte 0x0d is not allowed here; allowed: text" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_nul(void **state)
{
	static const char text[] = "[pfqd]\nworkers = 2\0[group a]\n";
	struct report_text out;
	struct conf *conf;

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &conf, &out), -EINVAL);
	assert_string_equal(out.text, "F:2: byte 0x00 is not allowed here; allowed: text");
}

static void test_long_line(void **state)
{
	struct report_text out;
	char text[1200];
	struct conf *conf;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, "[pfqd]\n;", 8);
	/* the longest allowed */
	text[7 + CONF_LINE_MAX] = '\n';
	assert_int_equal(parse(text, 8 + CONF_LINE_MAX, &conf, &out), 0);
	conf_free(conf);
	text[7 + CONF_LINE_MAX] = ' ';
	text[8 + CONF_LINE_MAX] = '\n';
	assert_int_equal(parse(text, 9 + CONF_LINE_MAX, &conf, &out), -EINVAL);
	assert_string_equal(out.text, "F:2: a line of 1001 bytes; allowed: 1000");
}

static void test_all_at_once(void **state)
{
	static const struct wrong cases[] = {
		{ "[pfqd]\nworkers = 65\nwrokers = 2\n[grup a]\nid = 1\n[group b]\nid = 0\nring = "
		  "3X\n",
		  "F:2: [pfqd] workers: \"65\" is not allowed here; allowed: 1-64, or 0 for one on "
		  "each CPU\n"
		  "F:3: [pfqd] wrokers: no such key; allowed: engine, workers, cpus, socket, log\n"
		  "F:4: section [grup a] is not allowed here; allowed: [pfqd], [group NAME]\n"
		  "F:7: [group b] id: \"0\" is not allowed here; allowed: 1-65535\n"
		  "F:8: [group b] ring: \"3X\" is not allowed here; allowed: bytes, as 64M, from "
		  "64K to 1G\n"
		  "F:6: [group b] device: is missing; name a device, or a file by ingest = "
		  "file:PATH" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

/* --- [pfqd] ------------------------------------------------------------------- */

static void test_daemon_keys(void **state)
{
	static const struct wrong cases[] = {
		{ "[pfqd]\nengine = fast\n",
		  "F:2: [pfqd] engine: \"fast\" is not allowed here; allowed: auto, user, kernel" },
		{ "[pfqd]\nengine = kernel\n[group g]\ndevice = lo\ndirection = out\nmode = tap\n",
		  "F:5: [group g] direction: \"out\" is not allowed with mode = tap, which takes "
		  "what is received; allowed: inout, in" },
		{ "[pfqd]\nengine = kernel\n[group a]\ndevice = lo\nmode = tap\n"
		  "[group b]\ndevice = lo\n",
		  "F:7: [group b] device: lo is tapped, and [group a], line 4, has it too; allowed: "
		  "the same ingest and mode in both, or another device" },
		{ "[pfqd]\nworkers = -1\n",
		  "F:2: [pfqd] workers: \"-1\" is not allowed here; allowed: 1-64, "
		  "or 0 for one on each CPU" },
		{ "[pfqd]\nworkers = two\n",
		  "F:2: [pfqd] workers: \"two\" is not allowed here; allowed: "
		  "1-64, or 0 for one on each CPU" },
		{ "[pfqd]\ncpus = 0,x\n",
		  "F:2: [pfqd] cpus: \"0,x\" is not allowed here; allowed: CPUs that "
		  "pfqd may run on, as 0-3,6" },
		{ "[pfqd]\ncpus = 1000\n",
		  "F:2: [pfqd] cpus: CPU 1000 of \"1000\" is not here; allowed: CPUs "
		  "that pfqd may run on, as 0-3,6" },
		{ "[pfqd]\nsocket = run/x\n",
		  "F:2: [pfqd] socket: \"run/x\" is not allowed here; allowed: an "
		  "absolute path of at most 107 bytes" },
		{ "[pfqd]\nuser = pfq\n",
		  "F:2: [pfqd] user: is not supported yet; leave the line out" },
		{ "[pfqd]\nmetrics = 127.0.0.1:9469\n",
		  "F:2: [pfqd] metrics: is not supported yet; leave the line out" },
		{ "[pfqd]\nlog = loud\n",
		  "F:2: [pfqd] log: \"loud\" is not allowed here; allowed: error, "
		  "warning, info, debug" },
		{ "[pfqd]\nid = 3\n",
		  "F:2: [pfqd] id: no such key; allowed: engine, workers, cpus, socket, "
		  "log" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

/* --- [group] ------------------------------------------------------------------ */

static void test_group_names(void **state)
{
	static const struct wrong cases[] = {
		{ "[group]\ndevice = lo\n",
		  "F:1: section [group] is not allowed here; allowed: [pfqd], [group NAME]" },
		{ "[group 1a]\ndevice = lo\n",
		  "F:1: [group 1a]: \"1a\" is no name of a group; allowed: a-z, "
		  "then up to 30 of a-z 0-9 _ . -" },
		{ "[group a b]\ndevice = lo\n",
		  "F:1: [group a b]: \"a b\" is no name of a group; allowed: a-z, "
		  "then up to 30 of a-z 0-9 _ . -" },
		{ "[group aaaaaaaaaabbbbbbbbbbccccccccccdd]\ndevice = lo\n",
		  "F:1: [group aaaaaaaaaabbbbbbbbbbccccccccccdd]: "
		  "\"aaaaaaaaaabbbbbbbbbbccccccccccdd\" is no "
		  "name of a group; allowed: a-z, then up to 30 of a-z 0-9 _ . -" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_group_keys(void **state)
{
	static const struct wrong cases[] = {
		{ D "id = 65536\n",
		  "F:3: [group g] id: \"65536\" is not allowed here; allowed: 1-65535" },
		{ D "id = 4294967338\n",
		  "F:3: [group g] id: \"4294967338\" is not allowed here; allowed: 1-65535" },
		{ D "id = 0x10\n",
		  "F:3: [group g] id: \"0x10\" is not allowed here; allowed: 1-65535" },
		{ D "ingest = memif\n",
		  "F:3: [group g] ingest: \"memif\" is not supported yet; allowed: packet, xdp, "
		  "file:PATH" },
		{ D "ingest = pigeon\n",
		  "F:3: [group g] ingest: \"pigeon\" is not allowed here; allowed: packet, xdp, "
		  "file:PATH" },
		{ D "ingest = file:\n",
		  "F:3: [group g] ingest: \"file:\" is not allowed here; allowed: file: and "
		  "a path of 1-250 bytes" },
		{ D "mode = tap\n",
		  "F:3: [group g] mode: \"tap\" is not allowed with ingest = packet; allowed: "
		  "sniff, or ingest = xdp" },
		{ D "mode = hub\n",
		  "F:3: [group g] mode: \"hub\" is not allowed here; allowed: sniff, tap" },
		{ D "promisc = 1\n",
		  "F:3: [group g] promisc: \"1\" is not allowed here; allowed: yes, no" },
		{ D "direction = up\n",
		  "F:3: [group g] direction: \"up\" is not allowed here; allowed: inout, in, out" },
		{ D "steer = flw\n",
		  "F:3: [group g] steer: \"flw\" is not allowed here; allowed: copy, flow, ip, "
		  "mac, vlan, rr, random, rss, to:N" },
		{ D "steer = to:x\n",
		  "F:3: [group g] steer: \"to:x\" is not allowed here; allowed: copy, flow, "
		  "ip, mac, vlan, rr, random, rss, to:N" },
		{ D "steer = flow-inner\n",
		  "F:3: [group g] steer: \"flow-inner\" is not supported yet; allowed: "
		  "copy, flow, ip, mac, vlan, rr, random, rss, to:N" },
		{ D "lang = ip >-> steer_flow\n",
		  "F:3: [group g] lang: is not supported yet; leave the line out" },
		{ D "filter = prot 3\n", "F:3: [group g] filter: \"prot 3\" is no pcap expression: "
					 "can't parse filter expression: "
					 "syntax error" },
		{ D "vlan = 10, 4095\n",
		  "F:3: [group g] vlan: \"4095\" is not allowed here; allowed: 1-4094, "
		  "ranges as 20-29, untagged, separated by commas" },
		{ D "vlan = 30-20\n",
		  "F:3: [group g] vlan: \"30-20\" is not allowed here; allowed: 1-4094, "
		  "ranges as 20-29, untagged, separated by commas" },
		{ D "members = 257\n",
		  "F:3: [group g] members: \"257\" is not allowed here; allowed: 0-256" },
		{ D "access = nobody-of-that-name 0660\n",
		  "F:3: [group g] access: no user "
		  "\"nobody-of-that-name\" here; allowed: OWNER[:GROUP] MODE, as root:suricata "
		  "0660; MODE has "
		  "r = join, w = inject and change, no x" },
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
		  "F:3: [group g] access: id 65534 stands for ids that are not known "
		  "and matches nobody; name another owner" },
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
		{ D "snaplen = 0\n",
		  "F:3: [group g] snaplen: \"0\" is not allowed here; allowed: 1-262144" },
		{ D "snaplen = 262145\n",
		  "F:3: [group g] snaplen: \"262145\" is not allowed here; allowed: 1-262144" },
		{ D "speed = slow\n",
		  "F:3: [group g] speed: \"slow\" is not allowed here; allowed: full, recorded\n"
		  "F:3: [group g] speed and loops are for files; allowed with ingest = file:PATH" },
		{ D "loops = 0\n",
		  "F:3: [group g] loops: \"0\" is not allowed here; allowed: 1-4294967295, "
		  "forever\n"
		  "F:3: [group g] speed and loops are for files; allowed with ingest = file:PATH" },
		{ D "devices = lo\n",
		  "F:3: [group g] devices: no such key; allowed: id, device, ingest, mode, "
		  "promisc, direction, steer, filter, vlan, members, access, ring, snaplen, speed, "
		  "loops" },
		{ "[group g]\ndevice = lo\nworkers = 2\n",
		  "F:3: [group g] workers: no such key; allowed: id, "
		  "device, ingest, mode, promisc, direction, steer, filter, vlan, members, access, "
		  "ring, "
		  "snaplen, speed, loops" },
	};

	(void)state;
	CHECK_WRONG(cases);
}

static void test_devices(void **state)
{
	static const struct wrong cases[] = {
		{ "[group g]\ndevice = a-name-that-is-too-long\n",
		  "F:2: [group g] device: \"a-name-that-is-too-long\" is no valid device name; "
		  "allowed: DEV, "
		  "DEV/QUEUE or DEV/FIRST-LAST, separated by commas" },
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
		{ D "ingest = xdp\n", "F:3: [group g] mode: the host does not see what ingest = xdp takes; "
		  "allowed: mode = tap" },
		{ D "ingest = xdp\nmode = sniff\n", "F:4: [group g] mode: the host does not see what ingest = "
		  "xdp takes; allowed: mode = tap" },
		{ D X "direction = out\n", "F:5: [group g] direction: \"out\" is not allowed with ingest = xdp, "
		  "which sees what is received; allowed: inout, in" },
		{ D X "[group h]\ndevice = eth9, lo\n", "F:6: [group h] device: lo is tapped, and [group g], "
		  "line 2, has it too; allowed: the same ingest and mode in both, or another device" },
		{ D "[group h]\ndevice = lo/3\n" X, "F:4: [group h] device: lo is tapped, and [group g], line 2, "
		  "has it too; allowed: the same ingest and mode in both, or another device" },
		{ D X "[group h]\ndevice = lo/3\n" X, "F:6: [group h] device: lo is tapped, and [group g], line "
		  "2, has it too; allowed: just the same queues, or none of them" },
	};
	static const char right[] = "[group a]\ndevice = lo/0-1\n" X "direction = in\n[group b]\ndevice = "
		"lo/0-1\n" X "[group c]\ndevice = lo/2, eth9\n" X "direction = inout\n";
	const char *absent = ingest_driver_find("xdp")->absent;
	struct report_text out;
	struct conf *conf;

	(void)state;
	if (absent) {
		assert_int_equal(parse(right, strlen(right), &conf, &out), -EINVAL);
		assert_non_null(strstr(out.text, "ingest: \"xdp\" is not in this pfqd: "));
		assert_non_null(strstr(out.text, absent));
		return;
	}
	CHECK_WRONG(cases);
	assert_int_equal(parse(right, strlen(right), &conf, &out), 0);
	assert_string_equal(conf->group[0].settings.ingest, "xdp");
	assert_true(conf->group[0].settings.is_tap);
	conf_free(conf);
}

/* --- files -------------------------------------------------------------------- */

static char dir[] = "/tmp/pfqd-conf-XXXXXX";

static const char *write_file(const char *name, const void *data, size_t len)
{
	static char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	fclose(f);
	return path;
}

static const char *write_capture(const char *name, int dlt)
{
	const char *path = write_file(name, "", 0);
	pcap_t *p = pcap_open_dead(dlt, 65535);
	pcap_dumper_t *d = pcap_dump_open(p, path);

	assert_non_null(d);
	pcap_dump_close(d);
	pcap_close(p);
	return path;
}

static void check_file(const char *path, const char *more, const char *complaint)
{
	char text[512], want[512];
	struct report_text out;
	struct conf *conf;
	int ret;

	snprintf(text, sizeof(text), "[group g]\ningest = file:%s\n%s", path, more);
	ret = parse(text, strlen(text), &conf, &out);
	if (complaint) {
		snprintf(want, sizeof(want), complaint, path);
		assert_string_equal(out.text, want);
		assert_int_equal(ret, -EINVAL);
	} else {
		assert_string_equal(out.text, "");
		conf_free(conf);
	}
}

static void test_captures(void **state)
{
	char fifo[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	check_file(write_capture("good", DLT_EN10MB), "speed = recorded\nloops = forever\n", NULL);
	check_file(write_capture("raw", DLT_RAW), "", NULL);
	check_file(write_capture("wlan", DLT_IEEE802_11), "",
		   "F:2: [group g] ingest: \"%s\": link type "
		   "IEEE802_11 is not supported; allowed: EN10MB, RAW");
	check_file(write_capture("good", DLT_EN10MB), "device = lo\n",
		   "F:3: [group g] device: a group that "
		   "reads a file has none; leave out device or ingest");
	check_file(write_file("noise", "0123456789012345678901234567890", 31), "",
		   "F:2: [group g] ingest: \"%s\": unknown file format; allowed: a pcap or pcapng "
		   "file");
	check_file("/dev/zero", "",
		   "F:2: [group g] ingest: \"%s\": no regular file; allowed: a pcap or "
		   "pcapng file");
	check_file("/nonexistent/x", "",
		   "F:2: [group g] ingest: \"%s\": No such file or directory; "
		   "allowed: a pcap or pcapng file");
	/* neither is waited for */
	check_file("-", "", "F:2: [group g] ingest: \"%s\": No such file or directory; "
			    "allowed: a pcap or pcapng file");
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	check_file(fifo, "", "F:2: [group g] ingest: \"%s\": no regular file; allowed: a pcap or "
			     "pcapng file");
	unlink(fifo);
	unlink(write_file("noise", "", 0));
	unlink(write_file("good", "", 0));
	unlink(write_file("raw", "", 0));
	unlink(write_file("wlan", "", 0));
	assert_int_equal(rmdir(dir), 0);
}

static void test_load(void **state)
{
	struct report_text out = { "" };
	struct conf_report report = { .fn = on_complaint, .arg = &out };
	char path[64], want[160];
	struct conf *conf;
	int fds[2];

	(void)state;
	/* a pipe with a name is refused, not waited for; one of the shell's is read */
	snprintf(path, sizeof(path), "/tmp/pfqd-conf-fifo.%d", (int)getpid());
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(conf_load(&conf, path, &report), -ESPIPE);
	unlink(path);
	snprintf(want, sizeof(want), "%s: a named pipe; allowed: a file, or /dev/stdin", path);
	assert_string_equal(out.text, want);
	out.text[0] = '\0';
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], D, strlen(D)), strlen(D));
	close(fds[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
	assert_int_equal(conf_load(&conf, path, &report), 0);
	assert_int_equal(conf->groups, 1);
	conf_free(conf);
	close(fds[0]);
	assert_int_equal(conf_load(&conf, "/nonexistent.conf", &report), -ENOENT);
	assert_string_equal(out.text, "/nonexistent.conf: No such file or directory");
	out.text[0] = '\0';
	assert_int_equal(conf_load(&conf, "/", &report), -EISDIR);
	assert_string_equal(out.text, "/: Is a directory");
	out.text[0] = '\0';
	assert_int_equal(conf_load(&conf, "/dev/zero", &report), -EFBIG);
	assert_string_equal(out.text, "/dev/zero: File too large");
	assert_int_equal(conf_load(&conf, "/dev/null", &report), 0);
	assert_int_equal(conf->groups, 0);
	assert_int_equal(conf->daemon.workers, CONF_WORKERS_DEFAULT);
	assert_string_equal(conf->daemon.socket, PFQ_SOCKET_DEFAULT);
	conf_free(conf);
}

/* --- what is right ------------------------------------------------------------ */

static void test_everything(void **state)
{
	static const char text[] =
		"# a comment\n"
		"[pfqd]   ; what runs\r\n"
		"Engine = user\n"
		"workers=3\n"
		"cpus = 0\t; the first\n"
		"  socket = \"/tmp/a;b#c\" ; not a comment inside\n"
		"log = 'debug'\n"
		"\n"
		"[group ids] # one\n"
		"id = 42\n"
		"device = eth0, eth1/0-3^eth1/5\n"
		"ingest = packet\n"
		"mode = sniff\n"
		"promisc = no\n"
		"direction = out\n"
		"steer = to:3\n"
		"filter = not port 22\n"
		"vlan = 10, 20-29, untagged\n"
		"members = 4\n"
		"access = 7:8 0640\n"
		"ring = 1M\n"
		"snaplen = 1500";
	const struct group_settings *s;
	struct report_text out;
	struct conf *conf;
	char devices[64];

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &conf, &out), 0);
	assert_string_equal(out.text, "");
	assert_int_equal(conf->daemon.workers, 3);
	assert_true(conf->daemon.has_cpus && CPU_COUNT(&conf->daemon.cpus) == 1);
	assert_string_equal(conf->daemon.socket, "/tmp/a;b#c");
	assert_int_equal(conf->daemon.log, LOG_LEVEL_DEBUG);
	assert_int_equal(conf->groups, 1);
	s = &conf->group[0].settings;
	assert_string_equal(s->name, "ids");
	assert_int_equal(s->id, 42);
	binding_list_print(&s->bindings, devices, sizeof(devices));
	assert_string_equal(devices, "eth0,eth1/0-3,eth1/5");
	assert_false(s->promisc);
	assert_int_equal(s->direction, PFQ_DIRECTION_OUT);
	assert_string_equal(s->steer, "to:3");
	assert_string_equal(s->filter_text, "not port 22");
	assert_int_equal(s->vlans.ids[0], 1 | 1 << 10 | 0x3ffULL << 20);
	assert_int_equal(s->members_wanted, 4);
	assert_int_equal(s->access.uid, 7);
	assert_int_equal(s->access.gid, 8);
	assert_int_equal(s->access.mode, 0640);
	assert_int_equal(s->ring_bytes, 1 << 20);
	assert_int_equal(s->snaplen, 1500);
	conf_free(conf);
}

static void test_defaults(void **state)
{
	const struct group_settings *s;
	struct report_text out;
	struct conf *conf;

	(void)state;
	assert_int_equal(parse(D, strlen(D), &conf, &out), 0);
	s = &conf->group[0].settings;
	assert_int_equal(s->id, 0);
	assert_true(s->promisc);
	assert_int_equal(s->direction, PFQ_DIRECTION_INOUT);
	assert_string_equal(s->steer, "flow");
	assert_null(s->filter);
	assert_string_equal(s->vlans_text, "");
	assert_int_equal(s->members_wanted, 0);
	assert_int_equal(s->access.uid, 0);
	assert_int_equal(s->access.mode, 0600);
	assert_int_equal(s->ring_bytes, 64 << 20);
	assert_int_equal(s->snaplen, 262144);
	conf_free(conf);
}

/* What is installed says nothing wrong, also where every line is on. */
static void test_installed(void **state)
{
	struct report_text out = { "" };
	struct conf_report report = { .fn = on_complaint, .arg = &out };
	const char *srcdir = getenv("srcdir");
	char path[512];
	struct conf *conf;

	(void)state;
	snprintf(path, sizeof(path), "%s/../../conf/demo.conf", srcdir ? srcdir : ".");
	assert_int_equal(conf_load(&conf, path, &report), 0);
	assert_int_equal(conf->groups, 2);
	conf_free(conf);
	snprintf(path, sizeof(path),
		 "sed '/^;[a-z[]/s/^;//; /capture.pcap/d; /speed/d; /loops/d; "
		 "/^\\[group replay/a device = lo' %s/../../conf/pfqd.conf > /tmp/pfqd-conf.%d; "
		 "true",
		 srcdir ? srcdir : ".", (int)getpid());
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "/tmp/pfqd-conf.%d", (int)getpid());
	/* cpus = 2-3 is not everywhere */
	conf_load(&conf, path, &report);
	unlink(path);
	if (report.errors) {
		assert_int_equal(report.errors, 1);
		assert_non_null(strstr(out.text, "[pfqd] cpus: CPU "));
	} else {
		assert_int_equal(conf->groups, 2);
		conf_free(conf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_all_at_once),
		cmocka_unit_test(test_daemon_keys),
		cmocka_unit_test(test_group_names),
		cmocka_unit_test(test_group_keys),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_same_id),
		cmocka_unit_test(test_xdp),
		cmocka_unit_test(test_captures),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_installed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
