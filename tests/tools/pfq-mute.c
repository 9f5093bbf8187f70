// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* Listens at the path of a control socket, accepts no connection and never answers. */
#include <err.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (argc != 2)
		errx(2, "usage: pfq-mute PATH");
	if (snprintf(at.sun_path, sizeof(at.sun_path), "%s", argv[1]) >= (int)sizeof(at.sun_path))
		errx(2, "%s: too long", argv[1]);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 8))
		err(2, "%s", argv[1]);
	for (;;)
		pause();
}
