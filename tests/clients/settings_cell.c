/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Runs one cell: opens a handle with its settings and reads it in its way until the test
 * stops it.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "settings.h"

#define WAIT_MS		100
#define STALL_S		0.7	/* a read after a wake-up that takes longer than this hangs */
#define SEQ_OFFSET	42	/* the number follows the Ethernet, IPv4 and UDP headers */

atomic_bool stopping;

double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void note_status(struct cell *c, int status)
{
	if (!c->set_status)
		c->set_status = status;
}

void cell_open(struct cell *c, const char *device)
{
	struct bpf_program program;
	char text[PCAP_ERRBUF_SIZE] = "";

	c->last = -1;
	c->p = pcap_create(device, c->text);
	if (!c->p)
		return;
	note_status(c, pcap_set_timeout(c->p, c->timeout));
	note_status(c, pcap_set_immediate_mode(c->p, c->immediate));
	note_status(c, pcap_set_buffer_size(c->p, c->buffer_size));
	if (c->snaplen != UNSET)
		note_status(c, pcap_set_snaplen(c->p, c->snaplen));
	if (c->promisc != UNSET)
		note_status(c, pcap_set_promisc(c->p, c->promisc));
	if (c->tstamp != UNSET)
		note_status(c, pcap_set_tstamp_type(c->p, c->tstamp));
	if (c->precision != UNSET)
		note_status(c, pcap_set_tstamp_precision(c->p, c->precision));
	/* Half of the cells set this before activation; the handle must keep it. */
	if (c->nonblock && c->way % 2)
		note_status(c, pcap_setnonblock(c->p, 1, text));
	c->status = pcap_activate(c->p);
	snprintf(c->text, sizeof(c->text), "%s", c->status ? pcap_geterr(c->p) : "");
	if (c->status < 0)
		return;
	if (c->nonblock)
		note_status(c, pcap_setnonblock(c->p, 1, text));
	c->got_nonblock = pcap_getnonblock(c->p, text);
	c->datalink = pcap_datalink(c->p);
	c->snapshot = pcap_snapshot(c->p);
	if (!pcap_compile(c->p, &program, "udp dst port 9999", 1, PCAP_NETMASK_UNKNOWN)) {
		note_status(c, pcap_setfilter(c->p, &program));
		pcap_freecode(&program);
	}
}

static void see(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	struct cell *c = (struct cell *)user;
	uint32_t seq;

	c->packets++;
	c->caplen += head->caplen;
	c->len += head->len;
	c->has_nano |= head->ts.tv_usec >= 1000000;
	if (head->caplen < SEQ_OFFSET + sizeof(seq))
		return;
	memcpy(&seq, bytes + SEQ_OFFSET, sizeof(seq));
	c->gaps += (int)ntohl(seq) != c->last + 1;
	c->last = (int)ntohl(seq);
}

static int call_dispatch(struct cell *c)
{
	return pcap_dispatch(c->p, c->cnt, see, (u_char *)c);
}

static int call_loop(struct cell *c)
{
	return pcap_loop(c->p, c->cnt, see, (u_char *)c);
}

static int call_next(struct cell *c)
{
	struct pcap_pkthdr head;
	const u_char *bytes = pcap_next(c->p, &head);

	if (bytes)
		see((u_char *)c, &head, bytes);
	return !!bytes;
}

static int call_next_ex(struct cell *c)
{
	struct pcap_pkthdr *head;
	const u_char *bytes;
	int ret = pcap_next_ex(c->p, &head, &bytes);

	if (ret == 1)
		see((u_char *)c, head, bytes);
	return ret;
}

static int (*const calls[CALLS])(struct cell *c) = {
	[CALL_DISPATCH] = call_dispatch,
	[CALL_LOOP] = call_loop,
	[CALL_NEXT] = call_next,
	[CALL_NEXT_EX] = call_next_ex,
};

static int wait_poll(int fd, int epoll)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	(void)epoll;
	return poll(&p, 1, WAIT_MS);
}

static int wait_select(int fd, int epoll)
{
	struct timeval t = { .tv_usec = WAIT_MS * 1000 };
	fd_set set;

	(void)epoll;
	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, &t);
}

static int wait_epoll(int fd, int epoll)
{
	struct epoll_event ev;

	(void)fd;
	return epoll_wait(epoll, &ev, 1, WAIT_MS);
}

static int (*const waits[WAYS])(int fd, int epoll) = {
	[WAY_POLL] = wait_poll,
	[WAY_SELECT] = wait_select,
	[WAY_EPOLL] = wait_epoll,
	[WAY_EDGE] = wait_epoll,
};

static void read_once(struct cell *c)
{
	double begin = seconds();
	int before = c->packets, ret = calls[c->call](c);

	/* A read that only the end of the test has broken is not counted. */
	if (!stopping || ret != PCAP_ERROR_BREAK)
		c->returns[ret > 0 ? 0 : ret == 0 ? 1 : ret == -1 ? 2 : ret == -2 ? 3 : 4]++;
	if (c->packets - before > c->most)
		c->most = c->packets - before;
	if (c->way != WAY_PLAIN && seconds() - begin > STALL_S)
		c->stalls++;
}

void *cell_run(void *arg)
{
	struct cell *c = arg;
	struct epoll_event ev = { .events = EPOLLIN | (c->way == WAY_EDGE ? EPOLLET : 0) };
	struct pcap_stat stats;
	int fd = -1, epoll = -1;

	if (c->way != WAY_PLAIN) {
		fd = pcap_get_selectable_fd(c->p);
		epoll = epoll_create1(EPOLL_CLOEXEC);
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev);
	}
	while (!stopping) {
		if (c->way == WAY_PLAIN) {
			read_once(c);
			if (c->got_nonblock)
				usleep(2000);
		} else if (waits[c->way](fd, epoll) > 0 && !stopping) {
			c->wakeups++;
			read_once(c);
		}
	}
	if (epoll >= 0)
		close(epoll);
	if (!pcap_stats(c->p, &stats))
		c->lost = stats.ps_drop;
	return NULL;
}

static const char *number(int value, char *buf, size_t size)
{
	snprintf(buf, size, "%d", value);
	return value == UNSET ? "-" : buf;
}

/*
 * Does the cell count as one whose reads return 0? Some reads of a non-blocking handle may:
 * a worker of the engine may get no CPU for 10 ms. More than a few count.
 */
static bool returns_none(const struct cell *c)
{
	int rare = c->got_nonblock && c->way != WAY_PLAIN ? 3 + c->wakeups / 10 : 0;

	return c->returns[1] > rare;
}

/* Print the cell: block, name, the fields to compare, lost packets, and the limited number */
void cell_print(const struct cell *c)
{
	static const char *const ways[WAYS] = { "plain", "poll", "select", "epoll", "edge" };
	static const char *const names[CALLS] = { "dispatch", "loop", "next", "next_ex" };
	char s[4][16];

	printf("%s\ttimeout=%d immediate=%d nonblock=%d buffer=%d snaplen=%s promisc=%s tstamp=%s "
	       "precision=%s %s(%d) %s", c->block, c->timeout, c->immediate, c->nonblock,
	       c->buffer_size,
	       number(c->snaplen, s[0], sizeof(s[0])), number(c->promisc, s[1], sizeof(s[1])),
	       number(c->tstamp, s[2], sizeof(s[2])), number(c->precision, s[3], sizeof(s[3])),
	       names[c->call], c->cnt, ways[c->way]);
	printf("\tset %d, activate %d \"%s\"", c->set_status, c->status, c->text);
	printf("\tnonblock %d, link %d, snapshot %d", c->got_nonblock, c->datalink, c->snapshot);
	printf("\t%d packets, %d gaps, caplen %lu, len %lu, %s", c->packets, c->gaps, c->caplen,
	       c->len, c->has_nano ? "ns" : "us");
	printf("\t%s%s%s%s%s, at most %s", c->returns[0] ? ">0" : "", returns_none(c) ? " 0" : "",
	       c->returns[2] ? " -1" : "", c->returns[3] ? " -2" : "",
	       c->returns[4] ? " other" : "",
	       c->cnt > 0 && c->most <= c->cnt ? "cnt" : c->cnt > 0 ? "more than cnt" : "any");
	printf("\t%d stalls\t%u\t%d\n", c->stalls, c->lost, c->wakeups);
}
