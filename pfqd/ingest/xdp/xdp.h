/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * AF_XDP: the receive queues of a device, taken before the host sees them. Its parts:
 * xdp.c reads a lane, xdp_open.c makes it, xdp_socket.c is the socket of one queue
 * with its memory, xdp_tap.c our program on a device, xdp_program.c that program,
 * xdp_device.c what a device is and does, xdp_reason.c what is said where the kernel
 * refuses.
 */
#ifndef PFQD_INGEST_XDP_H
#define PFQD_INGEST_XDP_H

#include <net/if.h>
#include <xdp/xsk.h>

#include "pfqd/ingest/driver.h"

/* descriptors looked at in one go; a frame of 64 KiB has 37 */
#define XDP_PEEK 256

/*
 * The tag of a frame that its device keeps beside the bytes, as our program puts it
 * before them. Four bytes: the headroom of the kernel is a whole number of cache lines, so
 * that tag and the 60 bytes of the smallest frame are in one.
 */
#define XDP_TAG_MARK 0x5046U
struct xdp_tag {
	uint16_t tpid; /* network order, exclusive-ored with the mark; anything else: no tag */
	uint16_t tci;
};

/*
 * Frames of several chunks are copied together, one batch of them: a batch ends early
 * where the next might not fit. Of a frame there is as much as any consumer may have.
 */
#define XDP_FRAME_MAX	 (PFQ_SNAPLEN_MAX + (uint32_t)sizeof(struct xdp_tag))
#define XDP_BOUNCE_BYTES (4 * XDP_FRAME_MAX)

struct xdp_program {
	int fd;
	bool has_frags, has_tags;
};

struct xdp_socket;

/* our program on one device, shared by all sources that take queues of it */
struct xdp_tap {
	struct xdp_tap *next;
	unsigned int refs;
	uint32_t ifindex;
	char device[IFNAMSIZ];
	uint8_t mac[ETH_ALEN];
	uint32_t mtu;
	int map_fd, link_fd;
	struct xdp_program program;
	bool is_generic;
	bool is_announced;
	char native_why[160]; /* why it is generic */
	uint32_t offload;     /* XDP_OFFLOAD_*: switched off by us */
	unsigned int attempt; /* the first way to bind that worked; see xdp_socket_open() */
	struct xdp_socket *socket[INGEST_QUEUES_MAX]; /* those that are open */
};

/* The memory of a queue is one area of chunks: in the fill ring, in the receive ring, or held. */
struct xdp_socket {
	struct xdp_tap *tap;
	uint32_t queue;
	bool is_zero_copy, is_live;
	bool has_frags; /* takes frames of several chunks */
	uint8_t *area;
	size_t area_bytes;
	uint32_t chunk_bytes, chunks;
	struct xsk_umem *umem;
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill;
	struct xsk_ring_cons completion; /* libxdp wants one; nothing is sent */
	struct xsk_ring_cons rx;

	uint64_t held[XDP_PEEK]; /* chunks that done() gives back */
	unsigned int held_count;
	uint8_t *bounce;
	uint32_t bounce_used; /* finished frames */
	uint32_t frame_bytes; /* of the unfinished one behind these, with its tag */
	uint32_t wire_bytes;  /* the same, with what is left out of it */
	bool in_frame;
};

struct ingest {
	struct xdp_tap *tap;
	uint32_t part;
	int epoll_fd; /* of the sockets, where they are several */
	unsigned int sockets, turn;
	uint32_t queues; /* of the device, when it was opened; 0: not all of them are wanted */
	struct xdp_socket **socket;
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];
};

/* xdp_open.c */
int xdp_open(struct ingest **in, const struct ingest_params *params, struct pfq_error *err);
void xdp_close(struct ingest *in);

/* xdp_socket.c: @share: of how many the memory of a source is parted among */
int xdp_socket_open(struct xdp_socket **s, struct xdp_tap *tap, uint32_t queue, uint32_t share,
		    struct pfq_error *err);
void xdp_socket_close(struct xdp_socket *s);
/* bytes of the longest frame that is in one chunk */
uint32_t xdp_socket_chunk_frame(const struct xdp_socket *s);
/* Packets of the queue go there from now on. */
int xdp_socket_start(struct xdp_socket *s);
uint64_t xdp_socket_drops(const struct xdp_socket *s);

/* xdp_tap.c: one reference more; the first attaches our program, which lets all pass */
int xdp_tap_get(struct xdp_tap **tap, const struct ingest_params *params, struct pfq_error *err);
void xdp_tap_put(struct xdp_tap *tap);
/* Start the sockets that have not been yet; say in the log how they take packets. */
int xdp_tap_start(struct xdp_tap *tap, struct pfq_error *err);
/* "native zero-copy", "native copy", "generic" */
const char *xdp_tap_mode(const struct xdp_tap *tap);

/* xdp_reason.c: what @ret, an error of attaching or binding, means, and what to do */
void xdp_reason_attach(uint32_t ifindex, int ret, char *text, size_t size);
const char *xdp_reason_bind(int ret);

/* xdp_program.c: 0 or -errno */
int xdp_program_load(struct xdp_program *p, int map_fd, uint32_t ifindex, bool with_frags,
		     bool with_tags);

/* xdp_device.c */
enum {
	XDP_OFFLOAD_CTAG = 1 << 0, /* tags 802.1Q taken out of the bytes */
	XDP_OFFLOAD_STAG = 1 << 1, /* 802.1ad */
};

/* of the device with that index, whatever it is called by now */
/* receive queues; 0: the device does not tell */
uint32_t xdp_device_queues(uint32_t ifindex);
/* -errno */
int xdp_device_look(uint32_t ifindex, uint16_t *hatype, uint8_t mac[ETH_ALEN], uint32_t *mtu);
/* which of XDP_OFFLOAD_* are on */
uint32_t xdp_device_offload(uint32_t ifindex);
int xdp_device_offload_set(uint32_t ifindex, uint32_t which, bool on);
/* by its driver: the other end may leave tags beside the bytes */
bool xdp_device_is_veth(uint32_t ifindex);
/* The number of the XDP program on it, 0: none; *@mode: the word of ip(8) for how it is attached.
 */
uint32_t xdp_device_program(uint32_t ifindex, const char **mode);

#endif /* PFQD_INGEST_XDP_H */
