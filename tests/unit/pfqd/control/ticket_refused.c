/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests tickets that are not valid, and JOINs that fail although their ticket is valid. */
#include "config.h"

#include <errno.h>

#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ticket_rig.h"

static void unknown(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];
	struct client *c;
	unsigned int i;

	(void)state;
	rig_leave_behind(ticket);
	for (i = 0; i < PFQ_TICKET_BYTES; i += PFQ_TICKET_BYTES - 1) {
		ticket[i] ^= 1;
		rig_refused_once(ticket, RIG_UNKNOWN);
		ticket[i] ^= 1;
	}
	c = client_hello(1000, 1000);
	assert_int_equal(rig_join(c, "g", ticket, PFQ_TICKET_BYTES - 1), -EINVAL);
	check_text(c->msg.text, "a ticket of 31 bytes is not allowed; allowed: 32");
	client_free(c);
	rig_granted_once(ticket);
}

static void other_group(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];
	struct client *c;

	(void)state;
	rig_leave_behind(ticket);
	c = client_hello(1000, 1000);
	rig_refused(rig_show(c, "other", ticket), c, -EACCES,
		"it is for another group, or for other devices");
	assert_int_equal(rig_show(c, "g", ticket), 0);
	client_free(c);
}

static void used_by_another(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];
	struct client *c = rig_member(0, 0, ticket);

	(void)state;
	rig_refused_once(ticket, "another program uses it");
	rig_next();
	client_free(c);
	c = client_hello(1000, 1000);
	assert_int_equal(rig_show(c, "g", ticket), 0);
	rig_refused_once(ticket, "another program uses it");
	client_free(c);
}

/* A JOIN that fails for another reason leaves the ticket as it was. */
static void other_reason(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];
	struct client *c;

	(void)state;
	rig_leave_behind(ticket);
	c = client_hello(1000, 1000);
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
	pfq_msg_put_string(&c->out, PFQ_A_HUGEPAGES, "3K");
	pfq_msg_put_binary(&c->out, PFQ_A_TICKET, ticket, PFQ_TICKET_BYTES);
	assert_int_not_equal(client_ask(c), 0);
	assert_null(strstr(c->msg.text, "ticket"));
	assert_int_equal(rig_show(c, "g", ticket), 0);
	client_free(c);
}

/* The group's access does not let the user of the ticket in for a while. */
static void refused_for_a_while(void **state)
{
	struct pfqd_group *g = registry_group_named(world.registry, "g");
	uint8_t ticket[PFQ_TICKET_BYTES];
	struct client *c = rig_member(1000, 7, ticket);

	(void)state;
	rig_next();
	client_free(c);
	g->settings.access.mode = 0600;
	c = client_hello(1000, 1000);
	rig_refused(rig_show(c, "g", ticket), c, -EACCES, NULL);
	g->settings.access.mode = 0640;
	assert_int_equal(rig_show(c, "g", ticket), 0);
	client_free(c);
}

/* The client goes away while its JOIN is in work. */
static void gone_meanwhile(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];
	struct client *c;

	(void)state;
	rig_leave_behind(ticket);
	c = client_hello(1000, 1000);
	client_begin(c, PFQ_CMD_JOIN, 0);
	pfq_msg_put_string(&c->out, PFQ_A_GROUP, "g");
	pfq_msg_put_binary(&c->out, PFQ_A_TICKET, ticket, PFQ_TICKET_BYTES);
	client_send(c);
	client_free(c);
	rig_granted_once(ticket);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(unknown, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(other_group, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(used_by_another, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(other_reason, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(refused_for_a_while, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(gone_meanwhile, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
