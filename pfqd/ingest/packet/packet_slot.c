/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The driver that takes the place of "packet" for groups with a member in immediate mode: a ring of
 * TPACKET_V2. The kernel hands over each packet in a slot of its own, at once, and not a block of
 * them when a timer runs out. So each packet costs more. A slot holds the longest frame on the
 * wire. A frame that offloads have joined is longer, and comes as a copy: see packet_copy.c.
 */
#include "config.h"

#include "packet_view.h"

/*
 * The watermark. The kernel takes a slot, copies the packet, reads the clock, and then hands the
 * slot over. So no packet still to come is much older than a clock read before the next slot was
 * seen empty; an interrupt between the last two steps makes the difference. SLACK_NS covers it;
 * packet_note_late() learns a longer one.
 */
#define SLACK_NS	200000ULL

static struct tpacket2_hdr *slot_at(const struct ingest *in, uint32_t i)
{
	return (struct tpacket2_hdr *)(in->ring +
				       (size_t)(i / in->slots_in_block) * in->block_bytes +
				       (size_t)(i % in->slots_in_block) * in->slot_bytes);
}

static bool slot_is_ours(struct tpacket2_hdr *slot)
{
	return smp_load_acquire(&slot->tp_status) & TP_STATUS_USER;
}

static struct packet_head head_of(struct tpacket2_hdr *slot)
{
	uint8_t *packet = (uint8_t *)slot;

	return (struct packet_head){
		.status = slot->tp_status,
		.len = slot->tp_len,
		.snaplen = slot->tp_snaplen,
		.tci = slot->tp_vlan_tci,
		.tpid = slot->tp_vlan_tpid,
		.ts_ns = slot->tp_sec * 1000000000ULL + slot->tp_nsec,
		.sll = (struct sockaddr_ll *)(packet + TPACKET_ALIGN(sizeof(*slot))),
		.frame = packet + slot->tp_mac,
	};
}

static uint32_t slots(const struct ingest *in)
{
	return in->blocks * in->slots_in_block;
}

static void slot_done(struct ingest *in)
{
	while (in->held) {
		uint32_t i = in->next >= in->held ? in->next - in->held :
			     in->next + slots(in) - in->held;

		smp_store_release(&slot_at(in, i)->tp_status, TP_STATUS_KERNEL);
		in->held--;
	}
	in->copied = 0;
}

static int slot_rx(struct ingest *in, struct pfq_batch *batch, uint64_t *next_ns)
{
	struct packet_tally t = { .bytes = 0 };

	*next_ns = ~0ULL;
	/* all slots are held: next is one that done() will give back */
	while (batch->n < PFQ_BATCH_MAX && in->held < slots(in)) {
		struct tpacket2_hdr *slot = slot_at(in, in->next);
		struct packet_head head;

		if (!slot_is_ours(slot))
			break;
		head = head_of(slot);
		if (unlikely(head.status & TP_STATUS_COPY) && !packet_copy_take(in, &head))
			break;
		packet_view_append(in, batch, &head, &t);
		in->next = in->next + 1 == slots(in) ? 0 : in->next + 1;
		in->held++;
	}
	packet_count(in, batch, &t);
	if (batch->n)
		return (int)batch->n;
	slot_done(in);
	return in->gone ? -ENETDOWN : 0;
}

static uint64_t slot_watermark(struct ingest *in)
{
	struct tpacket2_hdr *slot = slot_at(in, in->next);
	uint64_t ns = ingest_clock_ns(CLOCK_REALTIME), slack = packet_slack_ns(in, ns, SLACK_NS);

	/* newer packets are in the ring of the ingest that replaced this one */
	if (READ_ONCE(in->is_stopped))
		return in->watermark_ns;
	/* the clock was set back, so packets can be older than the last watermark */
	if (ns < in->watermark_ns)
		in->watermark_ns = 0;
	/* read the clock before looking at the slot */
	smp_mb();
	if (slot_is_ours(slot))
		ns = min_t(uint64_t, ns, head_of(slot).ts_ns);
	ns -= slack;
	if (ns > in->watermark_ns)
		in->watermark_ns = ns;
	return in->watermark_ns;
}

static uint32_t slot_frame_bytes(const struct ingest *in)
{
	uint32_t bytes = in->slot_bytes - PACKET_SLOT_EXTRA;

	return bytes < PACKET_SLOT_FRAME_MAX ? bytes : PFQ_SNAPLEN_MAX;
}

const struct ingest_driver packet_slot = {
	.name = "packet",
	.mode = "tpacket_v2",
	.is_device = true,
	.in_kernel_engine = true,
	.is_immediate = true,
	.copies_long = true,
	.single_part = true,
	.open = packet_slot_open,
	.linktype = packet_linktype,
	.fd = packet_fd,
	.rx = slot_rx,
	.done = slot_done,
	.fault = packet_fault,
	.watermark = slot_watermark,
	.counters = packet_counters,
	.mark = packet_mark,
	.is_past_mark = packet_is_past_mark,
	.frame_bytes = slot_frame_bytes,
	.stop = packet_stop,
	.close = packet_close,
};
