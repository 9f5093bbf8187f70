/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * kmod-fuzz SECONDS SEED DEVICE: consumers of the kernel engine that do whatever
 * they can: scribble over all they map, forge cursors, unmap, fork, pass descriptors
 * on, close in any order; and generic netlink messages, half of them nonsense.
 * Every other process is nobody. It never fails by itself: what fails is the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/pfq.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#define WORKERS		8
#define FILES		6
#define NOBODY		65534

struct area {
	uint8_t *at;
	size_t bytes;
};

struct file {
	int fd;
	size_t area_bytes, reader_bytes;	/* as the JOIN said; 0: has not joined */
	struct area data, reader;
};

struct world {
	uint64_t random;
	const char *device;
	uint16_t family;
	int netlink;
	uint32_t seq;
	struct file file[FILES];
};

static uint32_t random_u32(struct world *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (uint32_t)(w->random >> 32);
}

static uint32_t below(struct world *w, uint32_t n)
{
	return random_u32(w) % n;
}

/* now and then the edges */
static uint64_t number(struct world *w)
{
	static const uint64_t edges[] = { 0, 1, 4095, 4096, 65535, 65536, 1ULL << 31, 1ULL << 32,
					  1ULL << 40, 1ULL << 63, ~0ULL, ~0ULL - 31 };

	switch (below(w, 3)) {
	case 0:
		return edges[below(w, sizeof(edges) / sizeof(edges[0]))];
	case 1:
		return below(w, 4096);
	default:
		return (uint64_t)random_u32(w) << 32 | random_u32(w);
	}
}

/* --- generic netlink ----------------------------------------------------------- */

struct message {
	uint8_t buf[65536];
	size_t len;
};

static void put(struct message *m, uint16_t type, const void *value, size_t len)
{
	struct nlattr *a = (struct nlattr *)(m->buf + m->len);

	if (m->len + NLA_HDRLEN + NLA_ALIGN(len) > sizeof(m->buf))
		return;
	a->nla_type = type;
	a->nla_len = (uint16_t)(NLA_HDRLEN + len);
	memcpy(m->buf + m->len + NLA_HDRLEN, value, len);
	m->len += NLA_HDRLEN + NLA_ALIGN(len);
}

static void put_u32(struct message *m, uint16_t type, uint32_t v)
{
	put(m, type, &v, sizeof(v));
}

static void put_text(struct message *m, uint16_t type, const char *text)
{
	put(m, type, text, strlen(text) + 1);
}

static void begin(struct world *w, struct message *m, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *h = (struct nlmsghdr *)m->buf;
	struct genlmsghdr *g = (struct genlmsghdr *)(m->buf + NLMSG_HDRLEN);

	memset(m->buf, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	h->nlmsg_type = w->family;
	h->nlmsg_flags = NLM_F_REQUEST | flags;
	h->nlmsg_seq = ++w->seq;
	g->cmd = cmd;
	g->version = 1;
	m->len = NLMSG_HDRLEN + GENL_HDRLEN;
}

static ssize_t answer(struct world *w, uint8_t *buf, size_t size)
{
	struct pollfd p = { .fd = w->netlink, .events = POLLIN };
	ssize_t n = -1;

	while (poll(&p, 1, n < 0 ? 50 : 0) > 0)
		n = recv(w->netlink, buf, size, MSG_DONTWAIT);
	return n;
}

static void request(struct world *w, struct message *m)
{
	static uint8_t buf[65536];

	((struct nlmsghdr *)m->buf)->nlmsg_len = (uint32_t)m->len;
	if (send(w->netlink, m->buf, m->len, MSG_DONTWAIT) > 0)
		answer(w, buf, sizeof(buf));
}

static const char *group_name(struct world *w)
{
	static const char *const names[] = { "fuzz1", "fuzz2", "7", "8", "victim", "x", "-", "" };

	return names[below(w, sizeof(names) / sizeof(names[0]))];
}

static void garbage(struct world *w, struct message *m)
{
	uint8_t bytes[512];
	unsigned int i, n = below(w, sizeof(bytes));

	for (i = 0; i < n; i++)
		bytes[i] = (uint8_t)random_u32(w);
	put(m, (uint16_t)(below(w, PFQ_A_MAX + 3) | (below(w, 8) ? 0 : NLA_F_NESTED)), bytes, n);
}

static void sensible(struct world *w, struct message *m)
{
	uint64_t v64 = number(w);
	uint16_t type = (uint16_t)(1 + below(w, PFQ_A_MAX));

	switch (type) {
	case PFQ_A_GROUP:
		put_text(m, type, group_name(w));
		return;
	case PFQ_A_BINDINGS:
		put_text(m, type, below(w, 4) ? w->device : "eth9/0-3,lo,,any");
		return;
	case PFQ_A_STEER:
		put_text(m, type, below(w, 4) ? "copy" : "to:9");
		return;
	case PFQ_A_FD:
		put_u32(m, type, (uint32_t)w->file[below(w, FILES)].fd);
		return;
	case PFQ_A_RING_BYTES:
		v64 = below(w, 4) ? below(w, 1 << 20) : v64;
		/* fall through */
	case PFQ_A_CLASSES:
		put(m, type, &v64, sizeof(v64));
		return;
	default:
		put_u32(m, type, (uint32_t)v64);
	}
}

/* any command with any attributes */
static void nonsense(struct world *w)
{
	static struct message m;
	unsigned int i, n = below(w, 8);

	begin(w, &m, (uint8_t)below(w, PFQ_CMD_MAX + 3), below(w, 4) ? 0 : NLM_F_DUMP);
	for (i = 0; i < n; i++)
		(below(w, 2) ? garbage : sensible)(w, &m);
	if (!below(w, 8))
		m.len -= below(w, (uint32_t)(m.len - NLMSG_HDRLEN));
	request(w, &m);
}

static void group_change(struct world *w)
{
	static struct message m;
	bool is_add = below(w, 2);

	begin(w, &m, is_add ? PFQ_CMD_GROUP_ADD : PFQ_CMD_GROUP_DEL, NLM_F_ACK);
	put_text(&m, PFQ_A_GROUP, below(w, 2) ? "fuzz1" : "fuzz2");
	if (is_add) {
		put_text(&m, PFQ_A_BINDINGS, w->device);
		put_u32(&m, PFQ_A_ACCESS, 0666);
		put_text(&m, PFQ_A_STEER, below(w, 2) ? "flow" : "copy");
	}
	request(w, &m);
}

/* --- endpoints --------------------------------------------------------------------- */

static void map(struct world *w, struct file *f)
{
	void *p;

	if (!f->area_bytes)
		return;
	p = mmap(NULL, f->area_bytes, PROT_READ | (below(w, 8) ? 0 : PROT_WRITE),
		 below(w, 8) ? MAP_SHARED : MAP_PRIVATE, f->fd, PFQ_MMAP_DATA);
	if (p != MAP_FAILED)
		f->data = (struct area){ p, f->area_bytes };
	p = mmap(NULL, f->reader_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd,
		 PFQ_MMAP_READER);
	if (p != MAP_FAILED)
		f->reader = (struct area){ p, f->reader_bytes };
}

static uint64_t attr_u64(const uint8_t *buf, ssize_t len, uint16_t type)
{
	const struct nlmsghdr *h = (const void *)buf;
	const struct nlattr *a;
	uint64_t v = 0;
	int left;

	if (len < (ssize_t)(NLMSG_HDRLEN + GENL_HDRLEN) || h->nlmsg_type < NLMSG_MIN_TYPE)
		return 0;
	a = (const void *)(buf + NLMSG_HDRLEN + GENL_HDRLEN);
	left = (int)(h->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN);
	for (; nla_ok(a, left); a = nla_next(a, &left)) {
		if (nla_type(a) == type && nla_len(a) >= (int)sizeof(v))
			memcpy(&v, nla_data(a), sizeof(v));
	}
	return v;
}

static void join(struct world *w, struct file *f)
{
	static struct message m;
	uint64_t ring = 1 << (14 + below(w, 6));
	ssize_t n;

	begin(w, &m, PFQ_CMD_JOIN, 0);
	put_u32(&m, PFQ_A_FD, (uint32_t)f->fd);
	if (below(w, 4))
		put_text(&m, PFQ_A_GROUP, group_name(w));
	if (below(w, 2))
		put_text(&m, PFQ_A_BINDINGS, w->device);
	put(&m, PFQ_A_RING_BYTES, &ring, sizeof(ring));
	put_u32(&m, PFQ_A_SNAPLEN, 1 + below(w, 2000));
	((struct nlmsghdr *)m.buf)->nlmsg_len = (uint32_t)m.len;
	if (send(w->netlink, m.buf, m.len, MSG_DONTWAIT) < 0)
		return;
	n = answer(w, m.buf, sizeof(m.buf));
	if (attr_u64(m.buf, n, PFQ_A_AREA_BYTES)) {
		f->area_bytes = attr_u64(m.buf, n, PFQ_A_AREA_BYTES);
		f->reader_bytes = attr_u64(m.buf, n, PFQ_A_READER_BYTES);
		map(w, f);
	}
}

static void endpoint_command(struct world *w, struct file *f)
{
	static const uint8_t cmds[] = { PFQ_CMD_START, PFQ_CMD_FILTER_SET, PFQ_CMD_DIRECTION_SET,
					PFQ_CMD_INJECT };
	const struct sock_filter accept = BPF_STMT(BPF_RET | BPF_K, 65535);
	uint8_t cmd = cmds[below(w, sizeof(cmds))], frame[300] = { 0 };
	static struct message m;

	begin(w, &m, cmd, NLM_F_ACK);
	put_u32(&m, PFQ_A_FD, (uint32_t)f->fd);
	if (cmd == PFQ_CMD_FILTER_SET && below(w, 4))
		put(&m, PFQ_A_FILTER, &accept, sizeof(accept));
	if (cmd == PFQ_CMD_DIRECTION_SET)
		put_u32(&m, PFQ_A_DIRECTION, below(w, 4));
	if (cmd == PFQ_CMD_INJECT)
		put(&m, PFQ_A_FRAME, frame, below(w, sizeof(frame)));
	request(w, &m);
}

/* every byte that can be written, and then words that look like cursors */
static void scribble(struct world *w, struct file *f)
{
	uint64_t *words = (uint64_t *)f->reader.at;
	unsigned int i, n = (unsigned int)(f->reader.bytes / sizeof(*words));

	if (!words)
		return;
	for (i = 0; i < n; i++)
		__atomic_store_n(&words[i], number(w), __ATOMIC_RELAXED);
	/* rung for every record */
	__atomic_store_n((uint32_t *)f->reader.at, 1, __ATOMIC_SEQ_CST);
	if (f->data.at)
		(void)mprotect(f->data.at, f->data.bytes, PROT_READ | PROT_WRITE);
}

static void follow(struct world *w, struct file *f)
{
	const struct pfq_ring_hdr *h = (const void *)f->data.at;
	uint64_t i;

	(void)w;
	if (!h || !f->reader.at)
		return;
	for (i = 0; i < h->lanes && i < PFQ_LANES_MAX; i++) {
		const struct pfq_lane_hdr *lane = (const void *)(f->data.at + h->lane_hdr_offset + i * 256);
		struct pfq_reader_lane *r = (void *)(f->reader.at + PFQ_READER_LANE_OFFSET(i));

		__atomic_store_n(&r->cons, __atomic_load_n(&lane->prod, __ATOMIC_ACQUIRE),
				 __ATOMIC_RELEASE);
	}
}

static void unmap(struct world *w, struct file *f)
{
	struct area *a = below(w, 2) ? &f->data : &f->reader;

	if (!a->at)
		return;
	if (!below(w, 4))
		(void)mremap(a->at, a->bytes, a->bytes * 2, MREMAP_MAYMOVE);
	if (!below(w, 4))
		(void)madvise(a->at, a->bytes, below(w, 2) ? MADV_REMOVE : MADV_DONTNEED);
	if (below(w, 2)) {
		munmap(a->at, a->bytes);
		a->at = NULL;
	}
}

static void system_calls(struct world *w, struct file *f)
{
	struct pollfd p = { .fd = f->fd, .events = POLLIN | POLLOUT };
	char buf[64] = "";

	switch (below(w, 6)) {
	case 0:
		(void)!read(f->fd, buf, below(w, sizeof(buf)));
		break;
	case 1:
		(void)!write(f->fd, buf, below(w, sizeof(buf)));
		break;
	case 2:
		(void)poll(&p, 1, (int)below(w, 5));
		break;
	case 3:
		(void)ioctl(f->fd, random_u32(w), number(w));
		break;
	case 4:
		(void)!ftruncate(f->fd, (off_t)number(w));
		(void)lseek(f->fd, (off_t)number(w), SEEK_SET);
		break;
	default:
		(void)!read(f->fd, (void *)(uintptr_t)number(w), 1);
	}
}

/* a child that has it all, for a moment */
static void child(struct world *w, struct file *f)
{
	pid_t pid = fork();

	if (pid) {
		if (pid > 0)
			waitpid(pid, NULL, 0);
		return;
	}
	scribble(w, f);
	endpoint_command(w, f);
	if (below(w, 2))
		close(f->fd);
	_exit(0);
}

/* through a socket that is closed before anybody takes it out */
static void pass_on(struct world *w, struct file *f)
{
	union {
		struct cmsghdr hdr;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .hdr = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec iov = { "x", 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int pair[2];

	(void)w;
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		return;
	memcpy(CMSG_DATA(&control.hdr), &f->fd, sizeof(int));
	(void)sendmsg(pair[0], &msg, 0);
	close(pair[0]);
	close(pair[1]);
}

static void reopen(struct world *w, struct file *f)
{
	close(f->fd);
	if (f->data.at && below(w, 2))
		munmap(f->data.at, f->data.bytes);
	if (f->reader.at)
		munmap(f->reader.at, f->reader.bytes);
	if (f->data.at)
		munmap(f->data.at, f->data.bytes);
	memset(f, 0, sizeof(*f));
	f->fd = open(PFQ_DEVICE, O_RDWR | O_CLOEXEC);
}

static void (*const acts[])(struct world *w, struct file *f) = {
	join, join, map, endpoint_command, scribble, follow, unmap, system_calls, child,
	pass_on, reopen,
};

static void act(struct world *w)
{
	struct file *f = &w->file[below(w, FILES)];

	if (!below(w, 4))
		nonsense(w);
	else if (!below(w, 10))
		group_change(w);
	else
		acts[below(w, sizeof(acts) / sizeof(acts[0]))](w, f);
}

static int run(struct world *w, time_t end, bool is_nobody)
{
	struct nl_sock *nl = nl_socket_alloc();
	uint64_t count = 0;
	int i;

	if (!nl || genl_connect(nl) || (i = genl_ctrl_resolve(nl, PFQ_FAMILY_NAME)) < 0) {
		fprintf(stderr, "kmod-fuzz: the module is not there\n");
		return 1;
	}
	w->family = (uint16_t)i;
	w->netlink = nl_socket_get_fd(nl);
	if (is_nobody && (setgid(NOBODY) || setuid(NOBODY)))
		return 1;
	for (i = 0; i < FILES; i++)
		reopen(w, &w->file[i]);
	for (; time(NULL) < end; count++)
		act(w);
	printf("%s: %llu acts\n", is_nobody ? "nobody" : "root", (unsigned long long)count);
	return 0;
}

int main(int argc, char **argv)
{
	struct world w = { .random = 0 };
	int i, status, worst = 0;
	time_t end;

	if (argc != 4) {
		fprintf(stderr, "usage: %s SECONDS SEED DEVICE\n", argv[0]);
		return 2;
	}
	end = time(NULL) + atoi(argv[1]);
	w.device = argv[3];
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < WORKERS; i++) {
		w.random = strtoull(argv[2], NULL, 10) * 1000003 + (uint64_t)i * 7919 + 1;
		if (!fork()) {
			for (status = 0; status < 20; status++)
				random_u32(&w);
			status = run(&w, end, i & 1);
			fflush(stdout);
			_exit(status);
		}
	}
	while (wait(&status) > 0) {
		/* one that unmapped what it reads kills itself: it may */
		if (WIFEXITED(status) && WEXITSTATUS(status))
			worst = 1;
	}
	return worst;
}
