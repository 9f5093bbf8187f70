/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A handle on a pfq device: our part of a pcap_t, and the operations that
 * libpcap calls through it. One thread at a time uses a handle, as with any
 * other handle; only pcap_breakloop() and pcap_stats() may be called by others.
 */
#ifndef PCAP_PFQ_H
#define PCAP_PFQ_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "pfq-compat.h"
#include "pfq-choice.h"
#include "pfq-ifdrop.h"
#include "pfq-lib.h"

#define PFQ_SNAPLEN_DEFAULT	262144	/* libpcap's own largest */

/* the records of each lane that were made before a change took effect */
struct pfq_older {
	uint64_t lanes;			/* mask: lanes that may hold such records */
	uint64_t position[PFQ_LANES_MAX];	/* the end of such records in the lane */
};

struct pfq_capture {
	struct pfq_choice choice;
	const struct pfq_lib *lib;
	struct pfq *q;
	pthread_mutex_t control;	/* for requests to the engine: they share a connection */
	bool	started;		/* the endpoint is started: it gets flows */
	bool	nonblock;
	bool	watched;		/* the program has asked for the descriptor */
	bool	voided;			/* a new filter has removed packets that made it readable */
	bool	reading;		/* a callback may be running, or left the read by a jump */
	int	handed;			/* records of the last batch that callbacks have got */
	bool	nano;
	char	away[256];	/* for PFQ_DEBUG: why the engine is away; empty: it is there */
	int	break_fd;		/* eventfd of pcap_breakloop(); -1 when non-blocking */
	u_char	*oneshot;		/* pcap_next()'s copy */

	/* records that the library filters before it hands them out */
	bool	check;			/* at least one of the three that follow is set */
	bool	filter_all;		/* the engine refused the filter: all records */
	struct pfq_older filter_older;
	struct pfq_older direction_older;
	bool	filter_in_engine;
	u_char	*untagged;		/* a frame without its VLAN tag, for the filter */

	bool	same_netns;
	struct pfq_ifdrop ifdrop_files;	/* no devices of another network namespace */
	uint64_t ifdrop_base;		/* the counters of sysfs at activation */
	uint64_t ifdrop;		/* the latest value that could be read */
	uint64_t lost;
	time_t	lost_retry;		/* time of the next request to the engine */
};

/* pfq-capture.c */
int pfq_capture_activate(pcap_t *p);
bool pfq_capture_is(const pcap_t *p);
int pfq_capture_fd(pcap_t *p);
int pfq_capture_start(pcap_t *p);
/* With PFQ_DEBUG: say that the engine has gone, what is waited for, and that it is back. */
void pfq_capture_note(pcap_t *p);
/* PCAP_ERROR with a text for -errno of a call on an open endpoint */
int pfq_capture_error(pcap_t *p, int ret);

/* pfq-join.c */
/* Refuse settings that pfq devices do not support. 0, or PCAP_ERROR_* with a text. */
int pfq_join_refuse(pcap_t *p);
/* Find the engine, choose the group, join it. 0, or PCAP_ERROR_* with a text. */
int pfq_join_group(pcap_t *p);

/* pfq-read.c */
int pfq_read_packets(pcap_t *p, int cnt, pcap_handler callback, u_char *user);
void pfq_read_oneshot(u_char *user, const struct pcap_pkthdr *hdr, const u_char *bytes);

/* pfq-filter.c */
int pfq_filter_install(pcap_t *p, struct bpf_program *program);
int pfq_filter_direction(pcap_t *p, pcap_direction_t direction);
/* Does @rec pass filter and direction? Called only if capture->check is set. */
bool pfq_filter_passes(pcap_t *p, const struct pfq_rec *rec);
/*
 * Give back records in the ring that no longer pass, up to the first one that does, so that they
 * do not wake the program. Returns true if there were some. Do not call it during a read.
 */
bool pfq_filter_sift(pcap_t *p);

/* pfq-stats.c */
void pfq_stats_begin(pcap_t *p);
int pfq_stats_report(pcap_t *p, struct pcap_stat *stats);

#endif /* PCAP_PFQ_H */
