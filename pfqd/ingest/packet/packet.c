/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Driver "packet": reads a device with AF_PACKET and TPACKET_V3. The host still sees its packets. A
 * view points into a block of the ring. done() gives a block back to the kernel after the batch
 * with its last packet.
 */
#include "config.h"

#include <errno.h>
#include <net/if_arp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "packet_view.h"

/*
 * The watermark. For each packet, the kernel first takes a place in the open block (num_pkts
 * rises), then reads the clock. When it retires a block, it opens the next one and first stores the
 * time in ts_first_pkt. So no packet still to come is older than
 * - a clock read before the open block was seen empty, or otherwise
 * - the time at which the oldest block with unread packets was opened.
 * num_pkts of a block that is not open yet is 0, because done() clears it.
 *
 * The driver subtracts a slack. SLACK_NS covers stores of another CPU that are not visible yet. If
 * a socket on this host asked for receive timestamps, packets carry the time before they were
 * queued (TP_STATUS_TS_SOFTWARE): packet_slack_ns() then gives more.
 */
#define SLACK_NS		200000ULL

static struct tpacket_block_desc *block_at(const struct ingest *in, uint32_t i)
{
	return (struct tpacket_block_desc *)(in->ring + (size_t)i * in->block_bytes);
}

/* Has the kernel retired the block, so that the driver may read it? */
static bool block_is_ours(struct tpacket_block_desc *block)
{
	return smp_load_acquire(&block->hdr.bh1.block_status) & TP_STATUS_USER;
}

static uint64_t block_opened_ns(const struct tpacket_block_desc *block)
{
	return block->hdr.bh1.ts_first_pkt.ts_sec * 1000000000ULL +
		block->hdr.bh1.ts_first_pkt.ts_nsec;
}

static struct packet_head head_of(uint8_t *packet)
{
	const struct tpacket3_hdr *hdr = (struct tpacket3_hdr *)packet;

	return (struct packet_head){
		.status = hdr->tp_status,
		.len = hdr->tp_len,
		.snaplen = hdr->tp_snaplen,
		.rxhash = hdr->hv1.tp_rxhash,
		.tci = (uint16_t)hdr->hv1.tp_vlan_tci,
		.tpid = hdr->hv1.tp_vlan_tpid,
		.ts_ns = hdr->tp_sec * 1000000000ULL + hdr->tp_nsec,
		.sll = (struct sockaddr_ll *)(packet + TPACKET_ALIGN(sizeof(*hdr))),
		.frame = packet + hdr->tp_mac,
	};
}

/* Begin to read block in->next. Returns false if the kernel still fills it. */
static bool block_begin(struct ingest *in)
{
	struct tpacket_block_desc *block = block_at(in, in->next);

	/* all blocks are held: next is one that done() will give back */
	if (in->held == in->blocks || !block_is_ours(block))
		return false;
	in->left = block->hdr.bh1.num_pkts;
	in->packet = (uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;
	return true;
}

/* All packets of block in->next were read: hold it until done(). */
static void block_end(struct ingest *in)
{
	in->next = in->next + 1 == in->blocks ? 0 : in->next + 1;
	in->held++;
}

/* Append packets of the current block to @batch. */
static void block_read(struct ingest *in, struct pfq_batch *batch, struct packet_tally *t)
{
	while (in->left && batch->n < PFQ_BATCH_MAX) {
		struct packet_head head = head_of(in->packet);

		in->packet += ((struct tpacket3_hdr *)in->packet)->tp_next_offset;
		in->left--;
		prefetch(in->packet);
		packet_view_append(in, batch, &head, t);
	}
}

static void packet_done(struct ingest *in)
{
	while (in->held) {
		uint32_t i = in->next >= in->held ? in->next - in->held :
			     in->next + in->blocks - in->held;
		struct tpacket_block_desc *block = block_at(in, i);

		block->hdr.bh1.num_pkts = 0;
		smp_store_release(&block->hdr.bh1.block_status, TP_STATUS_KERNEL);
		in->held--;
	}
}

static int packet_rx(struct ingest *in, struct pfq_batch *batch, uint64_t *next_ns)
{
	struct packet_tally t = { .bytes = 0 };

	*next_ns = ~0ULL;
	while (batch->n < PFQ_BATCH_MAX) {
		if (!in->left && !block_begin(in))
			break;
		block_read(in, batch, &t);
		if (!in->left)
			block_end(in);
	}
	packet_count(in, batch, &t);
	if (!batch->n) {
		packet_done(in);
		return in->gone ? -ENETDOWN : 0;
	}
	return (int)batch->n;
}

static uint64_t packet_watermark(struct ingest *in)
{
	struct tpacket_block_desc *block = block_at(in, in->next);
	uint64_t ns = ingest_clock_ns(CLOCK_REALTIME), opened_ns;
	uint64_t slack = packet_slack_ns(in, ns, SLACK_NS);

	/* newer packets are in the ring of the ingest that replaced this one */
	if (READ_ONCE(in->is_stopped))
		return in->watermark_ns;
	/* the clock was set back, so packets can be older than the last watermark */
	if (ns < in->watermark_ns)
		in->watermark_ns = 0;
	/* read the clock before looking at the block */
	smp_mb();
	if (block_is_ours(block) || smp_load_acquire(&block->hdr.bh1.num_pkts)) {
		opened_ns = block_opened_ns(block);
		/*
		 * the block was opened after the clock was read, or before the clock was set back
		 */
		if (opened_ns > ns)
			return in->watermark_ns;
		ns = opened_ns;
	}
	ns -= slack;
	if (ns > in->watermark_ns)
		in->watermark_ns = ns;
	return in->watermark_ns;
}

static uint32_t packet_frame_bytes(const struct ingest *in)
{
	return in->block_bytes - PACKET_BLOCK_EXTRA;
}

const struct ingest_driver ingest_packet = {
	.name = "packet",
	.mode = "tpacket_v3",
	.is_device = true,
	.in_kernel_engine = true,
	.immediate = &packet_slot,
	.has_rxhash = true,
	.held_ns = PACKET_RETIRE_MS * 1000000ULL,
	.open = packet_open,
	.linktype = packet_linktype,
	.fd = packet_fd,
	.rx = packet_rx,
	.done = packet_done,
	.fault = packet_fault,
	.watermark = packet_watermark,
	.counters = packet_counters,
	.mark = packet_mark,
	.is_past_mark = packet_is_past_mark,
	.frame_bytes = packet_frame_bytes,
	.has_cut = packet_has_cut,
	.stop = packet_stop,
	.close = packet_close,
};
