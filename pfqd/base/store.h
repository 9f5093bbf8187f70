/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The descriptor store of the service manager: it keeps copies of descriptors while pfqd is
 * restarted, and the next pfqd gets them. It drops a socket that is closed at the other end, and
 * all of them when pfqd's unit is stopped. Control thread only.
 */
#ifndef PFQD_STORE_H
#define PFQD_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* The descriptors that the last pfqd has left. */
struct store {
	unsigned int members;
	struct store_member {
		int sock;		/* -1: the caller has it now */
		uint32_t endpoint;	/* the id of its endpoint */
	} *member;
	struct store_listener {
		int sock;		/* -1: none, or the caller has it now */
		dev_t dev;		/* of its file, when the last pfqd made it */
		ino_t ino;
	} listener;
	FILE *shares;			/* NULL: none */
};

/* Is there a service manager? It may still keep nothing: FileDescriptorStoreMax= of its unit. */
bool store_is_there(void);

/*
 * Put the socket of a member into the store. Returns 0 or -errno. @sock stays the caller's; to take
 * it out again, shut it down.
 */
int store_put_member(int sock, uint32_t endpoint);

/*
 * Put a listening socket into the store. @dev, @ino: its file. Returns 0 or -errno. @sock stays the
 * caller's.
 */
int store_put_listener(int sock, dev_t dev, ino_t ino);
/* Take it out again. */
void store_drop_listener(dev_t dev, ino_t ino);

/*
 * Put a file into the store, in place of the one that is there. @print writes it. Whenever this
 * process is killed, the store has one of the two. Returns 0 or -errno.
 */
int store_put_shares(void (*print)(void *arg, FILE *f), void *arg);
/* Take the file out again. */
void store_drop_shares(void);

/*
 * Take what the store has, once in the life of this process. Closes descriptors of other kinds.
 * They stay in the store, too.
 */
void store_take(struct store *store);
/* Close what the caller has not taken over. */
void store_close(struct store *store);

#endif /* PFQD_STORE_H */
