/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Generic netlink: valid, nearly valid and random requests */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/filter.h>
#include "kmod_fuzz.h"

#define BIT(n)	(1U << (n))

static _Thread_local struct message message;

static void request(struct world *w)
{
	int n;

	(void)channel_send(&w->channel, &message);
	for (n = 0; n < 3 && channel_receive(&w->channel, &message, n ? 0 : 20); n++)
		;
}

const char *group_name(struct world *w)
{
	static const char *const names[] = { "fuzz1", "fuzz2", "7", "8", "x", "-", "", "shared",
					     "apart", "4242" };
	const uint32_t all = sizeof(names) / sizeof(names[0]);

	return names[below(w, w->identity == IS_ROOT ? all - 3 : all)];
}

static const char *word(struct world *w)
{
	static const char *const words[] = {
		"copy", "flow", "to:9", "rr", "rss", "sniff", "tap", "10,20-29,untagged", "auto",
		"off", "2M", "any", "eth9/0-3,lo,,any", "lo/0-3,lo/2", "lo,lo", "lo/255", "lo/256",
		"one", "two", "not port 22", "\xff\xfe", "a b", "%s%n", "../../etc",
	};

	return below(w, 4) ? words[below(w, sizeof(words) / sizeof(words[0]))] : w->device;
}

static void put_long_text(struct world *w, uint16_t type, uint32_t max)
{
	static _Thread_local char text[4200];
	uint32_t n = max + below(w, 3) - 1;

	memset(text, 'a' + (int)below(w, 26), sizeof(text));
	/* The text ends with a NUL or without. */
	text[n] = '\0';
	message_put(&message, type, text, n + below(w, 2));
}

static void put_binary(struct world *w, uint16_t type, uint32_t max)
{
	static const struct sock_filter accept = BPF_STMT(BPF_RET | BPF_K, 65535);
	static _Thread_local uint8_t bytes[65536];
	uint32_t n = below(w, 2) ? below(w, 256) : max + below(w, 3) - 1, i;

	if (type == PFQ_A_FILTER && below(w, 2)) {
		message_put(&message, type, &accept, sizeof(accept));
		return;
	}
	n = n < sizeof(bytes) ? n : sizeof(bytes) - 1;
	for (i = 0; i < n && i < 600; i++)
		bytes[i] = (uint8_t)random_u32(w);
	message_put(&message, type, bytes, n);
}

uint32_t some_fd(struct world *w)
{
	static int other[6];

	if (!other[0]) {
		other[1] = socket(AF_INET, SOCK_DGRAM, 0);
		other[2] = epoll_create1(0);
		other[3] = eventfd(0, 0);
		other[4] = open("/dev/null", O_RDWR);
		other[5] = open("/proc/self/maps", O_RDONLY);
		other[0] = memfd_create("fuzz", MFD_ALLOW_SEALING);
	}
	switch (below(w, 8)) {
	case 0:
		return (uint32_t)other[below(w, 6)];
	case 1:
		return (uint32_t)random_number(w);
	case 2:
		return (uint32_t)w->channel.fd;
	default:
		return (uint32_t)w->file[below(w, FILES)].fd;
	}
}

#define ROW(name, type, max)	{ KIND_##type, max },
static const struct {
	enum { KIND_U32, KIND_U64, KIND_STRING, KIND_BINARY, KIND_NESTED } kind;
	uint32_t max;
} attrs[PFQ_A_MAX + 1] = { { KIND_U32, 0 }, PFQ_ATTR_LIST(ROW) };

/* Write an attribute of the right type, with a value that may be valid. */
static void put_sensible(struct world *w, uint16_t type)
{
	uint64_t v = random_number(w);

	if (type == PFQ_A_GROUP)
		message_put_text(&message, type, group_name(w));
	else if (type == PFQ_A_PROGRAM && below(w, 4))
		put_program(w, &message);
	else if (type == PFQ_A_SET)
		message_put_text(&message, type, set_name(w));
	else if (type == PFQ_A_FD)
		message_put_u32(&message, type, some_fd(w));
	else if (type == PFQ_A_RING_BYTES && below(w, 4))
		message_put_u64(&message, type, below(w, 1 << 20));
	else if (attrs[type].kind == KIND_U64)
		message_put_u64(&message, type, v);
	else if (attrs[type].kind == KIND_U32)
		message_put_u32(&message, type, below(w, 3) ? (uint32_t)v % 10 : (uint32_t)v);
	else if (attrs[type].kind == KIND_STRING && below(w, 4))
		message_put_text(&message, type, word(w));
	else if (attrs[type].kind == KIND_STRING)
		put_long_text(w, type, attrs[type].max);
	else
		put_binary(w, type, attrs[type].max);
}

/* Write bytes of any length as any attribute, or a nest whose parts do not fit. */
static void put_garbage(struct world *w)
{
	uint16_t type = (uint16_t)below(w, PFQ_A_MAX + 4), bytes[128];
	uint32_t i;

	for (i = 0; i < 128; i++)
		bytes[i] = (uint16_t)(below(w, 2) ? random_u32(w) : below(w, PFQ_A_MAX + 2));
	if (below(w, 4) == 0)
		type |= NLA_F_NESTED;
	message_put(&message, type, bytes, below(w, sizeof(bytes)));
}

static void damage(struct world *w)
{
	uint32_t i, n = 1 + below(w, 4);

	for (i = 0; i < n; i++)
		message.buf[NLMSG_HDRLEN + below(w, (uint32_t)(message.len - NLMSG_HDRLEN))] ^=
			(uint8_t)BIT(below(w, 8));
	if (below(w, 2))
		message.len -= below(w, (uint32_t)(message.len - NLMSG_HDRLEN));
}

static void nonsense(struct world *w, struct file *f)
{
	static const uint16_t flags[] = { 0, NLM_F_ACK, NLM_F_DUMP, NLM_F_ACK | NLM_F_ECHO,
					  0xffff };
	uint32_t i, n = below(w, 10);
	uint16_t type;

	(void)f;
	message_begin(&w->channel, &message, (uint8_t)below(w, PFQ_CMD_MAX + 3),
		      flags[below(w, sizeof(flags) / sizeof(flags[0]))]);
	for (i = 0; i < n; i++) {
		type = (uint16_t)(1 + below(w, PFQ_A_MAX));
		if (!below(w, 3))
			put_garbage(w);
		else
			put_sensible(w, type);
		/* sometimes twice */
		if (!below(w, 6))
			put_sensible(w, type);
	}
	if (!below(w, 3))
		damage(w);
	request(w);
}

/* Send a command with the right attributes and values of all kinds. */
static void nearly_right(struct world *w, struct file *f)
{
	static const uint16_t add[] = {
		PFQ_A_GROUP, PFQ_A_FD, PFQ_A_ID, PFQ_A_BINDINGS, PFQ_A_STEER,
		PFQ_A_FILTER, PFQ_A_FILTER_TEXT, PFQ_A_VLANS, PFQ_A_MEMBERS_WANTED, PFQ_A_OWNER_UID,
		PFQ_A_OWNER_GID, PFQ_A_ACCESS, PFQ_A_RING_BYTES, PFQ_A_SNAPLEN, PFQ_A_PROMISC,
		PFQ_A_DIRECTION, PFQ_A_MODE, PFQ_A_LINKTYPE, PFQ_A_FRAG_WAIT_NS,
		PFQ_A_LINGER_NS, PFQ_A_LINGER_TO, PFQ_A_PROGRAM, PFQ_A_PROGRAM_TEXT,
	};
	static const uint16_t join[] = {
		PFQ_A_FD, PFQ_A_GROUP, PFQ_A_BINDINGS, PFQ_A_STEER, PFQ_A_NAME,
		PFQ_A_SNAPLEN, PFQ_A_RING_BYTES, PFQ_A_CLASSES, PFQ_A_WEIGHT, PFQ_A_PROMISC,
		PFQ_A_HUGEPAGES, PFQ_A_VLANS, PFQ_A_PROGRAM, PFQ_A_PROGRAM_TEXT,
	};
	bool is_join = below(w, 2);
	const uint16_t *list = is_join ? join : add;
	uint32_t n = is_join ? sizeof(join) / sizeof(join[0]) : sizeof(add) / sizeof(add[0]), i;

	(void)f;
	message_begin(&w->channel, &message, is_join ? PFQ_CMD_JOIN : PFQ_CMD_GROUP_ADD, NLM_F_ACK);
	for (i = 0; i < n; i++) {
		if (i == 0 || below(w, 3) == 0)
			put_sensible(w, list[i]);
	}
	request(w);
}

/* Make or remove a group. In the namespace of the devices only root may do this. */
static void group_change(struct world *w, struct file *f)
{
	bool is_add = below(w, 2);

	(void)f;
	message_begin(&w->channel, &message, is_add ? PFQ_CMD_GROUP_ADD : PFQ_CMD_GROUP_DEL,
		      NLM_F_ACK);
	message_put_text(&message, PFQ_A_GROUP, w->identity == IS_ROOT ?
			 (below(w, 2) ? "fuzz1" : "fuzz2") : is_add ? "mine" : group_name(w));
	if (is_add) {
		message_put_text(&message, PFQ_A_BINDINGS, w->device);
		message_put_u32(&message, PFQ_A_ACCESS, 0666);
		message_put_text(&message, PFQ_A_STEER, below(w, 2) ? "flow" : "copy");
	}
	if (channel_send(&w->channel, &message) || !channel_receive(&w->channel, &message, 100))
		return;
	if ((w->identity == IS_NOBODY || w->identity == IS_USERNS) &&
	    ((struct nlmsghdr *)message.buf)->nlmsg_seq == w->channel.seq &&
	    message_status(&message) == 0) {
		fprintf(stderr, "kmod-fuzz: a user without permission has %s a group\n",
			is_add ? "made" : "removed");
		*is_broken = true;
	}
}

/* Read a dump to its end, partly, or not at all, with other requests in between. */
static void dump(struct world *w, struct file *f)
{
	uint32_t parts = below(w, 2) ? 100 : below(w, 3);

	message_begin(&w->channel, &message, below(w, 2) ? PFQ_CMD_GROUP_GET : PFQ_CMD_ENDPOINT_GET,
		      NLM_F_DUMP);
	if (!below(w, 4))
		message_put_text(&message, PFQ_A_GROUP, group_name(w));
	if (channel_send(&w->channel, &message))
		return;
	while (parts-- && channel_receive(&w->channel, &message, 20) &&
	       message_status(&message) == 1) {
		if (!below(w, 10))
			file_command(w, f);
	}
	if (!below(w, 3))
		(void)channel_reopen(&w->channel);
}

void file_join(struct world *w, struct file *f)
{
	message_begin(&w->channel, &message, PFQ_CMD_JOIN, 0);
	message_put_u32(&message, PFQ_A_FD, (uint32_t)f->fd);
	if (below(w, 4))
		message_put_text(&message, PFQ_A_GROUP, below(w, 2) ? "shared" : group_name(w));
	if (below(w, 2))
		message_put_text(&message, PFQ_A_BINDINGS, w->device);
	message_put_u64(&message, PFQ_A_RING_BYTES, 1ULL << (14 + below(w, 6)));
	message_put_u32(&message, PFQ_A_SNAPLEN, 1 + below(w, 2000));
	channel_drain(&w->channel);
	if (channel_send(&w->channel, &message) || !channel_receive(&w->channel, &message, 200) ||
	    !message_u64(&message, PFQ_A_AREA_BYTES))
		return;
	f->area_bytes = message_u64(&message, PFQ_A_AREA_BYTES);
	f->reader_bytes = message_u64(&message, PFQ_A_READER_BYTES);
	memory_map(w, f);
}

void file_command(struct world *w, struct file *f)
{
	static const uint8_t cmds[] = { PFQ_CMD_START, PFQ_CMD_FILTER_SET, PFQ_CMD_DIRECTION_SET,
					PFQ_CMD_INJECT };
	uint8_t cmd = cmds[below(w, sizeof(cmds))];

	message_begin(&w->channel, &message, cmd, NLM_F_ACK);
	message_put_u32(&message, PFQ_A_FD, below(w, 8) ? (uint32_t)f->fd : some_fd(w));
	if (cmd == PFQ_CMD_FILTER_SET && below(w, 4))
		put_binary(w, PFQ_A_FILTER, 8 * PFQ_FILTER_MAX);
	if (cmd == PFQ_CMD_DIRECTION_SET)
		message_put_u32(&message, PFQ_A_DIRECTION, below(w, 4));
	if (cmd == PFQ_CMD_INJECT)
		put_binary(w, PFQ_A_FRAME, 1520);
	request(w);
}

static const act_fn fns[] = {
	file_join, file_join, file_join, file_command, file_command, nonsense, nonsense,
	nearly_right, group_change, dump,
};

const struct acts netlink_acts = { fns, sizeof(fns) / sizeof(fns[0]) };
