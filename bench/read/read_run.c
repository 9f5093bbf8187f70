// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "tools/common/cpu.h"
#include "read_run.h"

#define LOOK_MS	 10   /* time between two looks at the handle's counters */
#define QUIET_MS 1000 /* after this time without a packet the stream has ended */

/* Counts of a handle, since it was opened */
struct counts {
	uint64_t waiting; /* in the buffer: received, not dropped, not read */
	uint64_t dropped;
};

struct reading {
	uint64_t packets, calls, cpu_ns, wall_ns;
};

struct run {
	const struct read_options *options;
	pcap_t *pcap;
	uint64_t taken;
	char *text;
	size_t text_size;
};

/* --- waiting ------------------------------------------------------------------------- */

/* Write libpcap's error to the text. Returns -EIO. */
static int failed(const struct run *r)
{
	snprintf(r->text, r->text_size, "--interface: \"%s\": %s", r->options->receiver.device,
		 pcap_geterr(r->pcap));
	return -EIO;
}

/* Read the counts. Returns 0, or -EIO with text. */
static int counts_get(const struct run *r, struct counts *c)
{
	struct pcap_stat stat;

	if (pcap_stats(r->pcap, &stat))
		return failed(r);
	/* The counters have 32 bits. A difference modulo 2^32 is right all the same. */
	c->dropped = stat.ps_drop;
	c->waiting = (uint32_t)(stat.ps_recv - stat.ps_drop - (uint32_t)r->taken);
	return 0;
}

static void sleep_ms(uint64_t ms)
{
	struct timespec ts = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	nanosleep(&ts, NULL);
}

/* Wait until --count packets are in the buffer. Returns 0, or -errno with text. */
static int wait_for_count(const struct run *r)
{
	struct counts c = { 0, 0 };
	int ret = counts_get(r, &c);

	while (!ret && c.waiting < r->options->count) {
		sleep_ms(LOOK_MS);
		ret = counts_get(r, &c);
	}
	return ret;
}

/* Wait for a line on standard input. Returns 0; -EPIPE with text if the input ended. */
static int wait_for_line(const struct run *r)
{
	char c;

	do {
		if (read(STDIN_FILENO, &c, 1) == 1)
			continue;
		snprintf(r->text, r->text_size, "the standard input: it ended before the round "
			 "began");
		return -EPIPE;
	} while (c != '\n');
	return 0;
}

/* --- reading --------------------------------------------------------------------------- */

static void packet_ignore(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	(void)user;
	(void)header;
	(void)bytes;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

/* The CPU time of this thread and the monotonic time, both now. */
static struct reading clocks(void)
{
	return (struct reading){ .cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID),
				 .wall_ns = clock_ns(CLOCK_MONOTONIC) };
}

/* Compute the time since @begin. */
static void clocks_since(const struct reading *begin, struct reading *out)
{
	struct reading now = clocks();

	out->cpu_ns = now.cpu_ns - begin->cpu_ns;
	out->wall_ns = now.wall_ns - begin->wall_ns;
}

/* Read until no packet is left. Adds to @out. */
static int read_waiting(struct run *r, struct reading *out)
{
	int n;

	do {
		n = pcap_dispatch(r->pcap, -1, packet_ignore, NULL);
		if (n < 0)
			return failed(r);
		out->packets += (uint64_t)n;
		r->taken += (uint64_t)n;
		out->calls++;
	} while (n);
	return 0;
}

/* Read all packets in the buffer, and measure how long this takes. */
static int read_all(struct run *r, struct reading *out)
{
	struct reading begin = clocks();
	int ret;

	*out = (struct reading){ 0 };
	ret = read_waiting(r, out);
	clocks_since(&begin, out);
	return ret;
}

/* Sleep until packets come and read them, until all have come. */
static int read_live(struct run *r, struct reading *out)
{
	struct pollfd fd = { .fd = pcap_get_selectable_fd(r->pcap), .events = POLLIN };
	struct reading begin = clocks();
	int timeout_ms = -1, ret = 0;

	*out = (struct reading){ 0 };
	while (!ret && out->packets < r->options->count) {
		ret = poll(&fd, 1, timeout_ms);
		if (ret < 0) {
			snprintf(r->text, r->text_size, "poll: %s", strerror(errno));
			return -errno;
		}
		if (!ret)
			break;
		ret = read_waiting(r, out);
		timeout_ms = QUIET_MS;
	}
	clocks_since(&begin, out);
	return ret;
}

/* Print a result. A failed write is an error. */
static int result_print(const struct run *r, const struct reading *got, const struct counts *c)
{
	double packets = got->packets ? (double)got->packets : 1;
	bool is_live = r->options->is_live;
	json_t *object = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:f, s:f}",
				   "type", is_live ? "live" : "read",
				   "device", r->options->receiver.device,
				   "packets", (json_int_t)got->packets,
				   is_live ? "expected" : "waiting",
				   (json_int_t)(is_live ? r->options->count : c->waiting),
				   "dropped", (json_int_t)c->dropped,
				   "calls", (json_int_t)got->calls,
				   "cpu_ns", (double)got->cpu_ns / packets,
				   "wall_ns", (double)got->wall_ns / packets);

	json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(object);
	if (fflush(stdout) != EOF)
		return 0;
	snprintf(r->text, r->text_size, "standard output: %s", strerror(errno));
	return -EIO;
}

/* Measure packets as they arrive. Returns an exit status, or -errno. */
static int round_live(struct run *r)
{
	struct reading got;
	struct counts c;
	int ret = read_live(r, &got);

	if (!ret)
		ret = counts_get(r, &c);
	if (ret)
		return ret;
	ret = result_print(r, &got, &c);
	if (ret)
		return ret;
	return got.packets == r->options->count ? EXIT_OK : EXIT_LOST;
}

/*
 * Wait until packets are in the buffer, then measure reading them. Returns an exit
 * status, or -errno.
 */
static int round_waiting(struct run *r)
{
	struct reading got;
	struct counts c;
	int ret = r->options->count ? wait_for_count(r) : wait_for_line(r);

	if (ret)
		return ret;
	sleep_ms(r->options->settle_ms);
	ret = counts_get(r, &c);
	if (!ret)
		ret = read_all(r, &got);
	if (ret)
		return ret;
	ret = result_print(r, &got, &c);
	if (ret)
		return ret;
	return got.packets == c.waiting ? EXIT_OK : EXIT_LOST;
}

/*
 * Open the handle and run all rounds. Returns the worst exit status, or -errno with text.
 */
static int rounds_run(struct run *r)
{
	int worst = EXIT_OK, ret;
	struct reading none;

	ret = cpu_pin(r->options->cpu);
	if (ret) {
		snprintf(r->text, r->text_size, "--cpu: %s", strerror(-ret));
		return ret;
	}
	r->pcap = receiver_open(&r->options->receiver, r->text, r->text_size);
	if (!r->pcap)
		return -EIO;
	/* The first read starts a member. It also removes packets that are not of the test. */
	ret = read_all(r, &none);
	if (ret)
		return ret;
	fputs("ready\n", stderr);
	for (uint64_t i = 0; i < r->options->rounds; i++) {
		ret = r->options->is_live ? round_live(r) : round_waiting(r);
		if (ret < 0)
			return ret;
		worst = ret > worst ? ret : worst;
	}
	return worst;
}

int read_run(const struct read_options *o, char *text, size_t text_size)
{
	struct run r = { .options = o, .text = text, .text_size = text_size };
	int ret = rounds_run(&r);

	if (r.pcap)
		pcap_close(r.pcap);
	return ret;
}
