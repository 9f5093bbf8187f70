// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* bench-read: what it costs to read a packet that waits in a handle's buffer */
#include <config.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "receiver.h"
#include "setting.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define LOOK_MS	      10 /* how often the handle's counters are asked */

enum read_exit {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* a device or the system refused */
	EXIT_USAGE = 2,
	EXIT_LOST = 3,	 /* what was read is not what was there */
};

struct options {
	struct receiver_options receiver;
	uint64_t count; /* 0: until it is told to */
	uint64_t rounds, settle_ms;
	int64_t cpu;
};

/* What a handle counted, from its beginning */
struct counts {
	uint64_t waiting; /* in the buffer: came, not dropped, not read */
	uint64_t dropped;
};

struct reading {
	uint64_t packets, calls, cpu_ns, wall_ns;
};

struct run {
	const struct options *options;
	pcap_t *pcap;
	uint64_t taken;
	char *text;
	size_t text_size;
};

/* --- options ----------------------------------------------------------------------- */

enum key {
	KEY_TIMEOUT = 256,
	KEY_CPU,
	KEY_ROUNDS,
	KEY_SETTLE,
};

#define AT(member) .offset = offsetof(struct options, member)

static const struct setting rows[] = {
	{ { "interface", 'i', "DEV", 0, "Read from this pcap device", 1 },
	  1, setting_text, AT(receiver.device), .allowed = "names of devices" },
	{ { "filter", 'f', "EXPRESSION", 0, "A filter, set before anything is read", 1 },
	  1, setting_text, AT(receiver.filter), .allowed = "expressions of pcap-filter" },
	{ { "buffer", 'B', "SIZE", 0, "The handle's buffer, as 512 (KiB) or 64M", 1 },
	  1, setting_number, AT(receiver.buffer_bytes), 1024, RECEIVER_BUFFER_MAX, number_sizes,
	  RECEIVER_BUFFER_ALLOWED },
	{ { "timeout", KEY_TIMEOUT, "MS", 0, "The handle's packet buffer timeout (10)", 1 },
	  1, setting_number, AT(receiver.timeout_ms), 0, RECEIVER_TIMEOUT_MAX_MS,
	  .allowed = RECEIVER_TIMEOUT_ALLOWED },
	{ { "count", 'c', "N", 0, "Begin when N packets wait; without it, at a line on the "
	    "standard input", 2 },
	  1, setting_number, AT(count), 1, UINT32_MAX, .allowed = "1 to 4294967295" },
	{ { "rounds", KEY_ROUNDS, "N", 0, "Wait and read so many times (1)", 2 },
	  1, setting_number, AT(rounds), 1, 1000000, .allowed = "1 to 1000000" },
	{ { "settle", KEY_SETTLE, "MS", 0, "Let the rest come before it is read (100)", 2 },
	  1, setting_number, AT(settle_ms), 0, 60000, .allowed = "0 to 60000 milliseconds" },
	{ { "cpu", KEY_CPU, "N", 0, "Run on this CPU", 3 },
	  1, setting_cpu, AT(cpu), .allowed = SETTING_CPU_ALLOWED },
};

_Static_assert(ARRAY_SIZE(rows) <= SETTINGS_MAX, "a bit for each");

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
	struct settings *line = state->input;
	const struct options *o = line->base;

	if (key == ARGP_KEY_ARG)
		argp_error(state, "\"%s\": options only", arg);
	if (key == ARGP_KEY_END) {
		if (!o->receiver.device)
			argp_error(state, "-i DEV must be there");
		return 0;
	}
	return settings_parse(line, key, arg, state);
}

static void options_parse(struct options *o, int argc, char **argv)
{
	struct settings line = { rows, ARRAY_SIZE(rows), o, 0 };
	struct argp_option argp_rows[ARRAY_SIZE(rows) + 1];
	struct argp argp = {
		.options = argp_rows,
		.parser = option_parse,
		.doc = "What reading costs: packets gather in a handle's buffer; then pcap_dispatch "
		       "with a callback that does nothing is timed until none is left."
		       "\vA line \"ready\" on the standard error says that packets may come; a member "
		       "of a group takes flows from then on. Each round ends with a JSON object on the "
		       "standard output: packets read, those that had been waiting, those dropped so "
		       "far for want of room, calls of pcap_dispatch, and cpu_ns and wall_ns a packet. "
		       "The device is one of the libpcap that is loaded: our own takes the system's "
		       "place by LD_LIBRARY_PATH. Exit status: 0 when all that waited was read, 3 when "
		       "not; 1 when a device or the system refused, or the standard input ended before "
		       "the last round; 2 when the command line makes no sense.",
	};

	settings_argp(&line, argp_rows);
	*o = (struct options){ .receiver = { .timeout_ms = 10, .is_nonblocking = true },
			       .rounds = 1, .settle_ms = 100, .cpu = -1 };
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &line);
}

/* --- waiting ------------------------------------------------------------------------- */

static int failed(const struct run *r)
{
	snprintf(r->text, r->text_size, "--interface: \"%s\": %s", r->options->receiver.device,
		 pcap_geterr(r->pcap));
	return -EIO;
}

static int counts_get(const struct run *r, struct counts *c)
{
	struct pcap_stat stat;

	if (pcap_stats(r->pcap, &stat))
		return failed(r);
	/* 32 bits each, modulo 2^32: a difference is right all the same */
	c->dropped = stat.ps_drop;
	c->waiting = (uint32_t)(stat.ps_recv - stat.ps_drop - (uint32_t)r->taken);
	return 0;
}

static void sleep_ms(uint64_t ms)
{
	struct timespec ts = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	nanosleep(&ts, NULL);
}

static int wait_for_count(const struct run *r)
{
	struct counts c = { 0, 0 };
	int rc = counts_get(r, &c);

	while (!rc && c.waiting < r->options->count) {
		sleep_ms(LOOK_MS);
		rc = counts_get(r, &c);
	}
	return rc;
}

static int wait_for_line(const struct run *r)
{
	char c;

	do {
		if (read(STDIN_FILENO, &c, 1) == 1)
			continue;
		snprintf(r->text, r->text_size, "the standard input: it ended before the round "
			 "began");
		return -EPIPE;
	} while (c != '\n');
	return 0;
}

/* --- reading --------------------------------------------------------------------------- */

static void packet_ignore(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	(void)user;
	(void)header;
	(void)bytes;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

static int read_all(struct run *r, struct reading *out)
{
	uint64_t cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID), wall = clock_ns(CLOCK_MONOTONIC);
	uint64_t packets = 0, calls = 0;
	int n;

	do {
		n = pcap_dispatch(r->pcap, -1, packet_ignore, NULL);
		if (n < 0)
			return failed(r);
		packets += (uint64_t)n;
		calls++;
	} while (n);
	*out = (struct reading){ packets, calls, clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu,
				 clock_ns(CLOCK_MONOTONIC) - wall };
	r->taken += packets;
	return 0;
}

static void result_print(const struct run *r, const struct reading *got, const struct counts *c)
{
	double packets = got->packets ? (double)got->packets : 1;
	json_t *object = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:f, s:f}",
				   "type", "read", "device", r->options->receiver.device,
				   "packets", (json_int_t)got->packets,
				   "waiting", (json_int_t)c->waiting,
				   "dropped", (json_int_t)c->dropped,
				   "calls", (json_int_t)got->calls,
				   "cpu_ns", (double)got->cpu_ns / packets,
				   "wall_ns", (double)got->wall_ns / packets);

	json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(object);
}

/* An exit status, or -errno */
static int round_run(struct run *r)
{
	struct reading got;
	struct counts c;
	int rc = r->options->count ? wait_for_count(r) : wait_for_line(r);

	if (rc)
		return rc;
	sleep_ms(r->options->settle_ms);
	rc = counts_get(r, &c);
	if (!rc)
		rc = read_all(r, &got);
	if (rc)
		return rc;
	result_print(r, &got, &c);
	if (fflush(stdout) == EOF) {
		rc = -errno;
		snprintf(r->text, r->text_size, "standard output: %s", strerror(-rc));
		return rc;
	}
	return got.packets == c.waiting ? EXIT_OK : EXIT_LOST;
}

static int rounds_run(struct run *r)
{
	int worst = EXIT_OK, rc;
	struct reading none;

	rc = cpu_pin(r->options->cpu);
	if (rc) {
		snprintf(r->text, r->text_size, "--cpu: %s", strerror(-rc));
		return rc;
	}
	r->pcap = receiver_open(&r->options->receiver, r->text, r->text_size);
	if (!r->pcap)
		return -EIO;
	/* the first read makes a member take flows; and what is not of the traffic goes away */
	rc = read_all(r, &none);
	if (rc)
		return rc;
	fputs("ready\n", stderr);
	for (uint64_t i = 0; i < r->options->rounds; i++) {
		rc = round_run(r);
		if (rc < 0)
			return rc;
		worst = rc > worst ? rc : worst;
	}
	return worst;
}

int main(int argc, char **argv)
{
	char text[PCAP_ERRBUF_SIZE + 256] = "";
	struct options options;
	struct run r = { .options = &options, .text = text, .text_size = sizeof(text) };
	int rc;

	options_parse(&options, argc, argv);
	rc = rounds_run(&r);
	if (rc < 0)
		fprintf(stderr, "bench-read: %s\n", *text ? text : strerror(-rc));
	if (r.pcap)
		pcap_close(r.pcap);
	return rc < 0 ? EXIT_FAILED : rc;
}
