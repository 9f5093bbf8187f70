// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * bench-read: measures the cost of reading a packet that waits in a handle's buffer, or
 * arrives
 */
#include <config.h>
#include <stdio.h>
#include <string.h>
#include "read_run.h"
#include "tools/common/setting.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* --- options ----------------------------------------------------------------------- */

enum key {
	KEY_CPU = RECEIVER_KEY_FREE,
	KEY_ROUNDS,
	KEY_SETTLE,
	KEY_LIVE,
};

#define AT(member) .offset = offsetof(struct read_options, member)

static const struct setting rows[] = {
	RECEIVER_SETTINGS(AT)
	{ { "live", KEY_LIVE, 0, 0, "Read N packets as they arrive; needs -c N", 2 },
	  1, setting_flag, AT(is_live) },
	{ { "count", 'c', "N", 0, "Begin when N packets wait; default: at a line on standard "
	    "input", 2 },
	  1, setting_number, AT(count), 1, UINT32_MAX, .allowed = "1 to 4294967295" },
	{ { "rounds", KEY_ROUNDS, "N", 0, "Wait and read N times (1)", 2 },
	  1, setting_number, AT(rounds), 1, 1000000, .allowed = "1 to 1000000" },
	{ { "settle", KEY_SETTLE, "MS", 0, "Wait for further packets before reading (100)", 2 },
	  1, setting_number, AT(settle_ms), 0, 60000, .allowed = "0 to 60000 milliseconds" },
	{ { "cpu", KEY_CPU, "N", 0, "Run on this CPU", 3 },
	  1, setting_cpu, AT(cpu), .allowed = SETTING_CPU_ALLOWED },
};

_Static_assert(ARRAY_SIZE(rows) <= SETTINGS_MAX, "a bit for each");

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
	struct settings *line = state->input;
	const struct read_options *o = line->base;

	if (key == ARGP_KEY_ARG)
		argp_error(state, "\"%s\": options only", arg);
	if (key == ARGP_KEY_END) {
		if (!o->receiver.device)
			argp_error(state, "give -i DEV");
		if (o->is_live && !o->count)
			argp_error(state, "--live needs -c N, the number of packets to read");
		return 0;
	}
	return settings_parse(line, key, arg, state);
}

static void options_parse(struct read_options *o, int argc, char **argv)
{
	struct settings line = { rows, ARRAY_SIZE(rows), o, 0 };
	struct argp_option argp_rows[ARRAY_SIZE(rows) + 1];
	struct argp argp = {
		.options = argp_rows,
		.parser = option_parse,
		.doc = "Measure the cost of reading packets. Packets fill a handle's buffer; then "
		       "the program measures pcap_dispatch, with an empty callback, until no "
		       "packet is left. With --live a thread sleeps until packets come, reads "
		       "them, and sleeps again."
		       "\vA line \"ready\" on standard error says that packets may come; a member "
		       "of a group is started then. Each round prints a JSON object on "
		       "standard output: packets read, packets that waited before, packets dropped "
		       "so far because the buffer was full, calls of pcap_dispatch, and cpu_ns and "
		       "wall_ns for each packet. With --live it has the expected packets in place "
		       "of the waiting ones, and the times are all of the thread's time, with its "
		       "wake-ups. A second without a packet then ends the round. The loaded "
		       "libpcap opens the device; LD_LIBRARY_PATH selects the system's or our own. "
		       "Exit status: 0 if all waiting packets were read, 3 if not; 1 if a device "
		       "or the system reported an error, or standard input ended before the last "
		       "round; 2 if the command line is wrong.",
	};

	settings_argp(&line, argp_rows);
	*o = (struct read_options){ .receiver = { .timeout_ms = 10, .is_nonblocking = true },
			       .rounds = 1, .settle_ms = 100, .cpu = -1 };
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &line);
}

int main(int argc, char **argv)
{
	char text[PCAP_ERRBUF_SIZE + 256] = "";
	struct read_options options;
	int ret;

	options_parse(&options, argc, argv);
	ret = read_run(&options, text, sizeof(text));
	if (ret < 0)
		fprintf(stderr, "bench-read: %s\n", *text ? text : strerror(-ret));
	return ret < 0 ? EXIT_FAILED : ret;
}
