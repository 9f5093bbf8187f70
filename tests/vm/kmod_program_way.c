/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "kmod_program.h"
#include "tests/unit/fixture/blob.h"

#define RING_BYTES	(1 << 16)
#define SNAPLEN		1000
#define ANSWER_MS	60000

const char *const way_names[WAYS] = { "JOIN", "GROUP_ADD", "GROUP_SET" };

static struct channel channel;
static struct message message;
static const char *device, *made;
static int joined_fd = -1;

int way_begin(const char *of, const char *group)
{
	device = of;
	made = group;
	return channel_open(&channel);
}

static int ask(void)
{
	int err = channel_send(&channel, &message), n;

	if (err)
		return err;
	n = channel_receive(&channel, &message, ANSWER_MS);
	return n > 0 ? message_status(&message) : n ? n : -ETIMEDOUT;
}

static void put_group(const char *group, const void *bytes, size_t size)
{
	message_put_text(&message, PFQ_A_GROUP, group);
	message_put_text(&message, PFQ_A_BINDINGS, device);
	message_put(&message, PFQ_A_PROGRAM, bytes, size);
	message_put_text(&message, PFQ_A_PROGRAM_TEXT, "hostile");
}

static int join(const void *bytes, size_t size)
{
	joined_fd = open(PFQ_DEVICE, O_RDWR | O_CLOEXEC);
	if (joined_fd < 0)
		return -errno;
	message_begin(&channel, &message, PFQ_CMD_JOIN, 0);
	message_put_u32(&message, PFQ_A_FD, (uint32_t)joined_fd);
	message_put_u64(&message, PFQ_A_RING_BYTES, RING_BYTES);
	/* each lane takes so much at least */
	message_put_u32(&message, PFQ_A_SNAPLEN, SNAPLEN);
	put_group(made, bytes, size);
	return ask();
}

static int change(uint8_t cmd, const char *group, const void *bytes, size_t size)
{
	message_begin(&channel, &message, cmd, NLM_F_ACK);
	put_group(group, bytes, size);
	return ask();
}

static int del(const char *group)
{
	message_begin(&channel, &message, PFQ_CMD_GROUP_DEL, NLM_F_ACK);
	message_put_text(&message, PFQ_A_GROUP, group);
	return ask();
}

int way_send(enum way way, const void *bytes, size_t size)
{
	int err;

	if (way == BY_ADD)
		return change(PFQ_CMD_GROUP_ADD, made, bytes, size);
	if (way == BY_SET)
		return change(PFQ_CMD_GROUP_SET, KEPT, bytes, size);
	err = join(bytes, size);
	if (err)
		way_undo(way);
	return err;
}

int way_send_blob(enum way way, const struct blob *b)
{
	size_t size;
	u8 *bytes = blob_bytes(b, &size);
	int err = way_send(way, bytes, size);

	free(bytes);
	return err;
}

void way_undo(enum way way)
{
	if (way == BY_JOIN && joined_fd >= 0) {
		close(joined_fd);
		joined_fd = -1;
	}
	if (way == BY_ADD)
		(void)del(made);
}

int way_start(void)
{
	message_begin(&channel, &message, PFQ_CMD_START, NLM_F_ACK);
	message_put_u32(&message, PFQ_A_FD, (uint32_t)joined_fd);
	return ask();
}

int way_add_kept(const void *bytes, size_t size)
{
	return change(PFQ_CMD_GROUP_ADD, KEPT, bytes, size);
}

int way_del_kept(void)
{
	return del(KEPT);
}

int way_is_kept(const void *bytes, size_t size)
{
	const void *have;
	size_t len;

	message_begin(&channel, &message, PFQ_CMD_PROGRAM_GET, 0);
	message_put_text(&message, PFQ_A_GROUP, KEPT);
	if (ask())
		return 0;
	have = message_get(&message, PFQ_A_PROGRAM, &len);
	return have && len == size && !memcmp(have, bytes, size);
}

const char *way_text(void)
{
	return message_text(&message);
}
