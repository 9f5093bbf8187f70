/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "check.h"
#include "ingest_net.h"
#include "pfqd_world.h"

struct world world;

int world_count_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

int world_setup(void **state)
{
	struct engine_params params = { .workers = 2 };
	struct pfq_error err;

	(void)state;
	log_level_set(LOG_LEVEL_ERROR);
	world.fds = world_count_fds();
	assert_int_equal(loop_create(&world.loop), 0);
	params.loop = world.loop;
	if (engine_create(&world.engine, &params, &err))
		fail_msg("%s", err.text);
	assert_int_equal(server_create(&world.server, world.engine, &err), 0);
	return 0;
}

int world_teardown(void **state)
{
	(void)state;
	server_destroy(world.server);
	engine_destroy(world.engine);
	loop_destroy(world.loop);
	/* nothing of anybody stays */
	assert_int_equal(world_count_fds(), world.fds);
	return 0;
}

struct group *world_group(const char *name, const char *devices, const char *steer,
			  const char *access)
{
	struct group_settings s;
	struct pfq_error err;
	struct group *g;

	group_settings_default(&s);
	strcpy(s.name, name);
	s.promisc = false;
	s.ring_bytes = 1 << 20;
	if (!strncmp(devices, "file:", 5))
		strcpy(s.file.path, devices + 5);
	else
		assert_int_equal(binding_list_parse(&s.bindings, devices, &err), 0);
	assert_int_equal(group_settings_steer(&s, steer, &err), 0);
	assert_int_equal(access_policy_parse(&s.access, access, &err), 0);
	if (engine_group_add(world.engine, GROUP_CONFIGURED, &s, &g, &err))
		fail_msg("%s", err.text);
	assert_int_equal(engine_update(world.engine, &err), 0);
	return g;
}

void world_veth(void)
{
	const struct device *d;

	net_veth(1);
	world_until((d = devices_find(world.engine->devices, "va")) && d->up);
}

struct client *client_new(uid_t uid, gid_t gid)
{
	struct client *c = calloc(1, sizeof(*c));
	gid_t had[64];
	int fds[2], groups;

	/* a pair has the credentials of who made it */
	groups = getgroups(64, had);
	/* not setgroups(): its header has another struct group */
	assert_int_equal(syscall(SYS_setgroups, 0, NULL), 0);
	assert_int_equal(setegid(gid), 0);
	assert_int_equal(seteuid(uid), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
			 0);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setegid(0), 0);
	assert_int_equal(syscall(SYS_setgroups, groups, had), 0);
	c->sock = fds[1];
	server_adopt(world.server, fds[0]);
	return c;
}

struct client *client_hello(uid_t uid, gid_t gid)
{
	struct client *c = client_new(uid, gid);

	client_begin(c, PFQ_CMD_HELLO, 0);
	pfq_msg_put_u32(&c->out, PFQ_A_ABI, PFQ_ABI_VERSION);
	assert_int_equal(client_ask(c), 0);
	return c;
}

static void close_fds(struct client *c)
{
	while (c->fds_count)
		close(c->fds[--c->fds_count]);
}

void client_free(struct client *c)
{
	close_fds(c);
	close(c->sock);
	free(c);
	/* the server notices */
	while (loop_once(world.loop, 0) > 0)
		;
}

void client_begin(struct client *c, enum pfq_cmd cmd, uint16_t flags)
{
	pfq_msg_begin(&c->out, cmd, NLM_F_REQUEST | flags, ++c->seq);
}

void client_send(struct client *c)
{
	assert_int_equal(pfq_msg_send(c->sock, &c->out, NULL, 0), 0);
	pfq_msg_free(&c->out);
}

int client_answer(struct client *c)
{
	ssize_t n = -EAGAIN;

	close_fds(c);
	world_until((n = pfq_msg_recv(c->sock, c->buf, sizeof(c->buf), c->fds, PFQ_MSG_FDS_MAX,
				      &c->fds_count)) != -EAGAIN);
	if (n <= 0)
		return n ? (int)n : -EPIPE;
	assert_int_equal(pfq_msg_parse(&c->msg, c->buf, n), 0);
	return c->msg.error;
}

int client_ask(struct client *c)
{
	int ret;

	client_send(c);
	ret = client_answer(c);
	if (ret != -EPIPE && ret != -ECONNRESET)
		assert_int_equal(c->msg.seq, c->seq);
	return ret;
}

int client_command(struct client *c, enum pfq_cmd cmd)
{
	client_begin(c, cmd, 0);
	return client_ask(c);
}

int client_join(struct client *c, const char *group, const char *bindings)
{
	client_begin(c, PFQ_CMD_JOIN, 0);
	if (group)
		pfq_msg_put_string(&c->out, PFQ_A_GROUP, group);
	if (bindings)
		pfq_msg_put_string(&c->out, PFQ_A_BINDINGS, bindings);
	pfq_msg_put_u64(&c->out, PFQ_A_RING_BYTES, 1 << 20);
	return client_ask(c);
}

int client_dump(struct client *c, enum pfq_cmd cmd, const char *group)
{
	int n, ret;

	client_begin(c, cmd, NLM_F_DUMP);
	if (group)
		pfq_msg_put_string(&c->out, PFQ_A_GROUP, group);
	client_send(c);
	for (n = 0; ; n++) {
		ret = client_answer(c);
		if (ret)
			return ret;
		assert_int_equal(c->msg.seq, c->seq);
		if (c->msg.type == NLMSG_DONE)
			return n;
		assert_int_equal(c->msg.cmd, cmd);
		assert_true(c->msg.flags & NLM_F_MULTI);
	}
}

uint64_t client_counter(struct client *c, uint32_t endpoint, enum pfq_endpoint_counter counter)
{
	uint64_t counters[PFQ_ENDPOINT_COUNTERS_MAX], found = UINT64_MAX;

	client_begin(c, PFQ_CMD_ENDPOINT_GET, NLM_F_DUMP);
	client_send(c);
	for (;;) {
		assert_int_equal(client_answer(c), 0);
		if (c->msg.type == NLMSG_DONE)
			return found;
		if (pfq_attrs_u32(&c->msg.attrs, PFQ_A_ENDPOINT) != endpoint)
			continue;
		pfq_attrs_u64s(&c->msg.attrs, PFQ_A_COUNTERS, counters, PFQ_ENDPOINT_COUNTERS_MAX);
		found = counters[counter];
	}
}
