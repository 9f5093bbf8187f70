/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the control socket: the handshake, JOIN and what it makes, and each refusal. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/limit.h"
#include "tests/unit/fixture/pfqd_world.h"

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
	/* An attribute that the command does not take, a missing attribute, an unknown command */
	client_begin(c, PFQ_CMD_START, 0);
	pfq_msg_put_u32(&c->out, PFQ_A_PID, 1);
	assert_int_equal(client_ask(c), -EINVAL);
	assert_int_equal(client_command(c, PFQ_CMD_DIRECTION_SET), -EINVAL);
	assert_int_equal(client_command(c, 200), -EOPNOTSUPP);
	/* The connection goes on. */
	assert_int_equal(client_command(c, PFQ_CMD_STATUS_GET), 0);
	client_free(c);
}

/* Bytes that are no message end their connection only. */
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

/* The server closes descriptors that a client sends, and may end the connection at any time. */
static void test_descriptors_sent(void **state)
{
	struct client *c = client_hello(0, 0);
	int before = world_count_fds(), i, ret;
	int three[3] = { 0, 1, 2 };

	(void)state;
	for (i = 0; i < 5; i++) {
		client_begin(c, PFQ_CMD_STATUS_GET, 0);
		ret = pfq_msg_send(c->sock, &c->out, three, 3);
		pfq_msg_free(&c->out);
		if (!ret)
			ret = client_answer(c);
		if (ret == -EPIPE || ret == -ECONNRESET)
			break;
		assert_int_equal(ret, 0);
		/* fewer, if the connection is being ended */
		assert_in_range(world_count_fds(), 0, before);
	}
	client_free(c);
}

/* --- joining ------------------------------------------------------------------- */

struct refusal {
	uid_t uid;
	gid_t gid;
	const char *group, *bindings;
	enum pfq_attr attr;	/* one more attribute, a string or a number; 0: none */
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
	/* The refused JOIN left nothing open. */
	check_case(r->why, world_count_fds() == before);
	watch = client_hello(0, 0);
	check_case(r->why, client_dump(watch, PFQ_CMD_GROUP_GET, NULL) == 2);
	check_case(r->why, client_dump(watch, PFQ_CMD_ENDPOINT_GET, NULL) == 0);
	client_free(watch);
	/* The caller may go on. */
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
	/* three descriptors for the client, and the engine's end of the doorbell */
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
	ep = TAILQ_FIRST(&registry_group_find(world.registry, "g")->member);
	/* A consumer changes the flags of its end. */
	p.fd = dup(c->fds[2]);
	flags = fcntl(p.fd, F_GETFL);
	assert_int_equal(fcntl(p.fd, F_SETFL, flags & ~O_NONBLOCK), 0);
	assert_true(fcntl(ep->doorbell, F_GETFL) & O_NONBLOCK);
	assert_int_equal(poll(&p, 1, 0), 0);
	client_free(c);
	world_until(!registry_group_find(world.registry, "g")->members);
	/* End of file tells the consumer that the engine has ended. */
	assert_int_equal(poll(&p, 1, 1000 * LIMIT_S), 1);
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
	/* A member without write access may not inject. */
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

/* The engine's answer to a client with @uid: may it bind devices to the only group? */
static uint32_t bindable_by(uint32_t uid)
{
	struct client *c = client_hello(uid, uid);
	uint32_t bindable;

	client_begin(c, PFQ_CMD_GROUP_GET, NLM_F_DUMP);
	client_send(c);
	assert_int_equal(client_answer(c), 0);
	bindable = pfq_attrs_u32(&c->msg.attrs, PFQ_A_BINDABLE);
	client_free(c);
	return bindable;
}

static void test_bindable(void **state)
{
	(void)state;
	world_group("a", "lo", "flow", "9:0 0600");
	assert_int_equal(bindable_by(0), PFQ_BINDABLE_YES);
	assert_int_equal(bindable_by(9), PFQ_BINDABLE_NO);
	registry_group_find(world.registry, "a")->settings.is_tap = true;
	assert_int_equal(bindable_by(0), PFQ_BINDABLE_TAP);
	assert_int_equal(bindable_by(9), PFQ_BINDABLE_NO);
}

/* Join as @name. Returns the name that the endpoint got, or NULL with the error in c->msg. */
static const char *join_as(struct client *c, const char *name)
{
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
	pfq_msg_put_string(&c->out, PFQ_A_NAME, name);
	return client_ask(c) ? NULL : pfq_attrs_string(&c->msg.attrs, PFQ_A_NAME);
}

/* One process opens several endpoints under one name: each gets the first free number. */
static void test_names_of_one_process(void **state)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwxyz01234";
	struct client *c[6];
	int i;

	(void)state;
	world_group("g", "lo", "flow", "root:root 0600");
	for (i = 0; i < 6; i++)
		c[i] = client_hello(0, 0);
	assert_string_equal(join_as(c[0], "one"), "one");
	assert_string_equal(join_as(c[1], "one"), "one.2");
	assert_string_equal(join_as(c[2], "one"), "one.3");
	/* "one.2" is a name like any other. */
	assert_string_equal(join_as(c[3], "one.2"), "one.2.2");
	assert_string_equal(join_as(c[4], longest), longest);
	assert_string_equal(join_as(c[5], longest), "abcdefghijklmnopqrstuvwxyz012.2");
	client_free(c[1]);
	c[1] = client_hello(0, 0);
	assert_string_equal(join_as(c[1], "one"), "one.2");
	client_free(c[0]);
	c[0] = client_hello(0, 0);
	assert_string_equal(join_as(c[0], "one"), "one");
	for (i = 0; i < 6; i++)
		client_free(c[i]);
}

/* A name of another process is refused, and its number is skipped. */
static void test_names_of_processes(void **state)
{
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0), *c = client_hello(0, 0);
	struct pfqd_group *g = world_group("g", "lo", "flow", "root:root 0600");
	struct endpoint *ep;

	(void)state;
	assert_string_equal(join_as(a, "one.2"), "one.2");
	ep = TAILQ_FIRST(&g->member);
	ep->pid++;
	assert_null(join_as(b, "one.2"));
	assert_int_equal(b->msg.error, -EEXIST);
	check_text(b->msg.text, "group g has an endpoint \"one.2\" already, of process ");
	check_text(b->msg.text, "; choose another name");
	assert_string_equal(join_as(b, "one"), "one");
	assert_string_equal(join_as(c, "one"), "one.3");
	/*
	 * Processes of other PID namespaces all have PID 0, so they do not count as the
	 * same process.
	 */
	client_free(b);
	b = client_hello(0, 0);
	ep->pid = 0;
	assert_null(join_as(b, "one.2"));
	client_free(a);
	assert_string_equal(join_as(b, "one.2"), "one.2");
	client_free(b);
	client_free(c);
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
	/* No other client can join it, not even root. */
	assert_int_equal(client_join(b, name, NULL), -ENOENT);
	assert_int_equal(client_join(b, name, "lo"), -EINVAL);
	assert_int_equal(client_join(b, NULL, "lo"), 0);
	assert_string_not_equal(pfq_attrs_string(&b->msg.attrs, PFQ_A_GROUP), name);
	assert_int_equal(world.registry->group_count, 2);
	assert_int_equal(world.registry->sources.count, 1);
	client_free(a);
	world_until(world.registry->group_count == 1);
	client_free(b);
	world_until(world.registry->group_count == 0);
	assert_int_equal(world.registry->sources.count, 0);
}

static void test_made_by_join(void **state)
{
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0), *c = client_hello(0, 0);
	struct pfqd_group *g;

	(void)state;
	client_begin(a, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&a->out, PFQ_A_GROUP, "42");
	pfq_msg_put_string(&a->out, PFQ_A_BINDINGS, "lo");
	pfq_msg_put_string(&a->out, PFQ_A_STEER, "ip");
	pfq_msg_put_string(&a->out, PFQ_A_VLANS, "7");
	assert_int_equal(client_ask(a), 0);
	g = registry_group_find(world.registry, "42");
	assert_int_equal(g->settings.id, 42);
	assert_string_equal(g->settings.steer, "ip");
	assert_string_equal(g->settings.vlans_text, "7");
	assert_int_equal(client_join(b, "42", NULL), 0);
	assert_int_equal(g->members, 2);
	assert_int_equal(client_join(c, "made", "lo"), 0);
	assert_string_equal(registry_group_find(world.registry, "made")->settings.steer, "flow");
	client_free(a);
	world_until(g->members == 1);
	client_free(b);
	world_until(!registry_group_find(world.registry, "42"));
	client_free(c);
	world_until(world.registry->group_count == 0);
}

/*
 * Devices that a member adds are unbound with the last member. A refused JOIN unbinds what
 * it bound.
 */
static void test_bound_by_join(void **state)
{
	struct client *a = client_hello(0, 0), *b = client_hello(0, 0);
	struct pfqd_group *g = world_group("g", "lo", "flow", "root:root 0600");

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
	assert_int_equal(world.registry->sources.count, 1);
	net_veth_del();
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
		TEST(test_bindable),
		TEST(test_names_of_one_process),
		TEST(test_names_of_processes),
		TEST(test_private),
		TEST(test_made_by_join),
		TEST(test_bound_by_join),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
