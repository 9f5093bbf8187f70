/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests ingest "xdp" with real devices: taps, and devices with other programs. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "pfqd/base/log.h"
#include "tests/unit/fixture/ingest_device.h"
#include "tests/unit/fixture/xdp_program.h"

/* --- taps ------------------------------------------------------------------ */

static int host_socket(const char *device)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = (int)if_nametoindex(device),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static unsigned int host_count(int fd)
{
	unsigned int n = 0;
	uint8_t frame[256];
	ssize_t len;

	usleep(QUIET_MS * 1000);
	while ((len = recv(fd, frame, sizeof(frame), 0)) >= 0)
		n += net_seq(frame, (size_t)len) >= 0;
	return n;
}

/*
 * The host receives nothing during the tap, and all before and after. The tap leaves
 * nothing behind.
 */
static void test_host_does_not_see(void **state)
{
	struct source *s;
	struct tally t;
	int fd;

	(void)state;
	net_veth(2);
	tally_init(&t, 500);
	fd = host_socket("va");
	send_some(0, 100);
	assert_int_equal(host_count(fd), 100);
	s = source_open_by("xdp", "va", 2, NULL);
	assert_int_not_equal(xdp_program_at("va"), 0);
	send_some(100, 200);
	source_drain(s, tally_view, &t);
	tally_check(&t, 100, 300);
	assert_int_equal(host_count(fd), 0);
	source_close(s);
	assert_int_equal(xdp_program_at("va"), 0);
	send_some(300, 100);
	assert_int_equal(host_count(fd), 100);
	close(fd);
	net_veth_del();
	free(t.count);
}

/* A source opens lane by lane. Until the last is open, the host receives everything. */
static void test_all_lanes_at_once(void **state)
{
	struct ingest_params params = {.device = "va", .parts = 2};
	const struct ingest_driver *driver = ingest_driver_find("xdp");
	struct ingest *in[2] = {NULL};
	struct pfq_error err;
	int fd;

	(void)state;
	net_veth(4);
	params.ifindex = if_nametoindex("va");
	fd = host_socket("va");
	assert_int_equal(driver->open(&in[0], &params, &err), 0);
	send_some(0, 200);
	assert_int_equal(host_count(fd), 200);
	params.part = 1;
	assert_int_equal(driver->open(&in[1], &params, &err), 0);
	send_some(0, 200);
	assert_int_equal(host_count(fd), 0);
	driver->close(in[0]);
	driver->close(in[1]);
	close(fd);
	net_veth_del();
}

static void bits(uint64_t mask, uint64_t set[INGEST_QUEUES_MAX / 64])
{
	memset(set, 0, INGEST_QUEUES_MAX / 8);
	set[0] = mask;
}

/*
 * Two sources with different queues share the device. A third source for the same queues is
 * refused.
 */
static void test_queues(void **state)
{
	uint64_t low[INGEST_QUEUES_MAX / 64], high[INGEST_QUEUES_MAX / 64];
	struct ingest_params p = {.device = "va", .parts = 1};
	struct source *a, *b;
	struct tally ta, tb;
	int fd;

	(void)state;
	net_veth(4);
	tally_init(&ta, 200);
	tally_init(&tb, 200);
	bits(1 << 0 | 1 << 3, low);
	bits(1 << 1, high);
	fd = host_socket("va");
	a = source_open_by("xdp", "va", 2, low);
	b = source_open_by("xdp", "va", 2, high);
	p.ifindex = if_nametoindex("va");
	p.queues = low;
	device_refuse("xdp", p, -EBUSY, "queue 0");
	send_some(0, 200);
	source_drain(a, tally_view, &ta);
	source_drain(b, tally_view, &tb);
	assert_true(ta.total > 0 && tb.total > 0);
	/* No source has queue 2. */
	assert_int_equal(ta.total + tb.total + host_count(fd), 200);
	assert_true(ta.total + tb.total < 200);
	/* The other source still works. */
	source_close(a);
	assert_int_not_equal(xdp_program_at("va"), 0);
	free(tb.count);
	tally_init(&tb, 200);
	send_some(0, 200);
	source_drain(b, tally_view, &tb);
	assert_true(tb.total > 0);
	assert_int_equal(tb.total + host_count(fd), 200);
	source_close(b);
	assert_int_equal(xdp_program_at("va"), 0);
	close(fd);
	net_veth_del();
	free(ta.count);
	free(tb.count);
}

/* --- other programs on the device ------------------------------------------ */

/*
 * The program stays until the user does what the error says. (Closing its link removes a
 * program that was attached by a link.)
 */
static void foreign_program(bool is_generic, bool by_link)
{
	const char *off = is_generic ? "ip link set dev va xdpgeneric off"
				     : "ip link set dev va xdp off";
	struct ingest_params p = {.device = "va", .parts = 1};
	uint32_t id;
	int fd;

	net_veth(1);
	p.ifindex = if_nametoindex("va");
	fd = xdp_program_attach("va", is_generic, by_link);
	id = xdp_program_at("va");
	assert_int_not_equal(id, 0);
	device_refuse("xdp", p, -EBUSY, off);
	assert_int_equal(xdp_program_at("va"), id);
	if (!by_link)
		net_run("%s", off);
	close(fd);
	assert_int_equal(xdp_program_at("va"), 0);
	net_veth_del();
}

static void test_foreign_program(void **state)
{
	(void)state;
	foreign_program(false, false);
	foreign_program(true, false);
	foreign_program(false, true);
	foreign_program(true, true);
}

/* The kernel says only "File exists". The driver's error names the device. */
static void test_bridge_is_tapped(void **state)
{
	struct ingest_params p = {.device = "va", .parts = 1};
	struct source *bridge;
	int fd;

	(void)state;
	net_veth(1);
	if (system("ip link add br0 type bridge"))
		skip();
	net_run("ip link set va master br0 && ip link set br0 up");
	p.ifindex = if_nametoindex("va");
	/* another program on the bridge, then ours */
	fd = xdp_program_attach("br0", true, true);
	device_refuse("xdp", p, -EEXIST, "br0, a device above it");
	device_refuse("xdp", p, -EEXIST, "ingest = packet");
	close(fd);
	bridge = source_open_by("xdp", "br0", 1, NULL);
	device_refuse("xdp", p, -EEXIST, "br0, a device above it");
	source_close(bridge);
	source_close(source_open_by("xdp", "va", 1, NULL));
	net_run("ip link del br0");
	net_veth_del();
}

static int drop_ipc_lock(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -errno;
	data[0].effective &= ~(1U << CAP_IPC_LOCK);
	data[0].permitted &= ~(1U << CAP_IPC_LOCK);
	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

/* The process may not lock as much memory. */
static void test_no_memory_to_lock(void **state)
{
	const struct rlimit none = {.rlim_cur = 65536, .rlim_max = 65536};
	struct ingest_params p = {.device = "va", .parts = 1};
	int status = 0;
	pid_t child;

	(void)state;
	net_veth(1);
	p.ifindex = if_nametoindex("va");
	child = fork();
	if (!child) {
		struct pfq_error err = {""};
		struct ingest *in;

		if (setrlimit(RLIMIT_MEMLOCK, &none) || drop_ipc_lock())
			_exit(77);
		_exit(ingest_driver_find("xdp")->open(&in, &p, &err) != -ENOBUFS ||
		      !strstr(err.text, "LimitMEMLOCK"));
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	net_veth_del();
}

static bool vlan_offload(const char *device)
{
	char line[128];
	FILE *f;
	bool on;

	snprintf(line, sizeof(line), "ethtool -k %s | grep '^rx-vlan-offload: on'", device);
	f = popen(line, "r");
	assert_non_null(f);
	on = fgets(line, sizeof(line), f);
	pclose(f);
	return on;
}

/* The device's own handling of tags is off while the device is tapped. */
static void test_vlan_offload(void **state)
{
	struct source *s;

	(void)state;
	if (system("ethtool --version >/dev/null 2>&1"))
		skip();
	net_veth(1);
	assert_true(vlan_offload("va"));
	s = source_open_by("xdp", "va", 1, NULL);
	assert_false(vlan_offload("va"));
	source_close(s);
	assert_true(vlan_offload("va"));
	/* The setting is restored after the device was renamed, too. */
	s = source_open_by("xdp", "va", 1, NULL);
	net_run("ip link set va down && ip link set va name vx && ip link set vx up");
	assert_false(vlan_offload("vx"));
	source_close(s);
	assert_true(vlan_offload("vx"));
	net_run("ip link del vx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host_does_not_see),
		cmocka_unit_test(test_all_lanes_at_once),
		cmocka_unit_test(test_queues),
		cmocka_unit_test(test_foreign_program),
		cmocka_unit_test(test_bridge_is_tapped),
		cmocka_unit_test(test_no_memory_to_lock),
		cmocka_unit_test(test_vlan_offload),
	};
	int ret = net_enter();

	log_level_set(LOG_LEVEL_ERROR);
	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
