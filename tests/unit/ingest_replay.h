/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Files written with libpcap, and replayed by the ingest driver "file". A file is named within a
 * directory of the test's own.
 */
#ifndef TESTS_INGEST_REPLAY_H
#define TESTS_INGEST_REPLAY_H

#include "pfqd/ingest/ingest.h"
#include "ingest_net.h"

#define MS		1000000ULL
#define SECOND		1000000000ULL
#define FIRST_NS	(1700000000ULL * SECOND + 123456789)

/* of a group of tests: makes the directory, and removes it with all that is in it */
int replay_setup(void **state);
int replay_teardown(void **state);

/* until the next call */
const char *path_of(const char *name);

struct packet {
	uint64_t ts_ns;
	uint32_t caplen, len;
	const uint8_t *data;	/* NULL: net_packet() */
};

void write_pcap(const char *name, int dlt, const struct packet *packets, uint32_t count);
/* @count packets of the usual kind, @gap_ns apart, the first at FIRST_NS */
void write_plain(const char *name, uint32_t count, uint64_t gap_ns);
void write_bytes(const char *name, const void *data, size_t size);

struct replay {
	const struct ingest_driver *driver;
	struct ingest *in;
	struct pfq_batch batch;
	uint64_t packets, last_ts_ns, first_ts_ns;
	bool ordered;
};

/* @loops 0: for ever; @recorded: at the speed of its timestamps */
void replay_open(struct replay *r, const char *name, uint32_t loops, bool recorded);
/* the same with the time of the replay */
void replay_open_now(struct replay *r, const char *name, uint32_t loops, bool recorded);
/* One rx(), waiting as it says; what rx() returned. */
int replay_step(struct replay *r);
/* to the end, which must be one, and -ENODATA */
void replay_all(struct replay *r);
/* to where it breaks off; what the driver says of that */
const char *replay_broken(struct replay *r);
uint64_t replay_counter(struct replay *r, enum pfq_ingest_counter which);
void replay_close(struct replay *r);

#endif /* TESTS_INGEST_REPLAY_H */
