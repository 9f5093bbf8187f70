// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <limits.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "options.h"
#include "tools/common/frame.h"
#include "tools/common/setting.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MODE_ANY      (MODE_CAPTURE | MODE_READ | MODE_INJECT | MODE_REPLAY)
#define MODE_LIVE     (MODE_CAPTURE | MODE_INJECT | MODE_REPLAY)
#define NSEC_PER_SEC  1000000000ull

enum key {
	KEY_FOR = 256,
	KEY_RATE,
	KEY_LOOP,
	KEY_THREAD,
	KEY_FIRST_CORE,
	KEY_FANOUT,
	KEY_IMMEDIATE,
	KEY_NONBLOCK,
	KEY_NEXT,
	KEY_JSON,
	KEY_CSV,
};

static int set_device(void *base, const struct setting *s, const char *arg)
{
	struct options *o = base;

	(void)s;
	if (!*arg || o->device_count == OPTIONS_DEVICES_MAX)
		return -EINVAL;
	o->devices[o->device_count++] = arg;
	return 0;
}

static int set_format(void *base, const struct setting *s, const char *arg)
{
	struct options *o = base;

	(void)arg;
	o->format = s->argp.key == KEY_JSON ? FORMAT_JSON : FORMAT_CSV;
	return 0;
}

static int set_fanout(void *base, const struct setting *s, const char *arg)
{
	static const struct {
		const char *name;
		int mode;
	} modes[] = {
		{ "hash", PACKET_FANOUT_HASH }, { "lb", PACKET_FANOUT_LB },
		{ "cpu", PACKET_FANOUT_CPU },	{ "rollover", PACKET_FANOUT_ROLLOVER },
		{ "rnd", PACKET_FANOUT_RND },	{ "qm", PACKET_FANOUT_QM },
	};
	size_t length = strcspn(arg, ":");
	struct options *o = base;
	uint64_t id;

	(void)s;
	if (arg[length] == ':') {
		if (pfq_number_parse(arg + length + 1, 0, 65535, &id))
			return -EINVAL;
		o->fanout_id = (int)id;
	}
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strlen(modes[i].name) == length && !strncmp(modes[i].name, arg, length)) {
			o->fanout = modes[i].mode;
			return 0;
		}
	}
	return -EINVAL;
}

#define AT(member) .offset = offsetof(struct options, member)

static const struct setting rows[] = {
	{ { "interface", 'i', "DEV", 0, "Capture from DEV; may be given several times", 1 },
	  MODE_CAPTURE, set_device, AT(devices), .allowed = "up to 64 names of devices" },
	{ { "output", 'o', "DEV", 0, "Send to DEV frames that captop makes, or those of -r; "
	    "may be given several times", 1 },
	  MODE_INJECT | MODE_REPLAY, set_device, AT(devices),
	  .allowed = "up to 64 names of devices" },
	{ { "read", 'r', "FILE", 0, "Read a capture file (- is standard input)", 1 },
	  MODE_READ | MODE_REPLAY, setting_text, AT(read_path),
	  .allowed = "names of files, and -" },
	{ { "write", 'w', "FILE", 0, "Write the packets to FILE (- is standard output); with "
	    "several threads, each to FILE.THREAD", 1 },
	  MODE_CAPTURE | MODE_READ, setting_text, AT(write_path),
	  .allowed = "names of files, and -" },

	{ { "count", 'c', "N", 0, "End after N packets, counted over all threads", 2 },
	  MODE_ANY, setting_number, AT(count), 1, INT64_MAX, .allowed = "1 to 2^63-1" },
	{ { "for", KEY_FOR, "SECONDS", 0, "End after this time (0.5, 90, 200ms, 5m)", 2 },
	  MODE_ANY, setting_number, AT(duration_ns), 1000000, 86400 * 365 * NSEC_PER_SEC,
	  &pfq_number_seconds, "1ms to a year, as 0.5, 90, 200ms or 5m" },

	{ { "snaplen", 's', "BYTES", 0, "Keep at most BYTES of a packet (262144)", 3 },
	  MODE_CAPTURE, setting_number, AT(snaplen), 1, 262144, .allowed = "1 to 262144" },
	{ { "timeout", 't', "MS", 0, "Hold packets in the buffer for up to MS ms (100)", 3 },
	  MODE_CAPTURE, setting_number, AT(timeout_ms), 0, 3600000,
	  .allowed = "0 (until a buffer is full) to 3600000" },
	{ { "buffer", 'B', "SIZE", 0, "Buffer of each handle: KiB, or with K, M, G", 3 },
	  MODE_CAPTURE, setting_number, AT(buffer_bytes), 4096, INT_MAX, &pfq_number_kib,
	  "4K to 2047M; without a letter it is KiB" },
	{ { "immediate", KEY_IMMEDIATE, NULL, 0, "Immediate mode", 3 },
	  MODE_CAPTURE, setting_flag, AT(immediate), .allowed = NULL },
	{ { "nonblock", KEY_NONBLOCK, NULL, 0, "Wait in poll() and read without blocking", 3 },
	  MODE_CAPTURE, setting_flag, AT(nonblock), .allowed = NULL },
	{ { "next", KEY_NEXT, NULL, 0, "Read with pcap_next_ex() instead of pcap_dispatch()", 3 },
	  MODE_CAPTURE | MODE_READ, setting_flag, AT(next), .allowed = NULL },

	{ { "genlen", 'g', "BYTES", 0, "Length of the frames that captop makes (60)", 4 },
	  MODE_INJECT, setting_number, AT(frame_length), FRAME_LENGTH_MIN, FRAME_LENGTH_MAX,
	  .allowed = "60 to 1514" },
	{ { "random", 'R', NULL, 0, "Make frames with random addresses and ports", 4 },
	  MODE_INJECT, setting_flag, AT(random_flows), .allowed = NULL },
	{ { "rate", KEY_RATE, "PPS", 0, "Packets a second, of all threads together (1000, 1.5M); "
	    "flat out without it", 4 },
	  MODE_INJECT | MODE_REPLAY, setting_number, AT(rate_pps), 1, 1000000000ull,
	  &pfq_number_rates,
	  "1 to 1G, with k, M or G" },
	{ { "loop", KEY_LOOP, "N", 0, "Send the file N times (1); 0: for ever", 4 },
	  MODE_REPLAY, setting_number, AT(loops), 0, UINT32_MAX, .allowed = "0 to 4294967295" },

	{ { "thread", KEY_THREAD, "N", 0, "Use N threads for each device, each with its own handle "
	    "(1)", 5 },
	  MODE_LIVE, setting_number, AT(threads), 1, OPTIONS_THREADS_MAX,
	  .allowed = "1 to 1024" },
	{ { "first-core", KEY_FIRST_CORE, "N", 0, "Pin the threads to CPUs from CPU N on", 5 },
	  MODE_ANY, setting_cpu, AT(first_core), .allowed = SETTING_CPU_ALLOWED },
	{ { "fanout", KEY_FANOUT, "MODE[:ID]", 0, "Join the sockets to one fan-out group: hash lb "
	    "cpu rollover rnd qm", 5 },
	  MODE_CAPTURE, set_fanout, AT(fanout),
	  .allowed = "hash, lb, cpu, rollover, rnd and qm, each with or without :ID (0 to 65535)" },

	{ { "json", KEY_JSON, NULL, 0, "Print a JSON object on each line", 6 },
	  MODE_ANY, set_format, AT(format), .allowed = NULL },
	{ { "csv", KEY_CSV, NULL, 0, "Print comma-separated lines below a header", 6 },
	  MODE_ANY, set_format, AT(format), .allowed = NULL },
};

_Static_assert(ARRAY_SIZE(rows) <= SETTINGS_MAX, "a bit for each");

static const int pairs[][2] = {
	{ 'i', 'o' }, { 'i', 'r' }, { KEY_JSON, KEY_CSV }, { KEY_NONBLOCK, KEY_NEXT }, { 0, 0 },
};

const char *options_mode_name(enum options_mode mode)
{
	return mode == MODE_CAPTURE ? "capture" : mode == MODE_READ ? "read" :
	       mode == MODE_INJECT ? "inject" : "replay";
}

static void mode_check(const struct settings *line, struct options *o, struct argp_state *state)
{
	bool in = settings_given(line, 'i'), out = settings_given(line, 'o');
	bool file = settings_given(line, 'r');

	if (!in && !out && !file)
		argp_error(state, "give -i DEV, -o DEV or -r FILE");
	settings_check_pairs(line, pairs, state);
	o->mode = in ? MODE_CAPTURE : !out ? MODE_READ : file ? MODE_REPLAY : MODE_INJECT;
	settings_check_mode(line, o->mode, options_mode_name(o->mode), state);
	if (o->filter && o->mode == MODE_INJECT)
		argp_error(state, "filter \"%s\" has no effect in mode inject", o->filter);
}

static void threads_check(struct options *o, struct argp_state *state)
{
	uint64_t total = o->threads * (o->device_count ? o->device_count : 1);
	int64_t cores = sysconf(_SC_NPROCESSORS_CONF);

	if (total > OPTIONS_THREADS_MAX)
		argp_error(state, "--thread: %llu on %u devices: allowed are %u in all",
			   (unsigned long long)o->threads, o->device_count, OPTIONS_THREADS_MAX);
	if (o->first_core >= 0 && o->first_core + (int64_t)total > cores)
		argp_error(state, "--first-core: %lld: %llu threads need CPUs up to %lld; this "
			   "machine has CPUs 0 to %lld", (long long)o->first_core,
			   (unsigned long long)total,
			   (long long)(o->first_core + (int64_t)total - 1), (long long)cores - 1);
	if (o->write_path && !strcmp(o->write_path, "-") && total > 1)
		argp_error(state, "--write: \"-\": only one thread can write to standard output");
	if (o->rate_pps && o->rate_pps < total)
		argp_error(state, "--rate: %llu: allowed are %llu and more, 1 for each thread",
			   (unsigned long long)o->rate_pps, (unsigned long long)total);
}

static void filter_append(struct options *o, struct argp_state *state, const char *word)
{
	size_t old = o->filter ? strlen(o->filter) : 0, add = strlen(word);
	char *filter = realloc(o->filter, old + add + 2);

	if (!filter)
		argp_failure(state, EXIT_FAILED, ENOMEM, "filter");
	if (old)
		filter[old++] = ' ';
	memcpy(filter + old, word, add + 1);
	o->filter = filter;
}

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
	struct settings *line = state->input;

	if (key == ARGP_KEY_ARG) {
		filter_append(line->base, state, arg);
		return 0;
	}
	if (key == ARGP_KEY_END) {
		mode_check(line, line->base, state);
		threads_check(line->base, state);
		return 0;
	}
	return settings_parse(line, key, arg, state);
}

void options_parse(struct options *o, int argc, char **argv)
{
	struct settings line = { rows, ARRAY_SIZE(rows), o, 0 };
	struct argp_option argp_rows[ARRAY_SIZE(rows) + 1];
	struct argp argp = {
		.options = argp_rows,
		.parser = option_parse,
		.args_doc = "[FILTER...]",
		.doc = "Measure a pcap device: capture (-i), read (-r), inject (-o), "
		       "replay (-r -o)."
		       "\vExit status: 0 if captop ended by -c, --for, the end of the file, a "
		       "signal or a closed output; 1 if a device, a file or the system reported an "
		       "error; 2 if the command line is wrong.",
	};

	settings_argp(&line, argp_rows);
	*o = (struct options){
		.snaplen = 262144,
		.timeout_ms = 100,
		.frame_length = FRAME_LENGTH_MIN,
		.loops = 1,
		.threads = 1,
		.first_core = -1,
		.fanout = -1,
		.fanout_id = -1,
	};
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &line);
}

void options_free(struct options *o)
{
	free(o->filter);
}
