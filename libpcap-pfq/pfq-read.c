/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Reading: the callback gets pointers to the records in the ring. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pcap-pfq.h"

/* less than the prefetch distance of lib/merge.c: a batch is in the cache when it is read */
#define BATCH	32
#define NS_PER_S	1000000000ULL

/* PCAP_ERROR_BREAK within this file, where other negative numbers are errors: it is -ENOENT */
#define READ_BROKEN	INT_MIN

/* clears the flag and the eventfd */
static int broken(pcap_t *p)
{
	struct pfq_capture *c = p->priv;
	uint64_t token;
	ssize_t n;

	p->break_loop = 0;
	if (c->break_fd >= 0) {
		n = read(c->break_fd, &token, sizeof(token));
		(void)n;	/* -EAGAIN: the eventfd was not written */
	}
	return READ_BROKEN;
}

/* The second of the last packet: most packets come in the same second as the one before. */
struct second {
	uint64_t begin_ns;
	time_t number;
};

static inline void hand_out(const pcap_t *p, const struct pfq_capture *c, const struct pfq_rec *rec,
			    struct second *second, pcap_handler callback, u_char *user)
{
	uint64_t ts_ns = rec->ts_ns, ns = ts_ns - second->begin_ns;
	struct pcap_pkthdr hdr;

	/* the difference is unsigned: it is also large for a packet of an earlier second */
	if (__builtin_expect(ns >= NS_PER_S, 0)) {
		ns = ts_ns % NS_PER_S;
		second->begin_ns = ts_ns - ns;
		second->number = (time_t)(ts_ns / NS_PER_S);
	}
	hdr.ts.tv_sec = second->number;
	hdr.ts.tv_usec = c->nano ? (suseconds_t)ns : (suseconds_t)((uint32_t)ns / 1000);
	hdr.caplen = rec->caplen < (uint32_t)p->snapshot ? rec->caplen : (uint32_t)p->snapshot;
	hdr.len = rec->len;
	callback(user, &hdr, (const u_char *)(rec + 1));
}

/* Ends a read: gives back the first @n of the records read last, and sifts the others. */
static void leave(pcap_t *p, int n)
{
	struct pfq_capture *c = p->priv;

	c->lib->pfq_release(c->q, n);
	pfq_filter_sift(p);
}

/*
 * Hand out the packets that are there, at most @limit. Returns their number,
 * READ_BROKEN, or -errno. *seen is set if there were records, also if none
 * of them passed.
 */
static int deliver(pcap_t *p, int limit, pcap_handler callback, u_char *user, bool *seen)
{
	struct pfq_capture *c = p->priv;
	const struct pfq_rec *recs[BATCH];
	struct second second = { 0, 0 };
	int i, got = 0, n = 0;

	while (n < limit) {
		got = c->lib->pfq_read(c->q, recs, limit - n < BATCH ? limit - n : BATCH);
		if (got <= 0)
			return n ? n : got;
		*seen = true;
		c->handed = 0;
		for (i = 0; i < got; i++) {
			if (p->break_loop) {
				leave(p, i);
				return broken(p);
			}
			if (c->check && !pfq_filter_passes(p, recs[i]))
				continue;
			c->handed = i + 1;
			hand_out(p, c, recs[i], &second, callback, user);
			n++;
		}
		if (p->break_loop) {
			leave(p, got);
			return broken(p);
		}
	}
	/* the program may not read again for long: give the room back to the engine */
	leave(p, got);
	return n;
}

/*
 * Wait until there may be records. Returns 1; 0: the read must return without packets;
 * READ_BROKEN; or -errno.
 */
static int wait_for_records(pcap_t *p, int timeout_ms)
{
	struct pfq_capture *c = p->priv;
	uint64_t token;
	ssize_t n;
	int ret;

	ret = c->lib->pfq_wait(c->q, c->break_fd, timeout_ms);
	if (p->break_loop)
		return broken(p);
	if (ret == 2) {
		/* the eventfd is left from a break that an earlier call has returned */
		n = read(c->break_fd, &token, sizeof(token));
		(void)n;
	}
	return ret == -EINTR || ret > 0 ? 1 : ret;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/*
 * Does a blocking read return 0 if there were records, but none passed? An ordinary handle's
 * read does so with a timeout and in immediate mode; else it goes on waiting. If the program
 * has asked for the descriptor, the read returns 0, too: the descriptor may have been readable.
 */
static bool returns_none(const pcap_t *p)
{
	const struct pfq_capture *c = p->priv;

	return p->opt.timeout || p->opt.immediate || c->watched;
}

/*
 * Did a callback leave the last read by a jump, as bindings for other languages do? Then this call
 * gives back the records that callbacks got; this read begins with the next record. The descriptor
 * may still be readable because of the last read.
 */
static bool is_resumed(pcap_t *p)
{
	struct pfq_capture *c = p->priv;

	if (c->reading)
		leave(p, c->handed);
	return c->reading;
}

/* Does the program wait by the descriptor, and does a read find the engine away now? */
static bool is_watched_away(const struct pfq_capture *c)
{
	return c->watched && !c->nonblock && c->lib->pfq_engine_away(c->q);
}

/*
 * While the engine is away, the descriptor becomes readable without a packet: for the engine's
 * socket, or for its answers. A program that has asked for the descriptor then reads, and the read
 * must not wait. A program that does not wait by the descriptor reads again at once; by then, the
 * descriptor is not readable, and that read waits.
 */
static bool is_woken_away(const pcap_t *p)
{
	struct pollfd fd = { p->selectable_fd, POLLIN, 0 };

	return is_watched_away(p->priv) && poll(&fd, 1, 0);
}

static int read_packets(pcap_t *p, int limit, pcap_handler callback, u_char *user)
{
	struct pfq_capture *c = p->priv;
	bool is_timed = c->choice.env.idle_return && p->opt.timeout > 0 && !c->nonblock;
	uint64_t end_ms = is_timed ? now_ms() + (uint64_t)p->opt.timeout : 0, now = 0;
	bool was_away = is_watched_away(c);
	bool seen = is_resumed(p) || c->voided || is_woken_away(p);
	int ret;

	c->voided = false;
	c->reading = true;
	for (;;) {
		ret = deliver(p, limit, callback, user, &seen);
		if (!ret)
			pfq_capture_note(p);
		/* the engine has ended, which makes the descriptor readable once */
		seen |= !was_away && is_watched_away(c);
		if (ret || c->nonblock || (seen && returns_none(p)))
			return ret;
		if (is_timed)
			now = now_ms();
		ret = wait_for_records(p, !is_timed ? -1 : now < end_ms ? (int)(end_ms - now) : 0);
		if (!ret && is_timed)
			/* hand out packets that were too few to wake the read */
			return deliver(p, limit, callback, user, &seen);
		if (ret <= 0)
			return ret;
	}
}

int pfq_read_packets(pcap_t *p, int cnt, pcap_handler callback, u_char *user)
{
	struct pfq_capture *c = p->priv;
	int limit = PACKET_COUNT_IS_UNLIMITED(cnt) ? INT_MAX : cnt;
	int ret;

	if (p->break_loop) {
		(void)broken(p);
		return PCAP_ERROR_BREAK;
	}
	if (!c->started) {
		ret = pfq_capture_start(p);
		if (ret)
			return ret;
	}
	ret = read_packets(p, limit, callback, user);
	c->reading = false;
	if (ret == READ_BROKEN)
		return PCAP_ERROR_BREAK;
	return ret < 0 ? pfq_capture_error(p, ret) : ret;
}

void pfq_read_oneshot(u_char *user, const struct pcap_pkthdr *hdr, const u_char *bytes)
{
	struct oneshot_userdata *once = (struct oneshot_userdata *)user;
	struct pfq_capture *c = once->pd->priv;

	*once->hdr = *hdr;
	memcpy(c->oneshot, bytes, hdr->caplen);
	*once->pkt = c->oneshot;
}
