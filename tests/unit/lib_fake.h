/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * An engine inside of the test: answers on a Unix socket from a thread of its
 * own, hands out one endpoint, and leaves the producing to the test, which
 * does it with core's ring.
 */
#ifndef TESTS_LIB_FAKE_H
#define TESTS_LIB_FAKE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include "core/ring.h"
#include "pfq.h"

struct fake_config {
	uint32_t lanes;		/* 0: 1 */
	uint64_t lane_size;	/* 0: 64 KiB */
	uint32_t abi;		/* answered to HELLO; 0: ours */
	bool is_mute;		/* takes connections, never answers */
	bool unsealed;		/* memory without seals */
	void (*spoil)(struct pfq_ring_hdr *hdr);	/* before the consumer sees it */
	unsigned int fds;	/* sent with JOIN; 0: the right number */
	int start_error;	/* answered to START */
	bool adapter_time;	/* answered to JOIN */
	const char *engine;	/* answered to HELLO; NULL: user */
	const char *why;	/* its second ingest is broken, and why; NULL: it is not */
};

struct fake {
	struct fake_config config;
	char dir[64], path[108];
	pthread_t thread;
	int listener, quit[2], conn[8];
	int area_fd, reader_fd;
	int bell, bell_peer;	/* ours, the consumer's (-1 once it has been sent) */
	void *area, *reader_area;
	uint64_t area_bytes, reader_bytes;
	struct pfq_producer producer[PFQ_LANES_MAX];
	unsigned int fds_before;
	uint64_t seq;		/* of the next record, in its first bytes */
	atomic_uint starts, filter_insns, direction, injected, requests;
	atomic_ullong lost;	/* drop_socket of device eth7 */
};

struct fake *fake_start(const struct fake_config *config);
/* every descriptor that was opened since fake_start() must be closed again */
void fake_stop(struct fake *f);
/* dies: closes the doorbell and every connection */
void fake_die(struct fake *f);

struct pfq *fake_join(struct fake *f, bool order_none);

/* One record in lane @lane, not published; its first 8 bytes are @seq. false: full. */
bool fake_record(struct fake *f, uint32_t lane, uint64_t ts_ns, uint64_t seq, uint32_t caplen);
/* publish and ring, if need be */
void fake_publish(struct fake *f, uint32_t lane);
/* look at the doorbell as the engine's timer does */
void fake_timer(struct fake *f, uint32_t lane);
/* fake_record() of 64 bytes and fake_publish() */
void fake_put(struct fake *f, uint32_t lane, uint64_t ts_ns, uint64_t seq);
void fake_watermark(struct fake *f, uint32_t lane, uint64_t ts_ns);

uint64_t fake_seq(const struct pfq_rec *rec);
uint64_t fake_now_ns(void);
bool fake_is_readable(int fd, int timeout_ms);

#endif /* TESTS_LIB_FAKE_H */
