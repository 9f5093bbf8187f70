/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * kmod-memory refused GROUP: memory that a JOIN must not take, and what it says.
 * kmod-memory fill GROUP: endpoints in the module's memory until there is none left, and what
 *	it says then.
 * kmod-memory hostile SECONDS SEED GROUP: consumers whose ring is in huge pages of their own, and
 *	who write all over them, cut, punch and unmap them, fork, join with one file twice, and
 *	end anyhow. Each dies of what it does, or not.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/netlink.h>
#include "../../lib/conn.h"

#define HUGE_BYTES	(2 << 20)

struct consumer {
	struct pfq_conn conn;
	int fd;
	uint8_t *at;
	size_t bytes;
};

static struct pfq_error err;

static int huge_file(void)
{
	return memfd_create("own", MFD_CLOEXEC | MFD_HUGETLB | MFD_ALLOW_SEALING);
}

/* the bytes of the data area, or -errno */
static int64_t join(struct pfq_conn *c, const char *group, int fd, const char *hugepages,
		    uint32_t snaplen)
{
	struct pfq_answer answer = { .fds_max = PFQ_MSG_FDS_MAX };
	struct pfq_msg_out o;
	int error;

	pfq_msg_begin(&o, PFQ_CMD_JOIN, NLM_F_REQUEST, pfq_conn_seq(c));
	pfq_msg_put_string(&o, PFQ_A_GROUP, group);
	pfq_msg_put_u32(&o, PFQ_A_SNAPLEN, snaplen);
	pfq_msg_put_u64(&o, PFQ_A_RING_BYTES, HUGE_BYTES);
	if (hugepages)
		pfq_msg_put_string(&o, PFQ_A_HUGEPAGES, hugepages);
	if (fd >= 0)
		pfq_msg_put_u32(&o, PFQ_A_MEMORY_FD, (uint32_t)fd);
	error = pfq_conn_request(c, &o, PFQ_CMD_JOIN, &answer, PFQ_JOIN_MS, &err);
	if (error)
		return error;
	if ((fd >= 0) != pfq_attrs_has(&answer.msg.attrs, PFQ_A_MEMORY_FD))
		return -EPROTO;
	return (int64_t)pfq_attrs_u64(&answer.msg.attrs, PFQ_A_AREA_BYTES);
}

/* --- refused ---------------------------------------------------------------------- */

static int closed_file(void)
{
	return 999;
}

static int no_file(void)
{
	return -1;
}

static int ordinary_file(void)
{
	return memfd_create("ordinary", MFD_CLOEXEC);
}

static int endpoint_file(void)
{
	return open(PFQ_DEVICE, O_RDWR | O_CLOEXEC);
}

static int read_only_file(void)
{
	int fd = huge_file(), again;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	return again;
}

static int sealed_file(void)
{
	int fd = huge_file();

	return ftruncate(fd, 8 * HUGE_BYTES) || fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) ? -2 : fd;
}

static int small_file(void)
{
	int fd = huge_file();

	return ftruncate(fd, HUGE_BYTES) ? -2 : fd;
}

static const struct {
	const char *name;
	int (*file)(void);
	const char *hugepages;
	int error;
	const char *text;
} cases[] = {
	{ "closed", closed_file, NULL, -EBADF, "MEMORY_FD 999: no open descriptor" },
	{ "ordinary", ordinary_file, NULL, -EINVAL, "no file of huge pages; allowed: memfd" },
	{ "endpoint", endpoint_file, NULL, -EINVAL, "no file of huge pages; allowed: memfd" },
	{ "read only", read_only_file, NULL, -EACCES, "not open for reading and writing" },
	{ "sealed", sealed_file, NULL, -EPERM, "sealed against writing" },
	{ "small", small_file, "2M", -ENOMEM, "the file is too small" },
	{ "none", no_file, "2M", -EINVAL, "HUGEPAGES \"2M\": pages of a size are the caller's" },
};

static int refused(const char *group)
{
	struct pfq_conn c;
	int64_t ret;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (pfq_conn_open(&c, "kernel", PFQ_DEVICE, &err)) {
			fprintf(stderr, "kmod-memory: %s\n", err.text);
			return 1;
		}
		fd = cases[i].file();
		err.text[0] = '\0';
		ret = join(&c, group, fd, cases[i].hugepages, PFQ_SNAPLEN_MAX);
		if (ret != cases[i].error || !strstr(err.text, cases[i].text)) {
			fprintf(stderr, "kmod-memory: %s: %lld, \"%s\"\n", cases[i].name,
				(long long)ret, err.text);
			return 1;
		}
		printf("%s: %s\n", cases[i].name, err.text);
		if (fd >= 0)
			close(fd);
		pfq_conn_close(&c);
	}
	return 0;
}

/* --- fill ---------------------------------------------------------------------------- */

static int fill(const char *group)
{
	static struct pfq_conn conns[256];
	int64_t ret = 0;
	unsigned int n;

	for (n = 0; n < sizeof(conns) / sizeof(conns[0]); n++) {
		ret = pfq_conn_open(&conns[n], "kernel", PFQ_DEVICE, &err);
		if (!ret)
			ret = join(&conns[n], group, -1, NULL, PFQ_SNAPLEN_MAX);
		if (ret < 0)
			break;
	}
	printf("joined %u, then %s: %s\n", n, strerror(ret < 0 ? (int)-ret : 0), err.text);
	return n && ret == -ENOMEM ? 0 : 1;
}

/* --- hostile ------------------------------------------------------------------------- */

static void scribble(struct consumer *c)
{
	uint64_t *words = (uint64_t *)c->at, v = (uint64_t)random() << 32 | (uint64_t)random();
	size_t i;

	for (i = 0; i < c->bytes / sizeof(*words); i++)
		words[i] = v * (i + 1);
}

/* what the engine keeps there for its consumer: other geometry, cursors that jump */
static void forge(struct consumer *c)
{
	struct pfq_ring_hdr *h = (struct pfq_ring_hdr *)c->at;
	struct pfq_lane_hdr *lane = (struct pfq_lane_hdr *)(c->at + 256);
	unsigned int i;

	h->lane_size = (uint64_t)random() << (random() % 33);
	h->data_offset = ~0ULL - 31;
	h->lanes = (uint32_t)random();
	for (i = 0; i < 64; i++) {
		lane[i].prod = (uint64_t)random() << (random() % 33);
		lane[i].watermark = ~0ULL;
	}
}

static void cut(struct consumer *c)
{
	(void)!ftruncate(c->fd, random() % 2 * HUGE_BYTES);
}

static void punch(struct consumer *c)
{
	(void)fallocate(c->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)c->bytes);
}

static void take_away(struct consumer *c)
{
	(void)madvise(c->at, c->bytes, random() % 2 ? MADV_REMOVE : MADV_DONTNEED);
}

static void unmap_and_map(struct consumer *c)
{
	munmap(c->at, c->bytes);
	c->at = mmap(NULL, c->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);
	if (c->at == MAP_FAILED)
		_exit(0);
}

static void child(struct consumer *c)
{
	pid_t pid = fork();

	if (!pid) {
		scribble(c);
		_exit(0);
	}
	if (pid > 0 && random() % 2)
		waitpid(pid, NULL, 0);
}

/* one file for two rings */
static void join_again(struct consumer *c)
{
	static struct pfq_conn second;

	if (!second.engine && !pfq_conn_open(&second, "kernel", PFQ_DEVICE, &err))
		(void)join(&second, "g", c->fd, NULL, 1000);
}

static void wait_a_while(struct consumer *c)
{
	(void)c;
	usleep((useconds_t)(random() % 20000));
}

static void program(struct consumer *c)
{
	(void)c;
	if (!(random() % 4))
		execl("/bin/true", "true", (char *)NULL);
}

static void (*const acts[])(struct consumer *c) = {
	scribble, forge, cut, punch, take_away, unmap_and_map, child, join_again, wait_a_while, program,
};

/* dies of SIGBUS where it has cut what it writes to */
static void live(const char *group)
{
	struct consumer c = { .fd = huge_file() };
	int64_t bytes;
	long n = random() % 40;

	if (pfq_conn_open(&c.conn, "kernel", PFQ_DEVICE, &err))
		_exit(2);
	bytes = join(&c.conn, group, c.fd, "2M", 1000);
	if (bytes < 0)
		_exit(bytes == -ENOMEM ? 3 : 2);
	c.bytes = (size_t)bytes;
	c.at = mmap(NULL, c.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, c.fd, 0);
	if (c.at == MAP_FAILED)
		_exit(2);
	scribble(&c);
	while (n--)
		acts[(size_t)random() % (sizeof(acts) / sizeof(acts[0]))](&c);
	_exit(0);
}

static int hostile(time_t end, unsigned int seed, const char *group)
{
	unsigned long lives = 0, killed = 0, no_room = 0;
	int status;
	pid_t pid;

	while (time(NULL) < end) {
		fflush(stdout);
		pid = fork();
		if (!pid) {
			srandom(seed + (unsigned int)lives);
			live(group);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			return 1;
		lives++;
		killed += WIFSIGNALED(status);
		no_room += WIFEXITED(status) && WEXITSTATUS(status) == 3;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
			fprintf(stderr, "kmod-memory: one could not join\n");
			return 1;
		}
	}
	printf("lives %lu killed %lu without room %lu\n", lives, killed, no_room);
	/* those must not be all there were */
	return lives > 2 * no_room && killed ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "refused"))
		return refused(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "fill"))
		return fill(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "hostile"))
		return hostile(time(NULL) + atoi(argv[2]), (unsigned int)atoi(argv[3]), argv[4]);
	fprintf(stderr, "usage: %s refused GROUP | fill GROUP | hostile SECONDS SEED GROUP\n", argv[0]);
	return 2;
}
