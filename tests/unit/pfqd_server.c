/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The control socket: every command, every refusal, and clients that do not behave. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "ingest_net.h"
#include "pfqd_world.h"

/* --- the handshake ------------------------------------------------------------- */

static void test_hello(void **state)
{
	struct client *c = client_new(0, 0);

	(void)state;
	assert_int_equal(client_command(c, PFQ_CMD_STATUS_GET), -EPROTO);
	assert_string_equal(c->msg.text, "the first request must be HELLO");
	client_begin(c, PFQ_CMD_HELLO, 0);
	pfq_msg_put_u32(&c->out, PFQ_A_ABI, PFQ_ABI_VERSION + 1);
	assert_int_equal(client_ask(c), -EPROTO);
	assert_non_null(strstr(c->msg.text, "speaks version 1 of the protocol, not 2"));
	assert_int_equal(client_command(c, PFQ_CMD_STATUS_GET), -EPROTO);
	client_begin(c, PFQ_CMD_HELLO, 0);
	pfq_msg_put_u32(&c->out, PFQ_A_ABI, PFQ_ABI_VERSION);
	assert_int_equal(client_ask(c), 0);
	assert_int_equal(c->msg.cmd, PFQ_CMD_HELLO);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_ABI), PFQ_ABI_VERSION);
	assert_string_equal(pfq_attrs_string(&c->msg.attrs, PFQ_A_ENGINE), "user");
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_PID), getpid());
	assert_true(pfq_attrs_u64(&c->msg.attrs, PFQ_A_NETNS_INO));
	assert_int_equal(client_command(c, PFQ_CMD_STATUS_GET), 0);
	client_free(c);
}

static void test_refused_requests(void **state)
{
	struct client *c = client_hello(0, 0);

	(void)state;
	assert_int_equal(client_command(c, PFQ_CMD_START), -ENOTCONN);
	assert_string_equal(c->msg.text, "START: this connection has no endpoint; JOIN first");
	assert_int_equal(client_command(c, PFQ_CMD_FILTER_SET), -ENOTCONN);
	/* an attribute that the command does not take, one that is missing, an unknown command */
	client_begin(c, PFQ_CMD_START, 0);
	pfq_msg_put_u32(&c->out, PFQ_A_PID, 1);
	assert_int_equal(client_ask(c), -EINVAL);
	assert_int_equal(client_command(c, PFQ_CMD_DIRECTION_SET), -EINVAL);
	assert_int_equal(client_command(c, 200), -EOPNOTSUPP);
	/* and the connection goes on */
	assert_int_equal(client_command(c, PFQ_CMD_STATUS_GET), 0);
	client_free(c);
}

/* What is no message at all ends the connection, and only that. */
static void test_garbage(void **state)
{
	static const struct nlmsghdr not_a_request = {
		.nlmsg_len = sizeof(not_a_request), .nlmsg_type = PFQ_MSG_TYPE,
	};
	struct client *good = client_hello(0, 0), *c;
	static char big[PFQ_MSG_MAX + 1];

	(void)state;
	c = client_hello(0, 0);
	assert_int_equal(send(c->sock, "garbage", 7, 0), 7);
	assert_int_equal(client_answer(c), -EPIPE);
	client_free(c);
	c = client_hello(0, 0);
	assert_int_equal(send(c->sock, &not_a_request, sizeof(not_a_request), 0),
			 sizeof(not_a_request));
	assert_int_equal(client_answer(c), -EPIPE);
	client_free(c);
	c = client_hello(0, 0);
	assert_int_equal(send(c->sock, big, sizeof(big), 0), sizeof(big));
	assert_int_equal(client_answer(c), -EPIPE);
	client_free(c);
	assert_int_equal(client_command(good, PFQ_CMD_STATUS_GET), 0);
	client_free(good);
}

/* Descriptors that a client sends are not kept. */
static void test_descriptors_sent(void **state)
{
	struct client *c = client_hello(0, 0);
	int before = world_count_fds(), i;
	int three[3] = { 0, 1, 2 };

	(void)state;
	for (i = 0; i < 5; i++) {
		client_begin(c, PFQ_CMD_STATUS_GET, 0);
		assert_int_equal(pfq_msg_send(c->sock, &c->out, three, 3), 0);
		pfq_msg_free(&c->out);
		if (client_answer(c) == -EPIPE)
			break;
		assert_int_equal(world_count_fds(), before);
	}
	client_free(c);
}

/* --- joining ------------------------------------------------------------------- */

struct refusal {
	uid_t uid;
	gid_t gid;
	const char *group, *bindings;
	enum pfq_attr attr;	/* one more: a string, or a number; 0: none */
	const char *text;
	uint64_t number;
	int error;
	const char *why;
};

static void check_refusal(const struct refusal *r)
{
	struct client *c = client_hello(r->uid, r->gid);
	int before = world_count_fds();
	struct client *watch;

	client_begin(c, PFQ_CMD_JOIN, 0);
	if (r->group)
		pfq_msg_put_string(&c->out, PFQ_A_GROUP, r->group);
	if (r->bindings)
		pfq_msg_put_string(&c->out, PFQ_A_BINDINGS, r->bindings);
	if (r->text)
		pfq_msg_put_string(&c->out, r->attr, r->text);
	else if (r->attr == PFQ_A_RING_BYTES)
		pfq_msg_put_u64(&c->out, r->attr, r->number);
	else if (r->attr)
		pfq_msg_put_u32(&c->out, r->attr, r->number);
	check_case(r->why, client_ask(c) == r->error);
	if (!strstr(c->msg.text, r->why))
		fail_msg("\"%s\" is not in \"%s\"", r->why, c->msg.text);
	/* and it left nothing */
	check_case(r->why, world_count_fds() == before);
	watch = client_hello(0, 0);
	check_case(r->why, client_dump(watch, PFQ_CMD_GROUP_GET, NULL) == 2);
	check_case(r->why, client_dump(watch, PFQ_CMD_ENDPOINT_GET, NULL) == 0);
	client_free(watch);
	/* nor does it keep the caller from trying again */
	assert_int_equal(client_command(c, PFQ_CMD_START), -ENOTCONN);
	client_free(c);
}

static void test_join_refused(void **state)
{
	static const struct refusal cases[] = {
		{ 0, 0, NULL, NULL, 0, NULL, 0, -EINVAL, "neither a group nor a device" },
		{ 0, 0, "", NULL, 0, NULL, 0, -EINVAL, "the group's name is empty" },
		{ 0, 0, NULL, "lo,/", 0, NULL, 0, -EINVAL, "\"/\" is no valid device name" },
		{ 0, 0, NULL, "nosuch0", 0, NULL, 0, -ENOENT, "no device \"nosuch0\" here" },
		{ 0, 0, NULL, "lo,nosuch0", 0, NULL, 0, -ENOENT, "no device \"nosuch0\" here" },
		{ 0, 0, NULL, "va", 0, NULL, 0, -ENETDOWN, "device va is down" },
		{ 0, 0, "nosuch", NULL, 0, NULL, 0, -ENOENT, "no group \"nosuch\" here" },
		{ 0, 0, "77", NULL, 0, NULL, 0, -ENOENT, "no group \"77\" here" },
		{ 0, 0, "No", "lo", 0, NULL, 0, -EINVAL, "no valid name" },
		{ 0, 0, "0", "lo", 0, NULL, 0, -EINVAL, "no valid name" },
		{ 0, 0, "65536", "lo", 0, NULL, 0, -EINVAL, "no valid name" },
		{ 0, 0, "new", "lo", PFQ_A_STEER, "flw", 0, -EINVAL, "allowed: copy, flow" },
		{ 0, 0, "new", "lo", PFQ_A_VLANS, "5000", 0, -EINVAL, "allowed: 1-4094" },
		{ 0, 0, "new", "nosuch0", 0, NULL, 0, -ENOENT, "no device \"nosuch0\" here" },
		{ 0, 0, "closed", "nosuch0", 0, NULL, 0, -ENOENT, "no device \"nosuch0\" here" },
		{ 0, 0, "closed", "lo/3", PFQ_A_NAME, "Bad", 0, -EINVAL, "no valid name" },
		{ 0, 0, "closed", NULL, PFQ_A_WEIGHT, NULL, 9, -EINVAL,
		  "weight 9 is not allowed; allowed: 1-8" },
		{ 0, 0, "closed", NULL, PFQ_A_HUGEPAGES, "3M", 0, -EINVAL, "allowed: auto, off" },
		{ 9, 9, "closed", NULL, 0, NULL, 0, -EACCES,
		  "group closed: user 9 may not join it" },
		{ 65534, 65534, "closed", NULL, 0, NULL, 0, -EACCES, "may not join it" },
		{ 9, 9, "open", "va", 0, NULL, 0, -EPERM, "only root may bind a device" },
		{ 9, 9, NULL, "lo", 0, NULL, 0, -EPERM, "only root may capture from a device" },
		{ 9, 9, "new", "lo", 0, NULL, 0, -ENOENT, "only root may make one" },
	};
	size_t i;

	(void)state;
	net_veth(1);
	net_run("ip link set va down");
	world_group("closed", "lo", "flow", "root:root 0600");
	world_group("open", "lo", "flow", "root:root 0664");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_refusal(&cases[i]);
	net_veth_del();
}

static void test_join_answer(void **state)
{
	struct client *c = client_hello(0, 0), *watch = client_hello(0, 0);
	const struct pfq_ring_hdr *hdr;
	int fds;

	(void)state;
	world_group("g", "lo", "flow", "root:root 0600");
	fds = world_count_fds();
	assert_int_equal(client_join(c, "g", NULL), 0);
	assert_int_equal(c->msg.cmd, PFQ_CMD_JOIN);
	assert_int_equal(c->fds_count, 3);
	/* our three, and its end of the doorbell */
	assert_int_equal(world_count_fds(), fds + 4);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_ENDPOINT), 1);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_ID), 65535);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_LINKTYPE), 1);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_LANES), 2);
	assert_int_equal(pfq_attrs_u64(&c->msg.attrs, PFQ_A_RING_BYTES), 2 << 20);
	assert_string_equal(pfq_attrs_string(&c->msg.attrs, PFQ_A_GROUP), "g");
	assert_string_equal(pfq_attrs_string(&c->msg.attrs, PFQ_A_BINDINGS), "lo");
	hdr = mmap(NULL, 4096, PROT_READ, MAP_SHARED, c->fds[0], 0);
	assert_true(hdr != MAP_FAILED);
	assert_true(hdr->magic == PFQ_RING_MAGIC);
	munmap((void *)hdr, 4096);
	assert_int_equal(client_join(c, "g", NULL), -EISCONN);
	assert_int_equal(client_dump(watch, PFQ_CMD_ENDPOINT_GET, "g"), 1);
	assert_int_equal(client_dump(watch, PFQ_CMD_ENDPOINT_GET, "65535"), 1);
	assert_int_equal(client_dump(watch, PFQ_CMD_ENDPOINT_GET, "nosuch"), -ENOENT);
	client_free(c);
	world_until(client_dump(watch, PFQ_CMD_ENDPOINT_GET, "g") == 0);
	client_free(watch);
}

static void test_doorbell_end(void **state)
{
	struct client *c = client_hello(0, 0);
	struct pollfd p = { .events = POLLIN };
	struct endpoint *ep;
	int flags;
	char byte;

	(void)state;
	ep = NULL;
	world_group("g", "lo", "flow", "root:root 0600");
	assert_int_equal(client_join(c, "g", NULL), 0);
	ep = TAILQ_FIRST(&engine_group_find(world.engine, "g")->member);
	/* what a consumer does to its end */
	p.fd = dup(c->fds[2]);
	flags = fcntl(p.fd, F_GETFL);
	assert_int_equal(fcntl(p.fd, F_SETFL, flags & ~O_NONBLOCK), 0);
	assert_true(fcntl(ep->doorbell, F_GETFL) & O_NONBLOCK);
	assert_int_equal(poll(&p, 1, 0), 0);
	client_free(c);
	world_until(!engine_group_find(world.engine, "g")->members);
	/* the end of file that tells it that the engine is gone */
	assert_int_equal(poll(&p, 1, 1000), 1);
	assert_int_equal(read(p.fd, &byte, 1), 0);
	close(p.fd);
}

static void test_join_access(void **state)
{
	struct client *c;

	(void)state;
	world_group("by-user", "lo", "flow", "9:0 0400");
	world_group("by-group", "lo", "flow", "0:8 0040");
	c = client_hello(9, 9);
	assert_int_equal(client_join(c, "by-group", NULL), -EACCES);
	assert_int_equal(client_join(c, "by-user", "lo"), 0);
	client_free(c);
	c = client_hello(9, 8);
	assert_int_equal(client_join(c, "by-group", "lo/2"), 0);
	/* and may not inject */
	client_begin(c, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&c->out, PFQ_A_FRAME, "01234567890123456789", 20);
	assert_int_equal(client_ask(c), -EACCES);
	client_free(c);
}

static void test_joinable(void **state)
{
	struct client *c;

	(void)state;
	world_group("a", "lo", "flow", "9:0 0600");
	c = client_hello(9, 9);
	client_begin(c, PFQ_CMD_GROUP_GET, NLM_F_DUMP);
	client_send(c);
	assert_int_equal(client_answer(c), 0);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_JOINABLE), 1);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_OWNER_UID), 9);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_ACCESS), 0600);
	assert_int_equal(client_answer(c), 0);
	client_free(c);
	c = client_hello(10, 10);
	client_begin(c, PFQ_CMD_GROUP_GET, NLM_F_DUMP);
	client_send(c);
	assert_int_equal(client_answer(c), 0);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_JOINABLE), 0);
	client_free(c);
}

static void test_names(void **state)
{
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0);
	int i;

	(void)state;
	world_group("g", "lo", "flow", "root:root 0600");
	for (i = 0; i < 2; i++) {
		struct client *c = i ? b : a;

		client_begin(c, PFQ_CMD_JOIN, 0);
		pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
		pfq_msg_put_string(&c->out, PFQ_A_NAME, "one");
		assert_int_equal(client_ask(c), i ? -EEXIST : 0);
	}
	assert_string_equal(b->msg.text,
			    "group g has an endpoint \"one\" already; choose another name");
	client_free(a);
	client_begin(b, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&b->out, PFQ_A_GROUP, "g");
	pfq_msg_put_string(&b->out, PFQ_A_NAME, "one");
	assert_int_equal(client_ask(b), 0);
	client_free(b);
}

/* --- groups that joining makes --------------------------------------------------- */

static void test_private(void **state)
{
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0);
	const char *name;

	(void)state;
	assert_int_equal(client_join(a, NULL, "lo"), 0);
	assert_int_equal(pfq_attrs_u32(&a->msg.attrs, PFQ_A_ID), 0);
	name = pfq_attrs_string(&a->msg.attrs, PFQ_A_GROUP);
	/* no other joins it, root neither */
	assert_int_equal(client_join(b, name, NULL), -ENOENT);
	assert_int_equal(client_join(b, name, "lo"), -EINVAL);
	assert_int_equal(client_join(b, NULL, "lo"), 0);
	assert_string_not_equal(pfq_attrs_string(&b->msg.attrs, PFQ_A_GROUP), name);
	assert_int_equal(world.engine->group_count, 2);
	assert_int_equal(world.engine->sources.count, 1);
	client_free(a);
	world_until(world.engine->group_count == 1);
	client_free(b);
	world_until(world.engine->group_count == 0);
	assert_int_equal(world.engine->sources.count, 0);
}

static void test_made_by_join(void **state)
{
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0), *c = client_hello(0, 0);
	struct group *g;

	(void)state;
	client_begin(a, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&a->out, PFQ_A_GROUP, "42");
	pfq_msg_put_string(&a->out, PFQ_A_BINDINGS, "lo");
	pfq_msg_put_string(&a->out, PFQ_A_STEER, "ip");
	pfq_msg_put_string(&a->out, PFQ_A_VLANS, "7");
	assert_int_equal(client_ask(a), 0);
	g = engine_group_find(world.engine, "42");
	assert_int_equal(g->settings.id, 42);
	assert_string_equal(g->settings.steer, "ip");
	assert_string_equal(g->settings.vlans_text, "7");
	assert_int_equal(client_join(b, "42", NULL), 0);
	assert_int_equal(g->members, 2);
	assert_int_equal(client_join(c, "made", "lo"), 0);
	assert_string_equal(engine_group_find(world.engine, "made")->settings.steer, "flow");
	client_free(a);
	world_until(g->members == 1);
	client_free(b);
	world_until(!engine_group_find(world.engine, "42"));
	client_free(c);
	world_until(world.engine->group_count == 0);
}

/* What a member binds besides goes with the last one; a refused JOIN takes back what it bound. */
static void test_bound_by_join(void **state)
{
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0);
	struct group *g = world_group("g", "lo", "flow", "root:root 0600");

	(void)state;
	world_veth();
	assert_int_equal(client_join(a, "g", "va"), 0);
	assert_string_equal(pfq_attrs_string(&a->msg.attrs, PFQ_A_BINDINGS), "lo,va");
	assert_int_equal(client_join(b, "g", "vb,nosuch0"), -ENOENT);
	assert_int_equal(g->feeds, 2);
	assert_int_equal(client_join(b, "g", NULL), 0);
	client_free(a);
	world_until(g->members == 1);
	assert_int_equal(g->feeds, 2);
	client_free(b);
	world_until(g->members == 0);
	assert_int_equal(g->feeds, 1);
	assert_int_equal(world.engine->sources.count, 1);
	net_veth_del();
}

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
	/* who may only join does not change the device */
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
	ep = TAILQ_FIRST(&engine_group_find(world.engine, "g")->member);
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

/* Positions are behind all that was made before: packets through a device, filters in between. */
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
	ep = TAILQ_FIRST(&engine_group_find(world.engine, "g")->member);
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
	/* the other sees it go out, he who sent it does not */
	world_until(client_counter(b, 2, PFQ_ENDPOINT_delivered) == 1);
	world_until(client_counter(b, 1, PFQ_ENDPOINT_drop_endpoint_filter) == 1);
	assert_int_equal(client_counter(b, 1, PFQ_ENDPOINT_delivered), 0);
	/* too long for the device, then no device at all */
	client_begin(a, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&a->out, PFQ_A_FRAME, frame, 3);
	assert_int_equal(client_ask(a), -EINVAL);
	net_run("ip link set va down");
	world_until(!devices_find(world.engine->devices, "va")->up);
	client_begin(a, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&a->out, PFQ_A_FRAME, frame, len);
	assert_int_equal(client_ask(a), -ENETDOWN);
	client_free(a);
	client_free(b);
	net_veth_del();
}

/* A device that goes and comes, and one that was never there. */
static void test_device_comes(void **state)
{
	struct client *c = client_hello(0, 0), *watch = client_hello(0, 0);
	struct group *g = world_group("g", "va", "copy", "root:root 0600");
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

/* a device for IP packets, our end of it; -1: none can be made here */
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

/* Raw IP: another link type, another form of the group's filter, and no mixing with Ethernet. */
static void test_raw_ip(void **state)
{
	struct client *c = client_hello(0, 0), *watch = client_hello(0, 0);
	uint8_t frame[NET_PACKET_BYTES], buf[256];
	struct group_settings s;
	const struct device *d;
	struct pfq_error err;
	struct group *g;
	size_t len;
	int tun;

	(void)state;
	tun = open_tun("tun7");
	if (tun < 0) {
		client_free(c);
		client_free(watch);
		skip();
	}
	net_run("ip link set tun7 up");
	world_until((d = devices_find(world.engine->devices, "tun7")) && d->up);
	assert_int_equal(d->linktype, 101);
	group_settings_default(&s);
	strcpy(s.name, "raw");
	assert_int_equal(binding_list_parse(&s.bindings, "tun7", &err), 0);
	strcpy(s.filter_text, "udp");
	assert_int_equal(filter_compile("udp", 1, &s.filter, &err), 0);
	s.ring_bytes = 1 << 20;
	group_settings_steer(&s, "copy", &err);
	assert_int_equal(engine_group_add(world.engine, GROUP_CONFIGURED, &s, &g, &err), 0);
	assert_int_equal(engine_update(world.engine, &err), 0);
	assert_int_equal(client_join(c, "raw", "lo"), -EINVAL);
	assert_non_null(strstr(c->msg.text, "another link type"));
	assert_int_equal(client_join(c, "raw", NULL), 0);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_LINKTYPE), 101);
	len = net_packet(frame, 1) - 14;
	/* comes in; the second is no UDP */
	assert_int_equal(write(tun, frame + 14, len), len);
	frame[14 + 9] = 6;
	assert_int_equal(write(tun, frame + 14, len), len);
	world_until(client_counter(watch, 1, PFQ_ENDPOINT_delivered) == 1);
	/* goes out */
	frame[14 + 9] = 17;
	assert_int_equal(client_join(watch, "raw", NULL), 0);
	client_begin(watch, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&watch->out, PFQ_A_FRAME, frame + 14, len);
	assert_int_equal(client_ask(watch), 0);
	assert_int_equal(read(tun, buf, sizeof(buf)), len);
	assert_memory_equal(buf, frame + 14, len);
	world_until(client_counter(watch, 1, PFQ_ENDPOINT_delivered) == 2);
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
	struct group *g;
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
	/* nothing before somebody reads */
	assert_int_equal(client_counter(d, 1, PFQ_ENDPOINT_offered), 0);
	assert_int_equal(client_command(c, PFQ_CMD_START), 0);
	world_until(g->feed[0].source->state == PFQ_DEVICE_ENDED);
	assert_int_equal(client_counter(d, 1, PFQ_ENDPOINT_delivered), 100);
	/* through it nothing can be sent */
	client_begin(c, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&c->out, PFQ_A_FRAME, frame, 60);
	assert_int_equal(client_ask(c), -EOPNOTSUPP);
	client_free(c);
	client_free(d);
	unlink(path);
}

/* --- limits and stalls ------------------------------------------------------------- */

static void test_connections(void **state)
{
	uint64_t max = limits_max(9, LIMIT_CONNECTIONS), i;
	struct client **c = calloc(max + 1, sizeof(*c)), *other;

	(void)state;
	for (i = 0; i < max; i++)
		c[i] = client_hello(9, 9);
	c[max] = client_new(9, 9);
	client_begin(c[max], PFQ_CMD_HELLO, 0);
	pfq_msg_put_u32(&c[max]->out, PFQ_A_ABI, PFQ_ABI_VERSION);
	assert_int_equal(client_ask(c[max]), -EDQUOT);
	assert_string_equal(c[max]->msg.text,
			    "user 9 has 512 connections and wants 1 more; allowed: "
			    "512; close some");
	assert_int_equal(client_answer(c[max]), -EPIPE);
	/* others are not concerned, and one that ends makes room */
	other = client_hello(10, 10);
	client_free(other);
	client_free(c[0]);
	c[0] = client_hello(9, 9);
	for (i = 0; i <= max; i++)
		client_free(c[i]);
	free(c);
}

/* Those over the limit that never ask do not pile up. */
static void test_connections_refused(void **state)
{
	uint64_t max = limits_max(9, LIMIT_CONNECTIONS), i, count = max + 3 * SERVER_REFUSED_MAX;
	struct client **c = calloc(count, sizeof(*c));

	(void)state;
	for (i = 0; i < count; i++)
		c[i] = client_new(9, 9);
	assert_true(server_connections(world.server) <= max + SERVER_REFUSED_MAX);
	for (i = 0; i < count; i++) {
		close(c[i]->sock);
		free(c[i]);
	}
	free(c);
	world_until(server_connections(world.server) == 0);
	assert_int_equal(limits_used(world.engine->limits, 9, LIMIT_CONNECTIONS), 0);
}

/* However many others there are, root gets in. */
static void test_connections_of_root(void **state)
{
	uint64_t max = limits_max(9, LIMIT_CONNECTIONS), i;
	uint64_t others = LIMIT_CONNECTIONS_TOTAL - LIMIT_CONNECTIONS_ROOT;
	struct client **c = calloc(others, sizeof(*c)), *late, *root;

	(void)state;
	for (i = 0; i < others; i++)
		c[i] = client_hello(100 + i / max, 9);
	assert_int_equal(server_connections(world.server), others);
	late = client_new(9, 9);
	assert_int_equal(client_answer(late), -EPIPE);
	assert_int_equal(limits_used(world.engine->limits, 9, LIMIT_CONNECTIONS), 0);
	root = client_hello(0, 0);
	assert_int_equal(client_command(root, PFQ_CMD_STATUS_GET), 0);
	client_free(late);
	client_free(root);
	for (i = 0; i < others; i++) {
		close(c[i]->sock);
		free(c[i]);
	}
	free(c);
	world_until(server_connections(world.server) == 0);
}

/* Who connects and says nothing does not keep his place; root does, and who has said HELLO. */
static void test_silent(void **state)
{
	struct client *greeted = client_hello(9, 9), *root = client_new(0, 0);
	uint64_t start = engine_now_ns(), until = start + SERVER_HELLO_MS * 1000000ULL / 2;
	struct client *first = client_new(9, 9), *second;

	(void)state;
	while (engine_now_ns() < until)
		loop_once(world.loop, 10);
	second = client_new(10, 10);
	assert_int_equal(server_connections(world.server), 4);
	world_until(server_connections(world.server) == 3);
	assert_true(engine_now_ns() - start >= SERVER_HELLO_MS * 1000000ULL);
	assert_true(engine_now_ns() - start < SERVER_HELLO_MS * 1200000ULL);
	assert_int_equal(client_answer(first), -EPIPE);
	world_until(server_connections(world.server) == 2);
	assert_true(engine_now_ns() - start >= SERVER_HELLO_MS * 1500000ULL);
	assert_int_equal(client_answer(second), -EPIPE);
	assert_int_equal(client_command(greeted, PFQ_CMD_STATUS_GET), 0);
	assert_int_equal(client_command(root, PFQ_CMD_STATUS_GET), -EPROTO);
	client_free(first);
	client_free(second);
	client_free(greeted);
	client_free(root);
}

static void test_endpoints(void **state)
{
	uint64_t max = limits_max(9, LIMIT_ENDPOINTS), i;
	struct client **c = calloc(max + 1, sizeof(*c));

	(void)state;
	world_group("g", "lo", "flow", "9:9 0600");
	for (i = 0; i <= max; i++) {
		c[i] = client_hello(9, 9);
		client_begin(c[i], PFQ_CMD_JOIN, 0);
		pfq_msg_put_string(&c[i]->out, PFQ_A_GROUP, "g");
		pfq_msg_put_u64(&c[i]->out, PFQ_A_RING_BYTES, 4096);
		pfq_msg_put_u32(&c[i]->out, PFQ_A_SNAPLEN, 64);
		assert_int_equal(client_ask(c[i]), i < max ? 0 : -EDQUOT);
	}
	for (i = 0; i <= max; i++)
		client_free(c[i]);
	free(c);
	assert_int_equal(limits_used(world.engine->limits, 9, LIMIT_ENDPOINTS), 0);
	assert_int_equal(limits_used(world.engine->limits, 9, LIMIT_RING_BYTES), 0);
}

static int ask_filter(struct client *c, unsigned int count)
{
	struct sock_filter insns[4096];
	unsigned int i;

	for (i = 0; i < count; i++)
		insns[i] = (struct sock_filter){ .code = i + 1 < count ? BPF_LD | BPF_IMM
								       : BPF_RET | BPF_K };
	client_begin(c, PFQ_CMD_FILTER_SET, 0);
	if (count)
		pfq_msg_put_binary(&c->out, PFQ_A_FILTER, insns, count * sizeof(insns[0]));
	return client_ask(c);
}

/* All filters of a user together: what they cost is at the expense of others. */
static void test_filter_instructions(void **state)
{
	uint64_t max = limits_max(9, LIMIT_FILTER_INSNS);
	struct client *a = client_hello(9, 9), *b = client_hello(9, 9), *other = client_hello(8, 9);
	struct client *root = client_hello(0, 0);
	struct limits *l = world.engine->limits;

	(void)state;
	world_group("g", "lo", "copy", "9:9 0660");
	assert_int_equal(max, 4096);
	assert_int_equal(client_join(a, "g", NULL), 0);
	assert_int_equal(client_join(b, "g", NULL), 0);
	assert_int_equal(client_join(other, "g", NULL), 0);
	assert_int_equal(client_join(root, "g", NULL), 0);
	assert_int_equal(ask_filter(a, 4000), 0);
	assert_int_equal(ask_filter(b, 97), -EDQUOT);
	assert_string_equal(b->msg.text, "user 9 has 4000 filter instructions and wants 97 more; "
					 "allowed: 4096; filter in the program");
	assert_int_equal(ask_filter(b, 96), 0);
	assert_int_equal(limits_used(l, 9, LIMIT_FILTER_INSNS), max);
	/* a refused one leaves the old one in force, and what it counts */
	assert_int_equal(ask_filter(b, 97), -EDQUOT);
	assert_int_equal(limits_used(l, 9, LIMIT_FILTER_INSNS), max);
	/* other users have their own, root any number */
	assert_int_equal(ask_filter(other, 4096), 0);
	assert_int_equal(ask_filter(root, 4096), 0);
	/* a shorter one, none, and the end of the endpoint give back */
	assert_int_equal(ask_filter(a, 10), 0);
	assert_int_equal(limits_used(l, 9, LIMIT_FILTER_INSNS), 106);
	assert_int_equal(ask_filter(a, 0), 0);
	assert_int_equal(limits_used(l, 9, LIMIT_FILTER_INSNS), 96);
	client_free(b);
	world_until(limits_used(l, 9, LIMIT_FILTER_INSNS) == 0);
	assert_int_equal(ask_filter(a, 4096), 0);
	client_free(a);
	client_free(other);
	client_free(root);
}

static int join_ring(struct client *c, uint64_t bytes)
{
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
	pfq_msg_put_u64(&c->out, PFQ_A_RING_BYTES, bytes);
	pfq_msg_put_u32(&c->out, PFQ_A_SNAPLEN, 64);
	return client_ask(c);
}

/* Rings count as what was asked for, at most 1 GiB: a limit can be used up exactly. */
static void test_ring_bytes(void **state)
{
	uint64_t max = limits_max(9, LIMIT_RING_BYTES), used = max - (1 << 20), sizes[2], i;
	struct limits *l = world.engine->limits;
	struct client *c = client_hello(9, 9);
	struct pfq_error err;

	(void)state;
	world_group("g", "lo", "copy", "9:9 0660");
	sizes[0] = 1ULL << 33;
	sizes[1] = UINT64_MAX;
	assert_int_equal(limits_take(l, 9, LIMIT_RING_BYTES, used, &err), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(join_ring(c, sizes[i]), -EDQUOT);
		assert_string_equal(c->msg.text, "user 9 has 4293918720 bytes of rings and wants "
						 "1073741824 more; allowed: 4294967296; ask for "
						 "smaller rings");
	}
	assert_int_equal(join_ring(c, 1 << 20), 0);
	assert_int_equal(limits_used(l, 9, LIMIT_RING_BYTES), max);
	client_free(c);
	world_until(limits_used(l, 9, LIMIT_RING_BYTES) == used);
	limits_give(l, 9, LIMIT_RING_BYTES, used);
}

static void test_members(void **state)
{
	struct client **c = calloc(PFQ_MEMBERS_MAX + 1, sizeof(*c));
	unsigned int i;

	(void)state;
	world_group("g", "lo", "flow", "root:root 0600");
	for (i = 0; i <= PFQ_MEMBERS_MAX; i++) {
		c[i] = client_hello(0, 0);
		client_begin(c[i], PFQ_CMD_JOIN, 0);
		pfq_msg_put_string(&c[i]->out, PFQ_A_GROUP, "g");
		pfq_msg_put_u64(&c[i]->out, PFQ_A_RING_BYTES, 4096);
		pfq_msg_put_u32(&c[i]->out, PFQ_A_SNAPLEN, 64);
		pfq_msg_put_u32(&c[i]->out, PFQ_A_WEIGHT, PFQ_WEIGHT_MAX);
		assert_int_equal(client_ask(c[i]), i < PFQ_MEMBERS_MAX ? 0 : -EDQUOT);
		if (i < PFQ_MEMBERS_MAX)
			assert_int_equal(client_command(c[i], PFQ_CMD_START), 0);
	}
	assert_string_equal(c[PFQ_MEMBERS_MAX]->msg.text,
			    "group g has 256 members; allowed: not more");
	assert_int_equal(engine_group_find(world.engine, "g")->started, PFQ_MEMBERS_MAX);
	for (i = 0; i <= PFQ_MEMBERS_MAX; i++)
		client_free(c[i]);
	free(c);
}

static void make_groups(unsigned int count)
{
	char name[32];
	unsigned int i;

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "group-%u", i);
		world_group(name, "lo", "flow", "root:root 0600");
	}
}

/* A dump larger than the socket's buffers waits for its reader, and is complete. */
static void test_large_dump(void **state)
{
	struct client *c = client_hello(0, 0), *other = client_hello(0, 0);
	int n, ret, pending = 0;

	(void)state;
	make_groups(900);
	client_begin(c, PFQ_CMD_GROUP_GET, NLM_F_DUMP);
	client_send(c);
	/* it gets as far as it can; meanwhile others are served */
	for (n = 0; n < 50; n++)
		loop_once(world.loop, 1);
	assert_int_equal(client_command(other, PFQ_CMD_STATUS_GET), 0);
	/* what comes while the dump is on is answered behind it */
	pending = c->seq;
	client_begin(c, PFQ_CMD_STATUS_GET, 0);
	client_send(c);
	for (n = 0; ; n++) {
		ret = client_answer(c);
		assert_int_equal(ret, 0);
		assert_int_equal(c->msg.seq, pending);
		if (c->msg.type == NLMSG_DONE)
			break;
	}
	assert_int_equal(n, 900);
	assert_int_equal(client_answer(c), 0);
	assert_int_equal(c->msg.cmd, PFQ_CMD_STATUS_GET);
	client_free(c);
	client_free(other);
}

static void test_reader_that_stalls(void **state)
{
	struct client *c = client_hello(0, 0);
	uint64_t start = engine_now_ns();
	unsigned int count;

	(void)state;
	make_groups(900);
	count = server_connections(world.server);
	client_begin(c, PFQ_CMD_GROUP_GET, NLM_F_DUMP);
	client_send(c);
	while (server_connections(world.server) == count) {
		loop_once(world.loop, 100);
		assert_true(engine_now_ns() - start < 3 * SERVER_STALL_MS * 1000000ULL);
	}
	assert_true(engine_now_ns() - start >= SERVER_STALL_MS * 1000000ULL);
	close(c->sock);
	free(c);
}

/* One that asks and never reads the answers: dropped when its socket is full. */
static void test_asks_without_reading(void **state)
{
	struct client *c = client_hello(0, 0), *other = client_hello(0, 0);
	unsigned int count = server_connections(world.server);

	(void)state;
	while (server_connections(world.server) == count) {
		client_begin(c, PFQ_CMD_STATUS_GET, 0);
		pfq_msg_send(c->sock, &c->out, NULL, 0);
		pfq_msg_free(&c->out);
		loop_once(world.loop, 0);
	}
	assert_int_equal(client_command(other, PFQ_CMD_STATUS_GET), 0);
	client_free(other);
	close(c->sock);
	free(c);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_hello),
		TEST(test_refused_requests),
		TEST(test_garbage),
		TEST(test_descriptors_sent),
		TEST(test_join_refused),
		TEST(test_join_answer),
		TEST(test_doorbell_end),
		TEST(test_join_access),
		TEST(test_joinable),
		TEST(test_names),
		TEST(test_private),
		TEST(test_made_by_join),
		TEST(test_bound_by_join),
		TEST(test_promisc),
		TEST(test_filter_set),
		TEST(test_positions),
		TEST(test_inject),
		TEST(test_device_comes),
		TEST(test_raw_ip),
		TEST(test_file),
		TEST(test_connections),
		TEST(test_connections_refused),
		TEST(test_connections_of_root),
		TEST(test_silent),
		TEST(test_endpoints),
		TEST(test_ring_bytes),
		TEST(test_filter_instructions),
		TEST(test_members),
		TEST(test_large_dump),
		TEST(test_reader_that_stalls),
		TEST(test_asks_without_reading),
	};
	int rc = net_enter();

	return rc ? rc : cmocka_run_group_tests(tests, NULL, NULL);
}
