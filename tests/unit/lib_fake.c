/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <linux/netlink.h>
#include "lib/message.h"
#include "lib_fake.h"

#define must(x)	do { if (!(x)) { perror(#x); abort(); } } while (0)

uint64_t fake_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

bool fake_is_readable(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) == 1;
}

static unsigned int open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned int n = 0;

	must(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* --- answers ----------------------------------------------------------------- */

static void answer_hello(struct fake *f, struct pfq_msg_out *o, const struct pfq_msg *m)
{
	(void)m;
	pfq_msg_put_u32(o, PFQ_A_ABI, f->config.abi ? f->config.abi : PFQ_ABI_VERSION);
	pfq_msg_put_string(o, PFQ_A_ENGINE, f->config.engine ? f->config.engine : "user");
	pfq_msg_put_string(o, PFQ_A_VERSION, "9.8.7");
	pfq_msg_put_u32(o, PFQ_A_PID, (uint32_t)getpid());
}

/* @why NULL: all is well with it */
static void put_ingest(struct pfq_msg_out *o, const char *device, uint32_t ifindex, uint64_t lost,
		       const char *why)
{
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX] = { [PFQ_INGEST_drop_socket] = lost };
	struct nlattr *nest = pfq_msg_nest(o, PFQ_A_INGEST);

	pfq_msg_put_string(o, PFQ_A_DEVICE, device);
	pfq_msg_put_string(o, PFQ_A_DRIVER, "packet");
	pfq_msg_put_binary(o, PFQ_A_COUNTERS, counters, sizeof(counters));
	pfq_msg_put_u32(o, PFQ_A_IFINDEX, ifindex);
	if (why) {
		pfq_msg_put_u32(o, PFQ_A_STATE, PFQ_DEVICE_BROKEN);
		pfq_msg_put_string(o, PFQ_A_WHY, why);
	}
	pfq_msg_nest_end(o, nest);
}

static void put_device(struct pfq_msg_out *o, const char *device, uint32_t ifindex)
{
	struct nlattr *nest = pfq_msg_nest(o, PFQ_A_DEVICE_BOUND);

	pfq_msg_put_string(o, PFQ_A_DEVICE, device);
	pfq_msg_put_u32(o, PFQ_A_IFINDEX, ifindex);
	pfq_msg_nest_end(o, nest);
}

static void answer_status(struct fake *f, struct pfq_msg_out *o, const struct pfq_msg *m)
{
	(void)m;
	pfq_msg_put_string(o, PFQ_A_ENGINE, "user");
	pfq_msg_put_string(o, PFQ_A_VERSION, "9.8.7");
	pfq_msg_put_u32(o, PFQ_A_WORKERS, 3);
	/* renamed since the JOIN, and another one that has its name now */
	put_ingest(o, "wan7", 7, f->lost, NULL);
	put_ingest(o, "eth7", 77, 1000000, f->config.why);
}

static void answer_join(struct fake *f, struct pfq_msg_out *o, const struct pfq_msg *m)
{
	const char *group = pfq_attrs_string(&m->attrs, PFQ_A_GROUP);

	pfq_msg_put_u32(o, PFQ_A_ENDPOINT, 5);
	pfq_msg_put_string(o, PFQ_A_GROUP, group ? group : "");
	pfq_msg_put_string(o, PFQ_A_BINDINGS, "lo,eth7/0-3");
	put_device(o, "lo", 1);
	put_device(o, "eth7", 7);
	pfq_msg_put_u64(o, PFQ_A_PAGE_BYTES, 4096);
	pfq_msg_put_u32(o, PFQ_A_LANES, f->config.lanes);
	if (f->config.adapter_time)
		pfq_msg_put_u32(o, PFQ_A_TSTAMP, PFQ_TSTAMP_ADAPTER);
}

static void answer_positions(struct fake *f, struct pfq_msg_out *o, const struct pfq_msg *m)
{
	uint64_t positions[PFQ_LANES_MAX];
	size_t bytes;
	uint32_t i;

	if (m->cmd == PFQ_CMD_DIRECTION_SET)
		f->direction = pfq_attrs_u32(&m->attrs, PFQ_A_DIRECTION);
	pfq_attrs_binary(&m->attrs, PFQ_A_FILTER, &bytes);
	if (m->cmd == PFQ_CMD_FILTER_SET)
		f->filter_insns = (unsigned int)bytes / 8;
	for (i = 0; i < f->config.lanes; i++)
		positions[i] = 32 * (i + 1);
	pfq_msg_put_binary(o, PFQ_A_POSITIONS, positions, 8 * f->config.lanes);
}

static const struct answer {
	void (*put)(struct fake *f, struct pfq_msg_out *o, const struct pfq_msg *m);
} answers[PFQ_CMD_MAX + 1] = {
	[PFQ_CMD_HELLO]		= { answer_hello },
	[PFQ_CMD_STATUS_GET]	= { answer_status },
	[PFQ_CMD_JOIN]		= { answer_join },
	[PFQ_CMD_FILTER_SET]	= { answer_positions },
	[PFQ_CMD_DIRECTION_SET]	= { answer_positions },
};

static void send_and_free(int fd, struct pfq_msg_out *o, const int *fds, unsigned int nfds)
{
	(void)pfq_msg_send(fd, o, fds, nfds);
	pfq_msg_free(o);
}

static void serve_error(int fd, const struct pfq_msg *m, int error, const char *text)
{
	struct pfq_msg_out o;

	pfq_msg_begin_error(&o, m, error, text);
	send_and_free(fd, &o, NULL, 0);
}

/* three groups of one endpoint each; "gone" is not there */
static void serve_dump(int fd, const struct pfq_msg *m)
{
	const char *group = pfq_attrs_string(&m->attrs, PFQ_A_GROUP);
	uint64_t counters[3] = { 7, 8, 9 };
	struct pfq_msg_out o;
	struct nlattr *nest;
	uint32_t i;

	if (group && !strcmp(group, "gone")) {
		serve_error(fd, m, -ENOENT, "group \"gone\": no such group");
		return;
	}
	for (i = 0; i < 3; i++) {
		pfq_msg_begin(&o, m->cmd, NLM_F_MULTI, m->seq);
		pfq_msg_put_string(&o, PFQ_A_GROUP, i == 1 ? "ids" : "other");
		pfq_msg_put_u32(&o, m->cmd == PFQ_CMD_GROUP_GET ? PFQ_A_ID : PFQ_A_ENDPOINT,
				i + 40);
		pfq_msg_put_binary(&o, PFQ_A_COUNTERS, counters, sizeof(counters));
		nest = pfq_msg_nest(&o, PFQ_A_DEVICE_BOUND);
		pfq_msg_put_string(&o, PFQ_A_DEVICE, "lo");
		pfq_msg_put_u32(&o, PFQ_A_STATE, PFQ_DEVICE_UP);
		pfq_msg_nest_end(&o, nest);
		send_and_free(fd, &o, NULL, 0);
	}
	pfq_msg_begin_done(&o, m->seq);
	send_and_free(fd, &o, NULL, 0);
}

static void serve(struct fake *f, int fd, struct pfq_msg *m)
{
	const int fds[] = { f->area_fd, f->reader_fd, f->bell_peer, f->area_fd };
	unsigned int nfds = 0;
	struct pfq_msg_out o;

	f->requests++;
	if (m->cmd == PFQ_CMD_GROUP_GET || m->cmd == PFQ_CMD_ENDPOINT_GET) {
		serve_dump(fd, m);
		return;
	}
	if (!answers[m->cmd].put) {
		f->starts += m->cmd == PFQ_CMD_START;
		f->injected += m->cmd == PFQ_CMD_INJECT;
		serve_error(fd, m, m->cmd == PFQ_CMD_START ? f->config.start_error : 0, NULL);
		return;
	}
	pfq_msg_begin(&o, m->cmd, 0, m->seq);
	answers[m->cmd].put(f, &o, m);
	if (m->cmd == PFQ_CMD_JOIN)
		nfds = f->config.fds ? f->config.fds : 3;
	send_and_free(fd, &o, fds, nfds);
	if (nfds) {
		close(f->bell_peer);
		f->bell_peer = -1;
	}
}

static void receive(struct fake *f, int *fd)
{
	static _Thread_local _Alignas(16) char buf[PFQ_MSG_MAX];
	struct pfq_msg m;
	ssize_t n;
	int err;

	n = pfq_msg_recv(*fd, buf, sizeof(buf), NULL, 0, NULL);
	if (n > 0) {
		err = pfq_msg_parse(&m, buf, (size_t)n);
		if (!err)
			err = pfq_msg_check_request(&m);
		if (err)
			serve_error(*fd, &m, err, m.text);
		else if (!f->config.is_mute)
			serve(f, *fd, &m);
	} else if (n != -EAGAIN) {
		close(*fd);
		*fd = -1;
	}
}

static void *fake_run(void *arg)
{
	struct fake *f = arg;
	struct pollfd p[10];
	unsigned int i;
	int fd;

	for (;;) {
		p[0] = (struct pollfd){ f->quit[0], POLLIN, 0 };
		p[1] = (struct pollfd){ f->listener, POLLIN, 0 };
		for (i = 0; i < 8; i++)
			p[2 + i] = (struct pollfd){ f->conn[i], POLLIN, 0 };
		poll(p, 10, -1);
		if (p[0].revents)
			return NULL;
		for (i = 0; i < 8; i++) {
			if (f->conn[i] >= 0 && p[2 + i].revents)
				receive(f, &f->conn[i]);
		}
		if (!p[1].revents)
			continue;
		fd = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC);
		for (i = 0; i < 8 && f->conn[i] >= 0; i++)
			;
		must(fd >= 0 && i < 8);
		f->conn[i] = fd;
	}
}

/* --- life ---------------------------------------------------------------------- */

static void *memory(const char *name, uint64_t bytes, int *fd)
{
	void *p;

	*fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	must(*fd >= 0 && !ftruncate(*fd, (off_t)bytes));
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	must(p != MAP_FAILED);
	return p;
}

static void make_ring(struct fake *f)
{
	struct fake_config *c = &f->config;
	uint32_t i;

	f->area_bytes = pfq_ring_area_bytes(c->lanes, c->lane_size);
	f->reader_bytes = pfq_ring_reader_bytes(c->lanes);
	f->area = memory("area", f->area_bytes, &f->area_fd);
	f->reader_area = memory("reader", f->reader_bytes, &f->reader_fd);
	pfq_ring_format(f->area, c->lanes, c->lane_size, 65535, 1);
	for (i = 0; i < c->lanes; i++)
		pfq_producer_init(&f->producer[i], f->area, c->lanes, c->lane_size,
				  f->reader_area, i);
	if (c->spoil)
		c->spoil(f->area);
	if (!c->unsealed) {
		must(!fcntl(f->area_fd, F_ADD_SEALS,
			    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL));
		must(!fcntl(f->reader_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
	}
}

struct fake *fake_start(const struct fake_config *config)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct fake *f = calloc(1, sizeof(*f));
	int pair[2];

	must(f);
	f->fds_before = open_fds();
	if (config)
		f->config = *config;
	f->config.lanes = f->config.lanes ? f->config.lanes : 1;
	f->config.lane_size = f->config.lane_size ? f->config.lane_size : 65536;
	memset(f->conn, -1, sizeof(f->conn));
	make_ring(f);
	must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	f->bell = pair[0];
	f->bell_peer = pair[1];
	snprintf(f->dir, sizeof(f->dir), "/tmp/pfq-test-XXXXXX");
	must(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/sock", f->dir);
	memcpy(sun.sun_path, f->path, sizeof(sun.sun_path));
	f->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	must(f->listener >= 0 && !bind(f->listener, (void *)&sun, sizeof(sun)));
	must(!listen(f->listener, 8) && !pipe2(f->quit, O_CLOEXEC));
	must(!pthread_create(&f->thread, NULL, fake_run, f));
	return f;
}

void fake_die(struct fake *f)
{
	unsigned int i;

	if (f->listener < 0)
		return;
	close(f->quit[1]);
	pthread_join(f->thread, NULL);
	close(f->quit[0]);
	close(f->listener);
	f->listener = -1;
	for (i = 0; i < 8; i++) {
		if (f->conn[i] >= 0)
			close(f->conn[i]);
	}
	close(f->bell);
	if (f->bell_peer >= 0)
		close(f->bell_peer);
}

void fake_stop(struct fake *f)
{
	fake_die(f);
	unlink(f->path);
	rmdir(f->dir);
	munmap(f->area, f->area_bytes);
	munmap(f->reader_area, f->reader_bytes);
	close(f->area_fd);
	close(f->reader_fd);
	must(open_fds() == f->fds_before);
	free(f);
}

struct pfq *fake_join(struct fake *f, bool order_none)
{
	struct pfq_params params = { .socket = f->path, .group = "ids", .order_none = order_none };
	struct pfq_error err;
	struct pfq *q;

	if (pfq_open(&q, &params, &err)) {
		fprintf(stderr, "pfq_open: %s\n", err.text);
		abort();
	}
	return q;
}

/* --- produce --------------------------------------------------------------------- */

bool fake_record(struct fake *f, uint32_t lane, uint64_t ts_ns, uint64_t seq, uint32_t caplen)
{
	struct pfq_rec *rec = pfq_ring_reserve(&f->producer[lane], caplen);

	f->producer[lane].counters[PFQ_ENDPOINT_offered]++;
	if (!rec) {
		f->producer[lane].counters[PFQ_ENDPOINT_drop_ring_full]++;
		return false;
	}
	f->producer[lane].counters[PFQ_ENDPOINT_delivered]++;
	memset(rec, 0, sizeof(*rec));
	rec->ts_ns = ts_ns;
	rec->len = rec->caplen = caplen;
	memcpy(rec + 1, &seq, caplen < sizeof(seq) ? caplen : sizeof(seq));
	return true;
}

void fake_timer(struct fake *f, uint32_t lane)
{
	uint64_t next_ns;

	if (pfq_ring_doorbell_due(&f->producer[lane], f->reader_area, fake_now_ns(), 0,
				  &next_ns))
		(void)send(f->bell, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void fake_publish(struct fake *f, uint32_t lane)
{
	pfq_ring_publish(&f->producer[lane]);
	fake_timer(f, lane);
}

void fake_put(struct fake *f, uint32_t lane, uint64_t ts_ns, uint64_t seq)
{
	must(fake_record(f, lane, ts_ns, seq, 64));
	fake_publish(f, lane);
}

void fake_watermark(struct fake *f, uint32_t lane, uint64_t ts_ns)
{
	pfq_ring_watermark(&f->producer[lane], ts_ns);
}

uint64_t fake_seq(const struct pfq_rec *rec)
{
	uint64_t seq;

	memcpy(&seq, rec + 1, sizeof(seq));
	return seq;
}
