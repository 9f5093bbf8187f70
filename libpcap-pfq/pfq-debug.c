/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfq-debug.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Is standard error there for persons? A terminal, a file, or the journal's stream socket is. A
 * pipe may carry messages of two programs. If the program has closed standard error, another
 * descriptor may have its number, such as a capture's socket.
 */
static bool is_for_persons(int fd)
{
	socklen_t size = sizeof(int);
	int domain, type;
	struct stat st;

	if (fstat(fd, &st))
		return false;
	if (!S_ISSOCK(st.st_mode))
		return S_ISREG(st.st_mode) || S_ISCHR(st.st_mode);
	return !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) && domain == AF_UNIX &&
	       !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) && type == SOCK_STREAM;
}

void pfq_debug_print(const struct pfq_env *env, const char *format, ...)
{
	char line[512];
	va_list ap;
	int fd = -1;

	if (!env->debug)
		return;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (env->debug_path[0])
		fd = open(env->debug_path,
			  O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
	/* in one write: many processes may share the file or the terminal */
	if (fd >= 0) {
		dprintf(fd, "pfq[%d]: %s\n", (int)getpid(), line);
		close(fd);
	} else if (is_for_persons(STDERR_FILENO)) {
		dprintf(STDERR_FILENO, "pfq: %s\n", line);
	}
}
