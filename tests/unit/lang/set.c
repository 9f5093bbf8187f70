/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Declarations of live sets, and lists with sets in them. */
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/compiled.h"
#include "lang/compile.h"
#include "lang/print.h"

#define ADDRS	"addresses (10.0.0.0/8, 2001:db8::/32, a list, a set of addresses)"
#define PORTS	"ports (53, 5060-5061, a list, a set of ports)"
#define SET	"set wants a number of entries and a time (size=64K timeout=10m)"

static const struct {
	const char *text, *note;
} messages[] = {
	{ "set evil port in has_addr evil",
	  "1:27: \"evil\" is a set of ports; has_addr wants " ADDRS },
	{ "set a addr in has_port [53, a]",
	  "1:29: \"a\" is a set of addresses; has_port wants " PORTS },
	{ "set a addr in steer_local_ip a",
	  "1:30: \"a\" is a set of addresses; steer_local_ip wants "
	  "addresses (10.0.0.0/8, 2001:db8::/32, a list)" },
	{ "set a addr in a",
	  "1:15: a is a set of addresses, and stands where a function is wanted" },
	{ "set a addr in has_addr a 5", "1:26: has_addr wants " ADDRS "; 5 is one too many" },
	{ "set a adr in ip",
	  "1:7: \"adr\" is no type of set; allowed: addr, mac, port, vlan, flow" },
	{ "set a addr size=0 in ip", "1:17: " SET "; 0 is not from 1 to 16777216" },
	{ "set a addr size=17M in ip", "1:17: " SET "; 17M is not from 1 to 16777216" },
	{ "set a mac timeout=5 in ip", "1:19: " SET ", not a number: 5" },
	{ "set a mac timeout=2ms in ip", "1:19: " SET "; 2ms is not from 1s to 365d" },
	{ "set a flow timeout=366d in ip", "1:20: " SET "; 366d is not from 1s to 365d" },
	{ "set a addr idle=5s in ip", "1:12: set has no option \"idle\"; allowed: size timeout" },
	{ "set a addr size=5 size=6 in ip", "1:19: set has the option \"size\" already" },
	{ "set a port size=5 in ip", "1:12: a set of ports has no options" },
	{ "set a addr [53] in ip", "1:13: a set of addresses does not hold a number: 53" },
	{ "set b port set a addr [b] in ip", "1:24: a set of addresses does not hold a set of "
	  "ports: b" },
	{ "set a mac [10.0.0.1] in ip", "1:12: a set of MAC addresses does not hold an address: "
	  "10.0.0.1" },
	{ "set a port [65536] in ip", "1:13: 65536 is not from 0 to 65535" },
	{ "set a vlan [0-4095] in ip", "1:13: 0-4095 is not from 0 to 4094" },
	{ "set a flow [10.0.0.1] in ip", "1:13: a set of flows has no items in the text; "
	  "learn_flow and pfqctl set add flows" },
	{ "set a addr size=2 [10.0.0.1, 10.0.0.2, 10.0.0.3] in ip",
	  "1:7: the set has 3 items, and size=2; size= must be at least as many" },
	{ "set a addr [1.0.0.0/8, 2.0.0.0/9, 3.0.0.0/10, 4.0.0.0/11, 5.0.0.0/12, 6.0.0.0/15, "
	  "7.0.0.0/16, 8.0.0.0/17, 9.0.0.0/18] in ip", "1:12: prefixes of IPv4 have 9 lengths "
	  "here; a set has at most 8: /18 is the ninth" },
	{ "set a addr set a port in ip", "1:16: \"a\" has a set in line 1 already" },
	{ "set ip addr in udp", "1:5: \"ip\" is a name of pfq-lang; a set needs another one" },
	{ "let x = has_addr a set a addr in x",
	  "1:18: \"a\": no such name; has_addr wants " ADDRS },
	{ "set a addr in learn_src a 2s",
	  "1:27: learn_src wants a set of addresses (attackers timeout=60s); 2s is one too many" },
	{ "set a addr in learn_src a timeout=5",
	  "1:35: learn_src wants a set of addresses (attackers timeout=60s), not a number: 5" },
	{ "set a addr in learn_flow a",
	  "1:26: \"a\" is a set of addresses; learn_flow wants a set of flows (conns "
	  "timeout=60s)" },
	{ "learn_src 10.0.0.1", "1:11: learn_src wants a set of addresses (attackers timeout=60s), "
	  "not an address: 10.0.0.1" },
	{ "set bad addr in udp", "1:5: note: set bad is not used" },
	{ "has_flow 53", "1:10: has_flow wants a set of flows, not a number: 53" },
};

static void messages_are_exact(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		check_note(messages[i].text, messages[i].note);
}

static struct pfq_lang *compile(const char *text, struct pfq_lang_parts *parts)
{
	struct pfq_lang *lang;

	if (pfq_lang_compile(&lang, text, strlen(text)))
		fail_msg("%s: %s", text, pfq_lang_first_error(lang)->text);
	assert_int_equal(pfq_lang_parts_find(parts, lang->bytes, lang->size), 0);
	return lang;
}

/* Items of several lists and lets are one list; addresses that are there twice are there once. */
static void items_become_the_object(void **state)
{
	struct pfq_lang_parts p;
	struct pfq_lang *lang = compile("let more = [10.0.0.0/8, ::1] "
					"set a addr size=4K timeout=90s [10.0.0.1, more] "
					"[\"10.0.0.0/8\"] in has_addr a", &p);
	const struct pfq_lang_object *o = p.object;
	const struct pfq_lang_prefix *item = (const void *)(p.data + o->data);

	(void)state;
	assert_int_equal(p.objects, 1);
	assert_int_equal(o->kind, PFQ_LANG_KIND_SET_ADDR);
	assert_string_equal(o->name, "a");
	assert_int_equal(o->size, 4096);
	assert_int_equal(o->arg[0], 90);
	assert_int_equal(o->count, 3);
	assert_int_equal(item[0].plen, 8);
	assert_int_equal(item[1].plen, 32);
	assert_int_equal(item[2].family, 6);
	pfq_lang_free(lang);
}

/* A set is one object, however often it is used. Without size= it holds 64K. */
static void a_set_is_one_object(void **state)
{
	struct pfq_lang_parts p;
	struct pfq_lang *lang = compile("set m mac [00:11:22:33:44:55] set v vlan [0, 5-7] in "
					"src (has_mac m) or has_mac m or has_vid v", &p);
	static const unsigned char mac[] = { 0, 0x11, 0x22, 0x33, 0x44, 0x55 };
	const struct pfq_lang_prefix *item = (const void *)(p.data + p.object[0].data);
	const struct pfq_lang_range *range = (const void *)(p.data + p.object[1].data);

	(void)state;
	assert_int_equal(p.objects, 2);
	assert_int_equal(p.object[0].size, 65536);
	assert_int_equal(p.object[1].size, 0);
	assert_int_equal(item->family, PFQ_LANG_FAMILY_MAC);
	assert_memory_equal(item->addr, mac, sizeof(mac));
	assert_int_equal(p.object[1].count, 2);
	assert_int_equal(range[1].last, 7);
	assert_int_equal(p.step[0].symbol, PFQ_LANG_HAS_SRC_MAC_SET);
	assert_int_equal(p.step[1].symbol, PFQ_LANG_HAS_MAC_SET);
	pfq_lang_free(lang);
}

/* Lists that have items and sets; the steps that they become, in their order. */
static void lists_mix_items_and_sets(void **state)
{
	static const struct {
		const char *text, *steps;
	} rows[] = {
		{ "set a addr in has_addr [a]", "has_addr a;" },
		{ "set p port in has_dst_port [53, p, 80]",
		  "has_dst_port p;has_dst_port [53, 80];" },
		{ "set a addr set b addr in has_addr [a, 10.0.0.1, b]",
		  "has_addr a;has_addr b;has_addr 10.0.0.1;" },
		{ "set p port in is_sip ports=[p, 5060]", "is_sip ports = p;is_sip ports = 5060;" },
		{ "set a addr timeout=1m in learn_src a >-> learn_dst a timeout=90s",
		  "learn_src a timeout=60s;learn_dst a timeout=90s;" },
		{ "let us = [10.0.0.0/8] set a addr let all = [us, a] in dst (has_addr all)",
		  "has_dst_addr a;has_dst_addr 10.0.0.0/8;" },
	};
	struct pfq_lang_parts p;
	struct pfq_lang_line line;
	struct pfq_lang *lang;
	unsigned int i, k;
	char steps[300];

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		lang = compile(rows[i].text, &p);
		for (k = 0, steps[0] = 0; k < p.steps; k++) {
			pfq_lang_step_write(&line, &p, k);
			strcat(strcat(steps, line.text), ";");
		}
		assert_string_equal(steps, rows[i].steps);
		pfq_lang_free(lang);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_exact),
		cmocka_unit_test(items_become_the_object),
		cmocka_unit_test(a_set_is_one_object),
		cmocka_unit_test(lists_mix_items_and_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
