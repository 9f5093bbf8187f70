// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Connects to PFQ_SOCKET at a rate for a time, and leaves at once, without a word. Prints how often
 * it has connected, and how often the engine's queue was full.
 */
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Returns true, or false if the queue is full. */
static int connects(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), ret;

	if (fd < 0)
		err(2, "socket");
	ret = connect(fd, (const struct sockaddr *)at, sizeof(*at));
	if (ret && errno != EAGAIN)
		err(1, "%s", at->sun_path);
	close(fd);
	return !ret;
}

int main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *socket = getenv("PFQ_SOCKET");
	uint64_t rate, begun, end_ns, due_ns, count = 0, full = 0;
	double s;

	if (argc != 3 || !socket)
		errx(2, "usage: PFQ_SOCKET=PATH pfq-connects RATE SECONDS");
	rate = strtoull(argv[1], NULL, 10);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", socket);
	begun = now_ns();
	end_ns = begun + strtoull(argv[2], NULL, 10) * 1000000000;
	due_ns = begun;
	for (uint64_t i = 1, now = begun; now < end_ns; now = now_ns()) {
		if (now < due_ns) {
			usleep((useconds_t)((due_ns - now) / 1000 + 1));
			continue;
		}
		due_ns = begun + i++ * 1000000000 / rate;
		if (connects(&at))
			count++;
		else
			full++;
	}
	s = (double)(now_ns() - begun) / 1e9;
	printf("connected %llu times, queue full %llu times, in %.2f s: %.0f a second\n",
	       (unsigned long long)count, (unsigned long long)full, s,
	       (double)(count + full) / s);
	return 0;
}
