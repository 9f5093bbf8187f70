// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include "run.h"
#include "worker.h"
#include "tools/common/pace.h"

/* A function that reads once from the handle. It returns the same values as pcap_dispatch(). */
typedef int (*round_fn)(struct worker *w);

static void on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
	struct worker *w = (struct worker *)user;

	if (!run_take(w->run, 1)) {
		pcap_breakloop(w->pcap);
		return;
	}
	worker_add(&w->counters.packets, 1);
	worker_add(&w->counters.bytes, header->len);
	if (w->dumper)
		pcap_dump((u_char *)w->dumper, header, data);
	run_settle(w->run, 1, 1);
}

static int round_dispatch(struct worker *w)
{
	return pcap_dispatch(w->pcap, -1, on_packet, (u_char *)w);
}

static int round_next(struct worker *w)
{
	struct pcap_pkthdr *header;
	const u_char *data;
	int ret = pcap_next_ex(w->pcap, &header, &data);

	if (ret == 1)
		on_packet((u_char *)w, header, data);
	return ret;
}

/* Read like an event loop: wait for the descriptor, then read the packets that are there. */
static int round_nonblock(struct worker *w)
{
	struct pollfd fd = { .fd = pcap_get_selectable_fd(w->pcap), .events = POLLIN };
	const struct timeval *timeout = pcap_get_required_select_timeout(w->pcap);
	struct timespec wait = { .tv_nsec = 100000000 };
	int ret = pcap_dispatch(w->pcap, -1, on_packet, (u_char *)w);

	if (ret)
		return ret;
	if (timeout) {
		wait.tv_sec = timeout->tv_sec;
		wait.tv_nsec = timeout->tv_usec * 1000;
	}
	if (ppoll(&fd, fd.fd >= 0 ? 1 : 0, &wait, NULL) < 0 && errno != EINTR) {
		worker_fail(w, "--nonblock: poll: %s", strerror(errno));
		return PCAP_ERROR_BREAK;
	}
	return 0;
}

/*
 * Check the output file after pcap_dump(), which returns no error. Ends the run if a write
 * failed.
 */
static bool dump_is_bad(struct worker *w)
{
	const char *path = w->run->options->write_path;

	if (!w->dumper || !ferror(pcap_dump_file(w->dumper)))
		return false;
	if (errno == EPIPE && !strcmp(path, "-"))
		run_end(w->run, END_OUTPUT);
	else
		worker_fail(w, "--write: \"%s\": %s", path, strerror(errno));
	return true;
}

/*
 * Note the time of a read that brought packets. captop reads the clock once for each read,
 * because a look at the clock costs as much as a packet or two.
 */
static void mark(struct worker *w)
{
	w->last_ns = pace_now();
	if (!w->first_ns)
		w->first_ns = w->last_ns;
}

void capture_loop(struct worker *w)
{
	const struct options *o = w->run->options;
	bool is_file = o->mode == MODE_READ;
	round_fn round = o->next ? round_next : o->nonblock ? round_nonblock : round_dispatch;

	while (!run_is_stopped(w->run)) {
		int ret = round(w);

		/* The error of a file may be the signal that ends a read from a pipe. */
		if (ret < 0 && ret != PCAP_ERROR_BREAK && !(is_file && run_is_stopped(w->run))) {
			worker_fail(w, "%s: %s", is_file ? o->read_path : o->devices[w->device],
				    pcap_geterr(w->pcap));
			return;
		}
		if (ret > 0)
			mark(w);
		if (dump_is_bad(w))
			return;
		worker_tick(w);
		/*
		 * The file has ended: the read brought no packet, or libpcap broke the loop
		 * by itself.
		 */
		if (is_file && ret <= 0)
			return;
	}
}
