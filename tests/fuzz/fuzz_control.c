/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Sends control messages through pfqd's server. Two clients, root and a user, send any
 * bytes. After they have left and the file was read again, nothing of theirs remains. Devices
 * and workers are replaced; all between is pfqd's own code.
 *
 * Input: records of one byte (bit 0: from the user; 1: the datagram as it is, otherwise
 * with a header before it; 2: NLM_F_DUMP; 3: read answers first; 4: a new connection), two
 * bytes of length, and as many bytes.
 */
#include "config.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/message.h"
#include "pfqd/base/sandbox.h"
#include "pfqd/host/available.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "pfqd/host/promisc.h"
#include "pfqd/control/server.h"
#include "pfqd/host/uevent.h"
#include "pfqd/reload/reload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define require(x)	do { if (!(x)) abort(); } while (0)

/* --- the surroundings of pfqd ----------------------------------------------------- */

uint64_t available_bytes(const char *root)
{
	(void)root;
	return 68 << 20;	/* rings of a few MiB */
}

static const struct device up = { .ifindex = 1, .name = "up", .up = true, .linktype = 1 };
static const struct device down = { .ifindex = 2, .name = "down", .linktype = 1 };
static const struct device raw = { .ifindex = 3, .name = "raw", .up = true, .linktype = 101 };

const struct device *devices_find(const struct devices *devices, const char *name)
{
	(void)devices;
	return !strcmp(name, "up") ? &up : !strcmp(name, "down") ? &down :
	       !strcmp(name, "raw") ? &raw : NULL;
}

int devices_open(struct devices **devices, struct loop *loop, void (*changed)(void *arg), void *arg,
		 struct pfq_error *err)
{
	(void)loop;
	(void)changed;
	(void)arg;
	(void)err;
	*devices = NULL;
	return 0;
}

const struct device *devices_index(const struct devices *devices, uint32_t ifindex)
{
	(void)devices;
	return ifindex == 1 ? &up : ifindex == 2 ? &down : ifindex == 3 ? &raw : NULL;
}

int devices_refresh(struct devices *devices, struct pfq_error *err)
{
	(void)devices;
	(void)err;
	return 0;
}

void devices_close(struct devices *devices)
{
	(void)devices;
}

int uevents_open(struct uevents **uevents, struct loop *loop, void (*changed)(void *arg), void *arg)
{
	(void)loop;
	(void)changed;
	(void)arg;
	*uevents = NULL;
	return 0;
}

void uevents_close(struct uevents *uevents)
{
	(void)uevents;
}

int promisc_open(struct promisc **promisc)
{
	*promisc = NULL;
	return 0;
}

void promisc_close(struct promisc *promisc)
{
	(void)promisc;
}

bool promisc_set(struct promisc *promisc, const uint32_t *ifindex, unsigned int count)
{
	(void)promisc;
	(void)ifindex;
	require(count <= LIMIT_SOURCES_TOTAL);
	return true;
}

static unsigned int ingests;

static int fake_open(struct ingest **in, const struct ingest_params *params, struct pfq_error *err)
{
	if (params->queues && params->queues[0] & 1)
		return error_set(err, -EINVAL, "no such queue");
	*in = malloc(4);
	memcpy(*in, &params->ifindex, 4);
	ingests++;
	return 0;
}

static uint32_t fake_linktype(const struct ingest *in)
{
	uint32_t ifindex;

	memcpy(&ifindex, in, 4);
	return ifindex == raw.ifindex ? 101 : 1;
}

static void fake_counters(struct ingest *in, uint64_t counters[PFQ_INGEST_COUNTERS_MAX])
{
	(void)in;
	counters[0] = 1;
}

static void fake_close(struct ingest *in)
{
	free(in);
	ingests--;
}

uint64_t available_total_bytes(const char *root)
{
	(void)root;
	return 1ULL << 30;
}

const struct ingest_driver *ingest_driver_find(const char *name)
{
	return strcmp(name, "packet") ? NULL : ingest_driver(0);
}

bool ingest_driver_is_to_come(const char *name)
{
	(void)name;
	return false;
}

void ingest_driver_list(bool (*is_listed)(const struct ingest_driver *driver),
			char text[INGEST_LIST_MAX])
{
	(void)is_listed;
	strcpy(text, "packet");
}

const struct ingest_driver *ingest_driver(unsigned int i)
{
	static const struct ingest_driver driver = {
		.name = "packet",
		.mode = "fake",
		.is_device = true,
		.open = fake_open,
		.linktype = fake_linktype,
		.counters = fake_counters,
		.close = fake_close,
	};

	(void)i;
	return &driver;
}

int workers_start(struct workers **w, unsigned int count, const cpu_set_t *cpus, uint32_t seed,
		  int notify_fd, struct pfq_error *err)
{
	(void)count;
	(void)cpus;
	(void)seed;
	(void)notify_fd;
	(void)err;
	*w = malloc(1);
	return 0;
}

void workers_stop(struct workers *w)
{
	free(w);
}

/* Read all that a worker would read of the plan. Some calls fail for lack of memory. */
int workers_publish(struct workers *w, struct plan *plan)
{
	static unsigned int turn;
	uint32_t i, j, c;

	(void)w;
	for (i = 0; i < plan->groups; i++) {
		const struct pfq_group *g = &plan->group[i]->group;

		require(g->members <= PFQ_MEMBERS_MAX);
		for (j = 0; j < g->members; j++)
			require(g->member[j].producer == plan->group[i]->endpoint[j].producer &&
				g->member[j].producer[1].size);
		for (c = 0; c < PFQ_CLASSES; c++) {
			if (!g->class[c])
				continue;
			/* absent members have indices above those of the others */
			require(g->class[c]->count <= g->members);
			for (j = 0; j < PFQ_STEER_SLOTS; j++)
				require(g->class[c]->started_count ?
					g->class[c]->table.slot[j] < PFQ_MEMBERS_MAX :
					g->class[c]->table.slot[j] == PFQ_STEER_NOBODY);
		}
	}
	for (i = 0; i < plan->sources; i++) {
		for (j = 0; j < plan->source[i].groups; j++)
			require(plan->source[i].group[j]->group.lane);
	}
	return plan->sources && ++turn % 61 == 0 ? -ENOMEM : 0;
}

int workers_source_state(const struct workers *w, unsigned int i)
{
	(void)w;
	(void)i;
	return 0;
}

uint64_t workers_source_done_ns(const struct workers *w, unsigned int i)
{
	(void)w;
	(void)i;
	return ~0ULL;
}

/* --- the sandbox, which a fuzzer cannot enter --------------------------------------- */

int sandbox_enter(enum sandbox_role role, struct pfq_error *err)
{
	(void)role;
	(void)err;
	return 0;
}

/* --- clients ---------------------------------------------------------------------- */

static struct loop *loop;
static struct registry *registry;
static struct server *server;
static struct reload *reload;
static int sock[2];
static uint64_t buf[PFQ_MSG_MAX / 8 + 1];

/* Is memory being made for a JOIN? It counts as an endpoint, and no group has it. */
static bool is_joining(void)
{
	uint64_t endpoints = limits_used(registry->limits, 0, LIMIT_ENDPOINTS) +
			     limits_used(registry->limits, 9, LIMIT_ENDPOINTS);
	struct pfqd_group *g;

	TAILQ_FOREACH(g, &registry->groups, entry)
		endpoints -= g->members;
	return endpoints;
}

static void run(void)
{
	int i;

	for (i = 0; i < 200 && loop_once(loop, is_joining() ? 1000 : 0) > 0; i++)
		;
}

static void drain(int s)
{
	int fds[PFQ_MSG_FDS_MAX];
	unsigned int nfds;
	struct pfq_msg msg;
	ssize_t n;

	do {
		n = pfq_msg_recv(s, buf, PFQ_MSG_MAX, fds, PFQ_MSG_FDS_MAX, &nfds);
		if (n <= 0)
			break;
		/* Each answer is a valid message. */
		require(!pfq_msg_parse(&msg, buf, n));
		require(!nfds || (nfds == 3 && msg.cmd == PFQ_CMD_JOIN));
		require(msg.type != NLMSG_ERROR || !msg.error || msg.text[0]);
		while (nfds)
			close(fds[--nfds]);
		run();
	} while (n > 0);
}

static void hello(int who)
{
	struct pfq_msg_out out;
	int fds[2];

	if (who && (setegid(9) || seteuid(9)))
		who = 0;
	require(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds));
	if (who)
		require(!seteuid(0) && !setegid(0));
	sock[who] = fds[1];
	require(!server_adopt(server, fds[0]));
	pfq_msg_begin(&out, PFQ_CMD_HELLO, NLM_F_REQUEST, 1);
	pfq_msg_put_u32(&out, PFQ_A_ABI, PFQ_ABI_VERSION);
	require(!pfq_msg_send(sock[who], &out, NULL, 0));
	pfq_msg_free(&out);
	run();
	drain(sock[who]);
}

static void hang_up(int who)
{
	close(sock[who]);
	run();
}

static void send_one(uint8_t how, const uint8_t *data, size_t len)
{
	struct nlmsghdr *h = (struct nlmsghdr *)buf;
	size_t head = how & 2 ? 0 : NLMSG_HDRLEN;

	memset(buf, 0, NLMSG_HDRLEN);
	memcpy((char *)buf + head, data, len);
	if (head) {
		h->nlmsg_len = head + len;
		h->nlmsg_type = PFQ_MSG_TYPE;
		h->nlmsg_flags = NLM_F_REQUEST | (how & 4 ? NLM_F_DUMP : 0);
		h->nlmsg_seq = 2;
	}
	send(sock[how & 1], buf, head + len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void record(const uint8_t **data, size_t *size)
{
	uint8_t how = (*data)[0];
	size_t len = (*data)[1] | (*data)[2] << 8;

	*data += 3;
	*size -= 3;
	len = len < *size ? len : *size;
	if (len > PFQ_MSG_MAX - NLMSG_HDRLEN)
		len = PFQ_MSG_MAX - NLMSG_HDRLEN;
	if (how & 16) {
		hang_up(how & 1);
		hello(how & 1);
	}
	if (how & 8)
		drain(sock[how & 1]);
	send_one(how, *data, len);
	run();
	*data += len;
	*size -= len;
}

static void on_group_end(void *arg, struct pfqd_group *g)
{
	server_group_end(arg, g);
}

/* Have the groups of the file. A publication can fail, and is repeated. */
static void load(void)
{
	struct pfq_error err;
	int i;

	for (i = 0; i < 10 && reload_file(reload, NULL, &err); i++)
		;
	require(i < 10);
}

static void configure(void)
{
	static const char text[] = "[pfqd]\nlog = error\n"
		"[group closed]\ndevice = up\naccess = 0:0 0600\nring = 64K\nsnaplen = 1514\n"
		"[group open]\ndevice = up,down,absent\naccess = 9:9 0660\nring = 64K\n"
		"snaplen = 1514\n";
	int fd = memfd_create("conf", MFD_CLOEXEC);
	static char path[32];
	struct reload_params params = { .registry = registry, .file = path, .has_log = true };
	struct conf *conf = conf_new();

	require(conf && write(fd, text, sizeof(text) - 1) == sizeof(text) - 1);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	conf->daemon.log = LOG_LEVEL_ERROR;
	require(!reload_create(&reload, &params, conf));
	reload_on_end(reload, on_group_end, server);
	server_set_reload(server, reload);
	load();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct registry_params params = { .workers = 2 };
	struct pfq_error err;

	(void)argc;
	(void)argv;
	/* Injected frames go nowhere. */
	if (unshare(CLONE_NEWNET))
		require(geteuid());
	log_level_set(LOG_LEVEL_ERROR);
	require(!loop_create(&loop));
	params.loop = loop;
	require(!registry_create(&registry, &params, &err));
	require(!server_create(&server, registry, &err));
	configure();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pfq_error err;
	struct pfqd_group *g;
	int i;

	hello(0);
	hello(1);
	while (size > 3)
		record(&data, &size);
	hang_up(0);
	hang_up(1);
	load();
	/* nobody comes back */
	TAILQ_FOREACH(g, &registry->groups, entry)
		absent_remove_all(registry, g);
	/* Repeat a publication that failed. */
	for (i = 0; i < 10 && registry_update(registry, &err); i++)
		;
	require(!server_connections(server));
	require(registry->group_count == 2);
	require(TAILQ_EMPTY(&registry->dead_endpoints) && TAILQ_EMPTY(&registry->dead_groups));
	TAILQ_FOREACH(g, &registry->groups, entry)
		require(!g->members && !g->started && !g->profile.program);
	require(registry->sources.count == 3 && ingests == 2);
	for (i = 0; i < LIMIT_KINDS; i++)
		require(!limits_used(registry->limits, 0, i) &&
			!limits_used(registry->limits, 9, i));
	return 0;
}
