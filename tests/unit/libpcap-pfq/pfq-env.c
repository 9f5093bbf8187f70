/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "pfq.h"
#include "libpcap-pfq/pfq-env-device.h"

/* Look up a name in an environment: name, value, name, value, ..., NULL */
static const char *get(const char *name, char label[PFQ_ENV_LABEL_MAX], void *arg)
{
	const char *const *entry = arg;

	for (; *entry; entry += 2) {
		if (strcmp(entry[0], name))
			continue;
		snprintf(label, PFQ_ENV_LABEL_MAX, "%s", name);
		return entry[1];
	}
	return NULL;
}

/* The same for a file; its texts begin with "file: ". */
static const char *get_file(const char *name, char label[PFQ_ENV_LABEL_MAX], void *arg)
{
	const char *value = get(name, label, arg);

	if (value)
		snprintf(label, PFQ_ENV_LABEL_MAX, "file: %s", name);
	return value;
}

static int read_one(struct pfq_env *env, void *variables)
{
	const struct pfq_env_source source = { .get = get, .arg = variables };

	return pfq_env_read(env, &source, 1);
}

static int read_device(struct pfq_env_device *dev, const char *name, void *variables, char *err,
		       size_t err_size)
{
	const struct pfq_env_source source = { .get = get, .arg = variables };
	const struct pfq_env env = { .group_rank = 0 };

	return pfq_env_device_read(dev, &env, name, &source, 1, err, err_size);
}

#define ENV(...)	((void *)(const char *const []){ __VA_ARGS__, NULL })

static void nothing_set(void **state)
{
	static const struct pfq_env zero;
	struct pfq_env env;

	(void)state;
	assert_int_equal(read_one(&env, ENV(NULL)), 0);
	assert_memory_equal(&env, &zero, sizeof(env));
}

static void empty_is_unset(void **state)
{
	struct pfq_env env;

	(void)state;
	assert_int_equal(read_one(&env, ENV("PFQ_GROUP", "", "PFQ_WEIGHT", "",
						     "PFQ_LANG", "")), 0);
	assert_string_equal(env.group, "");
}

static void reconnect_values(void **state)
{
	static const char *const bad[] = { "0", "-1", "maybe", "2s", "31536001", "4294967295" };
	struct pfq_env env;
	size_t i;

	(void)state;
	assert_int_equal(read_one(&env, ENV("PFQ_RECONNECT", "")), 0);
	assert_int_equal(env.reconnect_s, 0);
	assert_int_equal(read_one(&env, ENV("PFQ_RECONNECT", "yes")), 0);
	assert_int_equal(env.reconnect_s, 0);
	assert_int_equal(read_one(&env, ENV("PFQ_RECONNECT", "no")), 0);
	assert_true(env.reconnect_s == PFQ_RECONNECT_NO);
	assert_int_equal(read_one(&env, ENV("PFQ_RECONNECT", "90")), 0);
	assert_int_equal(env.reconnect_s, 90);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(read_one(&env, ENV("PFQ_RECONNECT", bad[i])), -EINVAL);
		assert_non_null(strstr(env.error, "allowed: yes, no, or seconds from 1 to 31536"));
	}
}

static void all_values(void **state)
{
	struct pfq_env env;

	(void)state;
	assert_int_equal(read_one(&env, ENV(
		"PFQ_GROUP", "ids", "PFQ_FORCE_ALL", "1", "PFQ_SOCKET", "/tmp/s",
		"PFQ_STEER", "to:3", "PFQ_CLASS", "0,3-5,63", "PFQ_WEIGHT", "8",
		"PFQ_CAPLEN", "96", "PFQ_RING", "64M",
		"PFQ_VLAN", "10,20-29,untagged", "PFQ_HUGEPAGES", "2M", "PFQ_ORDER", "none",
		"PFQ_NAME", "probe-1", "PFQ_ENGINE", "user", "PFQ_DEBUG", "1",
		"PFQ_IDLE_RETURN", "yes")), 0);
	assert_string_equal(env.group, "ids");
	assert_string_equal(env.group_from, "PFQ_GROUP");
	assert_true(env.force_all);
	assert_string_equal(env.socket, "/tmp/s");
	assert_string_equal(env.steer, "to:3");
	assert_true(env.classes == (1ULL | 7ULL << 3 | 1ULL << 63));
	assert_int_equal(env.weight, 8);
	assert_int_equal(env.caplen, 96);
	assert_true(env.ring_bytes == 64ULL << 20);
	assert_string_equal(env.vlans, "10,20-29,untagged");
	assert_string_equal(env.hugepages, "2M");
	assert_true(env.order_none);
	assert_string_equal(env.name, "probe-1");
	assert_true(env.debug);
	assert_true(env.idle_return);
}

static void aliases_in_order(void **state)
{
	struct pfq_env env;

	(void)state;
	assert_int_equal(read_one(&env, ENV("PCAP_DEF_GROUP", "4", "PCAP_GROUP", "3",
						     "PFQ_DEF_GROUP", "2")), 0);
	assert_string_equal(env.group, "2");
	assert_string_equal(env.group_from, "PFQ_DEF_GROUP");
	assert_int_equal(read_one(&env, ENV("PCAP_FANOUT", "flow", "PCAP_CAPLEN", "64",
						     "PFQ_RX_SLOTS", "4096")), 0);
	assert_string_equal(env.steer, "flow");
	assert_int_equal(env.caplen, 64);
	assert_int_equal(env.ring_bytes, 4096 * PFQ_ENV_SLOT_BYTES);
	assert_string_equal(env.ring_from, "PFQ_RX_SLOTS");
}

static const struct { const char *name, *value, *text; } bad_values[] = {
	{ "PFQ_GROUP", "Ids", "PFQ_GROUP=Ids: allowed: " },
	{ "PCAP_GROUP", "65536", "PCAP_GROUP=65536: " },
	{ "PFQ_GROUP", "0", "PFQ_GROUP=0: " },
	{ "PFQ_FORCE_ALL", "maybe", "PFQ_FORCE_ALL=maybe: allowed: 1 or 0" },
	{ "PFQ_SOCKET", "relative", "PFQ_SOCKET=relative: " },
	{ "PFQ_CLASS", "64", "PFQ_CLASS=64: allowed: classes 0-63" },
	{ "PFQ_CLASS", "5-3", "PFQ_CLASS=5-3" },
	{ "PFQ_CLASS", "1,", "PFQ_CLASS=1," },
	{ "PFQ_CLASS", "1 2", "PFQ_CLASS=1 2" },
	{ "PFQ_CLASS", "-1", "PFQ_CLASS=-1" },
	{ "PFQ_WEIGHT", "0", "PFQ_WEIGHT=0: allowed: 1-8" },
	{ "PFQ_WEIGHT", "9", "PFQ_WEIGHT=9" },
	{ "PFQ_WEIGHT", "1x", "PFQ_WEIGHT=1x" },
	{ "PFQ_WEIGHT", "99999999999999999999999", "PFQ_WEIGHT=9999" },
	{ "PFQ_CAPLEN", "0", "PFQ_CAPLEN=0: allowed: 1-262144" },
	{ "PCAP_CAPLEN", "262145", "PCAP_CAPLEN=262145" },
	{ "PFQ_RING", "64X", "PFQ_RING=64X" },
	{ "PFQ_RING", "64MB", "PFQ_RING=64MB" },
	{ "PFQ_RING", "1", "PFQ_RING=1: allowed: a size from 64K" },
	{ "PFQ_RING", "2000000G", "PFQ_RING=2000000G" },
	{ "PFQ_RING", "M", "PFQ_RING=M" },
	{ "PFQ_RX_SLOTS", "-5", "PFQ_RX_SLOTS=-5" },
	{ "PFQ_VLAN", "ten", "PFQ_VLAN=ten" },
	{ "PFQ_VLAN", "0", "PFQ_VLAN=0" },
	{ "PFQ_VLAN", "4095", "PFQ_VLAN=4095: allowed: VLAN ids 1-4094" },
	{ "PFQ_VLAN", "10,", "PFQ_VLAN=10," },
	{ "PFQ_VLAN", "untaggedx", "PFQ_VLAN=untaggedx" },
	{ "PFQ_HUGEPAGES", "2", "PFQ_HUGEPAGES=2" },
	{ "PFQ_HUGEPAGES", "yes", "PFQ_HUGEPAGES=yes: allowed: auto, off" },
	{ "PFQ_ORDER", "wire", "PFQ_ORDER=wire: allowed: time or none" },
	{ "PFQ_NAME", "two words", "PFQ_NAME=two words" },
	{ "PFQ_NAME", "1st", "PFQ_NAME=1st: allowed: a name" },
	{ "PFQ_NAME", "a234567890123456789012345678901234", "PFQ_NAME=a23" },
	{ "PFQ_ENGINE", "x", "PFQ_ENGINE=x: allowed: auto, user or kernel" },
	{ "PFQ_IDLE_RETURN", "100", "PFQ_IDLE_RETURN=100: allowed: 1 or 0" },
	{ "PFQ_DEBUG", "2", "PFQ_DEBUG=2: allowed: 1, 0, or an absolute path" },
	{ "PFQ_TX_RING", "1M", "PFQ_TX_RING=1M: not supported yet" },
	{ "PFQ_TX_SLOTS", "1", "PFQ_TX_SLOTS=1: not supported yet" },
	{ "PFQ_TX_SYNC", "1", "PFQ_TX_SYNC=1: not supported yet" },
	{ "PFQ_TX_HW_QUEUE", "1", "PFQ_TX_HW_QUEUE=1: not supported yet" },
	{ "PFQ_TX_IDX_THREAD", "1", "PFQ_TX_IDX_THREAD=1: not supported yet" },
};

static void bad_values_name_variable_and_value(void **state)
{
	struct pfq_env env;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad_values) / sizeof(bad_values[0]); i++) {
		assert_int_equal(read_one(&env, ENV(bad_values[i].name, bad_values[i].value)),
				 -EINVAL);
		if (!strstr(env.error, bad_values[i].text))
			fail_msg("%s=%s: \"%s\" lacks \"%s\"", bad_values[i].name,
				 bad_values[i].value, env.error, bad_values[i].text);
	}
}

/* Only errors in variables that take over devices matter for an ordinary device. */
static void which_errors_decide(void **state)
{
	struct pfq_env env;

	(void)state;
	assert_int_equal(read_one(&env, ENV("PFQ_WEIGHT", "x")), -EINVAL);
	assert_false(env.bad_decides);
	assert_int_equal(read_one(&env, ENV("PFQ_WEIGHT", "x", "PFQ_GROUP", "X")), -EINVAL);
	assert_true(env.bad_decides);
	assert_non_null(strstr(env.error, "PFQ_GROUP=X"));
}

static void a_long_value_is_cut_in_the_text(void **state)
{
	char value[5000];
	struct pfq_env env;

	(void)state;
	memset(value, 'a', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	assert_int_equal(read_one(&env, ENV("PFQ_STEER", value)), -EINVAL);
	assert_non_null(strstr(env.error, "policy"));
}

static void device_variables(void **state)
{
	struct pfq_env_device dev;
	char err[256];

	(void)state;
	assert_int_equal(read_device(&dev, "eth0", ENV("PFQ_eth1", "1"), err,
					     sizeof(err)), 0);
	assert_int_equal(dev.take, PFQ_ENV_TAKE_UNSET);
	assert_int_equal(read_device(&dev, "eth0", ENV("PFQ_eth0", "1"), err,
					     sizeof(err)), 0);
	assert_int_equal(dev.take, PFQ_ENV_TAKE_YES);
	assert_int_equal(read_device(&dev, "eth0.5", ENV("PFQ_eth0_5", "0"), err,
					     sizeof(err)), 0);
	assert_int_equal(dev.take, PFQ_ENV_TAKE_NO);
	assert_int_equal(read_device(&dev, "br-lan", ENV("PCAP_GROUP_br_lan", "7"), err,
				     sizeof(err)), 0);
	assert_string_equal(dev.group, "7");
	assert_string_equal(dev.label, "PCAP_GROUP_br_lan");
	assert_int_equal(read_device(&dev, "eth0", ENV("PFQ_GROUP_eth0", "ids",
					     "PCAP_GROUP_eth0", "7"), err, sizeof(err)), 0);
	assert_string_equal(dev.group, "ids");
}

static void bad_device_variables(void **state)
{
	struct pfq_env_device dev;
	char err[256];

	(void)state;
	assert_int_equal(read_device(&dev, "eth0", ENV("PFQ_eth0", "2"), err,
					     sizeof(err)), -EINVAL);
	assert_non_null(strstr(err, "PFQ_eth0=2: allowed: 1 or 0"));
	assert_int_equal(read_device(&dev, "eth0", ENV("PFQ_GROUP_eth0", "A"), err,
					     sizeof(err)), -EINVAL);
	assert_non_null(strstr(err, "PFQ_GROUP_eth0=A: allowed: "));
}

/* Each value comes from the first source that has it. */
static void sources_in_order(void **state)
{
	const struct pfq_env_source source[] = {
		{ get, ENV("PFQ_RING", "1M", "PCAP_GROUP", "one") },
		{ get_file, ENV("PFQ_GROUP", "two", "PFQ_STEER", "flow", "PFQ_RING", "2M",
				"PFQ_WEIGHT", "") },
		{ get_file, ENV("PFQ_STEER", "ip", "PFQ_WEIGHT", "3") },
	};
	struct pfq_env env;

	(void)state;
	assert_int_equal(pfq_env_read(&env, source, 3), 0);
	assert_string_equal(env.group, "one");
	assert_string_equal(env.group_from, "PCAP_GROUP");
	assert_int_equal(env.group_rank, 1);
	assert_int_equal(env.force_rank, 0);
	assert_int_equal(env.ring_bytes, 1 << 20);
	assert_string_equal(env.steer, "flow");
	assert_string_equal(env.steer_from, "file: PFQ_STEER");
	assert_int_equal(env.weight, 3);
}

static void an_error_names_its_source(void **state)
{
	const struct pfq_env_source source[] = {
		{ get, ENV("PFQ_WEIGHT", "2") },
		{ get_file, ENV("PFQ_WEIGHT", "9", "PFQ_RING", "x") },
	};
	struct pfq_env env;

	(void)state;
	assert_int_equal(pfq_env_read(&env, source, 2), -EINVAL);
	/* the bad weight is not used, so it is no error */
	assert_non_null(strstr(env.error, "file: PFQ_RING=x: allowed: "));
	assert_int_equal(env.weight, 2);
}

/* A group of the environment beats what the file says of one device; so does PFQ_FORCE_ALL. */
static void a_better_group_beats_a_device(void **state)
{
	const struct pfq_env_source source[] = {
		{ get, ENV(NULL) },
		{ get_file, ENV("PFQ_eth0", "0", "PFQ_GROUP_eth0", "two") },
	};
	struct pfq_env env = { .group_rank = 1 };
	struct pfq_env_device dev;
	char err[256];

	(void)state;
	assert_int_equal(pfq_env_device_read(&dev, &env, "eth0", source, 2, err, sizeof(err)), 0);
	assert_string_equal(dev.group, "");
	assert_int_equal(dev.take, PFQ_ENV_TAKE_UNSET);
	env = (struct pfq_env){ .group_rank = 2, .force_rank = 1 };
	assert_int_equal(pfq_env_device_read(&dev, &env, "eth0", source, 2, err, sizeof(err)), 0);
	assert_string_equal(dev.group, "two");
	assert_int_equal(dev.take, PFQ_ENV_TAKE_UNSET);
	env = (struct pfq_env){ .group_rank = 0 };
	assert_int_equal(pfq_env_device_read(&dev, &env, "eth0", source, 2, err, sizeof(err)), 0);
	assert_int_equal(dev.take, PFQ_ENV_TAKE_NO);
	assert_string_equal(dev.label, "file: PFQ_GROUP_eth0");
}

static void parts_of_variables(void **state)
{
	(void)state;
	assert_string_equal(pfq_env_device_part("PFQ_eth0", "1"), "eth0");
	assert_string_equal(pfq_env_device_part("PFQ_GROUP_eth0", "x"), "eth0");
	assert_string_equal(pfq_env_device_part("PCAP_GROUP_eth0", "x"), "eth0");
	assert_null(pfq_env_device_part("PFQ_eth0", "x"));
	assert_null(pfq_env_device_part("PCAP_eth0", "1"));
	assert_null(pfq_env_device_part("PFQ_FORCE_ALL", "1"));
	assert_null(pfq_env_device_part("HOME", "1"));
}

static void a_debug_path(void **state)
{
	struct pfq_env env;

	(void)state;
	assert_int_equal(read_one(&env, ENV("PFQ_DEBUG", "/tmp/x")), 0);
	assert_true(env.debug);
	assert_string_equal(env.debug_path, "/tmp/x");
	assert_int_equal(read_one(&env, ENV("PFQ_DEBUG", "no")), 0);
	assert_false(env.debug);
}

/* A device whose name makes a general variable's name has no variable of its own. */
static void general_variables_are_no_devices(void **state)
{
	struct pfq_env_device dev;
	char err[256];

	(void)state;
	assert_int_equal(read_device(&dev, "GROUP", ENV("PFQ_GROUP", "ids"), err,
					     sizeof(err)), 0);
	assert_int_equal(dev.take, PFQ_ENV_TAKE_UNSET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_set),
		cmocka_unit_test(empty_is_unset),
		cmocka_unit_test(all_values),
		cmocka_unit_test(reconnect_values),
		cmocka_unit_test(aliases_in_order),
		cmocka_unit_test(bad_values_name_variable_and_value),
		cmocka_unit_test(which_errors_decide),
		cmocka_unit_test(a_long_value_is_cut_in_the_text),
		cmocka_unit_test(device_variables),
		cmocka_unit_test(bad_device_variables),
		cmocka_unit_test(general_variables_are_no_devices),
		cmocka_unit_test(sources_in_order),
		cmocka_unit_test(an_error_names_its_source),
		cmocka_unit_test(a_better_group_beats_a_device),
		cmocka_unit_test(parts_of_variables),
		cmocka_unit_test(a_debug_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
