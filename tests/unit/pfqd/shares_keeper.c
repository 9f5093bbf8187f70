/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests when the shares are written for the next pfqd, and what the service manager gets. */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "pfqd/shares_keeper.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/pfqd_world.h"

static char path[64], text[1 << 16];
static int manager = -1;
static unsigned int writes;
static struct shares_keeper *keeper;

static int setup(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(path, sizeof(path), "/tmp/pfqd-shares-keeper-%d", (int)getpid());
	strcpy(un.sun_path, path);
	unlink(path);
	world_setup(state);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(manager, (struct sockaddr *)&un, sizeof(un)), 0);
	setenv("NOTIFY_SOCKET", path, 1);
	writes = 0;
	return 0;
}

static int teardown(void **state)
{
	shares_keeper_destroy(keeper);
	keeper = NULL;
	close(manager);
	unlink(path);
	unsetenv("NOTIFY_SOCKET");
	return world_teardown(state);
}

/* Count the writes so far. text is the last one. */
static unsigned int count(void)
{
	char control[CMSG_SPACE(sizeof(int))], message[128];
	struct iovec iov = { message, sizeof(message) - 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;
	int fd;

	for (;;) {
		m.msg_control = control;
		m.msg_controllen = sizeof(control);
		n = recvmsg(manager, &m, MSG_CMSG_CLOEXEC);
		if (n < 0)
			return writes;
		message[n] = '\0';
		if (!strstr(message, "FDSTORE=1\nFDNAME=shares-"))
			continue;
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
		n = pread(fd, text, sizeof(text) - 1, 0);
		text[n > 0 ? n : 0] = '\0';
		close(fd);
		writes++;
	}
}

static void work_for(unsigned int ms)
{
	uint64_t until_ns = registry_now_ns() + ms * 1000000ULL;

	while (registry_now_ns() < until_ns)
		loop_once(world.loop, 10);
}

static void writes_changes(void **state)
{
	struct client *c, *other;
	unsigned int before;

	(void)state;
	world_group("g", "lo", "flow", "root:root 0666");
	assert_int_equal(shares_keeper_create(&keeper, world.registry), 0);
	assert_non_null(keeper);
	/* the store may have those of the last pfqd */
	world_until(count() == 1);
	check_text(text, "pfq-shares 1 ");
	assert_null(strstr(text, "member "));
	work_for(4 * SHARES_KEEPER_MS);
	assert_int_equal(count(), 1);

	c = client_hello(0, 0);
	assert_int_equal(client_join(c, "g", NULL), 0);
	assert_int_equal(client_command(c, PFQ_CMD_START), 0);
	world_until(count() > 1 && strstr(text, "member "));
	check_text(text, "group g\nmember ");
	check_text(text, "\ntable ");
	/* no change, no write */
	work_for(4 * SHARES_KEEPER_MS);
	before = count();
	other = client_hello(0, 0);
	assert_int_equal(client_command(other, PFQ_CMD_STATUS_GET), 0);
	work_for(4 * SHARES_KEEPER_MS);
	assert_int_equal(count(), before);
	client_free(other);
	client_free(c);
	world_until(count() > before && !strstr(text, "member "));
}

/* Many changes in a moment are written once or twice. */
static void writes_seldom(void **state)
{
	struct client *c[8];
	unsigned int i, before;

	(void)state;
	world_group("g", "lo", "flow", "root:root 0666");
	assert_int_equal(shares_keeper_create(&keeper, world.registry), 0);
	world_until(count() == 1);
	before = count();
	for (i = 0; i < 8; i++)
		c[i] = client_hello(0, 0);
	for (i = 0; i < 8; i++) {
		struct registry *e = world.registry;

		assert_non_null(e->on_shares);
		e->on_shares(e->on_shares_arg);
	}
	world_until(count() > before);
	work_for(4 * SHARES_KEEPER_MS);
	assert_int_equal(count(), before + 1);
	/* at the end of pfqd there is no time to wait */
	shares_keeper_write(keeper);
	assert_int_equal(count(), before + 2);
	for (i = 0; i < 8; i++)
		client_free(c[i]);
}

static void without_manager(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(shares_keeper_create(&keeper, world.registry), 0);
	assert_null(keeper);
	assert_null(world.registry->on_shares);
	shares_keeper_write(keeper);
	setenv("NOTIFY_SOCKET", path, 1);
	world.registry->is_kernel = true;
	assert_int_equal(shares_keeper_create(&keeper, world.registry), 0);
	assert_null(keeper);
	world.registry->is_kernel = false;
	assert_int_equal(count(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(writes_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(writes_seldom, setup, teardown),
		cmocka_unit_test_setup_teardown(without_manager, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
