/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * An AF_PACKET socket with a ring: one part of a source. packet.c reads a ring of TPACKET_V3, which
 * has blocks of packets, and packet_slot.c one of TPACKET_V2, which has a slot for each packet.
 * packet_copy.c takes frames that are longer than a slot. packet_state.c has what both forms need,
 * packet_socket.c opens them, packet_filter.c builds the filter, fanout.c joins the parts of a
 * source, and spread.c chooses the part of a packet.
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
 * Sizes of the ring. The kernel retires a block at the latest PACKET_RETIRE_MS after opening it. So
 * at low rates, the ring holds as many milliseconds as it has blocks. This number limits how late a
 * worker may be, not the bytes. A worker that shares its CPU with the programs it serves is late by
 * tens of milliseconds. A source gets PACKET_RING_BYTES in all: 50 ms at 10 Gbit/s. A part gets at
 * least 128 small or 64 large blocks: 128 ms or 64 ms at low rates.
 *
 * The kernel cuts a frame that does not fit into a block. A 64 KiB segment of a device with
 * offloads needs a block of more than 64 KiB. Devices with longer frames (BIG TCP, a large MTU)
 * need large blocks. Only they get large blocks, which need more memory with many workers, and are
 * fewer.
 */
#define PACKET_BLOCK_SMALL	(128U << 10)
#define PACKET_BLOCK_LARGE	(512U << 10)
#define PACKET_RING_BYTES	(64U << 20)
#define PACKET_RETIRE_MS	1
/*
 * bytes of a block that one frame cannot use: the headers of block and frame, and the gap before
 * the frame
 */
#define PACKET_BLOCK_EXTRA	256U
/* the same of a slot: TPACKET2_HDRLEN and the least room for a link header, aligned */
#define PACKET_SLOT_EXTRA	80U
/*
 * Bytes of a block of slots: so many pages in a row are soon found. And the blocks of a source:
 * with an MTU of 1500, they hold 41,712 frames. A ring of TPACKET_V3 holds 41,472 frames of that
 * length. A smaller ring takes no less time to open, because most of it is a grace period of RCU.
 */
#define PACKET_SLOTS_BYTES	(128U << 10)
#define PACKET_SLOTS_BLOCKS	528U
/*
 * The longest frame in a slot: jumbo frames of all network cards. Longer ones come as copies, also
 * if they are within the MTU, as on the loopback device.
 */
#define PACKET_SLOT_FRAME_MAX	(16U << 10)
/*
 * The copies that wait for the worker, as the kernel counts the memory of a packet: more than its
 * bytes. It is as much as the ring has.
 */
#define PACKET_QUEUE_BYTES	PACKET_RING_BYTES
/* the longest copy: the most that a consumer may have, and a VLAN tag that the driver takes out */
#define PACKET_COPY_MAX		(PFQ_SNAPLEN_MAX + PFQ_TAG_BYTES)
/* memory for the copies of one batch */
#define PACKET_COPIES_BYTES	TPACKET_ALIGN(2U * PACKET_COPY_MAX)

/* instructions: three for each range of queues, and a few around them */
#define PACKET_FILTER_MAX	(3 * INGEST_QUEUES_MAX / 2 + 8)

struct fanout;

struct ingest {
	int fd;
	char device[IFNAMSIZ];
	uint32_t ifindex;
	uint32_t linktype;
	uint16_t hatype;	/* ARPHRD_* */
	uint16_t queue;		/* receive queue of all packets, or PFQ_QUEUE_UNKNOWN */
	uint32_t part;
	struct fanout *fanout;	/* NULL: the source has only one part */
	bool gone;
	bool is_stopped;	/* the control thread has called packet_stop() */

	uint8_t *ring;
	uint32_t block_bytes, blocks;
	uint32_t slot_bytes, slots_in_block;	/* TPACKET_V2 */
	uint32_t next;		/* the block or slot that is read, or is to be read next */
	uint32_t held;		/* blocks or slots before next that done() gives back */
	uint32_t left;		/* unread packets of the block; 0: it is not begun */
	uint8_t *packet;	/* the first unread packet */
	uint8_t *copies;	/* [PACKET_COPIES_BYTES], of long frames of this batch; or NULL */
	uint32_t copied;	/* bytes of it in use */

	uint64_t watermark_ns;
	uint64_t slack_ns;
	uint64_t learn_until_ns;	/* CLOCK_REALTIME; 0: watermark() was not called yet */
	bool is_learned;	/* slack_ns is based on packets, or LEARN_NS is over */
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];
	uint64_t filled;	/* packets that the kernel has put into the ring; control thread */
	uint64_t mark;		/* filled at the last mark() */
	int notify_fd;		/* ingest_params.notify_fd */

	unsigned int filter_count;	/* 0: no filter is needed */
	struct sock_filter filter[PACKET_FILTER_MAX];
};

/* packet_slot.c: the driver for groups with a member in immediate mode */
extern const struct ingest_driver packet_slot;

/* packet_socket.c: open() of both drivers, and close() */
int packet_open(struct ingest **in, const struct ingest_params *params, struct pfq_error *err);
int packet_slot_open(struct ingest **in, const struct ingest_params *params,
		     struct pfq_error *err);
void packet_close(struct ingest *in);

/* sums of one rx() */
struct packet_tally {
	uint64_t bytes, malformed, cut;
};

struct packet_head;

/* packet_copy.c: let the kernel copy frames that are longer than a slot. Returns 0 or -errno. */
int packet_copy_open(struct ingest *in, const struct ingest_params *params);
/*
 * Let @head, of a slot with TP_STATUS_COPY, describe the whole frame. Without its copy, @head stays
 * as it is. Returns false if the batch has no room for the copy, which stays where it is then.
 */
bool packet_copy_take(struct ingest *in, struct packet_head *head);
void packet_copy_close(struct ingest *in);

/* packet_state.c: operations of struct ingest_driver for both forms of the ring */
uint32_t packet_linktype(const struct ingest *in);
int packet_fd(const struct ingest *in);
int packet_fault(struct ingest *in);
bool packet_has_cut(const struct ingest *in);
void packet_counters(struct ingest *in, uint64_t counters[PFQ_INGEST_COUNTERS_MAX]);
void packet_mark(struct ingest *in);
bool packet_is_past_mark(const struct ingest *in);
/* Count the packets that rx() has put into @batch. */
void packet_count(struct ingest *in, const struct pfq_batch *batch, const struct packet_tally *t);
/*
 * The nanoseconds to subtract from a watermark: @least_ns; more if packets carry the time before a
 * queue, or came late. Then it is PACKET_SLACK_QUEUED_NS, or twice the largest delay seen, at most
 * PFQ_SLACK_MAX_NS. Only a packet shows whether this is so. Until the first packet, or for a
 * second, the function assumes it.
 */
uint64_t packet_slack_ns(struct ingest *in, uint64_t now_ns, uint64_t least_ns);

/*
 * packet_filter.c: build the filter for the packets that the kernel puts into the ring. @queues:
 * bitmap, NULL: all.
 */
void packet_filter_build(struct ingest *in, const uint64_t *queues);
/*
 * Replace the socket's filter by the one that was built, or by one that rejects all packets. Return
 * 0 or -errno.
 */
int packet_filter_attach(const struct ingest *in);
int packet_filter_reject(const struct ingest *in);
/* stop() of struct ingest_driver. */
void packet_stop(struct ingest *in);
/*
 * Stop the ingests that this part and the other parts replace (params->instead). The caller
 * attaches the new filters right after.
 */
void packet_stop_others(const struct ingest_params *params);

/* The text for the error @ret of a filter, with advice. */
static inline const char *packet_filter_reason(int ret)
{
	return ret == -ENOMEM ? "Cannot allocate memory (net.core.optmem_max limits a filter: "
			       "raise that, or name fewer ranges of queues)" :
			       pfq_reason(PFQ_REASON_PFQD, ret);
}

/*
 * spread.c: build the program that chooses the part of a packet; returns the number of
 * instructions.
 */
#define PACKET_SPREAD_MAX	512
unsigned int packet_spread_build(struct sock_filter insn[PACKET_SPREAD_MAX]);

/*
 * fanout.c: join part params->part, which is bound and rejects all packets, to the fanout group of
 * its source. The last part starts the capture. Returns 0, or -errno with text.
 */
int fanout_join(struct ingest *in, const struct ingest_params *params, struct pfq_error *err);
/* Leave the group; the socket is closed after that. */
void fanout_leave(struct ingest *in);

#endif /* PFQD_INGEST_PACKET_H */
