// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * bench-sensor: stands for a program that inspects traffic, such as an intrusion detection system.
 *
 * For each packet the program does three things that all of them do. The first is to find the
 * headers, the second to find the flow in a table, and the third to look for many patterns in each
 * byte of the payload. Streams are not reassembled and protocols not parsed, so a real sensor costs
 * more for each packet and each byte. With --enough, the program does not search a flow any more
 * that has had so many bytes. Sensors do that which bypass large flows by themselves.
 */
#include <config.h>
#include <stdio.h>
#include <string.h>
#include "sensor_run.h"
#include "tools/common/setting.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum key {
	KEY_ENOUGH = RECEIVER_KEY_FREE,
};

#define AT(member) .offset = offsetof(struct sensor_options, member)

static const struct setting rows[] = {
	RECEIVER_SETTINGS(AT)
	{ { "enough", KEY_ENOUGH, "SIZE", 0, "Do not search packets of flows that have had more "
	    "bytes, as 1M", 2 },
	  1, setting_number, AT(enough), 1, (uint64_t)1 << 40, &pfq_number_bytes,
	  "1 to 1024G, with K, M or G" },
};

_Static_assert(ARRAY_SIZE(rows) <= SETTINGS_MAX, "a bit for each");

static error_t option_parse(int key, char *arg, struct argp_state *state)
{
	struct settings *line = state->input;
	const struct sensor_options *o = line->base;

	if (key == ARGP_KEY_ARG)
		argp_error(state, "\"%s\": options only", arg);
	if (key == ARGP_KEY_END) {
		if (!o->receiver.device)
			argp_error(state, "give -i DEV");
		return 0;
	}
	return settings_parse(line, key, arg, state);
}

static void options_parse(struct sensor_options *o, int argc, char **argv)
{
	struct settings line = { rows, ARRAY_SIZE(rows), o, 0 };
	struct argp_option argp_rows[ARRAY_SIZE(rows) + 1];
	struct argp argp = {
		.options = argp_rows,
		.parser = option_parse,
		.doc = "Inspect packets until SIGTERM: decode them, find their flow, search their "
		       "payload for patterns."
		       "\vA line \"listening on\" on standard error says that packets may come. At "
		       "the end, the program prints a JSON object on standard output: packets and "
		       "bytes; packets and payload bytes that were searched; packets that were "
		       "discarded because their flow had enough; matches of patterns, flows, "
		       "packets that libpcap dropped; the process's CPU time; and the seconds from "
		       "its first read to the last one. A flow is a pair of IPv4 addresses, and of "
		       "ports of TCP or UDP. The loaded libpcap opens the device; LD_LIBRARY_PATH "
		       "selects the system's or our own. Exit status: 0; 1 if a device or the "
		       "system reported an error; 2 if the command line is wrong.",
	};

	settings_argp(&line, argp_rows);
	*o = (struct sensor_options){ .receiver = { .timeout_ms = 10, .is_nonblocking = true } };
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &line);
}

int main(int argc, char **argv)
{
	char text[PCAP_ERRBUF_SIZE + 256] = "";
	struct sensor_options options;
	int ret;

	options_parse(&options, argc, argv);
	ret = sensor_run(&options, text, sizeof(text));
	if (ret < 0)
		fprintf(stderr, "bench-sensor: %s\n", *text ? text : strerror(-ret));
	return ret < 0;
}
