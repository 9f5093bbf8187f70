/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the listening socket: what the next pfqd takes over, and which process its clients see. */
#include "config.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "pfqd/base/log.h"
#include "pfqd/base/store.h"
#include "pfqd/control/listener.h"
#include "tests/unit/fixture/check.h"

static char folder[] = "/tmp/pfqd-listener-XXXXXX", path[64], moved[64];
static int manager = -1;
static struct listener l;

/* A service manager, and a listener that it keeps. */
static int setup(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct pfq_error err;
	char name[64];

	(void)state;
	strcpy(strrchr(folder, '-') + 1, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/pfqd.sock", folder);
	snprintf(moved, sizeof(moved), "%s/moved.sock", folder);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/notify", folder);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(manager, (struct sockaddr *)&un, sizeof(un)), 0);
	setenv("NOTIFY_SOCKET", un.sun_path, 1);
	snprintf(name, sizeof(name), "/run/other:%s", folder);
	setenv("RUNTIME_DIRECTORY", name, 1);
	log_level_set(LOG_LEVEL_ERROR);
	listener_init(&l);
	assert_int_equal(listener_open(&l, path, &err), 0);
	return 0;
}

static int teardown(void **state)
{
	char command[96];

	(void)state;
	listener_close(&l);
	close(manager);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("RUNTIME_DIRECTORY");
	return 0;
}

/* The manager's next message; "": none. */
static const char *message(void)
{
	static char text[128];
	ssize_t n = recv(manager, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* Connect to @at. Returns the process that the client sees, or -errno. */
static int peer_at(const char *at)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), ret;
	socklen_t len = sizeof(struct ucred);
	struct ucred cred;

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", at);
	ret = connect(fd, (struct sockaddr *)&un, sizeof(un)) ||
	      getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) ? -errno : cred.pid;
	close(fd);
	return ret;
}

/* Let the manager keep @l, and close it, as a pfqd that ends. Returns what the manager has. */
static struct store_listener leave(void)
{
	struct store_listener kept;

	listener_keep(&l);
	assert_true(l.is_kept);
	kept = (struct store_listener){ dup(l.sock), l.dev, l.ino };
	listener_leave(&l);
	listener_close(&l);
	assert_int_equal(l.sock, -1);
	return kept;
}

static void next_takes_it(void **state)
{
	struct store_listener kept;
	struct pfq_error err;
	char name[64];
	int pid;

	(void)state;
	assert_int_equal(peer_at(path), getpid());
	snprintf(name, sizeof(name), "FDSTORE=1\nFDNAME=listener-%lu-%lu",
		 (unsigned long)l.dev, (unsigned long)l.ino);
	kept = leave();
	check_text(message(), name);
	/* a client that connects meanwhile sees a process that has ended */
	pid = peer_at(path);
	assert_true(pid > 0 && pid != getpid());
	assert_int_equal(getpgid(pid), -1);
	assert_int_equal(errno, ESRCH);
	assert_true(listener_take(&l, &kept, path));
	assert_int_equal(kept.sock, -1);
	/* not before it serves */
	pid = peer_at(path);
	assert_true(pid > 0 && pid != getpid());
	assert_int_equal(listener_serve(&l, &err), 0);
	assert_int_equal(peer_at(path), getpid());
	/* the store has it already */
	listener_keep(&l);
	assert_string_equal(message(), "");
	listener_drop(&kept);
	assert_string_equal(message(), "");
	leave();
	assert_int_equal(access(path, F_OK), 0);
}

static void other_folder(void)
{
	setenv("RUNTIME_DIRECTORY", "/run/pfqd:/run/other", 1);
}

static void no_file(void)
{
	assert_int_equal(unlink(path), 0);
}

/* The socket of a process that has ended, with the same owner and mode. */
static void other_file(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	assert_int_equal(rename(path, moved), 0);
	strcpy(un.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(chmod(path, 0666), 0);
	close(fd);
}

static void other_owner(void)
{
	assert_int_equal(chown(path, 65534, 65534), 0);
}

static void other_mode(void)
{
	assert_int_equal(chmod(path, 0660), 0);
}

static void next_refuses_it(void **state)
{
	static void (*const spoils[])(void) = { other_folder, no_file, other_file, other_owner,
						other_mode };
	unsigned int i;

	for (i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
		struct store_listener kept = leave();
		struct pfq_error err;

		if (spoils[i] == other_owner && geteuid())
			continue;
		spoils[i]();
		assert_false(listener_take(&l, &kept, path));
		assert_int_equal(l.sock, -1);
		/* programs wait there until another one listens */
		assert_true(kept.sock >= 0);
		assert_int_equal(access(path, F_OK), spoils[i] == other_file ? 0 : -1);
		assert_int_equal(listener_open(&l, path, &err), 0);
		while (*message())
			;
		listener_drop(&kept);
		check_text(message(), "FDSTOREREMOVE=1\nFDNAME=listener-");
		assert_int_equal(kept.sock, -1);
		assert_int_equal(peer_at(path), getpid());
		if (i + 1 < sizeof(spoils) / sizeof(spoils[0])) {
			teardown(state);
			setup(state);
		}
	}
}

/* Programs at the former path are refused, whatever copies of the socket are left. */
static void other_path(void **state)
{
	struct store_listener kept = leave();
	int copy = dup(kept.sock);
	struct pfq_error err;
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "%s/name", folder);
	assert_int_equal(link(path, name), 0);
	assert_true(peer_at(name) > 0);
	assert_false(listener_take(&l, &kept, name));
	assert_false(listener_take(&l, &kept, moved));
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(listener_open(&l, moved, &err), 0);
	assert_int_equal(peer_at(moved), getpid());
	listener_drop(&kept);
	assert_int_equal(peer_at(name), -ECONNREFUSED);
	close(copy);
}

/* Nobody but pfqd removes the file. */
static void not_kept(void **state)
{
	(void)state;
	setenv("RUNTIME_DIRECTORY", "/run/pfqd", 1);
	listener_keep(&l);
	assert_false(l.is_kept);
	unsetenv("RUNTIME_DIRECTORY");
	listener_keep(&l);
	assert_false(l.is_kept);
	setenv("RUNTIME_DIRECTORY", folder, 1);
	unsetenv("NOTIFY_SOCKET");
	listener_keep(&l);
	assert_false(l.is_kept);
	assert_string_equal(message(), "");
	listener_leave(&l);
	assert_int_equal(peer_at(path), getpid());
	listener_close(&l);
	assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(next_takes_it, setup, teardown),
		cmocka_unit_test_setup_teardown(next_refuses_it, setup, teardown),
		cmocka_unit_test_setup_teardown(other_path, setup, teardown),
		cmocka_unit_test_setup_teardown(not_kept, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
