/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A cell of the matrix of settings: a handle, how it is read, and what came of it. */
#ifndef TESTS_SETTINGS_H
#define TESTS_SETTINGS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <pcap/pcap.h>

#define SETTINGS_PORT	9999

enum way { WAY_PLAIN, WAY_POLL, WAY_SELECT, WAY_EPOLL, WAY_EDGE, WAYS };
enum call { CALL_DISPATCH, CALL_LOOP, CALL_NEXT, CALL_NEXT_EX, CALLS };

#define UNSET	(-12345678)	/* a setter that is not called */

struct cell {
	const char *block;
	enum way way;
	enum call call;
	int cnt;
	int timeout, immediate, nonblock;
	int buffer_size, snaplen, promisc, tstamp, precision;
	/* what came of it */
	pcap_t *p;
	pthread_t thread;
	int set_status;		/* the first setter's that did not give 0 */
	int status, got_nonblock, datalink, snapshot;
	char text[PCAP_ERRBUF_SIZE];
	int packets, gaps, last;
	unsigned long caplen, len;
	bool has_nano;
	int returns[5];		/* how often: more than 0, 0, -1, -2, others */
	int most;		/* packets of one call */
	int wakeups, stalls;
	unsigned int lost;	/* for want of room */
};

extern atomic_bool stopping;

void cell_open(struct cell *c, const char *device);
void *cell_run(void *cell);
void cell_print(const struct cell *c);
double seconds(void);

/* what each setter says to each value, before and after activation, in the order of its table */
void setters_print(const char *device);

/* the matrix: its @i-th cell; false: there are no more */
bool cell_make(struct cell *c, unsigned int i);

#endif /* TESTS_SETTINGS_H */
