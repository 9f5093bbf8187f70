/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Requests to the kernel engine as bytes, valid and invalid ones, for programs that test
 * it. libpfq would refuse to make most of them.
 */
#ifndef KMOD_MESSAGE_H
#define KMOD_MESSAGE_H

#include <stddef.h>
#include <stdint.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/pfq_control.h>

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

/* Open a channel. Returns 0 or -errno; -ENOENT: there is no module. */
int channel_open(struct channel *c);
/* Open another socket for the same family. */
int channel_reopen(struct channel *c);

void message_begin(struct channel *c, struct message *m, uint8_t cmd, uint16_t flags);
/* Append an attribute. It is left out if there is no room. */
void message_put(struct message *m, uint16_t type, const void *value, size_t len);
void message_put_u32(struct message *m, uint16_t type, uint32_t value);
void message_put_u64(struct message *m, uint16_t type, uint64_t value);
void message_put_text(struct message *m, uint16_t type, const char *text);
/* Return an attribute of an answer, and its length; NULL: it has none. */
const void *message_get(const struct message *m, uint16_t type, size_t *len);
/* Return the text of an answer that reports an error; "": it has none. */
const char *message_text(const struct message *m);
/* Return a number from an answer; 0: it has none. */
uint64_t message_u64(const struct message *m, uint16_t type);

/* Set the length in the header, and send. Returns 0 or -errno. */
int channel_send(struct channel *c, struct message *m);
/*
 * Receive one datagram into @m. Returns its length, 0 if none comes within @timeout_ms, or
 * -errno; -ENOBUFS: an answer was lost.
 */
int channel_receive(struct channel *c, struct message *m, int timeout_ms);
/* Return what a message says of the answer's end: 0, the error, or 1: more messages follow. */
int message_status(const struct message *m);
/* Receive and drop all waiting messages. */
void channel_drain(struct channel *c);

#endif /* KMOD_MESSAGE_H */
