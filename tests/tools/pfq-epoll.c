// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * An event loop as programs have it: epoll waits for a handle's descriptor, which it registers
 * once, and a read takes all packets into a file. The handle is non-blocking, or with -b blocking.
 *
 * usage: pfq-epoll [-b] DEVICE FILE
 *
 * SIGUSR1: print a line "wakes N empty N packets N recv N drop N" (N: since the start; empty: wakes
 * without a packet). SIGINT: the same, and end.
 */
#include <err.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

static unsigned long wakes, empty, packets;

static void report(pcap_t *p)
{
	struct pcap_stat stats;

	if (pcap_stats(p, &stats))
		errx(1, "pcap_stats: %s", pcap_geterr(p));
	printf("wakes %lu empty %lu packets %lu recv %u drop %u\n", wakes, empty, packets,
	       stats.ps_recv, stats.ps_drop);
	fflush(stdout);
}

static void on_packet(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	packets++;
	pcap_dump(user, head, bytes);
}

static void on_readable(pcap_t *p, pcap_dumper_t *d)
{
	int n = pcap_dispatch(p, -1, on_packet, (u_char *)d);

	if (n < 0)
		errx(1, "pcap_dispatch: %s", pcap_geterr(p));
	wakes++;
	empty += !n;
}

static pcap_t *open_device(const char *device, bool is_blocking)
{
	char errbuf[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create(device, errbuf);

	if (!p)
		errx(1, "%s", errbuf);
	if (pcap_set_timeout(p, 10) || pcap_activate(p) < 0 ||
	    pcap_setnonblock(p, !is_blocking, errbuf))
		errx(1, "%s: %s", device, pcap_geterr(p));
	return p;
}

static int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int loop = epoll_create1(EPOLL_CLOEXEC), signals = signals_open();
	struct signalfd_siginfo info;
	bool is_over = false, is_blocking = argc > 1 && !strcmp(argv[1], "-b");
	pcap_dumper_t *d;
	pcap_t *p;

	argv += is_blocking;
	if (argc - is_blocking != 3)
		errx(2, "usage: pfq-epoll [-b] DEVICE FILE");
	p = open_device(argv[1], is_blocking);
	d = pcap_dump_open(p, argv[2]);
	ev.data.fd = pcap_get_selectable_fd(p);
	if (!d || epoll_ctl(loop, EPOLL_CTL_ADD, ev.data.fd, &ev))
		err(1, "%s", argv[2]);
	ev.data.fd = signals;
	if (epoll_ctl(loop, EPOLL_CTL_ADD, signals, &ev))
		err(1, "epoll");
	printf("ready\n");
	fflush(stdout);
	while (!is_over) {
		if (epoll_wait(loop, &ev, 1, -1) != 1)
			continue;
		if (ev.data.fd != signals) {
			on_readable(p, d);
			continue;
		}
		if (read(signals, &info, sizeof(info)) != sizeof(info))
			err(1, "signal");
		is_over = info.ssi_signo == SIGINT;
		report(p);
	}
	pcap_dump_close(d);
	pcap_close(p);
	return 0;
}
