/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the files that pfqd.conf names, pfqd.conf as a file, and the values that it sets. */
#include "config.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pfqd/conf/conf_here.h"
#include "tests/unit/fixture/pfqd_report.h"

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

/*
 * A configuration with this file is right, and @complaint (NULL: none) comes when the group is to
 * replay the file, but not if it does so already.
 */
static void check_file(const char *path, const char *more, const char *complaint)
{
	struct conf *conf, *running = conf_new();
	char text[512], want[512] = "";
	struct conf_report report = { .fn = report_add, .file = "F" };
	struct report_text out;

	if (complaint)
		snprintf(want, sizeof(want), complaint, path);
	snprintf(text, sizeof(text), "[group g]\ningest = file:%s\n%s", path, more);
	assert_int_equal(report_parse(text, strlen(text), &conf, &out), 0);
	assert_string_equal(out.text, "");
	report.arg = &out;
	assert_int_equal(conf_here_files(conf, running, &report), complaint ? -EINVAL : 0);
	assert_string_equal(out.text, want);
	assert_int_equal(conf_here_files(conf, conf, &report), 0);
	assert_string_equal(out.text, want);
	conf_free(running);
	conf_free(conf);
}

static void test_file_and_device(void **state)
{
	static const char text[] = "[group g]\ningest = file:/x\ndevice = lo, eth9/2\n";
	struct report_text out;
	struct conf *conf;
	char want[160];

	(void)state;
	snprintf(want, sizeof(want),
		 "F:3: [group g] device: \"lo,eth9/2\" is not allowed with ingest = file; "
		 "allowed: no device, or another ingest: %s",
		 ingest_driver_find("xdp")->absent ? "packet" : "packet, xdp");
	assert_int_equal(report_parse(text, strlen(text), &conf, &out), -EINVAL);
	assert_string_equal(out.text, want);
}

static void test_captures(void **state)
{
	static const uint32_t section[] = { 0x0a0d0d0a, 28, 0x1a2b3c4d, 1,
					    0xffffffff, 0xffffffff, 28 };
	static const uint32_t old[] = { 0xa1b2c3d4, 9 | 9 << 16, 0, 0, 65535, 1 };
	char fifo[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	check_file(write_capture("good", DLT_EN10MB),
		   "speed = recorded\nloops = forever\ntimestamps = now\n", NULL);
	check_file(write_capture("raw", DLT_RAW), "", NULL);
	check_file(write_capture("wlan", DLT_IEEE802_11), "",
		   "F:2: [group g] ingest: \"%s\": link type "
		   "IEEE802_11 is not supported; allowed: EN10MB, RAW");
	check_file(write_file("noise", "0123456789012345678901234567890", 31), "",
		   "F:2: [group g] ingest: \"%s\": unknown file format; allowed: a pcap or pcapng "
		   "file");
	check_file(write_file("noise", "", 0), "",
		   "F:2: [group g] ingest: \"%s\": it is empty; allowed: a pcap or pcapng file");
	/* A section without an interface is pcapng, and the error must not deny it. */
	check_file(write_file("noise", (const char *)section, sizeof(section)), "",
		   "F:2: [group g] ingest: \"%s\": a pcapng file that cannot be replayed: "
		   "the capture file has no Interface Description Blocks");
	check_file(write_file("noise", (const char *)old, sizeof(old)), "",
		   "F:2: [group g] ingest: \"%s\": a pcap file that cannot be replayed: "
		   "unsupported pcap savefile version 9.9");
	check_file("/dev/zero", "",
		   "F:2: [group g] ingest: \"%s\": not a regular file; allowed: a pcap or "
		   "pcapng file");
	check_file("/nonexistent/x", "",
		   "F:2: [group g] ingest: \"%s\": No such file or directory; "
		   "allowed: a pcap or pcapng file");
	/* pfqd waits neither for standard input nor for a FIFO. */
	check_file("-", "", "F:2: [group g] ingest: \"%s\": No such file or directory; "
			    "allowed: a pcap or pcapng file");
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	check_file(fifo, "", "F:2: [group g] ingest: \"%s\": not a regular file; allowed: a pcap "
			     "or pcapng file");
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
	struct conf_report report = { .fn = report_add, .arg = &out };
	char path[64], want[160];
	struct conf *conf;
	int fds[2];

	(void)state;
	/* A FIFO is refused without waiting; a pipe of the shell is read. */
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

static const char everything[] =
	"# a comment\n"
	"[pfqd]   ; what runs\r\n"
	"Engine = user\n"
	"workers=3\n"
	"cpus = %u\t; one of them\n"
	"  socket = \"/tmp/a;b#c\" ; not a comment inside\n"
	"user = root\n"
	"log = 'debug'\n"
	"\n[group ids] # one\n"
	"id = 42\n"
	"device = eth0, eth1/0-3^eth1/5\n"
	"ingest = packet\n"
	"mode = sniff\n"
	"promisc = no\n"
	"direction = out\n"
	"steer = to:3\n"
	"filter = not port 22\n"
	"vlan = 10, 20-29, untagged\n"
	"frag_wait = 2s\n"
	"members = 4\n"
	"linger = 0\n"
	"linger_to = others\n"
	"access = 7:8 0640\n"
	"ring = 1M\n"
	"snaplen = 1500";

static void check_everything(const struct group_settings *s)
{
	char devices[64];

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
	assert_int_equal(s->frag_wait_ns, 2000000000);
	assert_int_equal(s->linger_ns, 0);
	assert_int_equal(s->linger_to, PFQ_LINGER_OTHERS);
}

static void test_everything(void **state)
{
	char text[1024];
	struct report_text out;
	struct conf *conf;

	(void)state;
	snprintf(text, sizeof(text), everything, check_cpu());
	assert_int_equal(report_parse(text, strlen(text), &conf, &out), 0);
	assert_string_equal(out.text, "");
	assert_int_equal(conf->daemon.workers, 3);
	assert_string_equal(conf->daemon.user.name, "root");
	assert_true(conf->daemon.has_cpus && CPU_COUNT(&conf->daemon.cpus) == 1);
	assert_string_equal(conf->daemon.socket, "/tmp/a;b#c");
	assert_int_equal(conf->daemon.log, LOG_LEVEL_DEBUG);
	assert_int_equal(conf->groups, 1);
	check_everything(&conf->group[0].settings);
	conf_free(conf);
}

static void test_defaults(void **state)
{
	const struct group_settings *s;
	struct report_text out;
	struct conf *conf;

	(void)state;
	assert_int_equal(report_parse(D, strlen(D), &conf, &out), 0);
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
	assert_int_equal(s->frag_wait_ns, 50000000);
	assert_true(s->linger_ns == 10000000000);
	assert_int_equal(s->linger_to, PFQ_LINGER_DROP);
	assert_int_equal(s->snaplen, 262144);
	conf_free(conf);
}

/* The installed example and demo files have no errors, also with all lines enabled. */
static void test_installed(void **state)
{
	struct report_text out = { "" };
	struct conf_report report = { .fn = report_add, .arg = &out };
	const char *srcdir = getenv("srcdir");
	char path[512];
	struct conf *conf;

	(void)state;
	snprintf(path, sizeof(path), "%s/../../conf/demo.conf", srcdir ? srcdir : ".");
	assert_int_equal(conf_load(&conf, path, &report), 0);
	assert_int_equal(conf->groups, 2);
	conf_free(conf);
	snprintf(path, sizeof(path),
		 "sed '/^;[a-z[]/s/^;//; /capture.pcap/d; /speed/d; /loops/d; /timestamps/d; "
		 "/^\\[group replay/a device = lo' %s/../../conf/pfqd.conf > /tmp/pfqd-conf.%d; "
		 "true",
		 srcdir ? srcdir : ".", (int)getpid());
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "/tmp/pfqd-conf.%d", (int)getpid());
	/* Not every machine has the CPUs of "cpus = 2-3". */
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
		cmocka_unit_test(test_captures),
		cmocka_unit_test(test_file_and_device),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_installed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
