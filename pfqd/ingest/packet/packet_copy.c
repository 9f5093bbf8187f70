/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Takes frames that are longer than a slot of a ring of TPACKET_V2.
 *
 * With PACKET_COPY_THRESH, the kernel also puts such a frame into the receive queue of the socket,
 * as long as the frames there take less memory than SO_RCVBUF. Under the lock of that queue, it
 * takes the slot, marks it with TP_STATUS_COPY, and appends the frame. So the queue has the frames
 * of the marked slots, in their order, and a frame is in it before its slot is handed over. recv()
 * returns the bytes that the slot begins with: first the link header. The slot's header has a VLAN
 * tag that the kernel took out of the frame. (Linux 5.15 to 7.1 are alike in all of this.)
 *
 * The driver still compares each frame with its slot, in length and in the bytes of the slot. An
 * error may leave a frame in the queue, or take one out. Then the driver throws frames away until
 * one matches, or the queue is empty. After that, the order is right again: frames of later slots
 * come later. A marked slot without its frame is cut, and counted as cut_buffer.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "packet_view.h"

/* Set the limit of the receive queue. Without CAP_NET_ADMIN, it is at most net.core.rmem_max. */
static void allow_queue(const struct ingest *in, uint32_t bytes)
{
	/* the kernel doubles it */
	int half = (int)(bytes / 2);

	if (setsockopt(in->fd, SOL_SOCKET, SO_RCVBUFFORCE, &half, sizeof(half)) < 0)
		(void)setsockopt(in->fd, SOL_SOCKET, SO_RCVBUF, &half, sizeof(half));
}

int packet_copy_open(struct ingest *in, const struct ingest_params *params)
{
	int one = 1;

	/* untouched pages take no memory */
	in->copies = malloc(PACKET_COPIES_BYTES);
	if (!in->copies)
		return -ENOMEM;
	allow_queue(in, PACKET_QUEUE_BYTES / params->parts);
	return setsockopt(in->fd, SOL_PACKET, PACKET_COPY_THRESH, &one, sizeof(one)) < 0 ?
		-errno : 0;
}

void packet_copy_close(struct ingest *in)
{
	free(in->copies);
}

/* Take the next frame of the queue into @to. Returns its length, or -errno. */
static ssize_t take(struct ingest *in, uint8_t *to, uint32_t room)
{
	ssize_t n = recv(in->fd, to, room, MSG_DONTWAIT | MSG_TRUNC);

	if (n >= 0 || errno == EAGAIN)
		return n < 0 ? -EAGAIN : n;
	/* recv() tells and clears the error of a device that went down, and leaves the frame */
	packet_fault(in);
	n = recv(in->fd, to, room, MSG_DONTWAIT | MSG_TRUNC);
	return n < 0 ? -errno : n;
}

bool packet_copy_take(struct ingest *in, struct packet_head *head)
{
	uint32_t bytes = min_t(uint32_t, head->len, PACKET_COPY_MAX);
	uint8_t *to = in->copies + in->copied;
	ssize_t n;

	if (bytes > PACKET_COPIES_BYTES - in->copied)
		return false;
	do {
		n = take(in, to, bytes);
		if (n < 0)
			return true;
	} while ((size_t)n != head->len || memcmp(to, head->frame, head->snaplen));
	head->frame = to;
	head->snaplen = bytes;
	in->copied += TPACKET_ALIGN(bytes);
	return true;
}
