/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "log.h"
#include "store.h"

#define MEMBER	"member"	/* FDNAME= of a member's socket */

bool store_is_there(void)
{
	return getenv("NOTIFY_SOCKET");
}

int store_put_member(int sock)
{
	int ret = sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=" MEMBER, &sock, 1);

	return ret < 0 ? ret : 0;
}

unsigned int store_take_members(void (*fn)(void *arg, int sock), void *arg)
{
	char **names = NULL;
	int count = sd_listen_fds_with_names(1, &names), i;
	unsigned int taken = 0;

	if (count < 0)
		log_warning("the descriptors of the service manager: %s", strerror(-count));
	for (i = 0; i < count; i++) {
		int fd = SD_LISTEN_FDS_START + i;

		if (strcmp(names[i], MEMBER) ||
		    sd_is_socket(fd, AF_UNIX, SOCK_SEQPACKET, 0) <= 0) {
			log_warning("the service manager gives descriptor %d, \"%.32s\": it is no "
				    "member's socket, and is closed", fd, names[i]);
			close(fd);
		} else {
			fn(arg, fd);
			taken++;
		}
		free(names[i]);
	}
	free(names);
	return taken;
}
