/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The process at the other end of a Unix socket, and the reason why it may not answer. */
#ifndef PFQ_LIB_PEER_H
#define PFQ_LIB_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The process id of the peer; 0 if unknown, for instance in another pid namespace. */
pid_t pfq_peer_pid(int sock);

/*
 * Has process @pid ended, or is it about to? false also for 0. If it has, a connection to it that
 * is still open waits for the next process at its socket. Opens a file under /proc.
 */
bool pfq_peer_is_gone(pid_t pid);

/*
 * Write to @text what process @pid (0: unknown) does instead of answering, and what the user can
 * do. Opens a file under /proc.
 */
void pfq_peer_silence(pid_t pid, char *text, size_t size);

#endif /* PFQ_LIB_PEER_H */
