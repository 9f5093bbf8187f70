/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The process at the other end of a Unix socket: why it may not answer. */
#ifndef PFQ_LIB_PEER_H
#define PFQ_LIB_PEER_H

#include <stddef.h>
#include <sys/types.h>

/* Its id; 0: not known, as of another pid namespace's. */
pid_t pfq_peer_pid(int sock);

/*
 * Say in @text what @pid (0: not known) does instead of answering, and what to do. Opens a
 * file under /proc.
 */
void pfq_peer_silence(pid_t pid, char *text, size_t size);

#endif /* PFQ_LIB_PEER_H */
