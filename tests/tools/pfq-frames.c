// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Sends exact frames on a device, or writes them to a capture file. The same options and
 * seed give the same frames in the same order.
 *
 * Order: frames are taken one at a time from a window of packets, so fragments of many
 * datagrams and whole packets mix. --order sets the order within a datagram.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <sched.h>
#include <netpacket/packet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "elephants.h"
#include "frame.h"
#include "pattern.h"
#include "routed.h"
#include "tunnel.h"

#define KINDS_MAX	32
#define WINDOW_MAX	1024

struct plan {
	const char *device, *file;
	const char *routed;	/* NULL: frames are sent once */
	const struct frame_kind *kind[KINDS_MAX];
	unsigned int kinds;
	enum { ORDER_SENT, ORDER_REVERSED, ORDER_SHUFFLED } order;
	uint64_t packets;
	uint32_t flows, window, rate;
	const struct ether_addr *to;	/* destination of all frames; NULL: by flow */
	bool one_way;
	bool headless;		/* first fragments are left out */
	uint32_t cpus;		/* number of CPUs that send in turn; 0: any */
	const struct tunnel *tunnel;	/* for whole packets; NULL: none */
	struct elephants *elephants;
	struct frame_params params;
};

/* a packet in the window: its frames, and which come next */
struct unit {
	unsigned int count, next;
	unsigned int turn[FRAME_PIECES];
	struct frame frames[FRAME_PIECES];
};

struct output {
	int fd, routed_fd;
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	uint64_t frames, bytes, datagrams;
	struct timespec next;
	uint64_t file_us;
	struct frame routed;
};

/* --- output ---------------------------------------------------------------------- */

/* A socket that sends on @device */
static int device_open(const char *device)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	/* With protocol 0 this socket receives no packet. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "packet socket");
	to.sll_ifindex = (int)if_nametoindex(device);
	if (!to.sll_ifindex)
		err(1, "%s", device);
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)))
		err(1, "bind to %s", device);
	return fd;
}

static void output_open(struct output *o, const struct plan *plan)
{
	if (plan->file) {
		o->pcap = pcap_open_dead(DLT_EN10MB, 65535);
		o->dumper = o->pcap ? pcap_dump_open(o->pcap, plan->file) : NULL;
		if (!o->dumper)
			errx(1, "%s", o->pcap ? pcap_geterr(o->pcap) : "memory");
		return;
	}
	o->fd = device_open(plan->device);
	if (plan->routed)
		o->routed_fd = device_open(plan->routed);
	clock_gettime(CLOCK_MONOTONIC, &o->next);
}

static void output_pace(struct output *o, uint32_t rate)
{
	if (!rate)
		return;
	o->next.tv_nsec += 1000000000L / rate;
	if (o->next.tv_nsec >= 1000000000L) {
		o->next.tv_sec++;
		o->next.tv_nsec -= 1000000000L;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &o->next, NULL) == EINTR)
		;
}

/*
 * Run on @cpu. It determines the queue by which the device sends, and the queue and CPU of
 * its peer.
 */
static void run_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %u", cpu);
}

static void send_frame(int fd, const char *device, uint64_t number, const struct frame *f)
{
	while (send(fd, f->bytes, f->len, 0) != (ssize_t)f->len)
		if (errno == ENOBUFS || errno == EINTR)
			usleep(100);
		else
			err(1, "%s: frame %llu of %u bytes", device, (unsigned long long)number,
			    f->len);
}

static void output_frame(struct output *o, const struct plan *plan, const struct frame *f)
{
	struct pcap_pkthdr head = { .caplen = f->len, .len = f->len };

	o->frames++;
	o->bytes += f->len;
	if (o->dumper) {
		/* Times begin at the epoch, so that the file depends on the options only. */
		o->file_us += plan->rate ? 1000000 / plan->rate : 1;
		head.ts.tv_sec = (time_t)(o->file_us / 1000000);
		head.ts.tv_usec = (suseconds_t)(o->file_us % 1000000);
		pcap_dump((u_char *)o->dumper, &head, f->bytes);
		return;
	}
	output_pace(o, plan->rate);
	if (plan->cpus)
		run_on((unsigned int)(o->frames % plan->cpus));
	send_frame(o->fd, plan->device, o->frames, f);
	if (plan->routed) {
		routed_make(&o->routed, f);
		send_frame(o->routed_fd, plan->routed, o->frames, &o->routed);
	}
}

static void output_close(struct output *o)
{
	if (o->dumper && pcap_dump_flush(o->dumper))
		errx(1, "%s", pcap_geterr(o->pcap));
	if (o->dumper)
		pcap_dump_close(o->dumper);
	if (o->pcap)
		pcap_close(o->pcap);
	if (!o->pcap)
		close(o->fd);
	if (o->routed_fd >= 0)
		close(o->routed_fd);
	printf("{ \"frames\": %llu, \"bytes\": %llu, \"datagrams\": %llu }\n",
	       (unsigned long long)o->frames, (unsigned long long)o->bytes,
	       (unsigned long long)o->datagrams);
}

/* --- order ------------------------------------------------------------------------ */

static void unit_order(struct unit *u, const struct plan *plan, uint64_t *random)
{
	for (unsigned int i = 0; i < u->count; i++)
		u->turn[i] = plan->order == ORDER_REVERSED ? u->count - 1 - i : i;
	if (plan->order != ORDER_SHUFFLED)
		return;
	for (unsigned int i = u->count; i > 1; i--) {
		unsigned int j = (unsigned int)(pattern_random(random) % i), turn = u->turn[j];

		u->turn[j] = u->turn[i - 1];
		u->turn[i - 1] = turn;
	}
}

static void unit_make(struct unit *u, const struct plan *plan, uint64_t number, uint64_t *random)
{
	struct frame_params params = plan->params;

	params.number = number;
	params.flow = (uint32_t)(pattern_random(random) % plan->flows);
	params.reply = !plan->one_way && pattern_random(random) & 1;
	if (plan->elephants->flows)
		elephants_choose(plan->elephants, &params, plan->flows);
	u->count = plan->kind[number % plan->kinds]->build(u->frames, &params);
	if (plan->tunnel && u->count == 1)
		u->count = tunnel_put(plan->tunnel, u->frames, &params);
	for (unsigned int i = 0; plan->to && i < u->count; i++)
		memcpy(u->frames[i].bytes, plan->to, sizeof(*plan->to));
	elephants_count(plan->elephants, &params, u->frames, u->count);
	u->next = 0;
	unit_order(u, plan, random);
}

static void run(const struct plan *plan, struct output *o)
{
	struct unit *units = calloc(plan->window, sizeof(*units));
	struct unit *way[WINDOW_MAX];
	uint64_t random = plan->params.seed, made = 0;
	uint32_t open = 0;

	if (!units)
		err(1, "memory");
	for (uint32_t i = 0; i < plan->window; i++)
		way[i] = &units[i];
	for (;;) {
		struct unit *u;
		uint32_t i;

		while (open < plan->window && made < plan->packets)
			unit_make(way[open++], plan, made++, &random);
		if (!open)
			break;
		i = (uint32_t)(pattern_random(&random) % open);
		u = way[i];
		if (!plan->headless || u->count == 1 || u->turn[u->next])
			output_frame(o, plan, &u->frames[u->turn[u->next]]);
		u->next++;
		if (u->next < u->count)
			continue;
		o->datagrams += u->count > 1;
		way[i] = way[--open];
		way[open] = u;
	}
	free(units);
}

/* --- options ----------------------------------------------------------------------- */

enum {
	OPT_ORDER = 0x100,
	OPT_WINDOW,
	OPT_ONE_WAY,
	OPT_HEADLESS,
	OPT_CPUS,
	OPT_DATAGRAM,
	OPT_PIECE,
	OPT_ROUTED,
	OPT_TUNNEL,
	OPT_ELEPHANTS,
	OPT_TO,
};

static const struct argp_option options[] = {
	{ "interface", 'i', "DEVICE", 0, "send on this device", 0 },
	{ "routed", OPT_ROUTED, "DEVICE", 0,
	  "and again on this one, with other MACs, VLAN tag, TOS and TTL", 0 },
	{ "write", 'w', "FILE", 0, "write a capture file instead", 0 },
	{ "kinds", 'k', "KIND,...", 0, "kinds of packets, in turn (udp4)", 0 },
	{ "packets", 'n', "N", 0, "whole packets and datagrams to make (1000)", 0 },
	{ "flows", 'f', "N", 0, "flows to spread them over (100)", 0 },
	{ "elephants", OPT_ELEPHANTS, "N:PERCENT:BYTES", 0,
	  "the first N flows carry so much of all bytes, in payloads of BYTES", 0 },
	{ "to", OPT_TO, "MAC", 0, "destination of all frames", 0 },
	{ "order", OPT_ORDER, "ORDER", 0, "of fragments: sent, reversed, shuffled (sent)", 0 },
	{ "window", OPT_WINDOW, "N", 0, "packets under way at one time (1: one by one)", 0 },
	{ "one-way", OPT_ONE_WAY, NULL, 0, "no frame from the flows' other end", 0 },
	{ "headless", OPT_HEADLESS, NULL, 0, "leave out the first fragments", 0 },
	{ "cpus", OPT_CPUS, "N", 0, "send from the first N CPUs in turn", 0 },
	{ "size", 's', "BYTES", 0, "payload of a whole packet (100)", 0 },
	{ "datagram", OPT_DATAGRAM, "BYTES", 0, "payload of a fragmented datagram (3000)", 0 },
	{ "piece", OPT_PIECE, "BYTES", 0, "of it in a fragment, a multiple of 8 (1000)", 0 },
	{ "tunnel", OPT_TUNNEL, "TUNNEL", 0, "of whole packets: gre4, gre6, vxlan4 or vxlan6", 0 },
	{ "seed", 'S', "N", 0, "another seed, other frames (1)", 0 },
	{ "rate", 'r', "N", 0, "frames a second at most", 0 },
	{ 0 }
};

static uint64_t number(struct argp_state *state, const char *text, uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || n < min || n > max)
		argp_error(state, "%s: a number from %llu to %llu is wanted", text,
			   (unsigned long long)min, (unsigned long long)max);
	return n;
}

static void kinds(struct argp_state *state, struct plan *plan, char *text)
{
	char *rest = NULL;

	plan->kinds = 0;
	for (char *word = strtok_r(text, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		if (plan->kinds == KINDS_MAX)
			argp_error(state, "at most %d kinds", KINDS_MAX);
		plan->kind[plan->kinds] = frame_kind_find(word);
		if (!plan->kind[plan->kinds++])
			argp_error(state, "%s: no such kind", word);
	}
	if (!plan->kinds)
		argp_error(state, "no kind given");
}

static void order(struct argp_state *state, struct plan *plan, const char *text)
{
	static const char *const names[] = { "sent", "reversed", "shuffled" };

	for (unsigned int i = 0; i < 3; i++)
		if (!strcmp(text, names[i])) {
			plan->order = i;
			return;
		}
	argp_error(state, "--order: %s is none of sent, reversed, shuffled", text);
}

static void tunnel(struct argp_state *state, struct plan *plan, const char *text)
{
	plan->tunnel = tunnel_find(text);
	if (!plan->tunnel)
		argp_error(state, "--tunnel: %s is none of gre4, gre6, vxlan4, vxlan6", text);
}

static void elephants(struct argp_state *state, struct plan *plan, const char *text)
{
	if (!elephants_read(plan->elephants, text))
		argp_error(state, "--elephants: %s is not flows, percent and bytes (8-1440), "
			   "as 5:90:1400", text);
}

static uint32_t piece(struct argp_state *state, const char *text)
{
	uint64_t n = number(state, text, 8, 1400);

	if (n % 8)
		argp_error(state, "--piece: %s is no multiple of 8", text);
	return (uint32_t)n;
}

static error_t option(int key, char *arg, struct argp_state *state)
{
	struct plan *plan = state->input;

	switch (key) {
	case 'i': plan->device = arg; return 0;
	case 'w': plan->file = arg; return 0;
	case 'k': kinds(state, plan, arg); return 0;
	case 'n': plan->packets = number(state, arg, 1, 1ULL << 40); return 0;
	case 'f': plan->flows = (uint32_t)number(state, arg, 1, 1000000); return 0;
	case 's': plan->params.payload = (uint32_t)number(state, arg, 8, 1440); return 0;
	case 'S': plan->params.seed = number(state, arg, 0, UINT64_MAX); return 0;
	case 'r': plan->rate = (uint32_t)number(state, arg, 1, 10000000); return 0;
	case OPT_ORDER: order(state, plan, arg); return 0;
	case OPT_WINDOW: plan->window = (uint32_t)number(state, arg, 1, WINDOW_MAX); return 0;
	case OPT_ONE_WAY: plan->one_way = true; return 0;
	case OPT_HEADLESS: plan->headless = true; return 0;
	case OPT_CPUS: plan->cpus = (uint32_t)number(state, arg, 1, 64); return 0;
	case OPT_DATAGRAM:
		plan->params.datagram = (uint32_t)number(state, arg, 16, 65000);
		return 0;
	case OPT_TUNNEL: tunnel(state, plan, arg); return 0;
	case OPT_ELEPHANTS: elephants(state, plan, arg); return 0;
	case OPT_TO:
		plan->to = ether_aton(arg);
		if (!plan->to)
			argp_error(state, "--to: %s is no Ethernet address", arg);
		return 0;
	case OPT_PIECE: plan->params.piece = piece(state, arg); return 0;
	case OPT_ROUTED: plan->routed = arg; return 0;
	case ARGP_KEY_ARG: argp_error(state, "%s: no word is wanted", arg); return 0;
	case ARGP_KEY_END:
		if (!plan->device == !plan->file)
			argp_error(state, "one of --interface and --write is wanted");
		if (plan->elephants->flows >= plan->flows)
			argp_error(state, "--elephants wants more --flows than elephants");
		if (plan->routed && plan->file)
			argp_error(state, "--routed goes with --interface only");
		if ((plan->params.datagram + 8 + plan->params.piece - 1) / plan->params.piece >
		    FRAME_PIECES)
			argp_error(state, "more than %d fragments a datagram", FRAME_PIECES);
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static char *help(int key, const char *text, void *input)
{
	size_t len = 0;
	char *all = NULL;
	FILE *f;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	f = open_memstream(&all, &len);
	if (!f)
		return NULL;
	fputs("Kinds:\n", f);
	for (const struct frame_kind *kind = frame_kinds; kind->name; kind++)
		fprintf(f, "  %-11s%s\n", kind->name, kind->text);
	fclose(f);
	return all;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = option, .help_filter = help,
		.doc = "Sends exact frames, the same for the same options.\v",
	};
	static struct elephants few;
	static struct plan plan = {
		.kind = { frame_kinds }, .kinds = 1, .packets = 1000, .flows = 100, .window = 1,
		.elephants = &few,
		.params = { .payload = 100, .datagram = 3000, .piece = 1000, .seed = 1 },
	};
	static struct output output = { .fd = -1, .routed_fd = -1 };

	argp_parse(&argp, argc, argv, 0, NULL, &plan);
	output_open(&output, &plan);
	run(&plan, &output);
	output_close(&output);
	return 0;
}
