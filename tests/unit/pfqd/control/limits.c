/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests what one user may have, and clients that do not read or that ask too much. */
/* Alone: it measures how long the server waits. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

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
	/* Other users are not affected, and closing one connection makes room. */
	other = client_hello(10, 10);
	client_free(other);
	client_free(c[0]);
	c[0] = client_hello(9, 9);
	for (i = 0; i <= max; i++)
		client_free(c[i]);
	free(c);
}

/* Connections over the limit that never send anything do not pile up. */
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
	assert_int_equal(limits_used(world.registry->limits, 9, LIMIT_CONNECTIONS), 0);
}

/* Root can connect, whatever number of others there are. */
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
	assert_int_equal(limits_used(world.registry->limits, 9, LIMIT_CONNECTIONS), 0);
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

/*
 * A client that sends nothing loses its connection. Root keeps it, and so does a client
 * after HELLO.
 */
static void test_silent(void **state)
{
	struct client *greeted = client_hello(9, 9), *root = client_new(0, 0);
	uint64_t start = registry_now_ns(), until = start + SERVER_HELLO_MS * 1000000ULL / 2;
	struct client *first = client_new(9, 9), *second;

	(void)state;
	while (registry_now_ns() < until)
		loop_once(world.loop, 10);
	second = client_new(10, 10);
	assert_int_equal(server_connections(world.server), 4);
	world_until(server_connections(world.server) == 3);
	assert_true(registry_now_ns() - start >= SERVER_HELLO_MS * 1000000ULL);
	assert_true(registry_now_ns() - start < SERVER_HELLO_MS * 1200000ULL);
	assert_int_equal(client_answer(first), -EPIPE);
	world_until(server_connections(world.server) == 2);
	assert_true(registry_now_ns() - start >= SERVER_HELLO_MS * 1500000ULL);
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
	world_group("h", "lo", "flow", "9:9 0600");
	for (i = 0; i <= max; i++) {
		c[i] = client_hello(9, 9);
		client_begin(c[i], PFQ_CMD_JOIN, 0);
		pfq_msg_put_string(&c[i]->out, PFQ_A_GROUP, i % 2 ? "g" : "h");
		pfq_msg_put_u64(&c[i]->out, PFQ_A_RING_BYTES, 4096);
		pfq_msg_put_u32(&c[i]->out, PFQ_A_SNAPLEN, 64);
		assert_int_equal(client_ask(c[i]), i < max ? 0 : -EDQUOT);
	}
	for (i = 0; i <= max; i++)
		client_free(c[i]);
	free(c);
	assert_int_equal(limits_used(world.registry->limits, 9, LIMIT_ENDPOINTS), 0);
	assert_int_equal(limits_used(world.registry->limits, 9, LIMIT_RING_BYTES), 0);
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

/* The limit holds for all filters of a user together, because they cost other users' time. */
static void test_filter_instructions(void **state)
{
	uint64_t max = limits_max(9, LIMIT_FILTER_INSNS);
	struct client *a = client_hello(9, 9), *b = client_hello(9, 9), *other = client_hello(8, 9);
	struct client *root = client_hello(0, 0);
	struct limits *l = world.registry->limits;

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
	/* After a refused filter the old one stays in force and counted. */
	assert_int_equal(ask_filter(b, 97), -EDQUOT);
	assert_int_equal(limits_used(l, 9, LIMIT_FILTER_INSNS), max);
	/* Other users have their own limits; root has none. */
	assert_int_equal(ask_filter(other, 4096), 0);
	assert_int_equal(ask_filter(root, 4096), 0);
	/* A shorter filter, no filter, and the end of the endpoint give instructions back. */
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

/* A ring counts with the size asked for, at most 1 GiB. So a limit can be used up exactly. */
static void test_ring_bytes(void **state)
{
	uint64_t max = limits_max(9, LIMIT_RING_BYTES), used = max - (1 << 20), sizes[2], i;
	struct limits *l = world.registry->limits;
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
			    "group g has 256 members, absent ones included; allowed: 256");
	assert_int_equal(registry_group_find(world.registry, "g")->started, PFQ_MEMBERS_MAX);
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

/* A dump larger than the socket's buffers waits for its client, and is complete. */
static void test_large_dump(void **state)
{
	struct client *c = client_hello(0, 0), *other = client_hello(0, 0);
	int n, ret, pending = 0;

	(void)state;
	make_groups(900);
	client_begin(c, PFQ_CMD_GROUP_GET, NLM_F_DUMP);
	client_send(c);
	/* The server sends as much as fits, and meanwhile serves other clients. */
	for (n = 0; n < 50; n++)
		loop_once(world.loop, 1);
	assert_int_equal(client_command(other, PFQ_CMD_STATUS_GET), 0);
	/* A request during the dump is answered after it. */
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

/* The status of the largest number of sources, with the longest texts, fits into one message. */
static void test_status_of_all(void **state)
{
	struct client *c = client_hello(0, 0);
	unsigned int i, with_why = 0, count = 0;
	const struct nlattr *nest = NULL;
	char text[PFQ_MSG_TEXT_MAX + 1];
	struct pfq_attrs a;
	struct source *src;

	(void)state;
	for (i = 0; i < LIMIT_SOURCES_TOTAL; i++) {
		char name[32], device[32];

		snprintf(name, sizeof(name), "group-%u", i);
		snprintf(device, sizeof(device), "absent-device%02x/0", i);
		src = world_group(name, device, "flow", "root:root 0600")->feed[0].source;
		/* "100,102,...": the longest text possible */
		memset(src->binding.queues, 0, sizeof(src->binding.queues));
		for (unsigned int q = 100; q < 226; q += 2)
			src->binding.queues[q / 64] |= 1ULL << q % 64;
	}
	/* Existing devices, found by the longest alternative names, and each unusable */
	TAILQ_FOREACH(src, &world.registry->sources.live, entry) {
		memset(src->error.text, 'x', sizeof(src->error.text) - 1);
		memset(src->binding.device, 'w', sizeof(src->binding.device) - 1);
		memset(src->name, 'n', sizeof(src->name) - 1);
	}
	assert_int_equal(client_command(c, PFQ_CMD_STATUS_GET), 0);
	while ((nest = pfq_attrs_next(&c->msg.attrs, PFQ_A_INGEST, nest))) {
		assert_int_equal(pfq_attrs_parse(&a, nest, text), 0);
		assert_int_equal(strlen(pfq_attrs_string(&a, PFQ_A_QUEUES)), 251);
		assert_int_equal(strlen(pfq_attrs_string(&a, PFQ_A_WRITTEN)), PFQ_DEVICE_NAME_MAX);
		assert_true(pfq_attrs_has(&a, PFQ_A_IFINDEX));
		with_why += pfq_attrs_has(&a, PFQ_A_WHY);
		count++;
	}
	assert_int_equal(count, LIMIT_SOURCES_TOTAL);
	assert_true(with_why > 0 && with_why < count);
	client_free(c);
}

static void test_reader_that_stalls(void **state)
{
	struct client *c = client_hello(0, 0);
	unsigned int count;
	uint64_t start;

	(void)state;
	make_groups(900);
	count = server_connections(world.server);
	start = registry_now_ns();
	client_begin(c, PFQ_CMD_GROUP_GET, NLM_F_DUMP);
	client_send(c);
	while (server_connections(world.server) == count) {
		loop_once(world.loop, 100);
		assert_true(registry_now_ns() - start < 3 * CONNECTION_STALL_MS * 1000000ULL);
	}
	assert_true(registry_now_ns() - start >= CONNECTION_STALL_MS * 1000000ULL);
	close(c->sock);
	free(c);
}

/* A client asks and never reads the answers: the server drops it when its socket is full. */
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
		TEST(test_connections),
		TEST(test_connections_refused),
		TEST(test_connections_of_root),
		TEST(test_silent),
		TEST(test_endpoints),
		TEST(test_ring_bytes),
		TEST(test_status_of_all),
		TEST(test_filter_instructions),
		TEST(test_members),
		TEST(test_large_dump),
		TEST(test_reader_that_stalls),
		TEST(test_asks_without_reading),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
