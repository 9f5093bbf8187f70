/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A handle on a pfq device: what our part of a pcap_t holds, and the operations
 * that libpcap calls through it. One thread at a time uses a handle, as with
 * any other; only pcap_breakloop() and pcap_stats() may come from elsewhere.
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

/* records that were made before a change took effect, of each lane */
struct pfq_older {
	uint64_t lanes;			/* mask: those that may hold some */
	uint64_t position[PFQ_LANES_MAX];	/* where they end */
};

struct pfq_capture {
	struct pfq_choice choice;
	const struct pfq_lib *lib;
	struct pfq *q;
	pthread_mutex_t control;	/* requests to the engine, which share a connection */
	bool	started;		/* takes flows */
	bool	nonblock;
	bool	watched;		/* somebody waits on the descriptor */
	bool	voided;			/* packets that were waited for, by a change of the filter */
	bool	reading;		/* a callback may be running, or has never come back */
	int	handed;			/* records of the last batch that callbacks were given */
	bool	nano;
	int	break_fd;		/* eventfd of pcap_breakloop(); -1 when non-blocking */
	u_char	*oneshot;		/* pcap_next()'s copy */

	/* records that need a look before they are handed out */
	bool	check;			/* any of the three that follow */
	bool	filter_all;		/* the engine refused the filter: every one */
	struct pfq_older filter_older;
	struct pfq_older direction_older;
	bool	filter_in_engine;
	u_char	*untagged;		/* a frame without its VLAN tag, for the filter */

	bool	same_netns;
	struct pfq_ifdrop ifdrop_files;	/* none of another namespace */
	uint64_t ifdrop_base;		/* sysfs, at activation */
	uint64_t ifdrop;		/* the latest figures that could be had */
	uint64_t lost;
	time_t	lost_retry;		/* do not ask before; -1: never again */
};

/* pfq-capture.c */
int pfq_capture_activate(pcap_t *p);
bool pfq_capture_is(const pcap_t *p);
int pfq_capture_fd(pcap_t *p);
int pfq_capture_start(pcap_t *p);
/* PCAP_ERROR with a text for -errno of a call on an open endpoint */
int pfq_capture_error(pcap_t *p, int ret);

/* pfq-join.c */
/* What the handle asks for that cannot be: 0, or PCAP_ERROR_* with a text. */
int pfq_join_refuse(pcap_t *p);
/* Find the engine, settle the group, join it. 0, or PCAP_ERROR_* with a text. */
int pfq_join_group(pcap_t *p);

/* pfq-read.c */
int pfq_read_packets(pcap_t *p, int cnt, pcap_handler callback, u_char *user);
void pfq_read_oneshot(u_char *user, const struct pcap_pkthdr *hdr, const u_char *bytes);

/* pfq-filter.c */
int pfq_filter_install(pcap_t *p, struct bpf_program *program);
int pfq_filter_direction(pcap_t *p, pcap_direction_t direction);
/* Does @rec pass filter and direction? Asked where capture->check. */
bool pfq_filter_passes(pcap_t *p, const struct pfq_rec *rec);
/*
 * Give back what waits in the ring and no longer passes, up to the first that does: nobody is to
 * be woken for it. true: there was some. Not while records are handed out.
 */
bool pfq_filter_sift(pcap_t *p);

/* pfq-stats.c */
void pfq_stats_begin(pcap_t *p);
int pfq_stats_report(pcap_t *p, struct pcap_stat *stats);

#endif /* PCAP_PFQ_H */
