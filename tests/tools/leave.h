/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The one handle of pfq-leave: what is sent to it, what it reads, whether its descriptor is right. */
#ifndef TOOLS_LEAVE_H
#define TOOLS_LEAVE_H

#include <pcap/pcap.h>
#include <stdbool.h>

#define PORT		9	/* what its filter lets in at first */
#define OTHER_PORT	10

extern pcap_t *p;
extern int taken;		/* packets that came to see() */
extern int wrong;		/* judgements that do not hold */
extern pcap_handler during;	/* what the next callback does besides, once */

/* datagrams go to @to */
void device_open(const char *device, const char *to, int timeout_ms, bool immediate);
void filter_set(const char *text);
void see(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes);

/* pcap_dispatch(), broken after 2 s: nobody may hang for good, whatever is wrong */
int dispatch(int count);
bool is_readable(int ms);
void send_to(int port, int n);

/* says on stdout what does not hold */
void judge(const char *way, const char *what, bool holds);
/* @n packets to PORT have come and wait to be read */
void wait_packets(const char *way, int n);
/*
 * A way to leave a read: packets that a filter in this process refuses come faster than it can
 * look at them.
 */
void flooded(const char *way);
/* nothing is left: a poll times out */
void quiet(const char *way);

#endif /* TOOLS_LEAVE_H */
