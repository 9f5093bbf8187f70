/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "peer.h"

#define IS_EXITING	0x4	/* PF_EXITING among the flags in /proc/PID/stat */

pid_t pfq_peer_pid(int sock)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) ? 0 : cred.pid;
}

/*
 * The state letter that ps shows; 'X' also while the kernel frees what the process had. '\0' if it
 * cannot be read.
 */
static char state_of(pid_t pid)
{
	char path[32], line[128], *end, state;
	unsigned int flags;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return '\0';
	n = fread(line, 1, sizeof(line) - 1, f);
	fclose(f);
	line[n] = '\0';
	/* "PID (NAME) S ...". A name may hold any characters, but has at most 15 bytes. */
	end = strrchr(line, ')');
	if (!end || sscanf(end, ") %c %*d %*d %*d %*d %*d %u", &state, &flags) != 2)
		return '\0';
	return flags & IS_EXITING ? 'X' : state;
}

bool pfq_peer_is_gone(pid_t pid)
{
	char state = pid > 0 ? state_of(pid) : '\0';

	/* /proc may hide the processes of others */
	if (pid > 0 && !state)
		return getpgid(pid) < 0 && errno == ESRCH;
	return state == 'X' || state == 'Z';
}

void pfq_peer_silence(pid_t pid, char *text, size_t size)
{
	if (pfq_peer_is_gone(pid)) {
		snprintf(text, size,
			 "pfqd has ended, and the next one does not answer yet; see `systemctl "
			 "status pfqd`");
		return;
	}
	switch (pid > 0 ? state_of(pid) : '\0') {
	case 'T':
	case 't':
		snprintf(text, size, "process %d is stopped; `kill -CONT %d`", (int)pid, (int)pid);
		return;
	case 'D':
		snprintf(text, size, "process %d waits for the kernel; see the machine's log",
			 (int)pid);
		return;
	case '\0':
		snprintf(text, size,
			 "is it stopped, busy, or out of descriptors? Its log says more");
		return;
	default:
		snprintf(text, size, "process %d is busy, or out of descriptors; its log says more",
			 (int)pid);
	}
}
