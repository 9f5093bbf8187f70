/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The socket of one queue, and its memory. */
#include "config.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "pfqd/base/error.h"
#include "pfqd/host/hugepage.h"
#include "xdp.h"

/*
 * Sizes of the memory. A chunk holds a frame behind the headroom of the kernel and the tag. A
 * source gets XDP_MEMORY_BYTES in all. A queue gets 2048 to 8192 chunks, which is the number of
 * frames that a worker may be late. All chunks are in the fill ring, except those that wait to be
 * read, and the kernel uses them in turn. With twice as many chunks, the memory that a CPU touches
 * no longer fits into its cache, and a fourth of the rate is lost.
 */
#define XDP_MEMORY_BYTES    (32U << 20)
#define XDP_CHUNKS_MIN	    2048U
#define XDP_CHUNKS_MAX	    8192U
#define XDP_CHUNK_SMALL	    2048U
#define XDP_CHUNK_LARGE	    4096U
#define XDP_HEADROOM	    256U /* XDP_PACKET_HEADROOM of the kernel */
#define XDP_LINK_BYTES	    (ETH_HLEN + 2 * PFQ_TAG_BYTES)
#define XDP_COMPLETION_SIZE 64U /* unused, but libxdp needs the ring */

#define BIND_SG (1U << 4) /* XDP_USE_SG, since 6.6 */

#define BUSY_TRIES 50
#define BUSY_US	   5000

/* the ways to bind, the best first */
static const struct {
	uint16_t flags;
	bool is_zero_copy;
} ways[] = {
	{XDP_ZEROCOPY | BIND_SG, true},
	{XDP_ZEROCOPY, true},
	{XDP_COPY | BIND_SG, false},
	{XDP_COPY, false},
};

/* The largest power of two up to @n; 1 for 0. */
static uint32_t power_of_two(uint32_t n)
{
	uint32_t p = 1;

	while (p <= n / 2)
		p *= 2;
	return p;
}

/* Choose chunk size by the MTU, and the number of chunks by the memory and @share. */
static void choose_sizes(struct xdp_socket *s, uint32_t share)
{
	uint32_t frame = s->tap->mtu + XDP_LINK_BYTES + XDP_HEADROOM + sizeof(struct xdp_tag);

	s->chunk_bytes = frame <= XDP_CHUNK_SMALL ? XDP_CHUNK_SMALL : XDP_CHUNK_LARGE;
	s->chunks = power_of_two(XDP_MEMORY_BYTES / s->chunk_bytes / share);
	s->chunks = max_t(uint32_t, XDP_CHUNKS_MIN, min_t(uint32_t, XDP_CHUNKS_MAX, s->chunks));
}

uint32_t xdp_socket_chunk_frame(const struct xdp_socket *s)
{
	return s->chunk_bytes - XDP_HEADROOM - (uint32_t)sizeof(struct xdp_tag);
}

/* Does the longest frame of the device fit into one chunk? */
static bool is_whole(const struct xdp_socket *s)
{
	return s->tap->mtu + XDP_LINK_BYTES <= xdp_socket_chunk_frame(s);
}

/*
 * Map the chunks in huge pages, or else in ordinary ones, and the buffer for frames of several
 * chunks. Returns 0 or -errno; xdp_socket_close() unmaps them.
 */
static int map_area(struct xdp_socket *s)
{
	size_t bytes = (size_t)s->chunks * s->chunk_bytes;
	uint64_t page_bytes = 0;
	struct pfq_error err;
	void *area = MAP_FAILED;

	if (!hugepage_choose("auto", bytes, &page_bytes, &err) && page_bytes) {
		s->area_bytes = (bytes + page_bytes - 1) / page_bytes * page_bytes;
		area = mmap(NULL, s->area_bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_HUGETLB |
				    __builtin_ctzll(page_bytes) << MAP_HUGE_SHIFT,
			    -1, 0);
	}
	if (area == MAP_FAILED) {
		s->area_bytes = bytes;
		area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);
		if (area == MAP_FAILED)
			return -errno;
		/* the kernel pins every page: ask for large, and so fewer, pages */
		madvise(area, bytes, MADV_HUGEPAGE);
	}
	s->area = area;
	area = mmap(NULL, XDP_BOUNCE_BYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		return -errno;
	s->bounce = area;
	return 0;
}

/* Put all chunks into the fill ring. */
static void fill_all(struct xdp_socket *s)
{
	uint32_t at = 0;

	xsk_ring_prod__reserve(&s->fill, s->chunks, &at);
	for (uint32_t i = 0; i < s->chunks; i++)
		*xsk_ring_prod__fill_addr(&s->fill, at + i) = (uint64_t)i * s->chunk_bytes;
	xsk_ring_prod__submit(&s->fill, s->chunks);
}

/* Delete libxdp's objects. The kernel then releases the queue. */
static void unbind(struct xdp_socket *s)
{
	if (s->xsk)
		xsk_socket__delete(s->xsk);
	if (s->umem)
		xsk_umem__delete(s->umem);
	s->xsk = NULL;
	s->umem = NULL;
}

/*
 * Bind in the way @i. Each attempt makes new objects of libxdp, because a failure leaves them half
 * initialised.
 */
static int try_way(struct xdp_socket *s, unsigned int i)
{
	const struct xsk_umem_config memory = {
		.fill_size = s->chunks,
		.comp_size = XDP_COMPLETION_SIZE,
		.frame_size = s->chunk_bytes,
		.frame_headroom = sizeof(struct xdp_tag),
	};
	const struct xsk_socket_config config = {
		.rx_size = s->chunks,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = ways[i].flags | XDP_USE_NEED_WAKEUP,
	};
	int ret;

	ret = xsk_umem__create(&s->umem, s->area, (uint64_t)s->chunks * s->chunk_bytes, &s->fill,
			      &s->completion, &memory);
	if (ret) {
		s->umem = NULL;
		return ret;
	}
	fill_all(s);
	ret = xsk_socket__create(&s->xsk, s->tap->device, s->queue, s->umem, &s->rx, NULL, &config);
	if (ret) {
		s->xsk = NULL;
		unbind(s);
	}
	return ret;
}

/* The kernel releases a queue some time after its socket was closed, so try again for a while. */
static int try_while_busy(struct xdp_socket *s, unsigned int i)
{
	int ret = try_way(s, i);

	for (unsigned int tries = 0; ret == -EBUSY && tries < BUSY_TRIES; tries++) {
		usleep(BUSY_US);
		ret = try_way(s, i);
	}
	return ret;
}

/*
 * Bind to the queue in the best way that works, from tap->attempt on. The next queues of the tap
 * begin with the way that worked. Returns 0, or -errno with text.
 */
static int bind_queue(struct xdp_socket *s, struct pfq_error *err)
{
	unsigned int i = s->tap->attempt;
	int ret = -EOPNOTSUPP;

	for (; i < ARRAY_SIZE(ways); i++) {
		if (ways[i].is_zero_copy &&
		    (s->tap->is_generic || (!(ways[i].flags & BIND_SG) && !is_whole(s))))
			continue;
		ret = try_while_busy(s, i);
		if (ret == -EBUSY)
			break;
		if (!ret) {
			s->tap->attempt = i;
			s->is_zero_copy = ways[i].is_zero_copy;
			s->has_frags = ways[i].flags & BIND_SG;
			return 0;
		}
	}
	if (ret == -EBUSY)
		return error_set(err, ret,
				 "device %s: queue %u is in use by an AF_XDP socket of another "
				 "program",
				 s->tap->device, s->queue);
	if (ret == -ENETDOWN)
		return error_set(err, ret,
				 "device %s is down: AF_XDP can only open it when it is up",
				 s->tap->device);
	return error_set(err, ret, "device %s: AF_XDP socket for queue %u, %zu MiB: %s",
			 s->tap->device, s->queue, s->area_bytes >> 20, xdp_reason_bind(ret));
}

int xdp_socket_open(struct xdp_socket **out, struct xdp_tap *tap, uint32_t queue, uint32_t share,
		    struct pfq_error *err)
{
	struct xdp_socket *s;
	int ret;

	if (tap->socket[queue])
		return error_set(err, -EBUSY,
				 "device %s: queue %u is taken by another group already",
				 tap->device, queue);
	s = calloc(1, sizeof(*s));
	if (!s)
		return error_set(err, -ENOMEM, "device %s: no memory", tap->device);
	libxdp_set_print(NULL);
	s->tap = tap;
	s->queue = queue;
	choose_sizes(s, share);
	ret = map_area(s);
	if (ret)
		error_set(err, ret, "device %s: memory of %u MiB for queue %u: %s", tap->device,
			  s->chunks / 1024 * s->chunk_bytes / 1024, queue, strerror(-ret));
	else
		ret = bind_queue(s, err);
	if (ret) {
		xdp_socket_close(s);
		return ret;
	}
	tap->socket[queue] = s;
	*out = s;
	return 0;
}

void xdp_socket_close(struct xdp_socket *s)
{
	if (!s)
		return;
	if (s->is_live)
		bpf_map_delete_elem(s->tap->map_fd, &s->queue);
	if (s->tap->socket[s->queue] == s)
		s->tap->socket[s->queue] = NULL;
	unbind(s);
	if (s->bounce)
		munmap(s->bounce, XDP_BOUNCE_BYTES);
	if (s->area)
		munmap(s->area, s->area_bytes);
	free(s);
}

int xdp_socket_start(struct xdp_socket *s)
{
	int fd = xsk_socket__fd(s->xsk);
	int ret = bpf_map_update_elem(s->tap->map_fd, &s->queue, &fd, BPF_ANY);

	s->is_live = !ret;
	return ret;
}

/*
 * The packets dropped because a chunk or a place in the ring was missing. The kernel also counts a
 * missing chunk as rx_fill_ring_empty_descs, which is not added.
 */
uint64_t xdp_socket_drops(const struct xdp_socket *s)
{
	struct xdp_statistics stats;
	socklen_t size = sizeof(stats);

	memset(&stats, 0, sizeof(stats));
	if (getsockopt(xsk_socket__fd(s->xsk), SOL_XDP, XDP_STATISTICS, &stats, &size) < 0)
		return 0;
	return stats.rx_dropped + stats.rx_ring_full;
}
