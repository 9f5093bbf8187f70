// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "send.h"
#include "tools/common/pace.h"

/* Length of one call of the kernel. A call costs about 0.5 ms, and signals wait for its end. */
#define CALL_NS	       100000000ull
#define CALL_FIRST     1024u
#define CALL_MAX       (1u << 20)
#define PACED_CALL_NS  1000000ull /* a paced stream sends its frames in bursts of this length */
#define NSEC_PER_SEC   1000000000ull

static bool signal_came(const sigset_t *signals)
{
	struct timespec none = { .tv_sec = 0 };

	return sigtimedwait(signals, NULL, &none) > 0;
}

/*
 * Report a far end that does not poll. veth then drops frames sent by XDP without counting
 * them.
 */
static int wire_check(const struct wire *wire, uint64_t sent, const char *device, char *text,
		      size_t text_size)
{
	struct wire_count c;
	int ret = wire_settle(wire, sent, &c);

	if (ret || c.carried || c.received)
		return ret;
	snprintf(text, text_size, "--output: \"%s\" carried none of %llu frames: is it up, and has "
		 "its far end GRO on (ethtool -K FAR gro on) or an XDP program (--pass)?", device,
		 (unsigned long long)sent);
	return -ENXIO;
}

struct sender {
	const struct gen_options *options;
	const struct program *program;
	struct pace pace;
	uint64_t start_ns, end_ns, left;
	uint64_t seen_pps; /* rate of the last call */
};

/* The number of frames of the next call: the time or the pace limits it, and what is left. */
static uint32_t call_frames(struct sender *s)
{
	uint64_t n = s->seen_pps * CALL_NS / NSEC_PER_SEC;

	if (s->options->rate_pps)
		n = s->options->rate_pps * PACED_CALL_NS / NSEC_PER_SEC;
	else if (!s->seen_pps)
		n = CALL_FIRST;
	n = n < 1 ? 1 : n > CALL_MAX ? CALL_MAX : n;
	if (n > s->left)
		n = s->left;
	if (!pace_wait(&s->pace, n))
		return 0;
	/* A late paced sender catches up in one call. Without a rate nothing is late. */
	if (s->options->rate_pps)
		n = s->left < CALL_MAX ? s->left : CALL_MAX;
	return (uint32_t)pace_due(&s->pace, pace_now(), n);
}

static int call(struct sender *s, uint32_t frames)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = s->program->input,
		    .data_size_in = s->program->input_length, .repeat = (int)frames,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = (uint32_t)s->options->batch);
	uint64_t before_ns = pace_now(), spent_ns;
	int ret = bpf_prog_test_run_opts(s->program->fd, &opts);

	s->end_ns = pace_now();
	spent_ns = s->end_ns - before_ns;
	s->seen_pps = (uint64_t)frames * NSEC_PER_SEC / (spent_ns ? spent_ns : 1);
	s->left -= frames;
	return ret;
}

/* Why sending ends; NULL: it goes on */
static const char *sender_ended(const struct sender *s, const sigset_t *signals)
{
	if (!s->left)
		return "count";
	if (signal_came(signals))
		return "signal";
	if (s->options->duration_ns && pace_now() - s->start_ns >= s->options->duration_ns)
		return "time";
	return NULL;
}

static void result_fill(struct send_result *r, const struct sender *s)
{
	const volatile struct program_state *state = s->program->state;

	r->failed = state->failed;
	r->sent = state->frames - r->failed;
	r->bytes = state->bytes;
	r->seconds = (double)(s->end_ns - s->start_ns) / 1e9;
}

int send_run(const struct gen_options *o, const struct wire *wire, const struct program *program,
	     uint64_t count, const sigset_t *signals, struct send_result *result, char *text,
	     size_t text_size)
{
	struct sender s = {
		.options = o, .program = program, .left = count ? count : UINT64_MAX,
		.start_ns = pace_now(),
	};
	bool is_first = true;
	int ret = 0;

	s.end_ns = s.start_ns;
	pace_start(&s.pace, o->rate_pps, s.start_ns);
	while (!ret) {
		uint32_t n = call_frames(&s);

		result->ended = sender_ended(&s, signals);
		if (result->ended)
			break;
		if (!n)
			continue;
		ret = call(&s, n);
		if (ret)
			snprintf(text, text_size, "--output: \"%s\": running the program: %s",
				 o->device, strerror(-ret));
		else if (is_first)
			ret = wire_check(wire, n, o->device, text, text_size);
		is_first = false;
	}
	result_fill(result, &s);
	return ret;
}
