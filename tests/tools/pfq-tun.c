// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Makes a tun device for each given type (ARPHRD_*), named "tun" and the type, up while the
 * program runs. At each SIGUSR1 ten IPv4 packets come in by the first one.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKETS	10

/* 10.9.0.2 to 10.9.0.1, protocol 253, reserved for tests; the last byte is a counter */
static uint8_t packet[21] = { 0x45, [3] = sizeof(packet), [8] = 64, [9] = 253,
			      [12] = 10, 9, 0, 2, 10, 9, 0, 1 };

static int open_tun(unsigned long type)
{
	struct ifreq req = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR), s = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || s < 0)
		err(77, "/dev/net/tun");
	snprintf(req.ifr_name, sizeof(req.ifr_name), "tun%lu", type);
	if (ioctl(fd, TUNSETIFF, &req) || ioctl(fd, TUNSETLINK, type))
		err(1, "type %lu", type);
	req.ifr_flags = IFF_UP;
	if (ioctl(s, SIOCSIFFLAGS, &req))
		err(1, "%s up", req.ifr_name);
	close(s);
	return fd;
}

int main(int argc, char **argv)
{
	sigset_t set;
	int fd = -1, sig, i;

	if (argc < 2)
		errx(2, "usage: pfq-tun TYPE...");
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* Open in reverse order, so that fd belongs to the first type. */
	for (i = argc - 1; i; i--)
		fd = open_tun(strtoul(argv[i], NULL, 0));
	puts("ready");
	fflush(stdout);
	while (!sigwait(&set, &sig)) {
		for (i = 0; i < PACKETS; i++) {
			packet[20]++;
			if (write(fd, packet, sizeof(packet)) != sizeof(packet))
				err(1, "tun%s: a packet", argv[1]);
		}
	}
	return 0;
}
