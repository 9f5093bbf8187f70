/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The listening Unix socket and its file. The service manager can keep them while pfqd is
 * restarted: programs that connect meanwhile wait until the next pfqd accepts them. Control thread
 * only.
 */
#ifndef PFQD_LISTENER_H
#define PFQD_LISTENER_H

#include <stdbool.h>
#include <sys/types.h>

#include "pfq.h"

struct store_listener;

struct listener {
	int sock;		/* -1: none */
	char path[108];
	dev_t dev;	/* device and inode of the file; another file at this path is not removed */
	ino_t ino;
	bool is_kept;	/* the service manager has a copy of sock, and removes the file */
};

#define LISTENER_BACKLOG	128
/* any user may connect; each group's access policy decides about the rest */
#define LISTENER_SOCK_MODE	0666

/* Make @l closed, so that listener_close() may be called. */
void listener_init(struct listener *l);
/* Would listener_open() find @path free? Returns as that, and does not listen. */
int listener_check(const char *path, struct pfq_error *err);
/*
 * Call this as root before the process becomes user @uid with group @gid, who will listen at @path;
 * or before root drops the capability to write into folders of others. If the folder of @path is
 * missing, make it for this user. The user also gets the folder of the default path and that of the
 * unit's RuntimeDirectory=, which are only for pfqd, if only root can have made them and nobody
 * listens at @path. Returns 0, or -errno with text.
 */
int listener_prepare(const char *path, uid_t uid, gid_t gid, struct pfq_error *err);
/*
 * Listen at the absolute path @path. Replaces a socket file that no process listens on. Returns 0,
 * or -errno with text: -EADDRINUSE, -EEXIST (no socket), -EINVAL (path), -EXDEV (only pfqd
 * would see the file).
 */
int listener_open(struct listener *l, const char *path, struct pfq_error *err);
/* Close the socket, and remove its file unless it is kept. Does nothing if @l is not open. */
void listener_close(struct listener *l);

/* --- listener_kept.c -------------------------------------------------------------- */

/*
 * Take the socket that the last pfqd has left, if it still serves @path. Then no call to
 * listener_open() is needed. Otherwise remove its file, and say in the log why. Returns whether @l
 * is open.
 */
bool listener_take(struct listener *l, struct store_listener *kept, const char *path);
/*
 * End a socket that was not taken, and take it out of the store. Programs that wait there connect
 * anew, so that another socket has to listen before. Does nothing if @kept is empty.
 */
void listener_drop(struct store_listener *kept);
/* This pfqd serves the open @l from now on. Returns 0, or -errno with text. */
int listener_serve(struct listener *l, struct pfq_error *err);
/*
 * Let the service manager keep @l if there is one, and if it removes the file with its unit's
 * RuntimeDirectory=. Sets l->is_kept, or says in the log why it is not.
 */
void listener_keep(struct listener *l);
/*
 * This pfqd serves @l no more, and the next one does: the process that clients see at the other end
 * of their connections has ended. Does nothing if @l is not kept.
 */
void listener_leave(const struct listener *l);

#endif /* PFQD_LISTENER_H */
