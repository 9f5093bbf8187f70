/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the lists of semantics have in common: the device, handles on it, datagrams. */
#ifndef TESTS_SEMANTICS_H
#define TESTS_SEMANTICS_H

#include <stdbool.h>
#include <pcap/pcap.h>

#define PORT		9999
#define OTHER_PORT	9998

extern const char *device;
extern bool is_pfq;
/* on lo the kernel counts a packet on its way out, too, which libpcap then drops */
extern u_int counted;
extern int failed, passed;

void check(bool holds, const char *what, long got);
double now(void);
void pause_ms(long ms);
/* @n datagrams to @port; their payload is @bytes long */
void datagrams(int n, int port, size_t bytes);

pcap_t *open_unfiltered(int snaplen, int to_ms, bool immediate, int precision);
int set_filter(pcap_t *p, const char *text);
/* a handle on the datagrams to PORT alone; it has read before, so that it takes flows */
pcap_t *open_device(int to_ms, bool immediate);

struct seen {
	pcap_t *break_at;
	int packets, break_after;
	u_int caplen, len, port_errors;
	int port;
	bool fraction;
	struct timeval ts;
};

void see(u_char *user, const struct pcap_pkthdr *hdr, const u_char *bytes);
/* read until @n packets have come, or a second is over */
int collect(pcap_t *p, int n, struct seen *s);

/* the lists, in the order in which they are gone through */
void semantics_of_reads(void);
void semantics_of_filters(void);
void semantics_of_handles(void);

#endif /* TESTS_SEMANTICS_H */
