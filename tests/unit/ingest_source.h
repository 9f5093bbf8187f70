/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A source in a test: its lanes opened, read and counted, its views beside stock libpcap's. */
#ifndef TESTS_INGEST_SOURCE_H
#define TESTS_INGEST_SOURCE_H

#include <pcap/pcap.h>

#include "pfqd/ingest/ingest.h"
#include "ingest_net.h"

#define LANES_MAX 4
#define QUIET_MS  150

struct source {
	const struct ingest_driver *driver;
	struct ingest_params params;
	uint32_t lanes;
	struct ingest *in[LANES_MAX]; /* NULL: that lane has nothing to do */
	struct pfq_batch batch;
};

/* the test fails where that fails */
struct source *source_open_by(const char *driver, const char *device, uint32_t lanes,
			      const uint64_t *queues);
void source_close(struct source *s);
/* of the next source */
extern uint16_t next_id;
/* true: something is there, or may be, after waiting a while */
bool source_wait(struct source *s, int timeout_ms);

typedef void (*view_fn)(const struct pfq_view *v, uint32_t lane, void *arg);

/* One batch of each lane; returns the packets. */
unsigned int source_read(struct source *s, view_fn fn, void *arg);
/* Until nothing has come for QUIET_MS. */
void source_drain(struct source *s, view_fn fn, void *arg);
uint64_t source_count(struct source *s, enum pfq_ingest_counter which);

struct tally {
	uint8_t *count; /* [max]: how often each number came */
	uint32_t max;
	uint32_t total;
	uint32_t lane[LANES_MAX];
	int8_t flow_lane[NET_FLOWS]; /* -1: not seen */
	uint32_t flow_moves;
};

void tally_init(struct tally *t, uint32_t max);
void tally_view(const struct pfq_view *v, uint32_t lane, void *arg);
/* numbers first..end-1 came once each; of the others none twice */
void tally_check(const struct tally *t, uint32_t first, uint32_t end);

#define FRAMES_MAX   64
#define FRAMES_BYTES 65600

struct frames {
	unsigned int n;
	struct {
		uint32_t caplen, len;
		uint16_t flags, tci, tpid, protocol;
		uint8_t pkttype;
		uint8_t data[FRAMES_BYTES];
	} frame[FRAMES_MAX];
};

/* the record of @v as a ring would hold it */
void frames_view(const struct pfq_view *v, uint32_t lane, void *arg);
void frames_pcap(u_char *arg, const struct pcap_pkthdr *hdr, const u_char *data);
/* what stock libpcap has, once it has @want; its block may be given late */
void frames_stock(pcap_t *pcap, struct frames *stock, unsigned int want);
void frames_same(const struct frames *ours, const struct frames *stock);
/* the system's libpcap, non-blocking */
pcap_t *stock_open(const char *device);

/* frame number @seq with @tags tags, (tpid, tci) each, outermost first; returns its length */
size_t tagged(uint8_t *frame, uint32_t seq, const uint16_t (*tags)[2], unsigned int count);

struct vlan_case {
	unsigned int count;
	uint16_t tags[3][2];
	uint16_t protocol; /* of the view */
};

#define VLAN_CASES 10
extern const struct vlan_case vlan_cases[VLAN_CASES];
/* all of them at @fd, then an 802.3 frame with LLC, and one too short to lose a tag */
void vlan_cases_send(int fd);

/* numbers @first... at vb */
void send_some(uint32_t first, uint32_t n);
/* how many have asked for it */
int promiscuity(const char *device);

#endif /* TESTS_INGEST_SOURCE_H */
