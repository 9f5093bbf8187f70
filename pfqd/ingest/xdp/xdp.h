/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * AF_XDP: takes the receive queues of a device before the host sees their packets. xdp.c reads a
 * part and xdp_open.c opens it. xdp_socket.c has the socket of one queue and its memory. xdp_tap.c
 * attaches the XDP program to a device, and xdp_program.c is that program. xdp_device.c reads
 * properties of a device. xdp_reason.c has the texts for errors of the kernel.
 */
#ifndef PFQD_INGEST_XDP_H
#define PFQD_INGEST_XDP_H

#include <net/if.h>
#include <xdp/xsk.h>

#include "pfqd/ingest/driver.h"

/* descriptors read at a time; a frame of 64 KiB has 37 */
#define XDP_PEEK 256

/*
 * A VLAN tag that the device keeps beside the bytes. The XDP program puts it before the frame. It
 * has four bytes, so that one cache line holds it and the 60 bytes of the smallest frame: the
 * kernel's headroom is a whole number of cache lines.
 */
#define XDP_TAG_MARK 0x5046U
struct xdp_tag {
	uint16_t tpid; /* network byte order, XOR the mark; other values: no tag */
	uint16_t tci;
};

/*
 * Frames of several chunks are copied to one buffer (bounce), for one batch at a time. A batch ends
 * early if the next frame might not fit. The copy holds as many bytes as any consumer may have.
 */
#define XDP_FRAME_MAX	 (PFQ_SNAPLEN_MAX + (uint32_t)sizeof(struct xdp_tag))
#define XDP_BOUNCE_BYTES (4 * XDP_FRAME_MAX)

struct xdp_program {
	int fd;
	bool has_frags, has_tags;
};

struct xdp_socket;

/* the XDP program on one device, shared by all sources that take queues of it */
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
	char native_why[160]; /* the reason for is_generic */
	uint32_t offload;     /* XDP_OFFLOAD_* that pfqd has switched off */
	unsigned int attempt; /* the first way to bind that worked; see bind_queue() */
	struct xdp_socket *socket[INGEST_QUEUES_MAX]; /* [queue]; NULL: not open */
};

/*
 * The socket of one queue. Its memory is one area of chunks. A chunk is in the fill ring, in the
 * receive ring, or held.
 */
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
	struct xsk_ring_cons completion; /* libxdp needs one, though pfqd sends nothing */
	struct xsk_ring_cons rx;

	uint64_t held[XDP_PEEK]; /* chunks that done() gives back */
	unsigned int held_count;
	uint8_t *bounce;
	uint32_t bounce_used; /* bytes of finished frames in bounce */
	uint32_t frame_bytes; /* bytes of the unfinished frame behind them, with its tag */
	uint32_t wire_bytes;  /* the same, with the bytes that were not copied */
	bool in_frame;
};

struct ingest {
	struct xdp_tap *tap;
	uint32_t part;
	int epoll_fd; /* epoll of all sockets; -1 if there is one socket */
	unsigned int sockets, turn;
	/* receive queues of the device at open(); 0: only named queues are wanted */
	uint32_t queues;
	struct xdp_socket **socket;
	uint64_t counters[PFQ_INGEST_COUNTERS_MAX];
};

/* xdp_open.c: open() and close() of struct ingest_driver */
int xdp_open(struct ingest **in, const struct ingest_params *params, struct pfq_error *err);
void xdp_close(struct ingest *in);

/*
 * xdp_socket.c: open the socket of @queue. @share: the number of queues that share the memory of
 * the source. Returns 0, or -errno with text.
 */
int xdp_socket_open(struct xdp_socket **s, struct xdp_tap *tap, uint32_t queue, uint32_t share,
		    struct pfq_error *err);
/*
 * Close the socket and free its memory; packets of the queue go to the host again. NULL: nothing.
 */
void xdp_socket_close(struct xdp_socket *s);
/* The longest frame in bytes that fits into one chunk. */
uint32_t xdp_socket_chunk_frame(const struct xdp_socket *s);
/* Direct the packets of the queue to this socket. Returns 0 or -errno. */
int xdp_socket_start(struct xdp_socket *s);
/* The number of packets that the socket has dropped. */
uint64_t xdp_socket_drops(const struct xdp_socket *s);

/*
 * xdp_tap.c: get the tap of the device, with one more reference. The first call attaches the XDP
 * program, which still passes all packets to the host. Returns 0, or -errno with text.
 */
int xdp_tap_get(struct xdp_tap **tap, const struct ingest_params *params, struct pfq_error *err);
/* Drop one reference. The last one detaches the program. NULL: nothing. */
void xdp_tap_put(struct xdp_tap *tap);
/*
 * Start all sockets that are not started yet, and log how they take packets. Returns 0, or -errno
 * with text.
 */
int xdp_tap_start(struct xdp_tap *tap, struct pfq_error *err);
/* "native zero-copy", "native copy" or "generic". */
const char *xdp_tap_mode(const struct xdp_tap *tap);

/* xdp_reason.c: what the error @ret of attaching or binding means, and what to do. */
void xdp_reason_attach(uint32_t ifindex, int ret, char *text, size_t size);
const char *xdp_reason_bind(int ret);

/*
 * xdp_program.c: load the program. @with_frags: for frames of several buffers; @with_tags: with
 * VLAN tags from the driver. Returns 0 or -errno.
 */
int xdp_program_load(struct xdp_program *p, int map_fd, uint32_t ifindex, bool with_frags,
		     bool with_tags);

/* xdp_device.c */
enum {
	XDP_OFFLOAD_CTAG = 1 << 0, /* the device takes 802.1Q tags out of the bytes */
	XDP_OFFLOAD_STAG = 1 << 1, /* the same for 802.1ad */
};

/* These functions find the device by its index, even after it was renamed. */
/* Read hardware type (ARPHRD_*), address and MTU. Returns 0 or -errno. */
int xdp_device_look(uint32_t ifindex, uint16_t *hatype, uint8_t mac[ETH_ALEN], uint32_t *mtu);
/* The XDP_OFFLOAD_* that are switched on. */
uint32_t xdp_device_offload(uint32_t ifindex);
/* Switch the XDP_OFFLOAD_* of @which on or off. Returns 0 or -errno. */
int xdp_device_offload_set(uint32_t ifindex, uint32_t which, bool on);
/* Is the device a veth? Its peer may leave tags beside the bytes. */
bool xdp_device_is_veth(uint32_t ifindex);
/*
 * The id of the XDP program on the device; 0: none. *@mode is the word that ip(8) uses to detach
 * it.
 */
uint32_t xdp_device_program(uint32_t ifindex, const char **mode);

#endif /* PFQD_INGEST_XDP_H */
