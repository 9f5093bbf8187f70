// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Compares the captures of a group's members with each other: each flow and each datagram
 * is in one of them. With a reference capture of the same wire, it also checks that each
 * packet is in exactly one. --same compares captures byte for byte and in order.
 */
#include <argp.h>
#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "capture.h"
#include "flow.h"
#include "use.h"
#include "wire.h"

struct plan {
	const char *reference;
	unsigned int captures;
	const char *path[FLOW_CAPTURES_MAX];
	bool same, json, fragments_apart, partial, hosts, inside;
};

/* the numbers that must be 0 */
enum check {
	FLOWS_SHARED,
	FLOWS_PARTED,
	DATAGRAMS_SPLIT,
	DATAGRAMS_AWAY,
	PACKETS_MISSING,
	PACKETS_TWICE,
	PACKETS_ALIEN,
	CHECKS
};

static const struct {
	const char *name, *text;
	bool needs_reference;
} checks[CHECKS] = {
	[FLOWS_SHARED] = { "flows_shared", "flows in more than one capture", false },
	[FLOWS_PARTED] = { "flows_parted", "flows whose directions are apart", false },
	[DATAGRAMS_SPLIT] = { "datagrams_split", "datagrams whose fragments are apart", false },
	[DATAGRAMS_AWAY] = { "datagrams_away", "fragments away from their flow", false },
	[PACKETS_MISSING] = { "packets_missing", "packets in no capture", true },
	[PACKETS_TWICE] = { "packets_twice", "packets in more than one capture", true },
	[PACKETS_ALIEN] = { "packets_alien", "packets that were not on the wire", true },
};

struct comparison {
	const struct plan *plan;
	struct capture reference, capture[FLOW_CAPTURES_MAX];
	struct flow_table flows;
	struct use_table uses;
	struct wire wire;
	struct flow_sums sums;
	struct flow_sums reference_sums;
	uint64_t found[CHECKS];
};

/* --- compare ------------------------------------------------------------------- */

static void decode(const struct comparison *c, struct decoded *d, const struct packet *p)
{
	decode_frame(d, p->bytes, p->caplen);
	if (c->plan->inside)
		decode_inside(d, p->bytes + p->caplen);
	if (c->plan->hosts)
		decode_hosts(d);
	if (d->is_fragment)
		d->datagram.use = use_find(&c->uses, &d->datagram, p->ts_ns);
}

static void uses_read(struct comparison *c)
{
	struct decoded d;

	for (size_t i = 0; i < c->reference.count; i++) {
		const struct packet *p = &c->reference.packets[i];

		decode_frame(&d, p->bytes, p->caplen);
		if (d.is_fragment && d.is_first)
			use_note(&c->uses, &d.datagram, p->ts_ns);
	}
}

static void reference_read(struct comparison *c)
{
	struct flow_table flows = { 0 };
	struct decoded d;

	capture_load(&c->reference, c->plan->reference);
	uses_read(c);
	for (size_t i = 0; i < c->reference.count; i++) {
		const struct packet *p = &c->reference.packets[i];

		decode(c, &d, p);
		flow_note(&flows, &d, 0);
		wire_note(&c->wire, p);
	}
	flow_sum(&flows, &c->reference_sums, c->plan->fragments_apart);
	flow_free(&flows);
}

static void capture_read(struct comparison *c, unsigned int n)
{
	struct capture *capture = &c->capture[n];
	struct decoded d;

	capture_load(capture, c->plan->path[n]);
	for (size_t i = 0; i < capture->count; i++) {
		const struct packet *p = &capture->packets[i];

		decode(c, &d, p);
		flow_note(&c->flows, &d, (int)n);
		if (c->plan->reference)
			wire_compare(&c->wire, p, n);
	}
}

/* Has any capture packets of this packet's flow? */
static bool flow_is_captured(const struct comparison *c, const struct packet *p)
{
	const struct flow_table *t = &c->flows;
	const struct datagram *datagram = NULL;
	const struct flow *flow;
	struct decoded d;

	decode(c, &d, p);
	if (!d.is_ip)
		return false;
	if (d.is_fragment)
		datagram = datagram_find(t, &d.datagram);
	if (datagram && datagram->seen)
		return true;
	flow = d.is_fragment ? NULL : flow_find(t, &d.flow);
	return flow && (flow->seen[0] || flow->seen[1]);
}

static void packet_compare(const struct wire_packet *w, void *arg)
{
	struct comparison *c = arg;

	if (w->captured < w->on_wire) {
		if (!c->plan->partial || flow_is_captured(c, w->packet))
			c->found[PACKETS_MISSING] += w->on_wire - w->captured;
	} else if (w->captured > w->on_wire) {
		enum check check = w->on_wire && __builtin_popcountll(w->seen) > 1 ?
				   PACKETS_TWICE : PACKETS_ALIEN;

		c->found[check] += w->captured - w->on_wire;
	}
}

static void compare(struct comparison *c)
{
	if (c->plan->reference)
		reference_read(c);
	for (unsigned int i = 0; i < c->plan->captures; i++)
		capture_read(c, i);
	flow_sum(&c->flows, &c->sums, c->plan->fragments_apart);
	c->found[FLOWS_SHARED] = c->sums.flows_shared;
	c->found[FLOWS_PARTED] = c->sums.flows_parted;
	c->found[DATAGRAMS_SPLIT] = c->sums.datagrams_split;
	c->found[DATAGRAMS_AWAY] = c->sums.datagrams_away;
	if (c->plan->reference)
		wire_walk(&c->wire, packet_compare, c);
}

static bool is_checked(const struct comparison *c, unsigned int check)
{
	return c->plan->reference || !checks[check].needs_reference;
}

static bool has_held(const struct comparison *c)
{
	for (unsigned int i = 0; i < CHECKS; i++)
		if (is_checked(c, i) && c->found[i])
			return false;
	return true;
}

/* --- show ------------------------------------------------------------------------ */

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void row_print(const char *name, uint64_t packets, uint64_t bytes, uint64_t flows,
		      uint64_t datagrams)
{
	printf("  %-20.20s %10llu %14llu %8llu %12llu\n", name, (unsigned long long)packets,
	       (unsigned long long)bytes, (unsigned long long)flows,
	       (unsigned long long)datagrams);
}

static void table_print(const struct comparison *c)
{
	uint64_t packets = 0, bytes = 0;

	printf("  %-20s %10s %14s %8s %12s\n", "capture", "packets", "bytes", "flows",
	       "in fragments");
	for (unsigned int i = 0; i < c->plan->captures; i++) {
		const struct capture *capture = &c->capture[i];

		row_print(base(capture->path), capture->count, capture->bytes, c->sums.flows[i],
			  c->sums.datagrams[i]);
		packets += capture->count;
		bytes += capture->bytes;
	}
	row_print("sum", packets, bytes, c->sums.all_flows, c->sums.all_datagrams);
	if (c->plan->reference)
		row_print(base(c->reference.path), c->reference.count, c->reference.bytes,
			  c->reference_sums.all_flows, c->reference_sums.all_datagrams);
	putchar('\n');
	for (unsigned int i = 0; i < CHECKS; i++)
		if (is_checked(c, i))
			printf("  %-40s %10llu   %s\n", checks[i].text,
			       (unsigned long long)c->found[i], c->found[i] ? "WRONG" : "ok");
}

static json_t *counts_json(const struct capture *capture, uint64_t flows, uint64_t datagrams)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:I}", "path", capture->path, "packets",
			 (json_int_t)capture->count, "bytes", (json_int_t)capture->bytes, "flows",
			 (json_int_t)flows, "datagrams", (json_int_t)datagrams);
}

static void json_print(const struct comparison *c)
{
	json_t *all = json_object(), *captures = json_array(), *found = json_object();
	json_int_t packets = 0;

	for (unsigned int i = 0; i < c->plan->captures; i++) {
		json_array_append_new(captures, counts_json(&c->capture[i], c->sums.flows[i],
							    c->sums.datagrams[i]));
		packets += (json_int_t)c->capture[i].count;
	}
	for (unsigned int i = 0; i < CHECKS; i++)
		if (is_checked(c, i))
			json_object_set_new(found, checks[i].name,
					    json_integer((json_int_t)c->found[i]));
	json_object_set_new(all, "captures", captures);
	json_object_set_new(all, "packets", json_integer(packets));
	json_object_set_new(all, "flows", json_integer((json_int_t)c->sums.all_flows));
	json_object_set_new(all, "datagrams", json_integer((json_int_t)c->sums.all_datagrams));
	if (c->plan->reference)
		json_object_set_new(all, "reference",
				    counts_json(&c->reference, c->reference_sums.all_flows,
						c->reference_sums.all_datagrams));
	json_object_set_new(all, "found", found);
	json_object_set_new(all, "held", json_boolean(has_held(c)));
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

/* --- byte for byte --------------------------------------------------------------------- */

/* Report the first difference of two captures. Returns true if there is none. */
static bool is_same(const struct capture *a, const struct capture *b)
{
	size_t n = a->count < b->count ? a->count : b->count;

	for (size_t i = 0; i < n; i++) {
		const struct packet *p = &a->packets[i], *q = &b->packets[i];

		if (p->len == q->len && p->caplen == q->caplen &&
		    !memcmp(p->bytes, q->bytes, p->caplen))
			continue;
		printf("packet %zu: %u of %u bytes in %s, %u of %u in %s%s\n", i + 1, p->caplen,
		       p->len, a->path, q->caplen, q->len, b->path,
		       p->caplen == q->caplen ? "; the bytes differ" : "");
		return false;
	}
	if (a->linktype != b->linktype)
		printf("link type %d in %s, %d in %s\n", a->linktype, a->path, b->linktype,
		       b->path);
	if (a->count != b->count)
		printf("%zu packets in %s, %zu in %s\n", a->count, a->path, b->count, b->path);
	return a->linktype == b->linktype && a->count == b->count;
}

static int same(const struct plan *plan)
{
	struct capture first, other;
	bool are_same = true;

	capture_load(&first, plan->path[0]);
	for (unsigned int i = 1; i < plan->captures; i++) {
		capture_load(&other, plan->path[i]);
		are_same &= is_same(&first, &other);
		capture_free(&other);
	}
	if (are_same)
		printf("%u captures of %zu packets: the same bytes in the same order\n",
		       plan->captures, first.count);
	capture_free(&first);
	return are_same ? 0 : 1;
}

/* --- options ----------------------------------------------------------------------------- */

static const struct argp_option options[] = {
	{ "reference", 'r', "FILE", 0, "a capture of all packets on the wire", 0 },
	{ "same", 's', NULL, 0, "compare the captures byte for byte and in order", 0 },
	{ "fragments-apart", 'f', NULL, 0, "fragments may be in another capture than the "
	  "whole packets of their flow, but all of a datagram are in one capture", 0 },
	{ "inside", 'I', NULL, 0, "the flow of a packet in GRE or VXLAN is that inside", 0 },
	{ "hosts", 'H', NULL, 0, "a flow is a pair of hosts, whatever the ports and protocols", 0 },
	{ "partial", 'p', NULL, 0, "flows that are in no capture do not count as missing", 0 },
	{ "json", 'j', NULL, 0, "print JSON, not a table", 0 },
	{ 0 }
};

static error_t option(int key, char *arg, struct argp_state *state)
{
	struct plan *plan = state->input;

	switch (key) {
	case 'r': plan->reference = arg; return 0;
	case 's': plan->same = true; return 0;
	case 'f': plan->fragments_apart = true; return 0;
	case 'I': plan->inside = true; return 0;
	case 'H': plan->hosts = true; return 0;
	case 'p': plan->partial = true; return 0;
	case 'j': plan->json = true; return 0;
	case ARGP_KEY_ARG:
		if (plan->captures == FLOW_CAPTURES_MAX)
			argp_error(state, "at most %d captures", FLOW_CAPTURES_MAX);
		plan->path[plan->captures++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (plan->captures < (plan->same ? 2 : 1))
			argp_error(state, "too few captures");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = option, .args_doc = "CAPTURE...",
		.doc = "Compares captures. Exit status: 0 all held, 1 something did not, "
		       "2 a file could not be read.",
	};
	static struct plan plan;
	static struct comparison c;
	bool held;

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &plan);
	if (plan.same)
		return same(&plan);
	c.plan = &plan;
	compare(&c);
	held = has_held(&c);
	if (plan.json)
		json_print(&c);
	else
		table_print(&c);
	for (unsigned int i = 0; i < plan.captures; i++)
		capture_free(&c.capture[i]);
	capture_free(&c.reference);
	flow_free(&c.flows);
	use_free(&c.uses);
	wire_free(&c.wire);
	return held ? 0 : 1;
}
