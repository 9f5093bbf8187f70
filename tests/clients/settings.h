/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A cell of the matrix of settings: a handle, the way it is read, and the results */
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
	/* the results */
	pcap_t *p;
	pthread_t thread;
	int set_status;		/* of the first setter that did not return 0 */
	int status, got_nonblock, datalink, snapshot;
	char text[PCAP_ERRBUF_SIZE];
	int packets, gaps, last;
	unsigned long caplen, len;
	bool has_nano;
	int returns[5];		/* number of returns: more than 0, 0, -1, -2, others */
	int most;		/* most packets in one call */
	int wakeups, stalls;
	unsigned int lost;	/* packets without room in the ring */
};

extern atomic_bool stopping;

void cell_open(struct cell *c, const char *device);
void *cell_run(void *cell);
void cell_print(const struct cell *c);
double seconds(void);

/* Print the result of each setter for each value, before and after activation. */
void setters_print(const char *device);

/* Make cell number @i of the matrix. Returns false if there is none. */
bool cell_make(struct cell *c, unsigned int i);

#endif /* TESTS_SETTINGS_H */
