// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "search.h"
#include "sensor_run.h"
#include "tools/common/output.h"
#include "tracker.h"

#define LOOK_MS 100 /* the longest time until a signal ends the program */

struct sensor {
	const struct sensor_options *options;
	pcap_t *pcap;
	struct search search;
	struct tracker tracker;
	uint64_t packets, bytes;
	uint64_t searched, searched_bytes; /* packets and payload bytes that were searched */
	uint64_t discarded; /* packets of flows that had enough bytes */
	uint64_t matches;
	uint64_t cpu_ns, first_ns, last_ns;
	char *text;
	size_t text_size;
};

static volatile sig_atomic_t is_over;

static void on_signal(int number)
{
	(void)number;
	is_over = 1;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

static void packet_take(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct sensor *s = (struct sensor *)user;
	struct decoded packet;
	struct tracked *flow;
	size_t payload;

	s->packets++;
	s->bytes += header->len;
	packet_decode(&packet, bytes, header->caplen);
	flow = tracker_find(&s->tracker, &packet);
	if (flow) {
		flow->packets++;
		flow->bytes += header->len;
		if (s->options->enough && flow->bytes > s->options->enough) {
			s->discarded++;
			return;
		}
	}
	s->searched++;
	payload = packet.length - packet.payload;
	s->searched_bytes += payload;
	s->matches += search_run(&s->search, bytes + packet.payload, payload);
}

/* Write libpcap's error to the text. Returns -EIO. */
static int failed(const struct sensor *s)
{
	snprintf(s->text, s->text_size, "--interface: \"%s\": %s", s->options->receiver.device,
		 pcap_geterr(s->pcap));
	return -EIO;
}

/* Read what has come. Returns the number of packets, or -EIO with text. */
static int take(struct sensor *s)
{
	uint64_t before_ns = clock_ns(CLOCK_MONOTONIC);
	int n = pcap_dispatch(s->pcap, -1, packet_take, (u_char *)s);

	if (n < 0)
		return failed(s);
	if (!n)
		return 0;
	if (!s->first_ns)
		s->first_ns = before_ns;
	s->last_ns = clock_ns(CLOCK_MONOTONIC);
	return n;
}

/* Sleep until packets come and read them, until a signal comes and no packet is left. */
static int read_until_signal(struct sensor *s)
{
	struct pollfd fd = { .fd = pcap_get_selectable_fd(s->pcap), .events = POLLIN };
	int ret;

	do {
		ret = take(s);
		if (!ret && !is_over && poll(&fd, 1, LOOK_MS) < 0 && errno != EINTR) {
			snprintf(s->text, s->text_size, "poll: %s", strerror(errno));
			return -errno;
		}
	} while (ret > 0 || (!ret && !is_over));
	return ret;
}

/* Print the result. A failed write is an error. */
static int result_print(struct sensor *s)
{
	struct pcap_stat stat;
	json_t *object;

	if (pcap_stats(s->pcap, &stat))
		return failed(s);
	object = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}",
			   "type", "sensor", "device", s->options->receiver.device,
			   "packets", (json_int_t)s->packets, "bytes", (json_int_t)s->bytes,
			   "searched", (json_int_t)s->searched,
			   "searched_bytes", (json_int_t)s->searched_bytes,
			   "discarded", (json_int_t)s->discarded,
			   "matches", (json_int_t)s->matches,
			   "flows", (json_int_t)s->tracker.flows,
			   "drop", (json_int_t)stat.ps_drop, "cpu_ns", (json_int_t)s->cpu_ns,
			   "span", (double)(s->last_ns - s->first_ns) / 1e9);
	json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(object);
	if (output_is_out("bench-sensor"))
		return 0;
	snprintf(s->text, s->text_size, "the result is not written");
	return -EIO;
}

static int sensor_measure(struct sensor *s)
{
	uint64_t before_ns;
	int ret;

	search_make(&s->search);
	s->pcap = receiver_open(&s->options->receiver, s->text, s->text_size);
	if (!s->pcap)
		return -EIO;
	/* The first read starts a member. */
	ret = take(s);
	fprintf(stderr, "bench-sensor: listening on %s\n", s->options->receiver.device);
	before_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	if (ret >= 0)
		ret = read_until_signal(s);
	s->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before_ns;
	return ret < 0 ? ret : result_print(s);
}

int sensor_run(const struct sensor_options *o, char *text, size_t text_size)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct sensor *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return -ENOMEM;
	s->options = o;
	s->text = text;
	s->text_size = text_size;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	ret = sensor_measure(s);
	if (s->pcap)
		pcap_close(s->pcap);
	free(s);
	return ret;
}
