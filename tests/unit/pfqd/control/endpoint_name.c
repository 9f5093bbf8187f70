/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests what names mean to the engine: a device is its index, and a name only finds it. */
#include "config.h"

#include <errno.h>
#include <net/if.h>

#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/pfqd_world.h"

static const struct source *source_of(const struct pfqd_group *g, unsigned int feed)
{
	return g->feed[feed].source;
}

static bool is_up_on(const struct pfqd_group *g, unsigned int feed, uint32_t ifindex)
{
	return source_of(g, feed)->state == PFQ_DEVICE_UP && source_of(g, feed)->ifindex == ifindex;
}

/*
 * Two devices swap their names. A bound device stays, and the name finds the device that
 * has it now.
 */
static void names_are_swapped(void **state)
{
	struct pfqd_group *a = world_group("a", "va", "copy", "root:root 0600"), *again;
	uint32_t va, vb;

	(void)state;
	world_veth();
	va = if_nametoindex("va");
	vb = if_nametoindex("vb");
	world_until(is_up_on(a, 0, va));
	net_run("ip link set va down && ip link set vb down && ip link set va name vx && "
		"ip link set vb name va && ip link set vx name vb && "
		"ip link set va up && ip link set vb up");
	world_until(is_up_on(a, 0, va) && !strcmp(source_device(source_of(a, 0)), "vb"));
	again = world_group("again", "va", "copy", "root:root 0600");
	world_until(is_up_on(again, 0, vb));
	assert_ptr_not_equal(source_of(a, 0), source_of(again, 0));
	net_run("ip link del va");
	world_until(source_of(a, 0)->state == PFQ_DEVICE_ABSENT);
	/* The source waits for the name that was written. */
	world_veth();
	world_until(is_up_on(a, 0, if_nametoindex("va")));
	net_veth_del();
}

/*
 * A group waits for a name, which moves to another device before and after the group has
 * bound it.
 */
static void an_alternative_name_moves(void **state)
{
	struct pfqd_group *g = world_group("g", "moving", "copy", "root:root 0600");
	uint32_t va, vb;

	(void)state;
	world_veth();
	va = if_nametoindex("va");
	vb = if_nametoindex("vb");
	assert_int_equal(source_of(g, 0)->state, PFQ_DEVICE_ABSENT);
	/* The kernel sends no message about an alternative name of a device that is down. */
	net_run("ip link set va down && ip link property add dev va altname moving && "
		"ip link property del dev va altname moving && "
		"ip link property add dev vb altname moving && ip link set vb up");
	net_run("ip link set va up");
	world_until(is_up_on(g, 0, vb));
	net_run("ip link property del dev vb altname moving && "
		"ip link property add dev va altname moving && ip link set vb down");
	world_until(source_of(g, 0)->state == PFQ_DEVICE_DOWN);
	assert_int_equal(source_of(g, 0)->ifindex, vb);
	assert_int_equal(devices_find(world.registry->devices, "moving")->ifindex, va);
	assert_false(source_is_on(source_of(g, 0), "moving"));
	net_veth_del();
}

/* A group names a device twice. If both names exist, the engine refuses it at once. */
static void one_device_twice_is_refused(void **state)
{
	struct group_settings s;
	struct pfq_error err;
	struct pfqd_group *g;

	(void)state;
	world_veth();
	net_run("ip link property add dev va altname other");
	world_until(devices_find(world.registry->devices, "other"));
	group_settings_default(&s);
	strcpy(s.name, "twice");
	assert_int_equal(binding_list_parse(&s.bindings, "other, va", &err), 0);
	assert_int_equal(registry_group_add(world.registry, GROUP_CONFIGURED, &s, &g, &err),
			 -EINVAL);
	group_settings_free(&s);
	assert_string_equal(err.text, "\"va\" and other are one device; group twice "
			    "has it; allowed: each device once");
	net_veth_del();
}

/* If the second name comes later, the engine refuses it then. */
static void a_second_name_comes_later(void **state)
{
	struct client *c = client_hello(0, 0), *watch = client_hello(0, 0);
	struct pfqd_group *g = world_group("g", "va, late", "copy", "root:root 0600");
	uint8_t frame[NET_PACKET_BYTES];
	size_t len = net_packet(frame, 1);
	int s;

	(void)state;
	world_veth();
	world_until(source_of(g, 0)->state == PFQ_DEVICE_UP);
	net_run("ip link property add dev va altname late");
	world_until(g->feed[1].is_refused);
	assert_string_equal(g->feed[1].why,
			    "the group has this device already, as va; allowed: each "
			    "device once");
	assert_int_equal(source_state(source_of(g, 1)), PFQ_DEVICE_UNUSED);
	assert_int_equal(client_join(c, "g", "va"), 0);
	assert_int_equal(g->feeds, 2);
	s = net_sender("vb");
	net_send(s, frame, len);
	close(s);
	world_until(client_counter(watch, 1, PFQ_ENDPOINT_delivered) == 1);
	net_run("sleep 0.1");
	assert_int_equal(client_counter(watch, 1, PFQ_ENDPOINT_delivered), 1);
	client_free(c);
	client_free(watch);
	net_veth_del();
}

/* A program names a device by a name that was added while the device was down. */
static void a_join_asks_the_kernel(void **state)
{
	struct client *c = client_hello(0, 0);

	(void)state;
	world_veth();
	net_run("ip link set va down && ip link property add dev va altname secret");
	world_until(!devices_find(world.registry->devices, "va")->up);
	assert_int_equal(client_join(c, NULL, "secret"), -ENETDOWN);
	assert_non_null(strstr(c->msg.text, "device va is down"));
	client_free(c);
	net_veth_del();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_are_swapped, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(an_alternative_name_moves, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(one_device_twice_is_refused, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(a_second_name_comes_later, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(a_join_asks_the_kernel, world_setup,
						world_teardown),
	};
	int ret = net_enter();

	return ret ? ret : cmocka_run_group_tests(tests, NULL, NULL);
}
