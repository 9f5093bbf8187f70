/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests what the log has of a client that is refused again and again. The linker's --wrap redirects
 * log_write() to this file.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "pfqd/base/log.h"
#include "pfqd/control/rejoin.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/pfqd_world.h"

static unsigned int lines;	/* warnings so far */
static char text[1024], group[64];	/* of the last one */
static pid_t pid;

void __wrap_log_write(enum log_level level, const struct log_about *about, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void __wrap_log_write(enum log_level level, const struct log_about *about, const char *fmt, ...)
{
	va_list ap;

	if (level != LOG_LEVEL_WARNING)
		return;
	lines++;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(group, sizeof(group), "%s", about ? about->group : "");
	pid = about ? about->pid : 0;
}

static int setup(void **state)
{
	lines = 0;
	return world_setup(state);
}

/* Once for each reason, and not for a program that asks once. */
static void once_for_each_reason(void **state)
{
	struct client *c = client_hello(9, 9);
	struct pfqd_group *g;
	int i;

	(void)state;
	assert_int_equal(client_join(c, "g", NULL), -ENOENT);
	assert_int_equal(lines, 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(client_join(c, "g", NULL), -ENOENT);
	assert_int_equal(lines, 1);
	check_text(text, "user 9) gets no packets, because its JOIN is refused again and again: "
			 "no group \"g\" here");
	assert_string_equal(group, "g");
	assert_int_not_equal(pid, 0);
	g = world_group("g", "lo", "flow", "root:root 0600");
	for (i = 0; i < 3; i++)
		assert_int_equal(client_join(c, "g", NULL), -EACCES);
	assert_int_equal(lines, 2);
	check_text(text, "user 9 may not join it");
	g->settings.access.mode = 0666;
	assert_int_equal(client_join(c, "g", NULL), 0);
	/* the client has joined, so a further JOIN is no return */
	for (i = 0; i < 3; i++)
		assert_int_equal(client_join(c, "g", NULL), -EISCONN);
	assert_int_equal(lines, 2);
	client_free(c);
}

/* Clients cannot fill the log. */
static void not_too_often(void **state)
{
	struct client *c;
	int i;

	(void)state;
	for (i = 0; i < 3 * REJOIN_LINES_MAX; i++) {
		c = client_hello(9, 9);
		assert_int_equal(client_join(c, "g", NULL), -ENOENT);
		assert_int_equal(client_join(c, "g", NULL), -ENOENT);
		client_free(c);
	}
	assert_int_equal(lines, REJOIN_LINES_MAX + 1);
	check_text(text, "of more programs again");
}

#define LONG_NAME	"a-name-of-thirty-one-characters"

/* Ask for the status. Returns the number of clients that it names, and sets *all. */
static unsigned int named(struct client *c, uint32_t *all)
{
	char fault[PFQ_MSG_TEXT_MAX + 1];
	const struct nlattr *nest = NULL;
	struct pfq_attrs a;
	unsigned int n = 0;

	assert_int_equal(client_command(c, PFQ_CMD_STATUS_GET), 0);
	*all = pfq_attrs_u32(&c->msg.attrs, PFQ_A_REFUSALS);
	for (; (nest = pfq_attrs_next(&c->msg.attrs, PFQ_A_REFUSED, nest)); n++) {
		assert_int_equal(pfq_attrs_parse(&a, nest, fault), 0);
		assert_int_equal(pfq_attrs_u32(&a, PFQ_A_UID), 9);
		assert_string_equal(pfq_attrs_string(&a, PFQ_A_GROUP), LONG_NAME);
		check_text(pfq_attrs_string(&a, PFQ_A_WHY), "no group \"" LONG_NAME "\" here");
	}
	return n;
}

#define CLIENTS	500	/* less than a user may have */

/* The status names these clients, as many as it has room for, and counts all of them. */
static void status(void **state)
{
	struct client *c[CLIENTS], *root = client_hello(0, 0);
	unsigned int n, i;
	uint32_t all;

	(void)state;
	for (i = 0; i < CLIENTS; i++) {
		c[i] = client_hello(9, 9);
		assert_int_equal(client_join(c[i], LONG_NAME, NULL), -ENOENT);
	}
	assert_int_equal(named(root, &all), 0);
	assert_int_equal(all, 0);
	assert_int_equal(client_join(c[7], LONG_NAME, NULL), -ENOENT);
	assert_int_equal(named(root, &all), 1);
	assert_int_equal(all, 1);
	for (i = 0; i < CLIENTS; i++)
		assert_int_equal(client_join(c[i], LONG_NAME, NULL), -ENOENT);
	n = named(root, &all);
	assert_in_range(n, 200, CLIENTS - 1);
	assert_int_equal(all, CLIENTS);
	for (i = 0; i < CLIENTS; i++)
		client_free(c[i]);
	world_until(server_connections(world.server) == 1);
	assert_int_equal(named(root, &all), 0);
	client_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(once_for_each_reason, setup, world_teardown),
		cmocka_unit_test_setup_teardown(not_too_often, setup, world_teardown),
		cmocka_unit_test_setup_teardown(status, setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
