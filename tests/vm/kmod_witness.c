/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * An honest consumer that knows every byte that was sent
 *
 * kmod-witness send DEVICE FRAMES PER_SECOND [SPOILED]: sends frames with numbers from 0 on.
 * 	The number determines length and bytes. Frame SPOILED has a wrong byte, and the
 * 	next one is not sent.
 * kmod-witness read GROUP DEVICE FRAMES: reads until SIGTERM. By then each frame must have
 * 	come once, unchanged. Other packets are ignored. GROUP -: a private group.
 */
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <linux/if_packet.h>
#include "pfq.h"

#define MAGIC		0x7769746e657373ULL
#define HEADER_BYTES	30	/* Ethernet, magic, number */
#define FRAME_MAX	1514
#define CATCH_UP	64	/* frames */

static const uint8_t ethernet[14] = { 2, 'p', 'f', 'q', 'q', '1',
				      2, 'p', 'f', 'q', 'q', '2', 0x88, 0xb5 };

static uint32_t make(uint8_t *frame, uint64_t number)
{
	const uint64_t magic = MAGIC;
	uint64_t x = number * 0x9e3779b97f4a7c15ULL + 1;
	uint32_t len = 60 + (uint32_t)(x >> 32) % (FRAME_MAX - 60), i;

	memcpy(frame, ethernet, sizeof(ethernet));
	memcpy(frame + 14, &magic, sizeof(magic));
	memcpy(frame + 22, &number, sizeof(number));
	for (i = HEADER_BYTES; i < len; i++)
		frame[i] = (uint8_t)(x >> (i % 57)) ^ (uint8_t)i;
	return len;
}

/* --- send ------------------------------------------------------------------------ */

static int send_one(int fd, uint64_t number, bool is_spoiled)
{
	uint8_t frame[FRAME_MAX];
	uint32_t len = make(frame, number);

	frame[len - 1] ^= is_spoiled;
	while (send(fd, frame, len, 0) < 0) {
		if (errno != ENOBUFS && errno != EINTR) {
			perror("kmod-witness: send");
			return 1;
		}
		usleep(1000);
	}
	return 0;
}

/*
 * Wait until frame @n, at @per_second, is due. A late sender catches up, but slowly enough
 * that no queue between two devices overflows.
 */
static void wait_due(const struct timespec *start, uint64_t n, uint64_t per_second)
{
	uint64_t ns = (uint64_t)start->tv_nsec + n * 1000000000 / per_second;
	struct timespec due = {
		.tv_sec = start->tv_sec + (time_t)(ns / 1000000000),
		.tv_nsec = (long)(ns % 1000000000),
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
	if (n % CATCH_UP == 0)
		usleep(1000);
}

static int send_all(const char *device, uint64_t frames, uint64_t per_second, uint64_t spoiled)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex(device) };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	struct timespec start;
	uint64_t n;

	if (!per_second) {
		fprintf(stderr, "kmod-witness: PER_SECOND 0: 1 or more\n");
		return 2;
	}
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to))) {
		perror("kmod-witness: bind");
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (n = 0; n < frames; n++) {
		wait_due(&start, n, per_second);
		if (n != spoiled + 1 && send_one(fd, n, n == spoiled))
			return 1;
	}
	printf("%llu frames sent\n", (unsigned long long)frames);
	return 0;
}

/* --- read -------------------------------------------------------------------------- */

static volatile sig_atomic_t is_ended;

static void on_term(int sig)
{
	is_ended = sig;
}

struct tally {
	uint8_t *seen;
	uint64_t frames, came, twice, wrong, foreign;
};

static void look(struct tally *t, const struct pfq_rec *rec)
{
	const uint8_t *bytes = (const uint8_t *)(rec + 1);
	uint8_t frame[FRAME_MAX];
	uint64_t magic, number;

	if (rec->caplen < HEADER_BYTES || memcmp(bytes, ethernet, sizeof(ethernet))) {
		t->foreign++;
		return;
	}
	memcpy(&magic, bytes + 14, sizeof(magic));
	memcpy(&number, bytes + 22, sizeof(number));
	/* Frames that others inject. One of our frames that is damaged here will be missing. */
	if (magic != MAGIC) {
		t->foreign++;
		return;
	}
	if (number >= t->frames || make(frame, number) != rec->len ||
	    rec->caplen != rec->len || memcmp(frame, bytes, rec->len)) {
		t->wrong++;
		return;
	}
	t->twice += t->seen[number];
	t->came += !t->seen[number];
	t->seen[number] = 1;
}

static int read_all(struct pfq *q, struct tally *t)
{
	const struct pfq_rec *recs[64];
	bool is_told = false;
	int n, i;

	for (;;) {
		n = pfq_wait(q, -1, 200);
		if (n == -EPIPE)
			return n;
		n = pfq_read(q, recs, 64);
		if (n < 0)
			return n;
		for (i = 0; i < n; i++)
			look(t, recs[i]);
		if (t->came == t->frames && !is_told) {
			printf("complete\n");
			fflush(stdout);
			is_told = true;
		}
		if (is_ended && !n)
			return 0;
	}
}

static int report(struct pfq *q, const struct tally *t, int err)
{
	struct pfq_stats stats;

	pfq_stats_get(q, &stats);
	printf("%llu of %llu frames came, %llu twice, %llu wrong; %llu others; "
	       "ring full for %llu\n",
	       (unsigned long long)t->came, (unsigned long long)t->frames,
	       (unsigned long long)t->twice, (unsigned long long)t->wrong,
	       (unsigned long long)t->foreign,
	       (unsigned long long)stats.counters[PFQ_ENDPOINT_drop_ring_full]);
	if (err)
		fprintf(stderr, "kmod-witness: %s\n", strerror(-err));
	return err || t->came < t->frames || t->twice || t->wrong ||
	       stats.counters[PFQ_ENDPOINT_drop_ring_full];
}

static int witness(const char *group, const char *device, uint64_t frames)
{
	struct pfq_params params = {
		.engine = "kernel", .group = strcmp(group, "-") ? group : NULL, .bindings = device,
		.steer = "copy", .snaplen = 2000, .ring_bytes = 32 << 20,
	};
	struct tally t = { .frames = frames, .seen = calloc(frames, 1) };
	struct pfq_error error;
	struct pfq *q;
	int err;

	signal(SIGTERM, on_term);
	if (!t.seen || pfq_open(&q, &params, &error)) {
		fprintf(stderr, "kmod-witness: %s\n", t.seen ? error.text : "no memory");
		return 2;
	}
	printf("reading\n");
	fflush(stdout);
	err = read_all(q, &t);
	err = report(q, &t, err);
	pfq_close(q);
	free(t.seen);
	return err;
}

int main(int argc, char **argv)
{
	if (argc >= 5 && !strcmp(argv[1], "send"))
		return send_all(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10),
				argc > 5 ? strtoull(argv[5], NULL, 10) : ~0ULL - 1);
	if (argc == 5 && !strcmp(argv[1], "read"))
		return witness(argv[2], argv[3], strtoull(argv[4], NULL, 10));
	fprintf(stderr,
		"usage: %s send DEVICE FRAMES PER_SECOND [SPOILED] | read GROUP DEVICE FRAMES\n",
		argv[0]);
	return 2;
}
