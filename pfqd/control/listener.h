/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The listening Unix socket and its file. Control thread only. */
#ifndef PFQD_LISTENER_H
#define PFQD_LISTENER_H

#include <sys/types.h>

#include "pfq.h"

struct listener {
	int sock;		/* -1: none */
	char path[108];
	dev_t dev;	/* device and inode of the file; another file at this path is not removed */
	ino_t ino;
};

/* Make @l closed, so that listener_close() may be called. */
void listener_init(struct listener *l);
/* Would listener_open() find @path free? Returns as that, and does not listen. */
int listener_check(const char *path, struct pfq_error *err);
/*
 * Call this as root before the process becomes user @uid with group @gid, who will listen at @path.
 * If the folder of @path is missing, make it for this user. The user also gets the folder of the
 * default path and that of the unit's RuntimeDirectory=, which are only for pfqd. Returns 0, or
 * -errno with text.
 */
int listener_prepare(const char *path, uid_t uid, gid_t gid, struct pfq_error *err);
/*
 * Listen at the absolute path @path. Replaces a socket file that no process listens on. Returns 0,
 * or -errno with text: -EADDRINUSE, -EEXIST (no socket), -EINVAL (path), -EXDEV (only pfqd
 * would see the file).
 */
int listener_open(struct listener *l, const char *path, struct pfq_error *err);
/* Close the socket and remove its file. Does nothing if @l is not open. */
void listener_close(struct listener *l);

#endif /* PFQD_LISTENER_H */
