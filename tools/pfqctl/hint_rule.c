/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdio.h>
#include <string.h>
#include "core/program.h"
#include "hint_rule.h"
#include "offload.h"
#include "process.h"

#define NS_PER_S	1000000000ULL
#define SILENT_NS	(5 * NS_PER_S)	/* an engine this old should have seen packets */

/* --- facts ------------------------------------------------------------------------- */

static bool is_private(const struct pfq_group_info *g)
{
	return !g->id;
}

static bool program_of(const struct pfq_group_info *g, struct pfq_program *program)
{
	return !pfq_program_from_policy(program, g->steer);
}

static bool copies(const struct pfq_group_info *g)
{
	struct pfq_program program;

	return program_of(g, &program) && pfq_program_is_copy(&program);
}

/* Count the members of the group that have started. */
static unsigned int started(const struct hint_subject *x)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < x->s->endpoints; i++)
		n += x->s->endpoint[i].started && !strcmp(x->s->endpoint[i].group, x->group->name);
	return n;
}

/* Count the members that take packets: of copies all, of flows those that have started. */
static unsigned int takers(const struct hint_subject *x)
{
	return copies(x->group) ? x->group->members : started(x);
}

/*
 * Was a packet ever meant for a member, present or absent? Then the group had all members that it
 * wants, and gives packets until the last one is gone.
 */
static bool was_complete(const struct hint_subject *x)
{
	const struct pfq_endpoint_info *e;
	size_t i;

	for (i = 0; i < x->s->endpoints; i++) {
		e = &x->s->endpoint[i];
		if (!strcmp(e->group, x->group->name) && e->counters[PFQ_ENDPOINT_offered])
			return true;
	}
	return false;
}

static bool is_up(const struct pfq_group_info *g, unsigned int device)
{
	/* a file has no index */
	return g->device[device].ifindex && g->device[device].state == PFQ_DEVICE_UP;
}

/* --- groups ------------------------------------------------------------------------ */

static bool no_member(struct hint_subject *x)
{
	return !is_private(x->group) && !x->group->members;
}

static bool no_reader(struct hint_subject *x)
{
	x->n = x->group->members;
	return !is_private(x->group) && x->group->members && !started(x);
}

static bool too_few_members(struct hint_subject *x)
{
	x->n = takers(x);
	x->m = x->group->members_wanted;
	return x->group->members && x->n + x->group->absent < x->m && !was_complete(x);
}

static bool no_packet(struct hint_subject *x)
{
	unsigned int i;

	for (i = 0; i < x->group->devices; i++) {
		if (is_up(x->group, i))
			return x->s->engine.uptime_ns >= SILENT_NS &&
			       !x->group->counters[PFQ_GROUP_recv];
	}
	return false;
}

static bool refuses_all(struct hint_subject *x)
{
	const uint64_t *c = x->group->counters;

	x->n = c[PFQ_GROUP_recv];
	return x->n && x->n == c[PFQ_GROUP_drop_filter] + c[PFQ_GROUP_drop_vlan] +
			       c[PFQ_GROUP_drop_program];
}

static bool group_counts(struct hint_subject *x)
{
	x->n = x->group->counters[x->rule->counter];
	return x->n;
}

/* --- devices of groups ------------------------------------------------------------- */

static bool is_absent(struct hint_subject *x)
{
	return x->group->device[x->device].state == PFQ_DEVICE_ABSENT;
}

static bool is_down(struct hint_subject *x)
{
	return x->group->device[x->device].ifindex &&
	       x->group->device[x->device].state == PFQ_DEVICE_DOWN;
}

static bool is_unused(struct hint_subject *x)
{
	return x->group->device[x->device].state == PFQ_DEVICE_UNUSED;
}

/* The reason is about some of its queues. */
static bool lacks_queue(struct hint_subject *x)
{
	return is_up(x->group, x->device) && x->group->device_note[x->device].why[0];
}

static bool is_bound_by_program(struct hint_subject *x)
{
	return x->group->device_binder[x->device].pid;
}

/* The sum over the sources of the device. Groups that share a source share its losses. */
static bool device_counts(struct hint_subject *x)
{
	const struct pfq_ingest_info *in;
	size_t i;

	x->n = 0;
	for (i = 0; i < x->s->ingests; i++) {
		in = &x->s->ingest[i];
		if (in->ifindex && in->ifindex == x->group->device[x->device].ifindex)
			x->n += in->counters[x->rule->counter];
	}
	return x->n;
}

/* Does a driver take the device's packets that sees them before the kernel joins them? */
static bool is_tapped_early(const struct hint_subject *x)
{
	uint32_t ifindex = x->group->device[x->device].ifindex;
	const struct pfq_ingest_info *in;
	size_t i;

	for (i = 0; i < x->s->ingests; i++) {
		in = &x->s->ingest[i];
		if (in->ifindex == ifindex && !strcmp(in->driver, "xdp"))
			return true;
	}
	return false;
}

static bool joins_packets(struct hint_subject *x)
{
	if (!is_up(x->group, x->device) || is_tapped_early(x) ||
	    !offload_is_here(&x->s->engine))
		return false;
	return offload_joins(x->group->device[x->device].name, x->what, sizeof(x->what), x->command,
			     sizeof(x->command));
}

/* --- members ----------------------------------------------------------------------- */

static bool is_not_addressed(struct hint_subject *x)
{
	struct pfq_program program;
	uint64_t classes;

	if (!program_of(x->group, &program))
		return false;
	classes = pfq_program_classes(&program);
	snprintf(x->what, sizeof(x->what), "%#llx, and it has %#llx", (unsigned long long)classes,
		 (unsigned long long)x->member->classes);
	return !(x->member->classes & classes);
}

/* If no member of the group reads, a hint about the group says so. */
static bool is_not_started(struct hint_subject *x)
{
	return !x->member->started && (is_private(x->group) || started(x));
}

static bool is_stopped(struct hint_subject *x)
{
	return process_is_stopped(x->member->pid, x->member->comm);
}

/* Has it read nothing since the first snapshot, although its ring has packets and was full? */
static bool is_stalled(struct hint_subject *x)
{
	const struct pfq_endpoint_info *later = snapshot_endpoint(x->later, x->member);

	x->n = x->member->counters[PFQ_ENDPOINT_drop_ring_full];
	x->m = x->member->unread;
	return x->n && x->m && later && later->read == x->member->read && !is_stopped(x);
}

static bool had_full_ring(struct hint_subject *x)
{
	bool has_other = is_stalled(x) || is_stopped(x);

	x->n = x->member->counters[PFQ_ENDPOINT_drop_ring_full];
	return x->n && !has_other;
}

/* --- processes that are no members ------------------------------------------------- */

static bool is_refused(struct hint_subject *x)
{
	return x->refusal;
}

/* The engine counts more of them than its answer has room for. */
static bool has_more_refusals(struct hint_subject *x)
{
	x->n = x->s->all_refusals - x->s->refusals;
	return x->s->all_refusals > x->s->refusals;
}

/* --- the table --------------------------------------------------------------------- */

const struct hint_rule hint_rules[] = {
	{ "no-member", HINT_GROUP, no_member, 0,
	  "{group} has no member, so nobody reads its packets: start a program on it, as in "
	  "tcpdump -i pfq@{name}" },
	{ "no-reader", HINT_GROUP, no_reader, 0,
	  "{group} has members ({n}), and none of them reads: see what these programs wait for, "
	  "pfqctl endpoints {name}" },
	{ "too-few-members", HINT_GROUP, too_few_members, 0,
	  "{group} gives no packets before {m} members are here ({n} now): start the others, or "
	  "lower its key members in pfqd.conf" },
	{ "no-packet", HINT_GROUP, no_packet, 0,
	  "{group} has got no packet from {bindings} yet: see whether the device receives any, ip "
	  "-s link, and check the cable or the mirror port" },
	{ "refuses-all", HINT_GROUP, refuses_all, 0,
	  "{group} has refused all {n} packets by its filter, VLAN list or program: compare them "
	  "with the traffic, pfqctl groups {name}" },
	{ "drop-no-member", HINT_GROUP, group_counts, PFQ_GROUP_drop_no_member,
	  "{group} has dropped {n} packets because no member was there for them (drop_no_member): "
	  "see whether the number still grows, pfqctl stats -w 1" },

	{ "device-absent", HINT_DEVICE, is_absent, 0,
	  "{group} waits for device {device}, which does not exist: make the device, or correct "
	  "the name" },
	{ "device-down", HINT_DEVICE, is_down, 0,
	  "{group} gets no packets from device {device}, which is down: ip link set {device} up" },
	{ "device-unused", HINT_DEVICE, is_unused, 0,
	  "{group} does not use {device}: {why}" },
	{ "device-queue", HINT_DEVICE, lacks_queue, 0,
	  "{group} gets less from {device} than it names: {why}: see ethtool -l, or correct the "
	  "queues in pfqd.conf" },
	{ "device-bound", HINT_DEVICE, is_bound_by_program, 0,
	  "{group} also gets the packets of {device}, which {binder} has bound until the last "
	  "member leaves: pfqctl unbind {name} {device}" },
	{ "drop-socket", HINT_DEVICE, device_counts, PFQ_INGEST_drop_socket,
	  "{group} has lost {n} packets of device {device} before the engine (drop_socket): give "
	  "pfqd more workers, or CPUs of their own" },
	{ "drop-malformed", HINT_DEVICE, device_counts, PFQ_INGEST_drop_malformed,
	  "{group} has left out {n} packets of device {device} that are shorter than a link header "
	  "(drop_malformed): look at what sends them" },
	{ "super-packets", HINT_DEVICE, joins_packets, 0,
	  "{group} gets packets that are longer than on the wire, because device {device} joins "
	  "{what}: for a sensor, ethtool -K {device} {command}" },

	{ "class-not-addressed", HINT_MEMBER, is_not_addressed, 0,
	  "{member} gets no packets, because the group's program addresses the classes {what}: "
	  "start it with another PFQ_CLASS, or without" },
	{ "not-started", HINT_MEMBER, is_not_started, 0,
	  "{member} has joined and never read, so it gets no flows: see what the program waits "
	  "for" },
	{ "stopped", HINT_MEMBER, is_stopped, 0, "{member} is stopped: kill -CONT {pid}" },
	{ "stalled", HINT_MEMBER, is_stalled, 0,
	  "{member} has read nothing for a second, {m} packets wait for it, and {n} are lost "
	  "(drop_ring_full): see whether the program hangs" },
	{ "drop-ring-full", HINT_MEMBER, had_full_ring, 0,
	  "{member} has lost {n} packets, because its ring was full (drop_ring_full): give it a "
	  "larger ring (PFQ_RING), or the group more members" },

	{ "refused-again", HINT_REFUSAL, is_refused, 0,
	  "{process} gets no packets, because its JOIN is refused again and again: {why}" },
	{ "refused-more", HINT_ENGINE, has_more_refusals, 0,
	  "more processes ({n}) get no packets, because their JOINs are refused again and again: "
	  "see the log of pfqd" },
};

const size_t hint_rules_count = sizeof(hint_rules) / sizeof(hint_rules[0]);
