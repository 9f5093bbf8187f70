/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Declarations for the lists of checks of semantics: the device, its handles, datagrams */
#ifndef TESTS_SEMANTICS_H
#define TESTS_SEMANTICS_H

#include <stdbool.h>
#include <pcap/pcap.h>

#define PORT		9999
#define OTHER_PORT	9998

extern const char *device;
extern bool is_pfq;
/* packets that the kernel counts for each datagram: on lo a packet counts on its way out, too */
extern u_int counted;
extern int failed, passed;

void check(bool holds, const char *what, long got);
double now(void);
void pause_ms(long ms);
/* Send @n datagrams to @port, with a payload of @bytes bytes. */
void datagrams(int n, int port, size_t bytes);

pcap_t *open_unfiltered(int snaplen, int to_ms, bool immediate, int precision);
int set_filter(pcap_t *p, const char *text);
/* Open a handle that gets only datagrams to PORT. It has read once, so it is started. */
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
/* Read until @n packets have come or a second is over. */
int collect(pcap_t *p, int n, struct seen *s);

/* the lists of checks, in the order in which they run */
void semantics_of_reads(void);
void semantics_of_filters(void);
void semantics_of_handles(void);

#endif /* TESTS_SEMANTICS_H */
