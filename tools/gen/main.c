// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* pfq-gen: sends frames by XDP and counts how many arrive */
#include <config.h>
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "tools/common/cpu.h"
#include "anchor.h"
#include "options.h"
#include "program.h"
#include "send.h"
#include "wire.h"
#include "tools/common/output.h"
#include "tools/common/trace.h"

#define ETH_HEADER 14u
#define VLAN_TAG   4u

/* argp needs this symbol. -fvisibility=hidden would hide it. */
__attribute__((visibility("default"))) const char *argp_program_version =
	"pfq-gen " PACKAGE_VERSION;

static int trace_check(const struct gen_options *o, const struct trace *t, uint32_t mtu,
		       char *text, size_t text_size)
{
	uint32_t most = mtu + ETH_HEADER + VLAN_TAG;

	if (t->linktype != DLT_EN10MB)
		snprintf(text, text_size, "--pcap: \"%s\" has link type %s: allowed is EN10MB",
			 o->trace_path, pcap_datalink_val_to_name(t->linktype) ?: "unknown");
	else if (t->length_min < ETH_HEADER)
		snprintf(text, text_size, "--pcap: \"%s\" has a packet of %u bytes: allowed are %u "
			 "and more", o->trace_path, t->length_min, ETH_HEADER);
	else if (t->length_max > most)
		snprintf(text, text_size,
			 "--pcap: \"%s\" has a packet of %u bytes: \"%s\" takes up to %u",
			 o->trace_path, t->length_max, o->device, most);
	else
		return 0;
	return -EINVAL;
}

/* Load the capture. Sets @count to the number of frames to send from it; 0: without end. */
static int trace_open(struct trace *t, const struct gen_options *o, uint64_t *count, char *text,
		      size_t text_size)
{
	char reason[512];
	int ret;

	*t = (struct trace){ .frames = NULL };
	*count = o->count;
	if (!o->trace_path)
		return 0;
	ret = trace_load(t, o->trace_path, NULL, reason, sizeof(reason));
	if (ret) {
		snprintf(text, text_size, "--pcap: %s", reason);
		return ret;
	}
	if (t->cut)
		fprintf(stderr, "pfq-gen: --pcap: \"%s\" has only the beginning of %" PRIu64
			" packets: they are sent as they are\n", o->trace_path, t->cut);
	if (o->loops)
		*count = o->loops * t->count;
	else if (!o->count && !o->duration_ns)
		*count = t->count;
	return 0;
}

static int program_open(struct program *p, const struct gen_options *o, const struct trace *trace,
			const struct wire *wire, char *text, size_t text_size)
{
	struct program_made made = {
		.spec = o->spec, .flows = (uint32_t)o->flows, .is_random = o->is_random,
		.is_imix = o->is_imix,
	};
	int ret;

	if (!o->trace_path)
		return program_open_made(p, &made, wire->output.ifindex, text, text_size);
	ret = trace_check(o, trace, wire->output.mtu, text, text_size);
	return ret ? ret : program_open_trace(p, trace, wire->output.ifindex, text, text_size);
}

static double rate(uint64_t n, double seconds)
{
	return seconds > 0 ? (double)n / seconds : 0;
}

static void json_print(const struct send_result *r, const struct wire_count *c, int64_t missing)
{
	json_t *object = json_pack("{s:s, s:f, s:s, s:I, s:I, s:I, s:I, "
				   "s:I, s:I, s:I, s:f, s:f, s:f}",
				   "type", "generator", "seconds", r->seconds, "ended", r->ended,
				   "sent", (json_int_t)r->sent, "bytes", (json_int_t)r->bytes,
				   "failed", (json_int_t)r->failed,
				   "carried", (json_int_t)c->carried,
				   "dropped", (json_int_t)c->dropped,
				   "received", (json_int_t)c->received,
				   "unaccounted", (json_int_t)missing,
				   "sent_mpps", rate(r->sent, r->seconds) / 1e6,
				   "sent_gbps", rate(r->bytes * 8, r->seconds) / 1e9,
				   "received_mpps", rate(c->received, r->seconds) / 1e6);

	json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(9));
	putchar('\n');
	json_decref(object);
}

static void text_print(const struct send_result *r, const struct wire_count *c, int64_t missing)
{
	printf("ended by %s after %.3f s\n"
	       "sent      %12" PRIu64 "  %.4f Mpps  %.4f Gbit/s\n"
	       "dropped   %12" PRIu64 "\n"
	       "received  %12" PRIu64 "  %.4f Mpps\n"
	       "%" PRId64 " unaccounted, %" PRIu64 " not made\n",
	       r->ended, r->seconds, r->sent, rate(r->sent, r->seconds) / 1e6,
	       rate(r->bytes * 8, r->seconds) / 1e9, c->dropped, c->received,
	       rate(c->received, r->seconds) / 1e6, missing, r->failed);
}

static void signals_block(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigprocmask(SIG_BLOCK, set, NULL);
}

/* Open the wire and the program, send @count frames, print the result. Returns an exit status. */
static int run(const struct gen_options *o, const struct trace *trace, uint64_t count, char *text,
	       size_t text_size)
{
	struct send_result result;
	struct wire_count counted;
	struct program program;
	struct anchor anchor;
	struct wire wire;
	sigset_t signals;
	int64_t missing = 0;
	int ret;

	signals_block(&signals);
	ret = wire_open(&wire, o, text, text_size);
	if (ret)
		return ret;
	ret = program_open(&program, o, trace, &wire, text, text_size);
	if (ret)
		goto out_wire;
	ret = anchor_open(&anchor, program.fd, text, text_size);
	if (ret)
		goto out_program;
	ret = wire_begin(&wire);
	if (!ret)
		ret = send_run(o, &wire, &program, count, &signals, &result, text, text_size);
	if (!ret)
		ret = wire_settle(&wire, result.sent, &counted);
	if (!ret) {
		missing = (int64_t)(result.sent - counted.received - counted.dropped);
		(o->is_json ? json_print : text_print)(&result, &counted, missing);
	}
	anchor_close(&anchor);
out_program:
	program_close(&program);
out_wire:
	wire_close(&wire);
	return ret ? ret : missing || result.failed ? EXIT_UNACCOUNTED : EXIT_OK;
}

int main(int argc, char **argv)
{
	char text[20000] = "";
	struct gen_options options;
	struct trace trace;
	uint64_t count;
	int ret;

	gen_options_parse(&options, argc, argv);
	ret = cpu_pin(options.cpu);
	if (ret)
		snprintf(text, sizeof(text), "--cpu: %" PRId64 ": %s", options.cpu, strerror(-ret));
	if (!ret)
		ret = trace_open(&trace, &options, &count, text, sizeof(text));
	if (!ret) {
		ret = run(&options, &trace, count, text, sizeof(text));
		trace_free(&trace);
	}
	if (ret >= 0)
		return output_is_out("pfq-gen") ? ret : EXIT_FAILED;
	fprintf(stderr, "pfq-gen: %s\n", *text ? text : strerror(-ret));
	return EXIT_FAILED;
}
