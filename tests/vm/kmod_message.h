/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Requests to the kernel engine as they are on the wire, right ones and wrong ones: for
 * programs that test it. libpfq's codec would refuse to make most of them.
 */
#ifndef KMOD_MESSAGE_H
#define KMOD_MESSAGE_H

#include <stddef.h>
#include <stdint.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/pfq.h>

struct message {
	uint8_t buf[65536] __attribute__((aligned(8)));
	size_t len;
};

/* a generic netlink socket */
struct channel {
	int fd;
	uint16_t family;
	uint32_t seq;
};

/* 0, or -errno: -ENOENT where the module is not there */
int channel_open(struct channel *c);
/* another socket for the same family */
int channel_reopen(struct channel *c);

void message_begin(struct channel *c, struct message *m, uint8_t cmd, uint16_t flags);
/* what has no room is left out */
void message_put(struct message *m, uint16_t type, const void *value, size_t len);
void message_put_u32(struct message *m, uint16_t type, uint32_t value);
void message_put_u64(struct message *m, uint16_t type, uint64_t value);
void message_put_text(struct message *m, uint16_t type, const char *text);
/* of an answer; 0: not there */
uint64_t message_u64(const struct message *m, uint16_t type);

/* The length in the header is set. 0 or -errno. */
int channel_send(struct channel *c, struct message *m);
/*
 * One datagram into @m. Its length, 0 where none comes within @timeout_ms, or -errno; -ENOBUFS:
 * an answer was lost.
 */
int channel_receive(struct channel *c, struct message *m, int timeout_ms);
/* The end of it: 0, or the error that it tells of; 1: it goes on. */
int message_status(const struct message *m);
/* Everything that waits, unread. */
void channel_drain(struct channel *c);

#endif /* KMOD_MESSAGE_H */
