// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <netinet/ether.h>
#include <string.h>
#include "options.h"
#include "tools/common/setting.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define NSEC_PER_SEC  1000000000ull
#define BATCH_MAX     256 /* the kernel's limit */

enum mode {
	MODE_MADE = 1 << 0,
	MODE_TRACE = 1 << 1,
	MODE_ANY = MODE_MADE | MODE_TRACE,
};

enum key {
	KEY_FOR = 256,
	KEY_FLOWS,
	KEY_TO,
	KEY_PCAP,
	KEY_LOOP,
	KEY_BATCH,
	KEY_RATE,
	KEY_CPU,
	KEY_SINK,
	KEY_PASS,
	KEY_PEER,
	KEY_JSON,
};

static int set_length(void *base, const struct setting *s, const char *arg)
{
	struct gen_options *o = base;
	uint64_t length;
	int ret;

	o->is_imix = !strcmp(arg, "imix");
	if (o->is_imix)
		return 0;
	ret = pfq_number_parse(arg, s->min, s->max, &length);
	if (!ret)
		o->spec.length = (uint32_t)length;
	return ret;
}

static int set_protocol(void *base, const struct setting *s, const char *arg)
{
	struct gen_options *o = base;

	(void)s;
	o->spec.tcp = !strcmp(arg, "tcp");
	return o->spec.tcp || !strcmp(arg, "udp") ? 0 : -EINVAL;
}

static int set_version(void *base, const struct setting *s, const char *arg)
{
	struct gen_options *o = base;

	(void)arg;
	o->spec.v6 = s->argp.key == '6';
	return 0;
}

static int set_destination(void *base, const struct setting *s, const char *arg)
{
	struct gen_options *o = base;
	struct ether_addr address;

	(void)s;
	if (!ether_aton_r(arg, &address))
		return -EINVAL;
	memcpy(o->spec.destination, &address, sizeof(o->spec.destination));
	return 0;
}

#define AT(member) .offset = offsetof(struct gen_options, member)
#define FLAG	   .allowed = NULL

static const struct setting rows[] = {
	{ { "output", 'o', "DEV", 0, "Send to DEV; its driver must take redirected frames "
	    "(veth)", 1 },
	  MODE_ANY, setting_text, AT(device), .allowed = "names of devices" },
	{ { "peer", KEY_PEER, "DEV[@NETNS]", 0, "Read this device's own counters of received "
	    "frames", 1 },
	  MODE_ANY, setting_text, AT(peer), .allowed = "names of devices, with or without @NETNS" },
	{ { "sink", KEY_SINK, "DEV[@NETNS]", 0, "Count and drop frames at this device, in XDP: the "
	    "upper limit for any receiver there", 1 },
	  MODE_ANY, setting_text, AT(sink), .allowed = "names of devices, with or without @NETNS" },

	{ { "pass", KEY_PASS, "DEV[@NETNS]", 0, "Count frames at this device, in XDP, and pass "
	    "them on; turns its GRO off meanwhile, so that no frames are joined", 1 },
	  MODE_ANY, setting_text, AT(pass), .allowed = "names of devices, with or without @NETNS" },

	{ { "count", 'c', "N", 0, "End after N frames", 2 },
	  MODE_ANY, setting_number, AT(count), 1, INT64_MAX, .allowed = "1 to 2^63-1" },
	{ { "for", KEY_FOR, "SECONDS", 0, "End after this time (0.5, 90, 200ms, 5m)", 2 },
	  MODE_ANY, setting_number, AT(duration_ns), 1000000, 86400 * 365 * NSEC_PER_SEC,
	  &pfq_number_seconds, "1ms to a year, as 0.5, 90, 200ms or 5m" },
	{ { "rate", KEY_RATE, "PPS", 0, "Frames a second (1000, 1.5M); flat out without it", 2 },
	  MODE_ANY, setting_number, AT(rate_pps), 1, 1000000000ull, &pfq_number_rates,
	  "1 to 1G, with k, M or G" },
	{ { "batch", KEY_BATCH, "N", 0, "Pass N frames to the driver at once (64)", 2 },
	  MODE_ANY, setting_number, AT(batch), 1, BATCH_MAX, .allowed = "1 to 256" },
	{ { "cpu", KEY_CPU, "N", 0, "Run on this CPU", 2 },
	  MODE_ANY, setting_cpu, AT(cpu), .allowed = SETTING_CPU_ALLOWED },

	{ { "genlen", 'g', "BYTES|imix", 0, "Length of the frames (60); imix: 7 of 60, 4 of 590 "
	    "and 1 of 1514 in turn", 3 },
	  MODE_MADE, set_length, AT(spec.length), FRAME_LENGTH_MIN, FRAME_LENGTH_MAX,
	  .allowed = "60 to 1514, and imix" },
	{ { "flows", KEY_FLOWS, "N", 0, "Use N flows in turn, one frame each (65536)", 3 },
	  MODE_MADE, setting_number, AT(flows), 1, FRAME_FLOWS_MAX, .allowed = "1 to 16777216" },
	{ { "random", 'R', NULL, 0, "Use the flows at random, not in turn", 3 },
	  MODE_MADE, setting_flag, AT(is_random), FLAG },
	{ { "protocol", 'P', "udp|tcp", 0, "Protocol (udp)", 3 },
	  MODE_MADE, set_protocol, AT(spec.tcp), .allowed = "udp and tcp" },
	{ { "ipv4", '4', NULL, 0, "IPv4 (default)", 3 },
	  MODE_MADE, set_version, AT(spec.v6), FLAG },
	{ { "ipv6", '6', NULL, 0, "IPv6", 3 }, MODE_MADE, set_version, AT(spec.v6), FLAG },
	{ { "to", KEY_TO, "MAC", 0, "Destination (02:00:00:00:00:02)", 3 },
	  MODE_MADE, set_destination, AT(spec.destination), .allowed = "Ethernet addresses" },

	{ { "pcap", KEY_PCAP, "FILE", 0, "Send the packets of this capture: repeat until -c or "
	    "--for ends it, otherwise once", 4 },
	  MODE_TRACE, setting_text, AT(trace_path), .allowed = "names of files, and -" },
	{ { "loop", KEY_LOOP, "N", 0, "Send the capture N times", 4 },
	  MODE_TRACE, setting_number, AT(loops), 1, UINT32_MAX, .allowed = "1 to 4294967295" },

	{ { "json", KEY_JSON, NULL, 0, "Print the result as a JSON object", 5 },
	  MODE_ANY, setting_flag, AT(is_json), FLAG },
};

_Static_assert(ARRAY_SIZE(rows) <= SETTINGS_MAX, "a bit for each");

static const int pairs[][2] = {
	{ '4', '6' }, { KEY_LOOP, 'c' }, { KEY_SINK, KEY_PEER }, { KEY_SINK, KEY_PASS },
	{ KEY_PASS, KEY_PEER }, { 0, 0 },
};

static void line_check(const struct settings *line, struct gen_options *o, struct argp_state *state)
{
	if (!o->device)
		argp_error(state, "give -o DEV");
	settings_check_pairs(line, pairs, state);
	if (o->trace_path) {
		settings_check_mode(line, MODE_TRACE, "pcap (--pcap)", state);
		return;
	}
	settings_check_mode(line, MODE_MADE, "made frames (no --pcap)", state);
	if (!o->is_imix && o->spec.length < frame_length_min(&o->spec)) {
		if (settings_given(line, 'g'))
			argp_error(state, "--genlen: \"%u\": the headers alone take %u",
				   o->spec.length, frame_length_min(&o->spec));
		o->spec.length = frame_length_min(&o->spec);
	}
	if (o->is_imix)
		o->spec.length = frame_length_min(&o->spec);
}

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
	struct settings *line = state->input;

	if (key == ARGP_KEY_ARG)
		argp_error(state, "\"%s\": options only", arg);
	if (key == ARGP_KEY_END) {
		line_check(line, line->base, state);
		return 0;
	}
	return settings_parse(line, key, arg, state);
}

void gen_options_parse(struct gen_options *o, int argc, char **argv)
{
	struct settings line = { rows, ARRAY_SIZE(rows), o, 0 };
	struct argp_option argp_rows[ARRAY_SIZE(rows) + 1];
	struct argp argp = {
		.options = argp_rows,
		.parser = option_parse,
		.doc = "Send frames with an XDP program that the kernel runs in live mode, and "
		       "count the frames that arrive at the far end."
		       "\vThe far end of a veth pair takes such frames only with GRO on, or with "
		       "an XDP program (--sink, --pass). Exit status: 0 if all frames are "
		       "accounted for, 3 if not; 1 if the kernel, a device or a file reported an "
		       "error; 2 if the command line is wrong.",
	};

	settings_argp(&line, argp_rows);
	*o = (struct gen_options){ .flows = 65536, .batch = 64, .cpu = -1 };
	frame_spec_init(&o->spec);
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &line);
}
