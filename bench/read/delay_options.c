// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include "delay_options.h"
#include "tools/common/frame.h"
#include "tools/common/setting.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum key {
	KEY_IMMEDIATE = 256,
	KEY_TIMEOUT,
	KEY_DISPATCH,
	KEY_NEXT,
	KEY_POLL,
	KEY_BLOCK,
	KEY_GAP_MIN,
	KEY_GAP_MAX,
	KEY_CPU_SEND,
	KEY_CPU_RECV,
};

#define AT(member) .offset = offsetof(struct delay_options, member)
#define GAP_MIN_NS 100000ull
#define GAP_MAX_NS 10000000000ull

static const struct setting rows[] = {
	{ { "interface", 'i', "DEV", 0, "Receive frames with this pcap device", 1 },
	  1, setting_text, AT(receiver.device), .allowed = "names of devices" },
	{ { "output", 'o', "DEV[@NETNS]", 0, "Send frames with this device, the far "
	    "end of the link", 1 },
	  1, setting_text, AT(far_end), .allowed = "names of devices, with or without @NETNS" },

	{ { "dispatch", KEY_DISPATCH, NULL, 0, "Wait in pcap_dispatch (default)", 2 },
	  1, setting_flag, AT(is_dispatch) },
	{ { "next", KEY_NEXT, NULL, 0, "Wait in pcap_next_ex", 2 },
	  1, setting_flag, AT(is_next) },
	{ { "poll", KEY_POLL, NULL, 0, "Wait in poll, for the selectable descriptor", 2 },
	  1, setting_flag, AT(is_poll) },
	{ { "timeout", KEY_TIMEOUT, "MS", 0, "The handle's packet buffer timeout (1)", 2 },
	  1, setting_number, AT(receiver.timeout_ms), 0, RECEIVER_TIMEOUT_MAX_MS,
	  .allowed = RECEIVER_TIMEOUT_ALLOWED },
	{ { "immediate", KEY_IMMEDIATE, NULL, 0, "Use immediate mode", 2 },
	  1, setting_flag, AT(receiver.is_immediate) },
	{ { "buffer", 'B', "SIZE", 0, "The handle's buffer, as 512 (KiB) or 64M", 2 },
	  1, setting_number, AT(receiver.buffer_bytes), 1024, RECEIVER_BUFFER_MAX, &pfq_number_kib,
	  RECEIVER_BUFFER_ALLOWED },

	{ { "count", 'c', "N", 0, "Send N frames (1000)", 3 },
	  1, setting_number, AT(count), 1, DELAY_COUNT_MAX, .allowed = "1 to 1000000" },
	{ { "block", KEY_BLOCK, "N", 0, "Frames in a block, for p99_quiet_ns (all)", 3 },
	  1, setting_number, AT(block), 1, DELAY_COUNT_MAX, .allowed = "1 to 1000000" },
	{ { "gap-min", KEY_GAP_MIN, "TIME", 0, "Shortest time between two (2ms)", 3 },
	  1, setting_number, AT(gap_min_ns), GAP_MIN_NS, GAP_MAX_NS, &pfq_number_seconds,
	  "0.1ms to 10s" },
	{ { "gap-max", KEY_GAP_MAX, "TIME", 0, "Longest time between two (12ms)", 3 },
	  1, setting_number, AT(gap_max_ns), GAP_MIN_NS, GAP_MAX_NS, &pfq_number_seconds,
	  "0.1ms to 10s" },
	{ { "genlen", 'g', "BYTES", 0, "Length of the frames (60)", 3 },
	  1, setting_number, AT(length), FRAME_LENGTH_MIN, FRAME_LENGTH_MAX,
	  .allowed = "60 to 1514" },

	{ { "cpu-send", KEY_CPU_SEND, "N", 0, "Run the sender on this CPU", 4 },
	  1, setting_cpu, AT(cpu_send), .allowed = SETTING_CPU_ALLOWED },
	{ { "cpu-recv", KEY_CPU_RECV, "N", 0, "Run the receiver on this CPU", 4 },
	  1, setting_cpu, AT(cpu_recv), .allowed = SETTING_CPU_ALLOWED },
};

_Static_assert(ARRAY_SIZE(rows) <= SETTINGS_MAX, "a bit for each");

static const int pairs[][2] = {
	{ KEY_DISPATCH, KEY_NEXT }, { KEY_DISPATCH, KEY_POLL }, { KEY_NEXT, KEY_POLL }, { 0, 0 },
};

/*
 * Refuse options that exclude each other, and a line without -i, -o or with a gap-min
 * above gap-max.
 */
static void line_check(const struct settings *line, const struct delay_options *o,
		       struct argp_state *state)
{
	settings_check_pairs(line, pairs, state);
	if (!o->receiver.device)
		argp_error(state, "give -i DEV");
	if (!o->far_end)
		argp_error(state, "give -o DEV[@NETNS]");
	if (o->gap_min_ns > o->gap_max_ns)
		argp_error(state, "--gap-min: %g ms: allowed is up to --gap-max, %g ms",
			   (double)o->gap_min_ns / 1e6, (double)o->gap_max_ns / 1e6);
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

void delay_options_parse(struct delay_options *o, int argc, char **argv)
{
	struct settings line = { rows, ARRAY_SIZE(rows), o, 0 };
	struct argp_option argp_rows[ARRAY_SIZE(rows) + 1];
	struct argp argp = {
		.options = argp_rows,
		.parser = option_parse,
		.doc = "Measure the delay of a packet on an idle link: from just before its "
		       "sender's call to the receiver's callback."
		       "\vFrames are sent one at a time, with random times between --gap-min and "
		       "--gap-max. The result is a JSON object. It has the frames sent, received "
		       "(n), lost, and received twice (again), and p50_ns, p90_ns, p99_ns, p999_ns "
		       "and max_ns of the delays (0 if no frame came). p99_quiet_ns is the first "
		       "quartile of the blocks' p99_ns. If the machine stops from time to time, "
		       "this is the value of blocks without a stop. The loaded libpcap opens the "
		       "device; LD_LIBRARY_PATH selects the system's or our own. NETNS is a name "
		       "of \"ip netns\" or a path. Exit status: 0 if each frame came once, 3 if "
		       "not; 1 if a device or the system reported an error; 2 if the command line "
		       "is wrong.",
	};

	settings_argp(&line, argp_rows);
	*o = (struct delay_options){
		.receiver.timeout_ms = 1, .count = 1000, .gap_min_ns = 2000000,
		.gap_max_ns = 12000000, .length = FRAME_LENGTH_MIN, .cpu_send = -1, .cpu_recv = -1,
	};
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &line);
	o->receiver.is_nonblocking = o->is_poll;
}
