/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "reason.h"

/* strerror()'s words come first, because users search for those */
static const struct {
	int error;
	const char *text[__PFQ_REASON_MAX];
} rows[] = {
	{ EMFILE, {
		"Too many open files: raise `ulimit -n` of this process, "
		"or LimitNOFILE= of its unit",
		"Too many open files: raise LimitNOFILE= of pfqd's unit" } },
	{ ENFILE, {
		"Too many open files in system: raise the machine's fs.file-max (sysctl)",
		"Too many open files in system: raise the machine's fs.file-max (sysctl)" } },
	{ ENOMEM, {
		"Cannot allocate memory: `ulimit -v` or -l of this process, its cgroup, or the "
		"machine is at its limit",
		"Cannot allocate memory: MemoryMax= of pfqd's unit, its `ulimit -v`, or the "
		"machine is at its limit" } },
	{ ENOBUFS, {
		"No buffer space available: the machine, or this process's cgroup, "
		"is short of memory",
		"No buffer space available: the machine, or pfqd's cgroup, is short of memory" } },
	{ EPERM, {
		"Operation not permitted: a sandbox of this process (seccomp, AppArmor, "
		"SELinux) forbids it",
		"Operation not permitted: pfqd lacks a privilege, or its sandbox forbids it" } },
	{ EACCES, {
		"Permission denied: file modes, or a sandbox of this process (AppArmor, "
		"SELinux), forbid it",
		"Permission denied: file modes, or pfqd's sandbox, forbid it to pfqd" } },
	{ ENOSYS, {
		"Function not implemented: a sandbox of this process (seccomp) forbids it, "
		"or the kernel is too old",
		"Function not implemented: pfqd's sandbox forbids it, or the kernel is too old" } },
	{ ENOSPC, {
		"No space left on device: fs.epoll.max_user_watches is reached, "
		"or a pool of huge pages is empty",
		"No space left on device: a pool of huge pages is empty, "
		"or a limit of pfqd's user is reached" } },
	{ EDQUOT, {
		"Disk quota exceeded: a limit of this user's is reached",
		"Disk quota exceeded: a limit of pfqd's user is reached" } },
	{ EBADF, {
		"Bad file descriptor: this process has closed descriptors that it did not open",
		"Bad file descriptor: this is a bug in pfqd" } },
	{ ENOTSOCK, {
		"Socket operation on non-socket: "
		"this process has closed descriptors that it did not open",
		"Socket operation on non-socket: this is a bug in pfqd" } },
	{ EINTR, {
		"Interrupted system call: a signal came; try again",
		"Interrupted system call: a signal came to pfqd; try again" } },
};

const char *pfq_reason(enum pfq_reason_of whose, int error)
{
	size_t i;

	error = abs(error);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].error == error)
			return rows[i].text[whose];
	}
	return strerror(error);
}
