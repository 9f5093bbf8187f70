/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * An AF_PACKET socket with a TPACKET_V3 ring: one lane of a device. Its parts:
 * packet.c reads it, packet_socket.c makes it, packet_filter.c is the filter on it,
 * fanout.c joins the lanes of a source, spread.c says which lane takes a packet.
 */
#ifndef PFQD_INGEST_PACKET_H
#define PFQD_INGEST_PACKET_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>

#include "lib/reason.h"
#include "pfqd/ingest/driver.h"

/*
 * The kernel retires a block RETIRE_MS after it began at the latest, so at low
 * rates the ring holds as many milliseconds as it has blocks: these, not bytes, are
 * what a worker may be late. A source gets PACKET_RING_BYTES in all, a lane 128 small or 64
 * large blocks at least: 50 ms at 10 Gbit/s, and 128 ms, or 64, of a trickle. A worker that
 * has to share its CPU with the programs it serves is late by tens of milliseconds.
 * A block must hold the largest frame, or the kernel cuts the frame: a 64 KiB segment of a
 * device that offloads does not fit in 64 KiB, and one of a device that makes larger ones
 * (BIG TCP, a large MTU) needs a large block. Large ones take more memory where workers are
 * many, and are fewer, so that only these devices get them.
 */
#define PACKET_BLOCK_SMALL	(128U << 10)
#define PACKET_BLOCK_LARGE	(512U << 10)
#define PACKET_RING_BYTES	(64U << 20)
#define PACKET_RETIRE_MS	1
/* of a block, beside one frame: the headers of block and frame, and the room before the frame */
#define PACKET_BLOCK_EXTRA	256U

/* ranges of queues, three instructions each, and a few around them */
#define PACKET_FILTER_MAX	(3 * INGEST_QUEUES_MAX / 2 + 8)

struct fanout;

struct ingest {
	int fd;
	char device[IFNAMSIZ];
	uint32_t ifindex;
	uint32_t linktype;
	uint16_t hatype;	/* ARPHRD_* */
	uint16_t queue;		/* of every packet; PFQ_QUEUE_UNKNOWN */
	uint32_t part;
	struct fanout *fanout;	/* NULL: the only lane */
	bool gone;
	bool is_stopped;	/* packet_stop(): written by the control thread */

	uint8_t *ring;
	uint32_t block_bytes, blocks;
	uint32_t next;		/* block to read, or in the middle of */
	uint32_t held;		/* blocks before next that done() gives back */
	uint32_t left;		/* packets of next not yet given; 0: not begun */
	uint8_t *packet;	/* the first of these */

	uint64_t watermark_ns;
	uint64_t slack_ns;
	uint64_t learn_until_ns;	/* 0: no watermark yet */
	bool is_learned;	/* slack_ns tells whether packets come stamped */
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];
	uint64_t filled;	/* packets that the kernel has put into the ring; control thread */
	int notify_fd;		/* ingest_params.notify_fd */

	unsigned int filter_count;	/* 0: none is needed */
	struct sock_filter filter[PACKET_FILTER_MAX];
};

/* packet_socket.c */
int packet_open(struct ingest **in, const struct ingest_params *params, struct pfq_error *err);
void packet_close(struct ingest *in);

/* packet_filter.c: what the kernel shall not even put into the ring; see there. */
void packet_filter_build(struct ingest *in, const uint64_t *queues);
/* Replace the filter that the socket has by the one that was built, or by one that rejects all. */
int packet_filter_attach(const struct ingest *in);
int packet_filter_reject(const struct ingest *in);
void packet_stop(struct ingest *in);
/* Those that this lane and its others are to replace stop. Filters of new ones come right after. */
void packet_stop_others(const struct ingest_params *params);

/* The reason why that failed, and what to do. */
static inline const char *packet_filter_reason(int ret)
{
	return ret == -ENOMEM ? "Cannot allocate memory (net.core.optmem_max limits a filter: "
			       "raise that, or name fewer ranges of queues)" :
			       pfq_reason(PFQ_REASON_PFQD, ret);
}

/* spread.c: the program that picks a lane; returns its instructions */
#define PACKET_SPREAD_MAX	512
unsigned int packet_spread_build(struct sock_filter insn[PACKET_SPREAD_MAX]);

/* fanout.c: join part params->part, bound and rejecting everything, to its group. */
int fanout_join(struct ingest *in, const struct ingest_params *params, struct pfq_error *err);
void fanout_leave(struct ingest *in);

#endif /* PFQD_INGEST_PACKET_H */
