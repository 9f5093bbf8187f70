/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "delivered.h"

int delivered_wait(void)
{
	/* closing a packet socket waits for exactly this */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}
