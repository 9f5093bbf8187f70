/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "semantics.h"

const char *device;
bool is_pfq;
u_int counted = 2;
int failed, passed;

void check(bool holds, const char *what, long got)
{
	printf("%s %s (%ld)\n", holds ? "ok  " : "FAIL", what, got);
	fflush(stdout);
	if (holds)
		passed++;
	else
		failed++;
}

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void pause_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

void datagrams(int n, int port, size_t bytes)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	static const char payload[2048];
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (; n > 0; n--)
		if (sendto(fd, payload, bytes, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			perror("sendto");
	close(fd);
}

pcap_t *open_unfiltered(int snaplen, int to_ms, bool immediate, int precision)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create(device, err);
	int ret;

	if (!p) {
		fprintf(stderr, "pcap_create: %s\n", err);
		exit(1);
	}
	pcap_set_snaplen(p, snaplen);
	pcap_set_timeout(p, to_ms);
	pcap_set_immediate_mode(p, immediate);
	pcap_set_tstamp_precision(p, precision);
	ret = pcap_activate(p);
	if (ret) {
		fprintf(stderr, "pcap_activate: %d: %s\n", ret, pcap_geterr(p));
		exit(1);
	}
	return p;
}

int set_filter(pcap_t *p, const char *text)
{
	struct bpf_program program;
	int ret;

	if (pcap_compile(p, &program, text, 1, PCAP_NETMASK_UNKNOWN)) {
		fprintf(stderr, "pcap_compile: %s\n", pcap_geterr(p));
		exit(1);
	}
	ret = pcap_setfilter(p, &program);
	pcap_freecode(&program);
	return ret;
}

pcap_t *open_device(int to_ms, bool immediate)
{
	pcap_t *p = open_unfiltered(65535, to_ms, immediate, PCAP_TSTAMP_PRECISION_MICRO);
	char err[PCAP_ERRBUF_SIZE];

	set_filter(p, "udp dst port 9999");
	pcap_setnonblock(p, 1, err);
	pcap_dispatch(p, -1, NULL, NULL);
	pcap_setnonblock(p, to_ms < 0, err);
	return p;
}

void see(u_char *user, const struct pcap_pkthdr *hdr, const u_char *bytes)
{
	struct seen *s = (struct seen *)user;

	s->packets++;
	s->caplen = hdr->caplen;
	s->len = hdr->len;
	s->ts = hdr->ts;
	s->fraction |= hdr->ts.tv_usec % 1000 != 0;
	if (s->port && hdr->caplen >= 38 && (bytes[36] << 8 | bytes[37]) != s->port)
		s->port_errors++;
	if (s->break_at && s->packets == s->break_after)
		pcap_breakloop(s->break_at);
}

int collect(pcap_t *p, int n, struct seen *s)
{
	double end = now() + 1;
	char err[PCAP_ERRBUF_SIZE];
	int was = pcap_getnonblock(p, err);

	pcap_setnonblock(p, 1, err);
	while (s->packets < n && now() < end) {
		if (pcap_dispatch(p, -1, see, (u_char *)s) < 0)
			break;
		pause_ms(5);
	}
	pcap_setnonblock(p, was, err);
	return s->packets;
}
