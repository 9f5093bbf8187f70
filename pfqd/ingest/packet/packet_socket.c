/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Opens and closes the socket and its ring. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/linktype.h"
#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "packet.h"
#include "pfqd/base/log.h"

/* the least number of blocks of slots in a part */
#define PACKET_SLOT_BLOCKS_MIN	64

static int set_int(int fd, int option, int value)
{
	return setsockopt(fd, SOL_PACKET, option, &value, sizeof(value)) < 0 ? -errno : 0;
}

/* Bind to the device. @protocol 0 receives no packets. */
static int bind_device(const struct ingest *in, uint16_t protocol)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htobe16(protocol),
		.sll_ifindex = (int)in->ifindex,
	};

	return bind(in->fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? -errno : 0;
}

/* Find the link type of the device. -EOPNOTSUPP with text: it is not supported. */
static int find_linktype(struct ingest *in, struct pfq_error *err)
{
	struct sockaddr_ll addr;
	socklen_t size = sizeof(addr);

	if (getsockname(in->fd, (struct sockaddr *)&addr, &size) < 0)
		return error_set(err, -errno, "device %s: getsockname: %s", in->device,
				 pfq_reason(PFQ_REASON_PFQD, errno));
	in->hatype = addr.sll_hatype;
	in->linktype = pfq_linktype_of(in->hatype);
	return in->linktype ? 0 : error_set(err, -EOPNOTSUPP, "device %s: %s", in->device,
					    pfq_linktype_refusal(in->hatype));
}

static int make_socket(struct ingest *in, struct pfq_error *err)
{
	int ret;

	in->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (in->fd < 0)
		return error_set(err, -errno, "device %s: packet socket: %s%s", in->device,
				 pfq_reason(PFQ_REASON_PFQD, errno),
				 errno == EPERM ? " (CAP_NET_RAW is needed)" : "");
	ret = bind_device(in, 0);
	if (ret)
		return error_set(err, ret, "device %s: %s", in->device,
				 ret == -ENODEV ? "no such device" :
							 pfq_reason(PFQ_REASON_PFQD, ret));
	return find_linktype(in, err);
}

/* sizes of blocks, and the least number of them in a part */
static const struct {
	uint32_t bytes, count_min;
} packet_blocks[] = {
	{ PACKET_BLOCK_SMALL, 128 },
	{ PACKET_BLOCK_LARGE, 64 },
};

static int make_ring_of(struct ingest *in, const struct ingest_params *params, unsigned int size)
{
	struct tpacket_req3 req = {
		.tp_block_size = packet_blocks[size].bytes,
		.tp_block_nr = max_t(uint32_t, packet_blocks[size].count_min,
				     PACKET_RING_BYTES / packet_blocks[size].bytes / params->parts),
		.tp_frame_size =
			/* V3 does not use it, but it must divide the block size */
			packet_blocks[size].bytes,
		.tp_retire_blk_tov = PACKET_RETIRE_MS,
		/* if the device gave no hash, the kernel computes one: a tenth of its time */
		.tp_feature_req_word = params->with_rxhash ? TP_FT_REQ_FILL_RXHASH : 0,
	};

	req.tp_frame_nr = req.tp_block_nr;
	in->block_bytes = req.tp_block_size;
	in->blocks = req.tp_block_nr;
	return setsockopt(in->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) < 0 ? -errno : 0;
}

static int make_slots(struct ingest *in, const struct ingest_params *params)
{
	uint32_t frame = min_t(uint32_t, params->frame_bytes, PACKET_SLOT_FRAME_MAX);
	uint32_t slot = TPACKET_ALIGN(max_t(uint32_t, frame, ETH_DATA_LEN) + PACKET_SLOT_EXTRA);
	struct tpacket_req req = {
		.tp_block_size = PACKET_SLOTS_BYTES,
		.tp_block_nr = max_t(uint32_t, PACKET_SLOT_BLOCKS_MIN,
				     PACKET_SLOTS_BLOCKS / params->parts),
		.tp_frame_size = slot,
		.tp_frame_nr = PACKET_SLOTS_BYTES / slot,
	};

	in->slot_bytes = slot;
	in->slots_in_block = req.tp_frame_nr;
	in->block_bytes = req.tp_block_size;
	in->blocks = req.tp_block_nr;
	req.tp_frame_nr *= req.tp_block_nr;
	if (setsockopt(in->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) < 0)
		return -errno;
	return packet_copy_open(in, params);
}

static size_t ring_bytes(const struct ingest *in)
{
	return (size_t)in->block_bytes * in->blocks;
}

/*
 * Make a ring with large blocks for long frames. Without memory for those, it takes small blocks
 * and warns.
 */
static int make_blocks(struct ingest *in, const struct ingest_params *params)
{
	bool is_large = params->frame_bytes > PACKET_BLOCK_SMALL - PACKET_BLOCK_EXTRA;
	int ret = make_ring_of(in, params, is_large);

	if (ret != -ENOMEM || !is_large)
		return ret;
	log_device(LOG_LEVEL_WARNING, in->device,
		   "device %s: receive ring of %zu MiB: %s: frames longer than %u bytes are cut, "
		   "counted as cut_buffer", in->device, ring_bytes(in) >> 20,
		   pfq_reason(PFQ_REASON_PFQD, ret), PACKET_BLOCK_SMALL - PACKET_BLOCK_EXTRA);
	return make_ring_of(in, params, 0);
}

/* the forms of the ring */
static const struct ring_form {
	int version;
	int (*make)(struct ingest *in, const struct ingest_params *params);
} form_blocks = { TPACKET_V3, make_blocks }, form_slots = { TPACKET_V2, make_slots };

/* Make and map the ring. */
static int make_ring(struct ingest *in, const struct ingest_params *params,
		     const struct ring_form *form, struct pfq_error *err)
{
	int ret = set_int(in->fd, PACKET_VERSION, form->version);
	void *ring;

	if (!ret)
		ret = form->make(in, params);
	if (ret)
		return error_set(err, ret,
				 "device %s: receive ring of %zu MiB, one for each worker: %s",
				 in->device, ring_bytes(in) >> 20,
				 pfq_reason(PFQ_REASON_PFQD, ret));
	ring = mmap(NULL, ring_bytes(in), PROT_READ | PROT_WRITE, MAP_SHARED, in->fd, 0);
	if (ring == MAP_FAILED)
		return error_set(err, -errno, "device %s: mapping the receive ring of %zu MiB: %s",
				 in->device, ring_bytes(in) >> 20,
				 pfq_reason(PFQ_REASON_PFQD, errno));
	in->ring = ring;
	return 0;
}

/* Did bind() find the device down, or has it gone down since? Reads the error of the socket. */
static bool is_down(const struct ingest *in)
{
	int ret = 0;
	socklen_t size = sizeof(ret);

	return !getsockopt(in->fd, SOL_SOCKET, SO_ERROR, &ret, &size) && ret == ENETDOWN;
}

static int refuse_filter(const struct ingest *in, int ret, struct pfq_error *err)
{
	return error_set(err, ret, "device %s: socket filter of %u instructions: %s", in->device,
			 in->filter_count, packet_filter_reason(ret));
}

/*
 * Start the only part of a source, which rejects all packets so far, in place of the old ingests.
 */
static int start_instead(struct ingest *in, const struct ingest_params *params,
			 struct pfq_error *err)
{
	int ret;

	packet_stop_others(params);
	ret = packet_filter_attach(in);
	return ret ? refuse_filter(in, ret, err) : 0;
}

/* Attach the filter, bind to the device, and join the other parts. */
static int attach(struct ingest *in, const struct ingest_params *params, struct pfq_error *err)
{
	bool was_down;
	int ret;

	packet_filter_build(in, params->queues);
	if (params->parts > 1 || params->instead)
		ret = packet_filter_reject(in);
	else
		ret = packet_filter_attach(in);
	if (ret)
		return refuse_filter(in, ret, err);
	ret = bind_device(in, ETH_P_ALL);
	if (ret)
		return error_set(err, ret, "device %s: bind: %s", in->device,
				 pfq_reason(PFQ_REASON_PFQD, ret));
	was_down = is_down(in);
	if (params->parts == 1 && params->instead)
		return start_instead(in, params, err);
	ret = params->parts > 1 ? fanout_join(in, params, err) : 0;
	if (ret == -EINVAL && (was_down || is_down(in)))
		return error_set(err, -ENETDOWN, "device %s is down: with several workers this "
				 "kernel can only open it when it is up", in->device);
	return ret;
}

static int check_params(const struct ingest_params *params, struct pfq_error *err)
{
	if (!params->device || strlen(params->device) >= IFNAMSIZ || !params->ifindex)
		return error_set(err, -EINVAL,
				 "device %s: the name or index of the device is missing",
				 params->device ? params->device : "(none)");
	if (!params->parts || params->parts > PFQ_LANES_MAX || params->part >= params->parts)
		return error_set(err, -EINVAL, "device %s: part %u of %u: 1 to %u are allowed",
				 params->device, params->part, params->parts, PFQ_LANES_MAX);
	return 0;
}

static int open_form(struct ingest **out, const struct ingest_params *params,
		     const struct ring_form *form, struct pfq_error *err)
{
	struct ingest *in;
	int ret = check_params(params, err);

	if (ret)
		return ret;
	in = calloc(1, sizeof(*in));
	if (!in)
		return error_set(err, -ENOMEM, "device %s: no memory", params->device);
	in->fd = -1;
	in->ifindex = params->ifindex;
	in->part = params->part;
	in->notify_fd = params->notify_fd;
	strcpy(in->device, params->device);
	ret = make_socket(in, err);
	if (!ret)
		ret = make_ring(in, params, form, err);
	if (!ret)
		ret = attach(in, params, err);
	if (ret) {
		packet_close(in);
		return ret;
	}
	*out = in;
	return 0;
}

int packet_open(struct ingest **in, const struct ingest_params *params, struct pfq_error *err)
{
	return open_form(in, params, &form_blocks, err);
}

int packet_slot_open(struct ingest **in, const struct ingest_params *params,
		     struct pfq_error *err)
{
	return open_form(in, params, &form_slots, err);
}

void packet_close(struct ingest *in)
{
	if (!in)
		return;
	fanout_leave(in);
	if (in->ring)
		munmap(in->ring, ring_bytes(in));
	if (in->fd >= 0)
		close(in->fd);
	packet_copy_close(in);
	free(in);
}
