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

#include "packet.h"

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
 * queued (TP_STATUS_TS_SOFTWARE). Then the slack is SLACK_QUEUED_NS, or twice the largest delay
 * seen, at most PFQ_SLACK_MAX_NS. Only a packet shows whether this is so. Until the first packet,
 * or for LEARN_NS, the driver assumes it.
 */
#define SLACK_NS		200000ULL
#define SLACK_QUEUED_NS		1000000ULL
#define LEARN_NS		1000000000ULL

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

/* Learn the slack from a packet: see above. */
static void note_late(struct ingest *in, const struct tpacket3_hdr *hdr, uint64_t ts_ns)
{
	in->is_learned = true;
	if (hdr->tp_status & TP_STATUS_TS_SOFTWARE)
		in->slack_ns = max_t(uint64_t, in->slack_ns, SLACK_QUEUED_NS);
	/* a longer delay is no queue: the clock was set back */
	if (ts_ns < in->watermark_ns && in->watermark_ns - ts_ns <= PFQ_LAG_MAX_NS)
		in->slack_ns = min_t(uint64_t, PFQ_SLACK_MAX_NS,
				     max_t(uint64_t, in->slack_ns, 2 * (in->watermark_ns - ts_ns)));
}

/*
 * Set the VLAN tag and the protocol of an Ethernet frame in @v. The tag comes from the header of
 * the ring, or from the bytes at @frame.
 */
static void view_vlan(struct pfq_view *v, const struct tpacket3_hdr *hdr,
		      const struct sockaddr_ll *sll, uint8_t *frame)
{
	v->protocol = be16toh(sll->sll_protocol);
	if (hdr->tp_status & TP_STATUS_VLAN_VALID) {
		v->flags |= PFQ_REC_F_VLAN;
		v->tci = (uint16_t)hdr->hv1.tp_vlan_tci;
		v->tpid = hdr->hv1.tp_vlan_tpid;
		if (!(hdr->tp_status & TP_STATUS_VLAN_TPID_VALID) || !v->tpid)
			v->tpid = ETH_P_8021Q;
		return;
	}
	/*
	 * sent packets, and packets of a device that does not remove tags, have the tag in the
	 * bytes
	 */
	ingest_untag(v, frame);
	if (v->flags & PFQ_REC_F_VLAN)
		v->protocol = ingest_ethertype(v);
}

/* Describe one packet of the ring in @v. Returns false for a packet that is too short. */
static bool view_fill(struct ingest *in, struct pfq_view *v, uint8_t *packet)
{
	const struct tpacket3_hdr *hdr = (struct tpacket3_hdr *)packet;
	const struct sockaddr_ll *sll =
		(struct sockaddr_ll *)(packet + TPACKET_ALIGN(sizeof(*hdr)));
	bool is_ethernet = in->linktype == PFQ_LINKTYPE_ETHERNET;

	if (hdr->tp_snaplen < (is_ethernet ? ETH_HLEN : 1))
		return false;
	v->data = packet + hdr->tp_mac;
	v->caplen = hdr->tp_snaplen;
	v->len = hdr->tp_len;
	v->ts_ns = hdr->tp_sec * 1000000000ULL + hdr->tp_nsec;
	v->rxhash = hdr->hv1.tp_rxhash;
	v->ifindex = in->ifindex;
	v->queue = in->queue;
	v->linktype = (uint16_t)in->linktype;
	v->pkttype = sll->sll_pkttype;
	v->flags = 0;
	v->tci = 0;
	v->tpid = 0;
	v->native = NULL;
	v->flow.parsed = 0;
	if (sll->sll_pkttype == PACKET_OUTGOING)
		v->flags |= PFQ_REC_F_OUT;
	if (hdr->tp_status & TP_STATUS_TS_RAW_HARDWARE) {
		v->flags |= PFQ_REC_F_HWTS;
		v->host_ns = v->ts_ns;	/* the host's clock at reception is unknown */
	} else {
		note_late(in, hdr, v->ts_ns);
	}
	if (is_ethernet)
		view_vlan(v, hdr, sll, packet + hdr->tp_mac);
	else
		v->protocol = be16toh(sll->sll_protocol);
	return true;
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

/* Has the kernel cut the frame to less than consumers may have? */
static bool is_cut(const struct tpacket3_hdr *hdr)
{
	return unlikely(hdr->tp_snaplen < hdr->tp_len) && hdr->tp_snaplen < PFQ_SNAPLEN_MAX;
}

/* sums of one rx() */
struct tally {
	uint64_t bytes, malformed, cut;
};

/* Append packets of the current block to @batch. */
static void block_read(struct ingest *in, struct pfq_batch *batch, struct tally *t)
{
	while (in->left && batch->n < PFQ_BATCH_MAX) {
		struct pfq_view *v = &batch->view[batch->n];
		uint8_t *packet = in->packet;

		t->cut += is_cut((struct tpacket3_hdr *)packet);
		in->packet += ((struct tpacket3_hdr *)packet)->tp_next_offset;
		in->left--;
		prefetch(in->packet);
		if (view_fill(in, v, packet)) {
			batch->n++;
			t->bytes += v->len + (v->flags & PFQ_REC_F_VLAN ? INGEST_TAG_BYTES : 0);
		} else {
			t->malformed++;
		}
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

/* Count cut frames. At the first one, wake the control thread, which can open larger blocks. */
static noinline void count_cut(struct ingest *in, uint64_t cut)
{
	uint64_t one = 1;
	bool is_first = !in->counters[PFQ_INGEST_cut_buffer];

	ingest_count(&in->counters[PFQ_INGEST_cut_buffer], cut);
	if (is_first && in->notify_fd > 0) {
		ssize_t unused = write(in->notify_fd, &one, sizeof(one));

		(void)unused;
	}
}

static int packet_rx(struct ingest *in, struct pfq_batch *batch, uint64_t *next_ns)
{
	struct tally t = { .bytes = 0 };

	*next_ns = ~0ULL;
	while (batch->n < PFQ_BATCH_MAX) {
		if (!in->left && !block_begin(in))
			break;
		block_read(in, batch, &t);
		if (!in->left)
			block_end(in);
	}
	if (t.malformed)
		ingest_count(&in->counters[PFQ_INGEST_drop_malformed], t.malformed);
	if (unlikely(t.cut))
		count_cut(in, t.cut);
	if (!batch->n) {
		packet_done(in);
		return in->gone ? -ENETDOWN : 0;
	}
	ingest_count(&in->counters[PFQ_INGEST_rx_packets], batch->n);
	ingest_count(&in->counters[PFQ_INGEST_rx_bytes], t.bytes);
	return (int)batch->n;
}

/* The nanoseconds to subtract from the watermark. */
static uint64_t slack_ns(struct ingest *in, uint64_t now_ns)
{
	if (in->is_learned)
		return max_t(uint64_t, in->slack_ns, SLACK_NS);
	if (!in->learn_until_ns)
		in->learn_until_ns = now_ns + LEARN_NS;
	in->is_learned = now_ns >= in->learn_until_ns;
	return SLACK_QUEUED_NS;
}

static uint64_t packet_watermark(struct ingest *in)
{
	struct tpacket_block_desc *block = block_at(in, in->next);
	uint64_t ns = ingest_clock_ns(CLOCK_REALTIME), slack = slack_ns(in, ns), opened_ns;

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

static int packet_fault(struct ingest *in)
{
	int ret = 0;
	socklen_t size = sizeof(ret);
	struct sockaddr_ll addr;

	if (getsockopt(in->fd, SOL_SOCKET, SO_ERROR, &ret, &size) < 0)
		ret = errno;
	size = sizeof(addr);
	if (getsockname(in->fd, (struct sockaddr *)&addr, &size) < 0 || addr.sll_ifindex <= 0)
		in->gone = true;
	return ret || in->gone ? -ENETDOWN : 0;
}

static uint32_t packet_linktype(const struct ingest *in)
{
	return in->linktype;
}

static int packet_fd(const struct ingest *in)
{
	return in->fd;
}

static uint32_t packet_frame_bytes(const struct ingest *in)
{
	return in->block_bytes - PACKET_BLOCK_EXTRA;
}

static bool packet_has_cut(const struct ingest *in)
{
	return READ_ONCE(in->counters[PFQ_INGEST_cut_buffer]);
}

/* Reading the kernel's drop count clears it, so only the control thread calls this. */
static void packet_counters(struct ingest *in, uint64_t counters[PFQ_INGEST_COUNTERS_MAX])
{
	struct tpacket_stats_v3 stats;
	socklen_t size = sizeof(stats);
	uint64_t taken;

	if (!getsockopt(in->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size)) {
		ingest_count(&in->counters[PFQ_INGEST_drop_socket], stats.tp_drops);
		in->filled += stats.tp_packets - stats.tp_drops;
	}
	for (unsigned int i = 0; i < PFQ_INGEST_COUNTERS_MAX; i++)
		counters[i] = READ_ONCE(in->counters[i]);
	taken = counters[PFQ_INGEST_rx_packets] + counters[PFQ_INGEST_drop_malformed];
	/* the worker may have read packets after the getsockopt() above */
	if (in->is_stopped && in->filled > taken)
		counters[PFQ_INGEST_drop_socket] += in->filled - taken;
}

const struct ingest_driver ingest_packet = {
	.name = "packet",
	.mode = "tpacket_v3",
	.is_device = true,
	.in_kernel_engine = true,
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
	.frame_bytes = packet_frame_bytes,
	.has_cut = packet_has_cut,
	.stop = packet_stop,
	.close = packet_close,
};
