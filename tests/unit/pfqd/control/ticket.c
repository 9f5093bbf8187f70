/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests tickets: what one pfqd has granted holds with the next one, for the same JOIN and for some
 * time. The linker's --wrap redirects loop_now_ns() to this file.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "pfqd/control/ticket.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/ingest_net.h"
#include "tests/unit/fixture/ticket_rig.h"

#define NS_PER_MS	1000000ULL

static uint64_t ahead_ns;	/* of the clock */

uint64_t __real_loop_now_ns(void);
uint64_t __wrap_loop_now_ns(void);

uint64_t __wrap_loop_now_ns(void)
{
	return __real_loop_now_ns() + ahead_ns;
}

static int setup(void **state)
{
	ahead_ns = 0;
	return rig_setup(state);
}

/* --- what a ticket grants --------------------------------------------------------- */

static void root_without_root(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES], again[PFQ_TICKET_BYTES];
	struct client *c;
	int i;

	(void)state;
	rig_leave_behind(ticket);
	for (i = 0; i < 3; i++) {
		c = client_hello(1000, 1000);
		rig_refused(rig_join(c, "g", NULL, 0), c, -EACCES, NULL);
		assert_int_equal(rig_show(c, "g", ticket), 0);
		rig_take(c, again);
		assert_memory_equal(ticket, again, sizeof(ticket));
		assert_int_equal(limits_used(world.registry->limits, 0, LIMIT_ENDPOINTS), 1);
		assert_int_equal(limits_used(world.registry->limits, 1000, LIMIT_ENDPOINTS), 0);
		/* as root it may inject; the frame is too short */
		client_begin(c, PFQ_CMD_INJECT, 0);
		pfq_msg_put_binary(&c->out, PFQ_A_FRAME, "", 1);
		assert_int_equal(client_ask(c), -EINVAL);
		/* and nothing else than what its JOIN was for */
		client_begin(c, PFQ_CMD_GROUP_DEL, 0);
		pfq_msg_put_string(&c->out, PFQ_A_GROUP, "other");
		assert_int_equal(client_ask(c), -EPERM);
		assert_int_equal(rig_files(), 1);
		rig_next();
		client_free(c);
	}
}

/* The files of new tickets have other names than those of the last pfqd's. */
static void beside_new_ones(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES], new[PFQ_TICKET_BYTES];
	struct client *c;

	(void)state;
	rig_leave_behind(ticket);
	c = rig_member(0, 0, new);
	assert_int_equal(rig_files(), 2);
	assert_memory_not_equal(ticket, new, sizeof(ticket));
	rig_granted_once(ticket);
	client_free(c);
}

/* A member that has given up its group */
static void group_without_group(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];
	struct client *c = rig_member(1000, 7, ticket);

	(void)state;
	rig_next();
	client_free(c);
	rig_granted_once(ticket);
	c = client_hello(1000, 1000);
	assert_int_equal(rig_show(c, "g", ticket), 0);
	client_begin(c, PFQ_CMD_INJECT, 0);
	pfq_msg_put_binary(&c->out, PFQ_A_FRAME, "", 1);
	assert_int_equal(client_ask(c), -EACCES);
	client_free(c);
}

/* Devices that only root may name, and groups that only root may make */
static void same_devices(void **state)
{
	uint8_t ticket[3][PFQ_TICKET_BYTES];
	const char *group[3] = { "g", "made", NULL };
	struct client *root[3], *c;
	int i;

	(void)state;
	world_veth();
	for (i = 0; i < 3; i++) {
		root[i] = client_hello(0, 0);
		assert_int_equal(client_join(root[i], group[i], "va"), 0);
		rig_take(root[i], ticket[i]);
	}
	rig_next();
	for (i = 0; i < 3; i++) {
		client_free(root[i]);
		c = client_hello(1000, 1000);
		assert_int_not_equal(client_join(c, group[i], "va"), 0);
		client_begin(c, PFQ_CMD_JOIN, 0);
		if (group[i])
			pfq_msg_put_string(&c->out, PFQ_A_GROUP, group[i]);
		pfq_msg_put_string(&c->out, PFQ_A_BINDINGS, "vb");
		pfq_msg_put_binary(&c->out, PFQ_A_TICKET, ticket[i], PFQ_TICKET_BYTES);
		assert_int_not_equal(client_ask(c), 0);
		check_text(c->msg.text,
			   RIG_NOT_VALID "it is for another group, or for other devices");
		client_begin(c, PFQ_CMD_JOIN, 0);
		if (group[i])
			pfq_msg_put_string(&c->out, PFQ_A_GROUP, group[i]);
		pfq_msg_put_string(&c->out, PFQ_A_BINDINGS, "va");
		pfq_msg_put_binary(&c->out, PFQ_A_TICKET, ticket[i], PFQ_TICKET_BYTES);
		assert_int_equal(client_ask(c), 0);
		client_free(c);
	}
	net_veth_del();
}

/* --- its end ------------------------------------------------------------------------- */

static void ends_with_its_member(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];
	struct client *c = rig_member(0, 0, ticket);

	(void)state;
	assert_int_equal(rig_files(), 1);
	client_free(c);
	assert_int_equal(rig_files(), 0);
	rig_refused_once(ticket, RIG_UNKNOWN);
	rig_next();
	rig_refused_once(ticket, RIG_UNKNOWN);
}

/* A member that has come back may fail and try again. */
static void a_minute_after_its_member(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];

	(void)state;
	rig_leave_behind(ticket);
	rig_granted_once(ticket);
	ahead_ns += (TICKET_LEFT_MS - 10000) * NS_PER_MS;
	rig_granted_once(ticket);
	ahead_ns += (TICKET_LEFT_MS + 1) * NS_PER_MS;
	rig_refused_once(ticket, RIG_UNKNOWN);
	server_destroy(world.server);
	world.server = NULL;
	assert_int_equal(access(rig_folder, F_OK), -1);
}

static void an_hour_without_its_member(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];

	(void)state;
	rig_leave_behind(ticket);
	ahead_ns += (TICKET_WAIT_MS + 1ULL) * NS_PER_MS;
	rig_refused_once(ticket, RIG_UNKNOWN);
}

/* pfqd removes the group, and has it again. */
static void outlives_its_group(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];
	struct client *c = rig_member(0, 0, ticket);

	(void)state;
	server_group_end(world.server, registry_group_named(world.registry, "g"));
	client_free(c);
	assert_int_equal(rig_files(), 1);
	rig_granted_once(ticket);
}

/* --- the folder ------------------------------------------------------------------------ */

static const char *in_folder(const char *name)
{
	static char path[120];

	snprintf(path, sizeof(path), "%s/%s", rig_folder, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(in_folder(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

#define REST	"user 0 0\ngroup g\ndevices \nend\n"

/* The newest tickets are kept. */
static void too_many_files(void **state)
{
	char name[24], text[160];
	uint8_t ticket[PFQ_TICKET_BYTES];
	unsigned int i;

	(void)state;
	for (i = 1; i <= TICKETS_FORMER + 2; i++) {
		snprintf(name, sizeof(name), "%u", i);
		snprintf(text, sizeof(text), "pfq-ticket 1 %064x\n" REST, i);
		write_file(name, text);
	}
	rig_next();
	assert_int_equal(rig_files(), TICKETS_FORMER);
	memset(ticket, 0, sizeof(ticket));
	ticket[PFQ_TICKET_BYTES - 1] = 2;
	rig_refused_once(ticket, RIG_UNKNOWN);
	ticket[PFQ_TICKET_BYTES - 1] = 3;
	rig_granted_once(ticket);
}

/* After this command, the next pfqd gives no tickets, and works. */
static void no_tickets_after(const char *command)
{
	struct client *c;

	rig_shell(command, rig_folder);
	rig_next();
	c = client_hello(0, 0);
	assert_int_equal(pfq_attrs_u32(&c->msg.attrs, PFQ_A_TICKETS), 0);
	assert_int_equal(rig_join(c, "g", NULL, 0), 0);
	assert_false(pfq_attrs_has(&c->msg.attrs, PFQ_A_TICKET));
	client_free(c);
}

/* Others could read or write there. */
static void bad_folder(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];

	(void)state;
	rig_leave_behind(ticket);
	no_tickets_after("chmod 750");
	rig_refused_once(ticket, RIG_UNKNOWN);
	rig_shell("chmod 700", rig_folder);
	rig_next();
	rig_granted_once(ticket);
}

/* A ticket that cannot be written is not given, and the member joins. */
static void no_room(void **state)
{
	uint8_t ticket[PFQ_TICKET_BYTES];
	struct client *c;

	(void)state;
	rig_shell("rm -r", rig_folder);
	c = client_hello(0, 0);
	assert_int_equal(rig_join(c, "g", NULL, 0), 0);
	assert_false(pfq_attrs_has(&c->msg.attrs, PFQ_A_TICKET));
	client_free(c);
	rig_next();
	c = rig_member(0, 0, ticket);
	client_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(root_without_root, setup, rig_teardown),
		cmocka_unit_test_setup_teardown(beside_new_ones, setup, rig_teardown),
		cmocka_unit_test_setup_teardown(group_without_group, setup, rig_teardown),
		cmocka_unit_test_setup_teardown(same_devices, setup, rig_teardown),
		cmocka_unit_test_setup_teardown(ends_with_its_member, setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_minute_after_its_member, setup, rig_teardown),
		cmocka_unit_test_setup_teardown(an_hour_without_its_member, setup, rig_teardown),
		cmocka_unit_test_setup_teardown(outlives_its_group, setup, rig_teardown),
		cmocka_unit_test_setup_teardown(too_many_files, setup, rig_teardown),
		cmocka_unit_test_setup_teardown(bad_folder, setup, rig_teardown),
		cmocka_unit_test_setup_teardown(no_room, setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
