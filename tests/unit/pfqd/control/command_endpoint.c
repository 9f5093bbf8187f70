/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests what an endpoint can ask for by the control socket, and which packets it gets when
 * devices and files appear and end.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <net/if_arp.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

/* --- promiscuity ------------------------------------------------------------------ */

static int promiscuity(const char *device)
{
	char command[128];
	int n = -1;
	FILE *f;

	snprintf(command, sizeof(command),
		 "ip -d link show %s | grep -o 'promiscuity [0-9]*' | cut -d' ' -f2", device);
	f = popen(command, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &n), 1);
	pclose(f);
	return n;
}

static struct client *join_promisc(uid_t uid, const char *group, const char *bindings, bool promisc)
{
	struct client *c = client_hello(uid, uid);

	client_begin(c, PFQ_CMD_JOIN, 0);
	if (group)
		pfq_msg_put_string(&c->out, PFQ_A_GROUP, group);
	if (bindings)
		pfq_msg_put_string(&c->out, PFQ_A_BINDINGS, bindings);
	pfq_msg_put_u32(&c->out, PFQ_A_PROMISC, promisc);
	assert_int_equal(client_ask(c), 0);
	return c;
}

static void test_promisc(void **state)
{
	struct client *a, *b, *c;

	(void)state;
	world_veth();
	world_group("g", "va", "flow", "9:9 0400");
	a = join_promisc(0, NULL, "va", false);
	assert_int_equal(promiscuity("va"), 0);
	b = join_promisc(0, NULL, "va", true);
	assert_int_equal(promiscuity("va"), 1);
	c = join_promisc(0, NULL, "va/0", true);
	assert_int_equal(promiscuity("va"), 1);
	client_free(b);
	assert_int_equal(promiscuity("va"), 1);
	client_free(c);
	assert_int_equal(promiscuity("va"), 0);
	client_free(a);
	/* A user who may only join does not change the device. */
	a = join_promisc(9, "g", NULL, true);
	assert_int_equal(promiscuity("va"), 0);
	client_free(a);
	net_veth_del();
}

/* --- endpoints -------------------------------------------------------------------- */

static void test_filter_set(void **state)
{
	struct sock_filter all = { .code = BPF_RET | BPF_K, .k = 262144 };
	struct sock_filter bad = { .code = BPF_LD | BPF_W | BPF_ABS };
	struct client *c = client_hello(0, 0);
	struct endpoint *ep;

	(void)state;
	world_group("g", "lo", "copy", "root:root 0600");
	assert_int_equal(client_join(c, "g", NULL), 0);
	ep = TAILQ_FIRST(&registry_group_find(world.registry, "g")->member);
	client_begin(c, PFQ_CMD_FILTER_SET, 0);
	pfq_msg_put_binary(&c->out, PFQ_A_FILTER, &all, sizeof(all));
	assert_int_equal(client_ask(c), 0);
	assert_int_equal(c->msg.cmd, PFQ_CMD_FILTER_SET);
	assert_non_null(ep->filter);
	client_begin(c, PFQ_CMD_FILTER_SET, 0);
	pfq_msg_put_binary(&c->out, PFQ_A_FILTER, &bad, sizeof(bad));
	assert_int_equal(client_ask(c), -EINVAL);
	assert_non_null(ep->filter);
	assert_int_equal(client_command(c, PFQ_CMD_FILTER_SET), 0);
	assert_null(ep->filter);
	client_begin(c, PFQ_CMD_DIRECTION_SET, 0);
	pfq_msg_put_u32(&c->out, PFQ_A_DIRECTION, 3);
	assert_int_equal(client_ask(c), -EINVAL);
	client_begin(c, PFQ_CMD_DIRECTION_SET, 0);
	pfq_msg_put_u32(&c->out, PFQ_A_DIRECTION, PFQ_DIRECTION_OUT);
	assert_int_equal(client_ask(c), 0);
	assert_int_equal(ep->direction, PFQ_DIRECTION_OUT);
	client_free(c);
}

/*
 * Each answer's positions follow all records made before: packets come through a device,
 * with a new filter in between.
 */
static void test_positions(void **state)
{
	struct sock_filter none = { .code = BPF_RET | BPF_K, .k = 0 };
	struct client *c = client_hello(0, 0), *watch = client_hello(0, 0);
	uint64_t positions[2] = { 0, 0 };
	uint8_t frame[NET_PACKET_BYTES];
	struct endpoint *ep;
	size_t len;
	int s, i;

	(void)state;
	world_veth();
	world_group("g", "va", "copy", "root:root 0600");
	assert_int_equal(client_join(c, "g", NULL), 0);
	ep = TAILQ_FIRST(&registry_group_find(world.registry, "g")->member);
	s = net_sender("vb");
	len = net_packet(frame, 1);
	for (i = 0; i < 10; i++)
		net_send(s, frame, len);
	world_until(client_counter(watch, ep->id, PFQ_ENDPOINT_delivered) == 10);
	client_begin(c, PFQ_CMD_FILTER_SET, 0);
	pfq_msg_put_binary(&c->out, PFQ_A_FILTER, &none, sizeof(none));
	assert_int_equal(client_ask(c), 0);
	assert_int_equal(pfq_attrs_u64s(&c->msg.attrs, PFQ_A_POSITIONS, positions, 2), 2);
	assert_int_equal(positions[0] + positions[1], 10 * PFQ_REC_BYTES(len));
	for (i = 0; i < 10; i++)
		net_send(s, frame, len);
	world_until(client_counter(watch, ep->id, PFQ_ENDPOINT_drop_endpoint_filter) == 10);
	assert_int_equal(client_counter(watch, ep->id, PFQ_ENDPOINT_delivered), 10);
	close(s);
	client_free(c);
	client_free(watch);
	net_veth_del();
}

static void test_inject(void **state)
{
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0);
	uint8_t frame[NET_PACKET_BYTES];
	size_t len;

	(void)state;
	world_veth();
	world_group("g", "va", "copy", "root:root 0600");
	assert_int_equal(client_join(a, "g", NULL), 0);
	assert_int_equal(client_join(b, "g", NULL), 0);
	len = net_packet(frame, 1);
	client_begin(a, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&a->out, PFQ_A_FRAME, frame, len);
	assert_int_equal(client_ask(a), 0);
	/* The other endpoint sees the frame go out, the sender does not. */
	world_until(client_counter(b, 2, PFQ_ENDPOINT_delivered) == 1);
	world_until(client_counter(b, 1, PFQ_ENDPOINT_drop_endpoint_filter) == 1);
	assert_int_equal(client_counter(b, 1, PFQ_ENDPOINT_delivered), 0);
	/* A frame too short for the device, and then a device that is down. */
	client_begin(a, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&a->out, PFQ_A_FRAME, frame, 3);
	assert_int_equal(client_ask(a), -EINVAL);
	net_run("ip link set va down");
	world_until(!devices_find(world.registry->devices, "va")->up);
	client_begin(a, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&a->out, PFQ_A_FRAME, frame, len);
	assert_int_equal(client_ask(a), -ENETDOWN);
	client_free(a);
	client_free(b);
	net_veth_del();
}

/* A device that is removed and comes back, and one that never existed */
static void test_device_comes(void **state)
{
	struct client *c = client_hello(0, 0), *watch = client_hello(0, 0);
	struct pfqd_group *g = world_group("g", "va", "copy", "root:root 0600");
	const struct source *src = g->feed[0].source;
	uint8_t frame[NET_PACKET_BYTES];
	uint64_t seen = 0;
	int round, s;
	size_t len;

	(void)state;
	assert_int_equal(src->state, PFQ_DEVICE_ABSENT);
	assert_int_equal(client_join(c, "g", NULL), 0);
	len = net_packet(frame, 1);
	for (round = 0; round < 3; round++) {
		net_veth(1);
		world_until(src->state == PFQ_DEVICE_UP);
		s = net_sender("vb");
		net_send(s, frame, len);
		close(s);
		seen++;
		world_until(client_counter(watch, 1, PFQ_ENDPOINT_delivered) == seen);
		net_run("ip link set va down");
		world_until(src->state == PFQ_DEVICE_DOWN);
		net_run("ip link set va up");
		world_until(src->state == PFQ_DEVICE_UP);
		net_run("sleep 0.1");
		s = net_sender("vb");
		net_send(s, frame, len);
		close(s);
		seen++;
		world_until(client_counter(watch, 1, PFQ_ENDPOINT_delivered) == seen);
		net_veth_del();
		world_until(src->state == PFQ_DEVICE_ABSENT);
		assert_null(src->ingest);
	}
	client_free(c);
	client_free(watch);
}

/* Make a tun device for IP packets. Returns its descriptor; -1: tun is not possible here. */
static int open_tun(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	strcpy(ifr.ifr_name, name);
	if (fd < 0 || !ioctl(fd, TUNSETIFF, &ifr))
		return fd;
	close(fd);
	return -1;
}

static void change_type(int tun, unsigned long arphrd)
{
	net_run("ip link set tun7 down");
	assert_int_equal(ioctl(tun, TUNSETLINK, arphrd), 0);
	net_run("ip link set tun7 up");
}

/* Add the group "raw" of tun7, with a filter. */
static struct pfqd_group *raw_group(void)
{
	struct group_settings s;
	struct pfq_error err;
	struct pfqd_group *g;

	group_settings_default(&s);
	strcpy(s.name, "raw");
	assert_int_equal(binding_list_parse(&s.bindings, "tun7", &err), 0);
	strcpy(s.filter_text, "udp");
	assert_int_equal(filter_compile("udp", 1, &s.filter, &err), 0);
	s.ring_bytes = 1 << 20;
	group_settings_steer(&s, "copy", &err);
	assert_int_equal(registry_group_add(world.registry, GROUP_CONFIGURED, &s, &g, &err), 0);
	group_settings_free(&s);
	assert_int_equal(registry_update(world.registry, &err), 0);
	return g;
}

/* The group's capture stops when the device's type changes, until the old type is back. */
static void change_types(int tun, const struct pfqd_group *g)
{
	change_type(tun, ARPHRD_PPP);
	world_until(g->feed[0].source->state == PFQ_DEVICE_UNUSED);
	assert_null(g->feed[0].source->ingest);
	change_type(tun, ARPHRD_ETHER);
	world_until(g->feed[0].is_refused);
	change_type(tun, ARPHRD_NONE);
	world_until(!g->feed[0].is_refused && source_state(g->feed[0].source) == PFQ_DEVICE_UP);
}

/*
 * Raw IP: another link type, another compiled form of the group's filter, and no mixing
 * with Ethernet.
 */
static void test_raw_ip(void **state)
{
	struct client *c = client_hello(0, 0), *watch = client_hello(0, 0);
	uint8_t frame[NET_PACKET_BYTES], buf[256];
	int tun = open_tun("tun7");
	const struct device *d;
	struct pfqd_group *g;
	size_t len;

	(void)state;
	if (tun < 0) {
		client_free(c);
		client_free(watch);
		skip();
	}
	net_run("ip link set tun7 up");
	world_until((d = devices_find(world.registry->devices, "tun7")) && d->up);
	assert_int_equal(d->linktype, 101);
	g = raw_group();
	assert_int_equal(client_join(c, "raw", "lo"), -EINVAL);
	assert_non_null(
		strstr(c->msg.text, "lo: its link type is Ethernet, that of the group is raw IP"));
	assert_int_equal(client_join(c, "raw", NULL), 0);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_LINKTYPE), 101);
	len = net_packet(frame, 1) - 14;
	/* Packets come in; the second is not UDP. */
	assert_int_equal(write(tun, frame + 14, len), len);
	frame[14 + 9] = 6;
	assert_int_equal(write(tun, frame + 14, len), len);
	world_until(client_counter(watch, 1, PFQ_ENDPOINT_delivered) == 1);
	/* A packet goes out. */
	frame[14 + 9] = 17;
	assert_int_equal(client_join(watch, "raw", NULL), 0);
	client_begin(watch, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&watch->out, PFQ_A_FRAME, frame + 14, len);
	assert_int_equal(client_ask(watch), 0);
	assert_int_equal(read(tun, buf, sizeof(buf)), len);
	assert_memory_equal(buf, frame + 14, len);
	world_until(client_counter(watch, 1, PFQ_ENDPOINT_delivered) == 2);
	change_types(tun, g);
	client_free(c);
	client_free(watch);
	close(tun);
}

/* --- files ------------------------------------------------------------------------ */

static void test_file(void **state)
{
	struct client *c = client_hello(0, 0), *d = client_hello(0, 0);
	char path[] = "/tmp/pfqd-server-XXXXXX", binding[64];
	uint8_t frame[NET_PACKET_BYTES];
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	struct pfqd_group *g;
	int i;

	(void)state;
	close(mkstemp(path));
	pcap_dumper_t *dump = pcap_dump_open(p, path);

	assert_non_null(dump);
	for (i = 0; i < 100; i++) {
		struct pcap_pkthdr h = { .ts.tv_sec = i, .caplen = net_packet(frame, i) };

		h.len = h.caplen;
		pcap_dump((u_char *)dump, &h, frame);
	}
	pcap_dump_close(dump);
	pcap_close(p);
	snprintf(binding, sizeof(binding), "file:%s", path);
	g = world_group("g", binding, "flow", "root:root 0600");
	assert_int_equal(client_join(c, "g", NULL), 0);
	assert_string_equal(pfq_attrs_string(&c->msg.attrs, PFQ_A_BINDINGS), binding);
	assert_int_equal(client_join(d, "g", "lo"), -EINVAL);
	net_run("sleep 0.1");
	/* The file is not read before a member has started. */
	assert_int_equal(client_counter(d, 1, PFQ_ENDPOINT_offered), 0);
	assert_int_equal(client_command(c, PFQ_CMD_START), 0);
	world_until(g->feed[0].source->state == PFQ_DEVICE_ENDED);
	assert_int_equal(client_counter(d, 1, PFQ_ENDPOINT_delivered), 100);
	/* A file cannot send. */
	client_begin(c, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&c->out, PFQ_A_FRAME, frame, 60);
	assert_int_equal(client_ask(c), -EOPNOTSUPP);
	client_free(c);
	client_free(d);
	unlink(path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_promisc),
		TEST(test_filter_set),
		TEST(test_positions),
		TEST(test_inject),
		TEST(test_device_comes),
		TEST(test_raw_ip),
		TEST(test_file),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
