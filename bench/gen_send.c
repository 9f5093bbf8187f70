// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "gen_send.h"
#include "pace.h"

/* One call of the kernel: long enough not to matter itself, short enough for signals */
#define CALL_NS	       10000000ull
#define CALL_FIRST     1024u
#define CALL_MAX       (1u << 20)
#define PACED_CALL_NS  1000000ull /* burstiness of a paced stream */
#define NSEC_PER_SEC   1000000000ull

static int call(const struct program *p, uint32_t frames, uint64_t batch)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = p->input, .data_size_in = p->input_length,
		    .repeat = (int)frames, .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
		    .batch_size = (uint32_t)batch);

	return bpf_prog_test_run_opts(p->fd, &opts);
}

static bool signal_came(const sigset_t *signals)
{
	struct timespec none = { .tv_sec = 0 };

	return sigtimedwait(signals, NULL, &none) > 0;
}

/* veth drops what comes by XDP, uncounted, when nobody polls at the far end */
static int wire_check(const struct wire *wire, uint64_t sent, const char *device, char *text,
		      size_t text_size)
{
	struct wire_count c;
	int rc = wire_settle(wire, sent, &c);

	if (rc || c.carried || c.dropped || c.received)
		return rc;
	snprintf(text, text_size, "--output: \"%s\" carried none of %llu frames: is it up, and has "
		 "its far end GRO on (ethtool -K FAR gro on) or an XDP program (--sink)?", device,
		 (unsigned long long)sent);
	return -ENXIO;
}

/* How many frames the next call sends: the clock's or the pace's share of what is left */
static uint32_t call_frames(struct pace *pace, const struct gen_options *o, uint64_t rate_seen,
			    uint64_t left, const atomic_bool *stop)
{
	uint64_t n;

	if (!o->rate_pps) {
		n = rate_seen ? rate_seen * CALL_NS / NSEC_PER_SEC : CALL_FIRST;
	} else {
		n = o->rate_pps * PACED_CALL_NS / NSEC_PER_SEC;
		n = n ? n : 1;
		pace_wait(pace, n < left ? n : left, stop);
		n = pace_due(pace, pace_now(), n < left ? n : left);
	}
	if (n > CALL_MAX)
		n = CALL_MAX;
	if (n > left)
		n = left;
	return (uint32_t)(n ? n : 1);
}

static void result_fill(struct send_result *r, const struct program *p, uint64_t ns,
			const char *ended)
{
	r->failed = p->state->failed;
	r->sent = p->state->frames - r->failed;
	r->bytes = p->state->bytes;
	r->seconds = (double)ns / 1e9;
	r->ended = ended;
}

int send_run(const struct gen_options *o, const struct wire *wire, const struct program *program,
	     uint64_t count, const sigset_t *signals, struct send_result *result, char *text,
	     size_t text_size)
{
	uint64_t start_ns = pace_now(), now_ns = start_ns, rate_seen = 0, spent_ns = 0;
	uint64_t done = 0, left = count ? count : UINT64_MAX;
	atomic_bool never = false;
	const char *ended = "count";
	struct pace pace;
	int rc = 0;

	pace_start(&pace, o->rate_pps, start_ns);
	while (done < left) {
		uint64_t before_ns;
		uint32_t n;

		if (signal_came(signals)) {
			ended = "signal";
			break;
		}
		if (o->duration_ns && now_ns - start_ns >= o->duration_ns) {
			ended = "time";
			break;
		}
		n = call_frames(&pace, o, rate_seen, left - done, &never);
		before_ns = pace_now();
		rc = call(program, n, o->batch);
		if (rc) {
			snprintf(text, text_size, "--output: \"%s\": running the program: %s",
				 o->device, strerror(-rc));
			break;
		}
		now_ns = pace_now();
		spent_ns = now_ns - before_ns;
		rate_seen = (uint64_t)n * NSEC_PER_SEC / (spent_ns ? spent_ns : 1);
		if (!done)
			rc = wire_check(wire, n, o->device, text, text_size);
		if (rc)
			break;
		done += n;
	}
	result_fill(result, program, now_ns - start_ns, ended);
	return rc;
}
