// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * peer-xsk DEVICE: counts packets with one AF_XDP socket on queue 0 of DEVICE, in native
 * copy mode. The comparison measures pfq's taps against this peer. It uses no code of pfq's
 * datapath. It only does what a fast program with libxdp must do: it has large rings, reads
 * in batches, and wakes the kernel only if the kernel asks for it.
 *
 * SIGINT or SIGTERM ends it. Then it prints the same summary as captop --json.
 */
#include <config.h>
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xdp/libxdp.h>
#include <xdp/xsk.h>
#include "tools/gen/emit.h"
#include "tools/gen/netdev.h"
#include "tools/common/pace.h"

#define CHUNKS	     4096u /* 8 MiB: with more the CPU's caches are too small */
#define CHUNK_BYTES  2048u
#define BATCH	     64u
#define POLL_MS	     100
#define SPIN_NS	     1000000u /* a wake-up costs more than looking again */

enum exit_status {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* the kernel, libxdp or the device refused */
	EXIT_USAGE = 2,
};

struct peer {
	struct netdev device;
	struct program program;
	int link_fd;
	void *area;
	struct xsk_umem *umem;
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill;
	struct xsk_ring_cons completion, rx;
};

struct count {
	uint64_t packets, bytes, first_ns, last_ns;
};

static volatile sig_atomic_t is_stopped;

static void on_signal(int number)
{
	(void)number;
	is_stopped = 1;
}

/* Build: return bpf_redirect_map(map, queue, XDP_PASS) */
static int program_open(struct peer *p, char *text, size_t text_size)
{
	struct code code = { .count = 0 };

	program_init(&p->program);
	p->program.frames_fd = program_map_create(BPF_MAP_TYPE_XSKMAP, "peer_xsk", sizeof(int), 1,
						  0, text, text_size);
	if (p->program.frames_fd < 0)
		return p->program.frames_fd;
	code_load(&code, SIZE_32, BPF_REG_2, BPF_REG_1,
		  (int16_t)offsetof(struct xdp_md, rx_queue_index));
	code_map(&code, BPF_REG_1, p->program.frames_fd);
	code_alu_imm(&code, BPF_MOV, BPF_REG_3, XDP_PASS);
	code_call(&code, BPF_FUNC_redirect_map);
	code_exit(&code);
	return program_load(&p->program, &code, "peer_xsk", text, text_size);
}

static void chunks_give(struct peer *p)
{
	uint32_t at = 0;

	xsk_ring_prod__reserve(&p->fill, CHUNKS, &at);
	for (uint32_t i = 0; i < CHUNKS; i++)
		*xsk_ring_prod__fill_addr(&p->fill, at + i) = (uint64_t)i * CHUNK_BYTES;
	xsk_ring_prod__submit(&p->fill, CHUNKS);
}

static int socket_open(struct peer *p)
{
	const struct xsk_umem_config memory = {
		.fill_size = CHUNKS, .comp_size = BATCH, .frame_size = CHUNK_BYTES,
	};
	const struct xsk_socket_config config = {
		.rx_size = CHUNKS,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_COPY | XDP_USE_NEED_WAKEUP,
	};
	size_t bytes = (size_t)CHUNKS * CHUNK_BYTES;
	int ret;

	p->area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p->area == MAP_FAILED)
		return -errno;
	madvise(p->area, bytes, MADV_HUGEPAGE);
	ret = xsk_umem__create(&p->umem, p->area, bytes, &p->fill, &p->completion, &memory);
	if (ret)
		return ret;
	chunks_give(p);
	return xsk_socket__create(&p->xsk, p->device.name, 0, p->umem, &p->rx, NULL, &config);
}

static int peer_open(struct peer *p, const char *device, char *text, size_t text_size)
{
	uint32_t queue = 0;
	int ret = netdev_open(&p->device, device, text, text_size), fd;

	if (ret)
		return ret;
	ret = program_open(p, text, text_size);
	if (ret)
		return ret;
	ret = socket_open(p);
	if (!ret) {
		fd = xsk_socket__fd(p->xsk);
		ret = bpf_map_update_elem(p->program.frames_fd, &queue, &fd, BPF_ANY);
	}
	if (!ret) {
		p->link_fd = netdev_attach(&p->device, p->program.fd);
		ret = p->link_fd < 0 ? p->link_fd : 0;
	}
	if (ret)
		snprintf(text, text_size, "AF_XDP on queue 0: %s%s", strerror(-ret),
			 ret == -EBUSY ? ": another program has the device" : "");
	return ret;
}

/* Read a batch, and return its chunks to the fill ring. */
static uint32_t batch_read(struct peer *p, struct count *c)
{
	uint32_t rx = 0, fill = 0, n = xsk_ring_cons__peek(&p->rx, BATCH, &rx);

	if (!n)
		return 0;
	/* There is room: the fill ring holds all chunks. */
	xsk_ring_prod__reserve(&p->fill, n, &fill);
	for (uint32_t i = 0; i < n; i++) {
		const struct xdp_desc *d = xsk_ring_cons__rx_desc(&p->rx, rx + i);

		c->bytes += d->len;
		*xsk_ring_prod__fill_addr(&p->fill, fill + i) =
			d->addr & ~(uint64_t)(CHUNK_BYTES - 1);
	}
	xsk_ring_cons__release(&p->rx, n);
	xsk_ring_prod__submit(&p->fill, n);
	c->packets += n;
	return n;
}

static void receive(struct peer *p, struct count *c)
{
	struct pollfd fd = { .fd = xsk_socket__fd(p->xsk), .events = POLLIN };

	while (!is_stopped) {
		uint32_t n = batch_read(p, c);

		if (!n) {
			if (pace_now() - c->last_ns > SPIN_NS)
				poll(&fd, 1, POLL_MS);
			continue;
		}
		c->last_ns = pace_now();
		if (!c->first_ns)
			c->first_ns = c->last_ns;
	}
}

static int print(const struct peer *p, const struct count *c)
{
	struct xdp_statistics stats = { .rx_dropped = 0 };
	socklen_t size = sizeof(stats);
	json_t *object;

	if (getsockopt(xsk_socket__fd(p->xsk), SOL_XDP, XDP_STATISTICS, &stats, &size))
		return -errno;
	/*
	 * A frame without a free chunk counts in rx_dropped, and again in
	 * rx_fill_ring_empty_descs.
	 */
	object = json_pack("{s:s, s:s, s:{s:I, s:I, s:I, s:I, s:f}}", "type", "summary",
			   "mode", "native copy", "all", "packets", (json_int_t)c->packets,
			   "bytes", (json_int_t)c->bytes,
			   "drop", (json_int_t)(stats.rx_dropped + stats.rx_ring_full),
			   "unread", (json_int_t)0,
			   "span", (double)(c->last_ns - c->first_ns) / 1e9);
	json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(9));
	putchar('\n');
	json_decref(object);
	return 0;
}

static void peer_close(struct peer *p)
{
	if (p->link_fd >= 0)
		close(p->link_fd);
	if (p->xsk)
		xsk_socket__delete(p->xsk);
	if (p->umem)
		xsk_umem__delete(p->umem);
	program_close(&p->program);
	netdev_close(&p->device);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct peer peer = { .link_fd = -1 };
	struct count count = { 0 };
	char text[16384] = "";
	int ret;

	if (argc != 2 || argv[1][0] == '-') {
		fputs("usage: peer-xsk DEVICE\n", stderr);
		return EXIT_USAGE;
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	libxdp_set_print(NULL);
	ret = peer_open(&peer, argv[1], text, sizeof(text));
	if (ret) {
		/* The end of the process closes what is open. */
		fprintf(stderr, "peer-xsk: \"%s\": %s\n", argv[1], *text ? text : strerror(-ret));
		return EXIT_FAILED;
	}
	fprintf(stderr, "peer-xsk: listening on %s, native copy\n", argv[1]);
	receive(&peer, &count);
	ret = print(&peer, &count);
	peer_close(&peer);
	return ret ? EXIT_FAILED : EXIT_OK;
}
