// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * A hostile consumer. It joins a group like any program. Then it overwrites, forges,
 * truncates and misuses all memory and descriptors that it got. The engine's memory must
 * refuse every write; the behaviour scripts check the other members. It finds its
 * descriptors in /proc/self/fd. libpfq would close some of them, so this program replaces
 * close().
 */
#include <argp.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/pfq_control.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include "pattern.h"
#include "pfq.h"

#define FDS_MAX		64
#define GIFTS		64	/* descriptors in one message to the engine */
#define FILL		1000	/* messages, unless a queue is full before */
#define ASKS		10	/* requests, if the engine answers each before the next */

struct area {
	int fd;
	off_t offset;		/* in the file; 0 but for the kernel engine's device */
	size_t len;
	uint8_t *writable;	/* NULL: cannot be mapped writable */
	const uint8_t *readable;
	bool is_data;		/* the engine's data area */
};

/* A sock is the doorbell of the user engine, or a connection to an engine. */
struct sock {
	int fd;
	bool is_control;
	uint16_t request;	/* message type of requests */
	int burst;		/* messages in each round */
};

static struct {
	struct area area[FDS_MAX];
	unsigned int areas;
	struct sock sock[FDS_MAX];
	unsigned int socks;
	int device;		/* the kernel engine's device, its doorbell; 0: none */
	int rings;		/* bytes read from the device */
	unsigned int violations, refused;
	unsigned long long rounds, sent;
} have;

/* Count an attack on the engine's memory. It must not have succeeded. */
static void forbidden(const char *what, bool succeeded)
{
	if (!succeeded) {
		have.refused++;
		return;
	}
	warnx("the engine's memory could be %s", what);
	have.violations++;
}

/* Is it memory from an engine: a memfd, secret memory, or its device? */
static bool is_area(int fd)
{
	static const char *const begin[] = { "/memfd:", "/secretmem", "/dev/pfq" };
	char path[32], link[256] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (readlink(path, link, sizeof(link) - 1) < 0)
		return false;
	for (unsigned int i = 0; i < sizeof(begin) / sizeof(begin[0]); i++) {
		if (!strncmp(link, begin[i], strlen(begin[i])))
			return true;
	}
	return false;
}

/* Keep the descriptors of the areas open, whatever code closes them. */
__attribute__((visibility("default"))) int close(int fd);

int close(int fd)
{
	if (have.areas == 0 && is_area(fd))
		return 0;
	return (int)syscall(SYS_close, fd);
}

/* --- find ---------------------------------------------------------------------- */

static void area_add(int fd, off_t offset, size_t len)
{
	struct area *a = &have.area[have.areas++];
	void *map = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, offset);

	*a = (struct area){ .fd = fd, .offset = offset, .len = len };
	if (map == MAP_FAILED)
		err(2, "an area of %zu bytes that cannot be read", len);
	a->readable = map;
	a->is_data = len >= sizeof(struct pfq_ring_hdr) &&
		     ((const struct pfq_ring_hdr *)map)->magic == PFQ_RING_MAGIC;
	map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	a->writable = map == MAP_FAILED ? NULL : map;
}

/* A device has no size: its mappings show the areas. Two descriptors are one file. */
static void device_add(int fd)
{
	unsigned long long begin, end, offset;
	FILE *maps = fopen("/proc/self/maps", "r");
	struct { unsigned long long offset, len; } found[2];
	unsigned int n = 0;
	char line[256];

	if (have.device || !maps) {
		if (maps)
			fclose(maps);
		return;
	}
	have.device = fd;
	while (n < 2 && fgets(line, sizeof(line), maps)) {
		if (strstr(line, PFQ_DEVICE) &&
		    sscanf(line, "%llx-%llx %*s %llx", &begin, &end, &offset) == 3) {
			found[n].offset = offset;
			found[n++].len = end - begin;
		}
	}
	fclose(maps);
	while (n--)
		area_add(fd, (off_t)found[n].offset, (size_t)found[n].len);
}

/* Return the generic netlink family; 0: there is no kernel engine. */
static uint16_t family(void)
{
	struct nl_sock *nl = nl_socket_alloc();
	int id = nl && !genl_connect(nl) ? genl_ctrl_resolve(nl, PFQ_FAMILY_NAME) : 0;

	nl_socket_free(nl);
	return id > 0 ? (uint16_t)id : 0;
}

static int socket_option(int fd, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	(void)getsockopt(fd, SOL_SOCKET, name, &value, &len);
	return value;
}

static void socket_add(int fd)
{
	struct sock *s = &have.sock[have.socks++];
	bool is_netlink = socket_option(fd, SO_DOMAIN) == AF_NETLINK;

	s->fd = fd;
	s->is_control = is_netlink || socket_option(fd, SO_TYPE) == SOCK_SEQPACKET;
	s->request = is_netlink ? family() : PFQ_MSG_TYPE;
	s->burst = is_netlink ? ASKS : FILL;
}

static void fd_add(int fd)
{
	struct stat st;

	if (have.areas == FDS_MAX || have.socks == FDS_MAX || fstat(fd, &st))
		return;
	if (S_ISSOCK(st.st_mode))
		socket_add(fd);
	else if (S_ISCHR(st.st_mode) && is_area(fd))
		device_add(fd);
	else if (is_area(fd))
		area_add(fd, 0, (size_t)st.st_size);
}

static void find(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	bool data = false;

	if (!dir)
		err(2, "/proc/self/fd");
	while ((entry = readdir(dir))) {
		int fd = atoi(entry->d_name);

		if (fd > STDERR_FILENO && fd != dirfd(dir))
			fd_add(fd);
	}
	closedir(dir);
	for (unsigned int i = 0; i < have.areas; i++)
		data |= have.area[i].is_data;
	if (!data || have.areas < 2 || !have.socks)
		errx(2, "found %u areas and %u sockets: not those that a consumer gets",
		     have.areas, have.socks);
}

/* --- the engine's memory ------------------------------------------------------------ */

static void area_write(int fd, off_t offset, size_t len, const char *how)
{
	char what[64];
	void *map;

	snprintf(what, sizeof(what), "written %s", how);
	forbidden(what, pwrite(fd, &have, 64, 0) > 0);
	map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	snprintf(what, sizeof(what), "mapped writable %s", how);
	forbidden(what, map != MAP_FAILED);
	if (map != MAP_FAILED)
		memset(map, 0xff, len);
}

static void area_cut(int fd, size_t len, const char *how)
{
	char what[64];

	snprintf(what, sizeof(what), "grown %s", how);
	forbidden(what, !ftruncate(fd, (off_t)len * 2));
	snprintf(what, sizeof(what), "cut %s", how);
	forbidden(what, !ftruncate(fd, 0));
}

static void data_attack(const struct area *a)
{
	char path[32];
	int fd;

	area_write(a->fd, a->offset, a->len, "directly");
	area_cut(a->fd, a->len, "directly");
	forbidden("punched", !fallocate(a->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
					(off_t)a->len));
	forbidden("zeroed", !fallocate(a->fd, FALLOC_FL_ZERO_RANGE, 0, (off_t)a->len));
	forbidden("made writable", !mprotect((void *)a->readable, a->len, PROT_READ | PROT_WRITE));
	forbidden("removed", !madvise((void *)a->readable, a->len, MADV_REMOVE));
	forbidden("sealed further", !fcntl(a->fd, F_ADD_SEALS, F_SEAL_SHRINK));
	/* Opening the device again would make another endpoint, or fail. */
	if (a->fd == have.device)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", a->fd);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		area_write(fd, a->offset, a->len, "through a descriptor opened again");
		area_cut(fd, a->len, "through a descriptor opened again");
		close(fd);
	}
	fd = open(path, O_RDONLY | O_TRUNC | O_CLOEXEC);
	forbidden("cut by opening it", fd >= 0);
	if (fd >= 0)
		close(fd);
}

/* --- words that the consumer writes ------------------------------------------------------- */

static const struct area *data_area(void)
{
	for (unsigned int i = 0; i < have.areas; i++)
		if (have.area[i].is_data)
			return &have.area[i];
	return NULL;
}

static const struct pfq_lane_hdr *lane_hdr(unsigned int lane)
{
	const struct area *a = data_area();
	const struct pfq_ring_hdr *ring = (const void *)a->readable;

	return (const void *)(a->readable + ring->lane_hdr_offset + lane * PFQ_LANE_HDR_BYTES);
}

/* Return a cursor that might confuse an engine. */
static uint64_t cursor_forge(unsigned int lane, uint64_t *random)
{
	const struct pfq_ring_hdr *ring = (const void *)data_area()->readable;
	uint64_t prod = __atomic_load_n(&lane_hdr(lane)->prod, __ATOMIC_RELAXED);
	const uint64_t forged[] = {
		0, 1, prod, prod + 1, prod + PFQ_REC_ALIGN, prod - ring->lane_size,
		prod - ring->lane_size - PFQ_REC_ALIGN, prod + ring->lane_size, prod / 2,
		UINT64_MAX, 1ULL << 63, UINT32_MAX, pattern_random(random),
	};

	return forged[pattern_random(random) % (sizeof(forged) / sizeof(forged[0]))];
}

static void reader_attack(const struct area *a, uint64_t *random)
{
	const struct pfq_ring_hdr *ring = (const void *)data_area()->readable;
	volatile struct pfq_reader_hdr *hdr = (volatile void *)a->writable;

	if (have.rounds >> 6 & 1) {
		/* For a while only ask for a ring at each packet, and never read. */
		hdr->threshold = 1;
		hdr->delay_ns = 0;
		hdr->armed = 1;
		return;
	}
	if (have.rounds % 7 == 0)
		for (size_t i = 0; i < a->len; i++)
			a->writable[i] = (uint8_t)pattern_random(random);
	for (unsigned int i = 0; i < ring->lanes; i++) {
		volatile struct pfq_reader_lane *lane =
			(volatile void *)(a->writable + PFQ_READER_LANE_OFFSET(i));

		lane->cons = cursor_forge(i, random);
		lane->read = pattern_random(random);
	}
	hdr->threshold = (uint32_t)pattern_random(random) & 1;
	hdr->delay_ns = have.rounds & 1 ? 0 : pattern_random(random);
	hdr->armed = have.rounds % 3 ? 1 : (uint32_t)pattern_random(random);
	if (have.rounds % 16 == 0)
		(void)fallocate(a->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				(off_t)a->len);
	if (have.rounds == 1) {
		/* If this succeeded, the engine would fault. */
		area_cut(a->fd, a->len, "(the consumer's area)");
		forbidden("sealed against writing", !fcntl(a->fd, F_ADD_SEALS, F_SEAL_WRITE));
	}
}

/* --- sockets ---------------------------------------------------------------------------- */

static void socket_misuse(int fd)
{
	int flags = fcntl(fd, F_GETFL), tiny = 1;

	(void)fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
	(void)fcntl(fd, F_SETOWN, getpid());
	(void)fcntl(fd, F_SETFL, (flags & ~O_NONBLOCK) | O_ASYNC);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &tiny, sizeof(tiny));
}

static void socket_fill(const struct sock *s, const void *bytes, size_t len)
{
	for (int n = s->burst; n-- && send(s->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL) > 0;)
		have.sent++;
}

/* Send requests, valid and invalid ones, and never read the answers. */
static void socket_ask(const struct sock *s, uint64_t *random)
{
	struct {
		struct nlmsghdr nl;
		struct genlmsghdr gen;
		uint8_t rest[200];
	} m;

	pattern_fill((uint8_t *)&m, sizeof(m), pattern_random(random), 0);
	if (have.rounds % 4) {
		m.nl.nlmsg_len = have.rounds % 4 == 3 ? sizeof(m) : sizeof(m.nl) + sizeof(m.gen);
		m.nl.nlmsg_type = s->request;
		m.nl.nlmsg_flags = NLM_F_REQUEST | (have.rounds & 1 ? NLM_F_DUMP : 0);
		m.gen.cmd = (uint8_t)(pattern_random(random) % (PFQ_CMD_MAX + 1));
		m.gen.version = 1;
	}
	socket_fill(s, &m, have.rounds % 4 == 3 ? sizeof(m) : sizeof(m.nl) + sizeof(m.gen));
}

/* Count the unread bytes of the doorbell. A device has room for one, which is read here. */
static int doorbell_waiting(void)
{
	int most = have.rings, waiting;

	for (unsigned int i = 0; i < have.socks; i++)
		if (!have.sock[i].is_control && !ioctl(have.sock[i].fd, FIONREAD, &waiting) &&
		    waiting > most)
			most = waiting;
	return most;
}

/* Send descriptors that the engine has not asked for. */
static void socket_gift(int fd)
{
	char room[CMSG_SPACE(GIFTS * sizeof(int))] = "", byte = 0;
	struct iovec io = { &byte, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = room,
			    .msg_controllen = sizeof(room) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&m);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(GIFTS * sizeof(int));
	for (int i = 0; i < GIFTS; i++)
		memcpy(CMSG_DATA(head) + (size_t)i * sizeof(int), &fd, sizeof(int));
	have.sent += sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) > 0;
}

/* --- main --------------------------------------------------------------------------------- */

struct plan {
	struct pfq_params params;
	unsigned int seconds;
	int rings;
	bool control;
};

static volatile sig_atomic_t is_stopped;

static void stop(int sig)
{
	(void)sig;
	is_stopped = 1;
}

static void sockets_attack(const struct plan *plan, uint64_t *random)
{
	for (unsigned int i = 0; i < have.socks; i++) {
		const struct sock *s = &have.sock[i];

		if (!s->is_control) {
			socket_fill(s, random, 1);
		} else if (plan->control) {
			socket_ask(s, random);
			socket_gift(s->fd);
		}
	}
}

/* Print it once when the doorbell has rung as often as requested. */
static void rings_say(struct plan *plan)
{
	if (!plan->rings || doorbell_waiting() < plan->rings)
		return;
	printf("rung %d times\n", plan->rings);
	fflush(stdout);
	plan->rings = 0;
}

static void attack(struct plan *plan)
{
	const struct timespec rest = { .tv_nsec = 200000 };
	time_t end = time(NULL) + plan->seconds;
	uint64_t random = 1;

	for (unsigned int i = 0; i < have.areas; i++)
		if (have.area[i].is_data)
			data_attack(&have.area[i]);
	for (unsigned int i = 0; i < have.socks; i++)
		socket_misuse(have.sock[i].fd);
	while (!is_stopped && (!plan->seconds || time(NULL) < end)) {
		char byte;

		have.rounds++;
		if (have.device && read(have.device, &byte, 1) == 1)
			have.rings++;
		for (unsigned int i = 0; i < have.areas; i++)
			if (!have.area[i].is_data && have.area[i].writable)
				reader_attack(&have.area[i], &random);
		sockets_attack(plan, &random);
		rings_say(plan);
		nanosleep(&rest, NULL);
	}
}

static const struct argp_option options[] = {
	{ "group", 'g', "GROUP", 0, "join this group", 0 },
	{ "socket", 's', "PATH", 0, "where the engine listens", 0 },
	{ "seconds", 't', "N", 0, "run for N seconds, not until SIGTERM", 0 },
	{ "rings", 'r', "N", 0, "print a line when the doorbell was rung N times", 0 },
	{ "control", 'c', NULL, 0, "misuse the control connection too (that may close it)", 0 },
	{ 0 }
};

static error_t option(int key, char *arg, struct argp_state *state)
{
	struct plan *plan = state->input;

	switch (key) {
	case 'g': plan->params.group = arg; return 0;
	case 's': plan->params.socket = arg; return 0;
	case 't': plan->seconds = (unsigned int)strtoul(arg, NULL, 10); return 0;
	case 'r': plan->rings = atoi(arg); return 0;
	case 'c': plan->control = true; return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = { .options = options, .parser = option,
		.doc = "Joins a group and misuses all that it gets. Exit status 1: the engine's "
		       "memory could be written to, cut or punched." };
	static struct plan plan;
	struct pfq_error error = { "" };
	struct pfq *q;
	int got;

	argp_parse(&argp, argc, argv, 0, NULL, &plan);
	signal(SIGIO, SIG_IGN);
	signal(SIGTERM, stop);
	got = pfq_open(&q, &plan.params, &error);
	if (got < 0 || (got = pfq_start(q, &error)) < 0)
		errx(2, "%s", *error.text ? error.text : strerror(-got));
	find();
	puts("joined");
	fflush(stdout);
	attack(&plan);
	printf("{ \"areas\": %u, \"sockets\": %u, \"rounds\": %llu, \"sent\": %llu, "
	       "\"rung\": %d, \"refused\": %u, \"violations\": %u }\n", have.areas,
	       have.socks, have.rounds, have.sent, doorbell_waiting(), have.refused,
	       have.violations);
	/* Without pfq_close(), as a program that crashes. */
	fflush(stdout);
	_exit(have.violations ? 1 : 0);
}
