/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The handle of pfq-leave: sends packets to it, reads them, and checks its descriptor. */
#ifndef TOOLS_LEAVE_H
#define TOOLS_LEAVE_H

#include <pcap/pcap.h>
#include <stdbool.h>

#define PORT		9	/* the first filter accepts it */
#define OTHER_PORT	10

extern pcap_t *p;
extern int taken;		/* number of packets that see() got */
extern int wrong;		/* number of judgements that failed */
extern pcap_handler during;	/* called by the next callback, once */

/* Open the device. Datagrams go to address @to. */
void device_open(const char *device, const char *to, int timeout_ms, bool immediate);
void filter_set(const char *text);
void see(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes);

/* Call pcap_dispatch(). A break after 2 s keeps it from blocking for ever. */
int dispatch(int count);
bool is_readable(int ms);
void send_to(int port, int n);

/* If @holds is false, print it on standard output and count it. */
void judge(const char *way, const char *what, bool holds);
/* Send @n packets to PORT and wait until they can be read. */
void wait_packets(const char *way, int n);
/*
 * Another way to end a read: a filter in this process refuses packets, and they come faster
 * than it can check them.
 */
void flooded(const char *way);
/* No packet is left: a poll times out. */
void quiet(const char *way);

#endif /* TOOLS_LEAVE_H */
