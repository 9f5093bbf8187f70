/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "peer.h"

pid_t pfq_peer_pid(int sock)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) ? 0 : cred.pid;
}

/* The state letter that ps shows; '\0' if it cannot be read. */
static char state_of(pid_t pid)
{
	char path[32], line[128], *end;
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
	return end && end[1] == ' ' ? end[2] : '\0';
}

void pfq_peer_silence(pid_t pid, char *text, size_t size)
{
	switch (pid > 0 ? state_of(pid) : '\0') {
	case 'T':
	case 't':
		snprintf(text, size, "process %d is stopped; `kill -CONT %d`", (int)pid, (int)pid);
		return;
	case 'D':
		snprintf(text, size, "process %d waits for the kernel; see the machine's log",
			 (int)pid);
		return;
	case 'Z':
	case 'X':
		snprintf(text, size, "process %d has died; start it again", (int)pid);
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
