/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * kmod-memory refused GROUP: memory that must be refused, and the errors.
 * kmod-memory steps GROUP, kmod-memory stuck GROUP COMMAND: see kmod_memory_bring.c.
 * kmod-memory fill GROUP: makes endpoints in the module's memory until none is left, and
 * 	prints the error.
 * kmod-memory hostile SECONDS SEED GROUP: consumers whose ring is in their own huge pages.
 * 	They overwrite, truncate, punch and unmap them, fork, join with one file twice,
 * 	and end in any way. Some die of it.
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
#include "kmod_memory.h"

struct consumer {
	struct pfq_conn conn;
	int fd;
	uint8_t *at;
	size_t bytes;
};

struct pfq_error err;

int huge_file(void)
{
	return memfd_create("own", MFD_CLOEXEC | MFD_HUGETLB | MFD_ALLOW_SEALING);
}

int bring(struct pfq_conn *c, int fd, uint64_t ring_bytes, uint32_t snaplen, uint32_t flags)
{
#define REASON_TEXT(name, text)	text,
	static const char *const reasons[] = { PFQ_MEMORY_REASONS(REASON_TEXT) };
	struct pfq_ioc_memory m = { .ring_bytes = ring_bytes, .fd = fd, .snaplen = snaplen,
				    .flags = flags };
	int error = c->transport->bring(c, &m);

	snprintf(err.text, sizeof(err.text), "%s",
		 m.reason < __PFQ_MEMORY_MAX ? reasons[m.reason] : "?");
	/* An error has a reason and no bytes; without an error there is no reason. */
	if (!error != !m.reason || (error || fd < 0 ? m.area_bytes : m.area_bytes < ring_bytes / 2))
		return -EPROTO;
	return error;
}

int64_t join(struct pfq_conn *c, const char *group, bool is_pinned, const char *hugepages,
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
	error = pfq_conn_request(c, &o, PFQ_CMD_JOIN, &answer, PFQ_JOIN_MS, &err);
	if (error)
		return error;
	if (is_pinned != pfq_attrs_has(&answer.msg.attrs, PFQ_A_MEMORY_PINNED))
		return -EPROTO;
	pfq_attrs_copy(&answer.msg.attrs, PFQ_A_MEMORY_TEXT, err.text, sizeof(err.text));
	return (int64_t)pfq_attrs_u64(&answer.msg.attrs, PFQ_A_AREA_BYTES);
}

/* Bring @fd and join; @fd -1: only join. */
static int64_t join_with(struct pfq_conn *c, const char *group, int fd, const char *hugepages,
			 uint32_t snaplen)
{
	int error =
		fd == -1 ? 0 : bring(c, fd, HUGE_BYTES, snaplen, hugepages ? PFQ_MEMORY_F_LESS : 0);

	return error ? error : join(c, group, fd != -1, hugepages, snaplen);
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
	{ "closed", closed_file, NULL, -EBADF, "no open descriptor" },
	{ "ordinary", ordinary_file, NULL, -EINVAL, "no file of huge pages; allowed: memfd" },
	{ "endpoint", endpoint_file, NULL, -EINVAL, "no file of huge pages; allowed: memfd" },
	{ "read only", read_only_file, NULL, -EACCES, "not open for reading and writing" },
	{ "sealed", sealed_file, NULL, -EPERM, "sealed against writing" },
	{ "small", small_file, "2M", -ENOMEM, "the file is too small" },
	{ "none", no_file, "2M", -EINVAL, "HUGEPAGES \"2M\": the caller must bring huge pages" },
};

static int refused(const char *group)
{
	struct pfq_conn c;
	int64_t ret;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (pfq_conn_open(&c, "kernel", PFQ_DEVICE, 0, &err)) {
			fprintf(stderr, "kmod-memory: %s\n", err.text);
			return 1;
		}
		fd = cases[i].file();
		err.text[0] = '\0';
		ret = join_with(&c, group, fd, cases[i].hugepages, PFQ_SNAPLEN_MAX);
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
		ret = pfq_conn_open(&conns[n], "kernel", PFQ_DEVICE, 0, &err);
		if (!ret)
			ret = join(&conns[n], group, false, NULL, PFQ_SNAPLEN_MAX);
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

/* Forge the engine's words in it: other geometry, cursors that jump. */
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

/* Use one file for two rings. */
static void join_again(struct consumer *c)
{
	static struct pfq_conn second;

	if (!second.transport && !pfq_conn_open(&second, "kernel", PFQ_DEVICE, 0, &err))
		(void)join_with(&second, "g", c->fd, NULL, 1000);
}

/* Bring memory without joining; give it back, or leave it. */
static void bring_only(struct consumer *c)
{
	struct pfq_conn other;

	if (pfq_conn_open(&other, "kernel", PFQ_DEVICE, 0, &err))
		return;
	(void)bring(&other, c->fd, HUGE_BYTES, 1000, 0);
	cut(c);
	if (random() % 2)
		(void)bring(&other, -1, 0, 0, 0);
	if (random() % 2)
		(void)bring(&other, c->fd, HUGE_BYTES, 1000, PFQ_MEMORY_F_LESS);
	if (random() % 2)
		pfq_conn_close(&other);
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
	scribble, forge, cut, punch, take_away, unmap_and_map, child, join_again, bring_only,
	wait_a_while, program,
};

/*
 * Live as one hostile consumer. It dies of SIGBUS if it writes to memory that it has
 * truncated.
 */
static void live(const char *group)
{
	struct consumer c = { .fd = huge_file() };
	int64_t bytes;
	long n = random() % 40;

	if (pfq_conn_open(&c.conn, "kernel", PFQ_DEVICE, 0, &err))
		_exit(2);
	bytes = join_with(&c.conn, group, c.fd, "2M", 1000);
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
	/* Enough consumers must have had room, and some must have died. */
	return lives > 2 * no_room && killed ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "refused"))
		return refused(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "fill"))
		return fill(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "steps"))
		return steps(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "stuck"))
		return stuck(argv[2], argv[3]);
	if (argc == 5 && !strcmp(argv[1], "hostile"))
		return hostile(time(NULL) + atoi(argv[2]), (unsigned int)atoi(argv[3]), argv[4]);
	fprintf(stderr, "usage: %s refused GROUP | steps GROUP | stuck GROUP COMMAND | fill GROUP |"
		" hostile SECONDS SEED GROUP\n", argv[0]);
	return 2;
}
