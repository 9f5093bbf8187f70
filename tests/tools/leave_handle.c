// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "leave.h"

#define QUIET_MS	60
#define COME_MS		3000

pcap_t *p;
int wrong, taken;
pcap_handler during;

static int fd, out;
static const char *address;

void filter_set(const char *text)
{
	struct bpf_program program;

	if (pcap_compile(p, &program, text, 1, PCAP_NETMASK_UNKNOWN) || pcap_setfilter(p, &program))
		errx(1, "%s: %s", text, pcap_geterr(p));
	pcap_freecode(&program);
}

void see(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	pcap_handler act = during;

	taken++;
	during = NULL;
	if (act)
		act(user, head, bytes);
}

bool is_readable(int ms)
{
	struct pollfd f = { .fd = fd, .events = POLLIN };

	return poll(&f, 1, ms) == 1;
}

/* A read must not block for ever. */
static void on_alarm(int number)
{
	(void)number;
	pcap_breakloop(p);
}

int dispatch(int count)
{
	int ret;

	alarm(2);
	ret = pcap_dispatch(p, count, see, NULL);
	alarm(0);
	if (ret == PCAP_ERROR)
		errx(1, "%s", pcap_geterr(p));
	return ret;
}

void send_to(int port, int n)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		errx(2, "%s is no address", address);
	for (; n; n--) {
		if (sendto(out, "packet", 6, 0, (struct sockaddr *)&to, sizeof(to)) != 6)
			err(1, "sendto %s", address);
	}
}

void device_open(const char *device, const char *to, int timeout_ms, bool immediate)
{
	struct sigaction action = { .sa_handler = on_alarm };
	char text[PCAP_ERRBUF_SIZE];

	address = to;
	out = socket(AF_INET, SOCK_DGRAM, 0);
	if (out < 0)
		err(1, "socket");
	sigaction(SIGALRM, &action, NULL);
	p = pcap_create(device, text);
	if (!p)
		errx(1, "%s", text);
	pcap_set_timeout(p, timeout_ms);
	pcap_set_immediate_mode(p, immediate);
	if (pcap_activate(p) < 0)
		errx(1, "%s", pcap_geterr(p));
	filter_set("udp dst port 9");
	fd = pcap_get_selectable_fd(p);
	if (fd < 0)
		errx(1, "no descriptor");
}

void judge(const char *way, const char *what, bool holds)
{
	if (!holds) {
		wrong++;
		printf("FAILED %s: %s\n", way, what);
	}
}

/* The packets get some time, so that all of them can be read at once. */
void wait_packets(const char *way, int n)
{
	send_to(PORT, n);
	judge(way, "packets came, and it was not readable", is_readable(COME_MS));
	usleep(20000);
}

void quiet(const char *way)
{
	judge(way, "readable, but no packet can be read", !is_readable(QUIET_MS));
}
