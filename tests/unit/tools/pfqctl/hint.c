/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests when each rule of the hints holds, and its text. Each case is a sound state of an engine
 * with one change.
 */
#include <string.h>

#include "tests/unit/fixture/check.h"
#include "tools/pfqctl/hint.h"
#include "tools/pfqctl/hint_rule.h"
#include "tools/pfqctl/offload.h"
#include "tools/pfqctl/process.h"

/* --- an engine: group ids with two members on device eth0 ------------------------------- */

static struct pfq_ingest_info ingest[2];
static struct pfq_group_info group[2];
static struct pfq_endpoint_info endpoint[3], later_endpoint[3];
static struct snapshot s, later;
static struct hint_list list;
static bool offload, is_foreign, is_halted;

bool offload_is_here(const struct pfq_engine_info *engine)
{
	assert_ptr_equal(engine, &s.engine);
	return !is_foreign;
}

bool offload_joins(const char *device, char *what, size_t what_size, char *command,
		   size_t command_size)
{
	assert_string_equal(device, "eth0");
	snprintf(what, what_size, "received packets (gro)");
	snprintf(command, command_size, "gro off");
	return offload;
}

bool process_is_stopped(uint32_t pid, const char *comm)
{
	assert_string_equal(comm, "snort");
	return is_halted && pid == 77;
}

static void make_endpoint(struct pfq_endpoint_info *e, uint32_t id, uint32_t pid)
{
	*e = (struct pfq_endpoint_info){ .id = id, .pid = pid, .classes = 1, .started = 1 };
	strcpy(e->group, "ids");
	strcpy(e->comm, "snort");
	e->counters[PFQ_ENDPOINT_offered] = e->counters[PFQ_ENDPOINT_delivered] = 50;
	e->read = 50;
}

static int begin(void **state)
{
	(void)state;
	memset(ingest, 0, sizeof(ingest));
	memset(group, 0, sizeof(group));
	strcpy(ingest[0].device, "eth0");
	strcpy(ingest[0].driver, "packet");
	ingest[0].ifindex = 7;
	strcpy(group[0].name, "ids");
	group[0].id = 42;
	strcpy(group[0].bindings, "eth0");
	strcpy(group[0].steer, "flow");
	group[0].members = 2;
	group[0].devices = 1;
	strcpy(group[0].device[0].name, "eth0");
	group[0].device[0].ifindex = 7;
	group[0].device[0].state = PFQ_DEVICE_UP;
	group[0].counters[PFQ_GROUP_recv] = group[0].counters[PFQ_GROUP_steered] = 100;
	make_endpoint(&endpoint[0], 3, 77);
	make_endpoint(&endpoint[1], 4, 78);
	memset(&s, 0, sizeof(s));
	memset(&later, 0, sizeof(later));
	s.engine.uptime_ns = 60000000000;
	s.ingest = ingest;
	s.group = group;
	s.endpoint = endpoint;
	later.endpoint = later_endpoint;
	s.ingests = s.groups = 1;
	s.endpoints = 2;
	offload = is_foreign = is_halted = false;
	return 0;
}

/* Check that there is this one hint; NULL: none. */
static void check(const char *rule, const char *text)
{
	assert_int_equal(hint_list_make(&list, &s, &later), 0);
	if (list.count != (rule ? 1 : 0))
		fail_msg("%zu hints, the first: %s", list.count,
			 list.count ? list.hint[0].text : "-");
	if (rule) {
		assert_string_equal(list.hint[0].rule, rule);
		assert_string_equal(list.hint[0].text, text);
	}
	hint_list_free(&list);
}

/* Check that one of several hints is this one. */
static void check_among(const char *rule, const char *text)
{
	size_t i = 0;

	assert_int_equal(hint_list_make(&list, &s, &later), 0);
	while (i < list.count && strcmp(list.hint[i].rule, rule))
		i++;
	assert_true(i < list.count);
	assert_string_equal(list.hint[i].text, text);
	hint_list_free(&list);
}

static void all_is_well(void **state)
{
	(void)state;
	check(NULL, NULL);
}

/* --- groups ----------------------------------------------------------------------------- */

static void members(void **state)
{
	(void)state;
	s.endpoints = group[0].members = 0;
	check("no-member", "group ids has no member, so nobody reads its packets: start a program "
	      "on it, as in tcpdump -i pfq@ids");
	begin(state);
	endpoint[0].started = endpoint[1].started = 0;
	check("no-reader", "group ids has members (2), and none of them reads: see what these "
	      "programs wait for, pfqctl endpoints ids");
	/* another group's member that has started */
	strcpy(group[1].name, "other");
	group[1].id = 43;
	s.groups = 2;
	s.endpoints = 3;
	group[1].members = 1;
	make_endpoint(&endpoint[2], 5, 79);
	strcpy(endpoint[2].group, "other");
	check("no-reader", "group ids has members (2), and none of them reads: see what these "
	      "programs wait for, pfqctl endpoints ids");
}

#define TOO_FEW	"group ids gives no packets before 3 members are here (2 now): start the " \
	"others, or lower its key members in pfqd.conf"

static void members_wanted(void **state)
{
	(void)state;
	group[0].members_wanted = 2;
	check(NULL, NULL);
	endpoint[0].counters[PFQ_ENDPOINT_offered] = 0;
	endpoint[1].counters[PFQ_ENDPOINT_offered] = 0;
	check(NULL, NULL);
	endpoint[0].counters[PFQ_ENDPOINT_offered] = 50;
	endpoint[1].counters[PFQ_ENDPOINT_offered] = 50;
	/* all three were here: one has left */
	group[0].members_wanted = 3;
	check(NULL, NULL);
	endpoint[0].counters[PFQ_ENDPOINT_offered] = 0;
	check(NULL, NULL);
	endpoint[1].counters[PFQ_ENDPOINT_offered] = 0;
	check("too-few-members", TOO_FEW);
	/* copies do not wait for members to start */
	endpoint[1].started = 0;
	check_among("too-few-members", "group ids gives no packets before 3 members are here "
		    "(1 now): start the others, or lower its key members in pfqd.conf");
	strcpy(group[0].steer, "copy");
	check_among("too-few-members", TOO_FEW);
}

#define NO_PACKET	"group ids has got no packet from eth0 yet: see whether the device " \
	"receives any, ip -s link, and check the cable or the mirror port"

static void packets(void **state)
{
	uint64_t *c = group[0].counters;

	(void)state;
	c[PFQ_GROUP_recv] = c[PFQ_GROUP_steered] = 0;
	check("no-packet", NO_PACKET);
	s.engine.uptime_ns = 4900000000;
	check(NULL, NULL);
	s.engine.uptime_ns = 5000000000;
	check("no-packet", NO_PACKET);
	/* a file, which has no index */
	group[0].device[0].ifindex = 0;
	check(NULL, NULL);
	begin(state);
	c[PFQ_GROUP_steered] = 0;
	c[PFQ_GROUP_drop_filter] = 60;
	c[PFQ_GROUP_drop_vlan] = 30;
	check(NULL, NULL);
	c[PFQ_GROUP_drop_program] = 10;
	check("refuses-all", "group ids has refused all 100 packets by its filter, VLAN list or "
	      "program: compare them with the traffic, pfqctl groups ids");
	begin(state);
	c[PFQ_GROUP_drop_no_member] = 8;
	check("drop-no-member", "group ids has dropped 8 packets because no member was there for "
	      "them (drop_no_member): see whether the number still grows, pfqctl stats -w 1");
}

/* A private group has no id, and always one member. */
static void private_groups(void **state)
{
	(void)state;
	group[0].id = 0;
	strcpy(group[0].name, "private#3");
	strcpy(group[0].steer, "copy");
	s.endpoints = group[0].members = 1;
	strcpy(endpoint[0].group, "private#3");
	check(NULL, NULL);
	endpoint[0].started = 0;
	check("not-started", "member 3 of group private#3 (snort, process 77) has joined and never "
	      "read, so it gets no flows: see what the program waits for");
	s.endpoints = group[0].members = 0;
	check(NULL, NULL);
}

/* --- devices ---------------------------------------------------------------------------- */

static void states(void **state)
{
	(void)state;
	group[0].device[0].state = PFQ_DEVICE_ABSENT;
	check("device-absent", "group ids waits for device eth0, which does not exist: make the "
	      "device, or correct the name");
	group[0].device[0].state = PFQ_DEVICE_DOWN;
	check("device-down", "group ids gets no packets from device eth0, which is down: ip link "
	      "set eth0 up");
	group[0].device[0].ifindex = 0;
	check(NULL, NULL);
	group[0].device[0].state = PFQ_DEVICE_UNUSED;
	strcpy(group[0].device_note[0].why, "its link type is RAW; bind \x1b it elsewhere");
	check("device-unused", "group ids does not use eth0: its link type is RAW; bind ? it "
	      "elsewhere");
	/* a queue is missing */
	group[0].device[0].ifindex = 2;
	group[0].device[0].state = PFQ_DEVICE_UP;
	group[0].counters[PFQ_GROUP_recv] = 1;
	strcpy(group[0].device_note[0].why, "device eth0 has no queue 3");
	check("device-queue", "group ids gets less from eth0 than it names: device eth0 has no "
	      "queue 3: see ethtool -l, or correct the queues in pfqd.conf");
	group[0].counters[PFQ_GROUP_recv] = 0;
	group[0].device[0].ifindex = 0;
	/* a program has bound it */
	group[0].device_note[0].why[0] = '\0';
	group[0].device_binder[0].pid = 77;
	strcpy(group[0].device_binder[0].comm, "snort");
	check("device-bound", "group ids also gets the packets of eth0, which snort (process 77, "
	      "user 0) has bound until the last member leaves: pfqctl unbind ids eth0");
	group[0].device_binder[0].pid = 0;
	/* the second device of two */
	group[0].device[1] = group[0].device[0];
	group[0].device[0].state = PFQ_DEVICE_UP;
	group[0].device[1].state = PFQ_DEVICE_ABSENT;
	strcpy(group[0].device[1].name, "late0");
	group[0].devices = 2;
	check("device-absent", "group ids waits for device late0, which does not exist: make the "
	      "device, or correct the name");
}

static void losses(void **state)
{
	(void)state;
	/* two sources of the device, and one of another device */
	ingest[1] = ingest[0];
	s.ingests = 2;
	ingest[0].counters[PFQ_INGEST_drop_socket] = 5;
	ingest[1].counters[PFQ_INGEST_drop_socket] = 6;
	check("drop-socket", "group ids has lost 11 packets of device eth0 before the engine "
	      "(drop_socket): give pfqd more workers, or CPUs of their own");
	ingest[1].ifindex = 8;
	ingest[0].counters[PFQ_INGEST_drop_socket] = 0;
	check(NULL, NULL);
	ingest[0].counters[PFQ_INGEST_drop_malformed] = 2;
	check("drop-malformed", "group ids has left out 2 packets of device eth0 that are shorter "
	      "than a link header (drop_malformed): look at what sends them");
}

static void offloads(void **state)
{
	(void)state;
	offload = true;
	check("super-packets", "group ids gets packets that are longer than on the wire, because "
	      "device eth0 joins received packets (gro): for a sensor, ethtool -K eth0 gro off");
	/* XDP sees packets before they are joined */
	strcpy(ingest[0].driver, "xdp");
	check(NULL, NULL);
	strcpy(ingest[0].driver, "packet");
	is_foreign = true;
	check(NULL, NULL);
}

/* --- members ---------------------------------------------------------------------------- */

static void classes(void **state)
{
	(void)state;
	endpoint[1].classes = 0x21;
	check(NULL, NULL);
	endpoint[1].classes = 0x20;
	check("class-not-addressed", "member 4 of group ids (snort, process 78) gets no packets, "
	      "because the group's program addresses the classes 0x1, and it has 0x20: start it "
	      "with another PFQ_CLASS, or without");
	/* a program that this pfqctl does not know */
	strcpy(group[0].steer, "from-the-future");
	check(NULL, NULL);
}

static void starts(void **state)
{
	(void)state;
	endpoint[0].started = 0;
	strcpy(endpoint[0].name, "first");
	check("not-started", "member 3 first of group ids (snort, process 77) has joined and never "
	      "read, so it gets no flows: see what the program waits for");
}

#define FULL	"member 3 of group ids (snort, process 77) has lost 9 packets, because its ring " \
	"was full (drop_ring_full): give it a larger ring (PFQ_RING), or the group more members"
#define STALLED	"member 3 of group ids (snort, process 77) has read nothing for a second, 4 " \
	"packets wait for it, and 9 are lost (drop_ring_full): see whether the program hangs"

static void rings(void **state)
{
	(void)state;
	endpoint[0].counters[PFQ_ENDPOINT_drop_ring_full] = 9;
	check("drop-ring-full", FULL);
	endpoint[0].unread = 4;
	check("drop-ring-full", FULL);
	memcpy(later_endpoint, endpoint, sizeof(later_endpoint));
	later.endpoints = 2;
	check("stalled", STALLED);
	endpoint[0].unread = 0;
	check("drop-ring-full", FULL);
	endpoint[0].unread = 4;
	later_endpoint[0].read++;
	check("drop-ring-full", FULL);
	later_endpoint[0].read--;
	is_halted = true;
	check("stopped", "member 3 of group ids (snort, process 77) is stopped: kill -CONT 77");
}

/* A member that has left has not started, and its counters are those of its time. */
static void absent_members(void **state)
{
	(void)state;
	endpoint[0].linger_ns = 1;
	endpoint[0].started = 0;
	endpoint[0].classes = 2;
	endpoint[0].counters[PFQ_ENDPOINT_drop_ring_full] = 9;
	check(NULL, NULL);
	/* one present, one absent: the third member is missing */
	group[0].members = group[0].absent = 1;
	group[0].members_wanted = 3;
	check(NULL, NULL);
	endpoint[0].counters[PFQ_ENDPOINT_offered] = endpoint[1].counters[PFQ_ENDPOINT_offered] = 0;
	check("too-few-members", "group ids gives no packets before 3 members are here (1 now): "
	      "start the others, or lower its key members in pfqd.conf");
	group[0].members_wanted = 2;
	check(NULL, NULL);
}

/* --- the table and the list --------------------------------------------------------------- */

/* Each text says what to do after a colon, and has no braces left. */
static void texts(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < hint_rules_count; i++) {
		check_case(hint_rules[i].name, strstr(hint_rules[i].text, ": "));
		for (k = 0; k < i; k++)
			check_case(hint_rules[i].name,
				   strcmp(hint_rules[i].name, hint_rules[k].name));
	}
	s.endpoints = 0;
	group[0].members = 0;
	memset(group[0].bindings, 'x', sizeof(group[0].bindings) - 1);
	group[0].counters[PFQ_GROUP_recv] = 0;
	assert_int_equal(hint_list_make(&list, &s, &later), 0);
	for (i = 0; i < list.count; i++)
		assert_null(strchr(list.hint[i].text, '{'));
	assert_true(list.count > 0);
	hint_list_free(&list);
}

static const char *string_of(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void json(void **state)
{
	json_t *all, *o;

	(void)state;
	group[0].device[0].state = PFQ_DEVICE_DOWN;
	endpoint[1].classes = 2;
	assert_int_equal(hint_list_make(&list, &s, &later), 0);
	all = hint_list_json(&list);
	assert_int_equal(json_array_size(all), 2);
	o = json_array_get(all, 0);
	assert_string_equal(string_of(o, "hint"), "device-down");
	assert_string_equal(string_of(o, "group"), "ids");
	assert_string_equal(string_of(o, "device"), "eth0");
	assert_int_equal(json_integer_value(json_object_get(o, "endpoint")), 0);
	check_text(string_of(o, "text"), "group ids gets no packets from device eth0");
	o = json_array_get(all, 1);
	assert_string_equal(string_of(o, "hint"), "class-not-addressed");
	assert_string_equal(string_of(o, "group"), "ids");
	assert_string_equal(string_of(o, "device"), "");
	assert_int_equal(json_integer_value(json_object_get(o, "endpoint")), 4);
	json_decref(all);
	hint_list_free(&list);
	/* a member whose group has gone between two requests */
	s.groups = 0;
	check(NULL, NULL);
}

/* --- processes that are no members ------------------------------------------------------ */

static void refusals(void **state)
{
	struct pfq_refusal_info refusal[2] = {
		{ .pid = 80, .uid = 9, .comm = "snort", .group = "ids", .why = "user 9 may not" },
		{ .pid = 0, .uid = 10, .why = "no \x1b memory" },
	};

	(void)state;
	s.refusal = refusal;
	s.refusals = s.all_refusals = 1;
	check("refused-again", "snort (process 80, user 9) gets no packets, because its JOIN is "
	      "refused again and again: user 9 may not");
	s.refusals = s.all_refusals = 2;
	assert_int_equal(hint_list_make(&list, &s, &later), 0);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.hint[0].group, "ids");
	assert_string_equal(list.hint[1].group, "");
	assert_string_equal(list.hint[1].text, "a program (process 0, user 10) gets no packets, "
			    "because its JOIN is refused again and again: no ? memory");
	hint_list_free(&list);
	s.refusals = 0;
	check("refused-more", "more processes (2) get no packets, because their JOINs are refused "
	      "again and again: see the log of pfqd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_is_well, begin),
		cmocka_unit_test_setup(members, begin),
		cmocka_unit_test_setup(members_wanted, begin),
		cmocka_unit_test_setup(packets, begin),
		cmocka_unit_test_setup(private_groups, begin),
		cmocka_unit_test_setup(states, begin),
		cmocka_unit_test_setup(losses, begin),
		cmocka_unit_test_setup(offloads, begin),
		cmocka_unit_test_setup(classes, begin),
		cmocka_unit_test_setup(starts, begin),
		cmocka_unit_test_setup(rings, begin),
		cmocka_unit_test_setup(absent_members, begin),
		cmocka_unit_test_setup(refusals, begin),
		cmocka_unit_test_setup(texts, begin),
		cmocka_unit_test_setup(json, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
