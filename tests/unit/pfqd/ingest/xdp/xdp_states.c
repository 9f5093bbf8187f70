/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests ingest "xdp" with real devices: devices that appear, are removed or are refused. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cmocka.h>

#include "pfqd/base/log.h"
#include "tests/unit/fixture/ingest_device.h"

static void test_down_and_up(void **state)
{
	struct source *s;
	struct tally t;

	(void)state;
	net_veth(2);
	tally_init(&t, 1000);
	s = source_open_by("xdp", "va", 2, NULL);
	send_some(0, 300);
	usleep(QUIET_MS * 1000);
	net_run("ip link set va down");
	/* Packets received before are kept. */
	source_drain(s, tally_view, &t);
	assert_int_equal(t.total, 300);
	net_up();
	send_some(300, 300);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 600);
	source_close(s);
	net_veth_del();
	free(t.count);
}

static void test_open_while_down(void **state)
{
	(void)state;
	device_open_while_down("xdp", 1, true);
}

static void test_deleted(void **state)
{
	struct source *s;
	struct tally t;

	(void)state;
	net_veth(1);
	tally_init(&t, 1000);
	s = source_open_by("xdp", "va", 1, NULL);
	send_some(0, 100);
	net_veth_del();
	source_drain(s, tally_view, &t);
	assert_int_equal(t.total, 100);
	/* A new device with that name is another device. */
	net_veth(1);
	source_close(s);
	s = source_open_by("xdp", "va", 1, NULL);
	send_some(100, 100);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 200);
	source_close(s);
	net_veth_del();
	free(t.count);
}

static void test_refusals(void **state)
{
	struct ingest_params p = {.device = "tun0", .parts = 1};
	struct ifreq req = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd;

	(void)state;
	device_refuse_nonsense("xdp");
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	strcpy(req.ifr_name, "tun0");
	assert_int_equal(ioctl(fd, TUNSETIFF, &req), 0);
	net_run("ip link set tun0 up");
	p.ifindex = if_nametoindex("tun0");
	device_refuse("xdp", p, -EOPNOTSUPP, "Ethernet");
	close(fd);
}

/* After many openings every descriptor and all memory is released. */
static unsigned int open_fds(void)
{
	unsigned int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_no_leaks(void **state)
{
	unsigned int before;

	(void)state;
	net_veth(4);
	source_close(source_open_by("xdp", "va", 2, NULL));
	before = open_fds();
	for (int i = 0; i < 10; i++)
		source_close(source_open_by("xdp", "va", 2, NULL));
	assert_int_equal(open_fds(), before);
	net_veth_del();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_down_and_up),
		cmocka_unit_test(test_open_while_down),
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_no_leaks),
	};
	int ret = net_enter();

	log_level_set(LOG_LEVEL_ERROR);
	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
