/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A pfqd within the test: loop, engine with workers, server; and clients that
 * speak to it by socket pairs, one message at a time.
 */
#ifndef TESTS_PFQD_WORLD_H
#define TESTS_PFQD_WORLD_H

#include "../../lib/message.h"
#include "pfqd/control/server.h"

struct world {
	struct loop *loop;
	struct engine *engine;
	struct server *server;
	int fds;		/* of the process before anybody came */
};

extern struct world world;

/* cmocka fixtures: a new world of two workers for each test */
int world_setup(void **state);
int world_teardown(void **state);

/* a group as pfqd.conf makes it */
struct group *world_group(const char *name, const char *devices, const char *steer,
			  const char *access);

/* net_veth(), and the engine knows of it */
void world_veth(void);

int world_count_fds(void);
/* Let the engine work until @cond, five seconds at most. */
#define world_until(cond)							\
	do {									\
		uint64_t until_ns = engine_now_ns() + 5000000000ULL;		\
		while (!(cond)) {						\
			loop_once(world.loop, 10);				\
			if (engine_now_ns() > until_ns)				\
				fail_msg("not within 5 s: %s", #cond);		\
		}								\
	} while (0)

struct client {
	int sock;
	uint32_t seq;
	struct pfq_msg_out out;		/* the request being made */
	uint64_t buf[PFQ_MSG_MAX / 8];
	struct pfq_msg msg;		/* the last answer */
	int fds[PFQ_MSG_FDS_MAX];
	unsigned int fds_count;
};

/* Connected as user @uid, with @gid and no other group; not greeted. */
struct client *client_new(uid_t uid, gid_t gid);
/* the same, greeted */
struct client *client_hello(uid_t uid, gid_t gid);
void client_free(struct client *c);

/* Begin a request, put its attributes into c->out, then ask. */
void client_begin(struct client *c, enum pfq_cmd cmd, uint16_t flags);
void client_send(struct client *c);
/* 0 or the answer's error; -EPIPE: hung up */
int client_answer(struct client *c);
int client_ask(struct client *c);
/* a request without attributes */
int client_command(struct client *c, enum pfq_cmd cmd);
/* JOIN with these, NULL: without; takes the descriptors */
int client_join(struct client *c, const char *group, const char *bindings);

/* how many messages a dump of @cmd has; @group NULL: all; -errno */
int client_dump(struct client *c, enum pfq_cmd cmd, const char *group);

/* sum of the endpoint's counter as ENDPOINT_GET has it */
uint64_t client_counter(struct client *c, uint32_t endpoint, enum pfq_endpoint_counter counter);

#endif /* TESTS_PFQD_WORLD_H */
