/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Driver "xdp": takes the receive queues of a device by AF_XDP. The host does not see these
 * packets. A view points into memory that the kernel or the device filled; done() gives it back.
 *
 * The packets of a batch get the time at which the batch was read. So packets that are read later
 * are never older than the clock is now, and the watermark is the clock. If the clock is set back,
 * timestamps and watermark follow it.
 */
#include "config.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include "pfqd/host/ifreq.h"
#include "xdp.h"

#define CONTINUES (1U << 0) /* XDP_PKT_CONTD: the frame continues in the next chunk */
#define AHEAD	  4	    /* how many descriptors ahead frames are prefetched */

/* sums of one rx() */
struct tally {
	uint64_t ts_ns, bytes, malformed;
};

static uint8_t pkttype_of(const struct xdp_tap *tap, const uint8_t *frame)
{
	static const uint8_t everybody[ETH_ALEN] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	if (frame[0] & 1)
		return memcmp(frame, everybody, ETH_ALEN) ? PACKET_MULTICAST : PACKET_BROADCAST;
	return memcmp(frame, tap->mac, ETH_ALEN) ? PACKET_OTHERHOST : PACKET_HOST;
}

/* Take the tag that the XDP program put before the frame. Returns false if there is none. */
static bool take_tag(struct pfq_view *v, uint8_t *frame)
{
	struct xdp_tag tag;
	uint16_t tpid;

	memcpy(&tag, frame - sizeof(tag), sizeof(tag));
	tpid = be16toh(tag.tpid ^ XDP_TAG_MARK);
	if (likely(tpid != ETH_P_8021Q && tpid != ETH_P_8021AD))
		return false;
	/* clear it: the next frame in this chunk may have no tag */
	memset(frame - sizeof(tag), 0, sizeof(tag));
	v->flags |= PFQ_REC_F_VLAN;
	v->tpid = tpid;
	v->tci = tag.tci;
	return true;
}

static void view_fill(const struct xdp_socket *s, struct pfq_view *v, uint8_t *frame,
		      uint32_t caplen, uint32_t len, uint64_t ts_ns)
{
	v->data = frame;
	v->caplen = caplen;
	v->len = len;
	v->ts_ns = ts_ns;
	v->rxhash = 0;
	v->ifindex = s->tap->ifindex;
	v->queue = (uint16_t)s->queue;
	v->linktype = PFQ_LINKTYPE_ETHERNET;
	v->pkttype = pkttype_of(s->tap, frame);
	v->flags = 0;
	v->tci = 0;
	v->tpid = 0;
	v->native = NULL;
	v->flow.parsed = 0;
	if (!s->tap->program.has_tags || !take_tag(v, frame))
		pfq_untag(v, frame);
	v->protocol = ingest_ethertype(v);
}

/*
 * Copy one more part of a frame that has several. Returns the whole frame after its last part, else
 * NULL.
 */
static uint8_t *join_frame(struct xdp_socket *s, const struct xdp_desc *desc, uint8_t *part,
			   uint32_t *caplen, uint32_t *len)
{
	uint8_t *to = s->bounce + s->bounce_used;
	uint32_t bytes = desc->len, kept;
	bool is_first = !s->in_frame;

	if (is_first) {
		/* the first part includes the tag before it */
		s->in_frame = true;
		s->frame_bytes = s->wire_bytes = 0;
		part -= sizeof(struct xdp_tag);
		bytes += sizeof(struct xdp_tag);
	}
	kept = min_t(uint32_t, bytes, XDP_FRAME_MAX - s->frame_bytes);
	memcpy(to + s->frame_bytes, part, kept);
	s->frame_bytes += kept;
	s->wire_bytes += bytes;
	if (is_first)
		memset(part, 0, sizeof(struct xdp_tag));
	if (desc->options & CONTINUES)
		return NULL;
	s->in_frame = false;
	s->bounce_used += s->frame_bytes;
	*caplen = s->frame_bytes - sizeof(struct xdp_tag);
	*len = s->wire_bytes - sizeof(struct xdp_tag);
	return to + sizeof(struct xdp_tag);
}

static void take(struct xdp_socket *s, const struct xdp_desc *desc, struct pfq_batch *batch,
		 struct tally *t)
{
	uint8_t *frame = s->area + desc->addr;
	uint32_t caplen = desc->len, len = desc->len;
	struct pfq_view *v;

	s->held[s->held_count++] = desc->addr & ~(uint64_t)(s->chunk_bytes - 1);
	if (unlikely(s->in_frame || desc->options & CONTINUES)) {
		frame = join_frame(s, desc, frame, &caplen, &len);
		if (!frame)
			return;
	}
	if (unlikely(caplen < ETH_HLEN)) {
		t->malformed++;
		return;
	}
	v = &batch->view[batch->n++];
	t->bytes += len;
	view_fill(s, v, frame, caplen, len, t->ts_ns);
}

static void read_socket(struct xdp_socket *s, struct pfq_batch *batch, struct tally *t)
{
	uint32_t at = 0, i, n = xsk_ring_cons__peek(&s->rx, XDP_PEEK, &at);

	if (!n)
		return;
	if (!t->ts_ns)
		t->ts_ns = ingest_clock_ns(CLOCK_REALTIME);
	for (i = 0; i < n && batch->n < PFQ_BATCH_MAX &&
		    s->bounce_used + XDP_FRAME_MAX <= XDP_BOUNCE_BYTES;
	     i++) {
		if (i + AHEAD < n)
			prefetch(s->area + xsk_ring_cons__rx_desc(&s->rx, at + i + AHEAD)->addr);
		take(s, xsk_ring_cons__rx_desc(&s->rx, at + i), batch, t);
	}
	xsk_ring_cons__cancel(&s->rx, n - i);
	xsk_ring_cons__release(&s->rx, i);
}

static void give_back(struct xdp_socket *s)
{
	uint32_t at = 0;

	/* the fill ring has room for all chunks that exist */
	xsk_ring_prod__reserve(&s->fill, s->held_count, &at);
	for (unsigned int i = 0; i < s->held_count; i++)
		*xsk_ring_prod__fill_addr(&s->fill, at + i) = s->held[i];
	xsk_ring_prod__submit(&s->fill, s->held_count);
	s->held_count = 0;
	/* keep the copied part of an unfinished frame */
	if (s->in_frame && s->bounce_used)
		memmove(s->bounce, s->bounce + s->bounce_used, s->frame_bytes);
	s->bounce_used = 0;
	if (xsk_ring_prod__needs_wakeup(&s->fill))
		recvfrom(xsk_socket__fd(s->xsk), NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

static void xdp_done(struct ingest *in)
{
	for (unsigned int i = 0; i < in->sockets; i++) {
		if (in->socket[i]->held_count)
			give_back(in->socket[i]);
	}
}

static int xdp_rx(struct ingest *in, struct pfq_batch *batch, uint64_t *next_ns)
{
	struct tally t = {.ts_ns = 0};

	*next_ns = ~0ULL;
	for (unsigned int i = 0; i < in->sockets && batch->n < PFQ_BATCH_MAX; i++)
		read_socket(in->socket[(in->turn + i) % in->sockets], batch, &t);
	/* another socket comes first the next time */
	in->turn = in->turn + 1 == in->sockets ? 0 : in->turn + 1;
	if (t.malformed)
		ingest_count(&in->counters[PFQ_INGEST_drop_malformed], t.malformed);
	if (!batch->n) {
		xdp_done(in);
		return 0;
	}
	ingest_count(&in->counters[PFQ_INGEST_rx_packets], batch->n);
	ingest_count(&in->counters[PFQ_INGEST_rx_bytes], t.bytes);
	return (int)batch->n;
}

static uint64_t xdp_watermark(struct ingest *in)
{
	(void)in;
	return ingest_clock_ns(CLOCK_REALTIME);
}

static uint32_t xdp_linktype(const struct ingest *in)
{
	(void)in;
	return PFQ_LINKTYPE_ETHERNET;
}

static int xdp_fd(const struct ingest *in)
{
	return in->epoll_fd >= 0 ? in->epoll_fd : xsk_socket__fd(in->socket[0]->xsk);
}

static int xdp_fault(struct ingest *in)
{
	int error, ret = 0;
	socklen_t size;

	for (unsigned int i = 0; i < in->sockets; i++) {
		size = sizeof(error);
		if (getsockopt(xsk_socket__fd(in->socket[i]->xsk), SOL_SOCKET, SO_ERROR, &error,
			       &size) < 0 ||
		    error)
			ret = -ENETDOWN;
	}
	return ret;
}

static void xdp_counters(struct ingest *in, uint64_t counters[PFQ_INGEST_COUNTERS_MAX])
{
	for (unsigned int i = 0; i < PFQ_INGEST_COUNTERS_MAX; i++)
		counters[i] = READ_ONCE(in->counters[i]);
	for (unsigned int i = 0; i < in->sockets; i++)
		counters[PFQ_INGEST_drop_socket] += xdp_socket_drops(in->socket[i]);
}

static const char *xdp_mode(const struct ingest *in)
{
	return xdp_tap_mode(in->tap);
}

static uint32_t xdp_more_queues(const struct ingest *in)
{
	uint32_t have = in->queues ? ifreq_rx_queues(in->tap->ifindex) : 0;

	return have > in->queues ? have - in->queues : 0;
}

const struct ingest_driver ingest_xdp = {
	.name = "xdp",
	.mode = "af_xdp",
	.is_device = true,
	.only_received = true,
	.mode_now = xdp_mode,
	.more_queues = xdp_more_queues,
	.is_tap = true,
	.only_ethernet = true,
	.open = xdp_open,
	.linktype = xdp_linktype,
	.fd = xdp_fd,
	.rx = xdp_rx,
	.done = xdp_done,
	.fault = xdp_fault,
	.watermark = xdp_watermark,
	.counters = xdp_counters,
	.close = xdp_close,
};
