/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests what the consumer takes out of its doorbell: a socket, or the kernel engine's device. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/doorbell.h"
#include "tests/unit/fixture/check.h"

static int socket_errors;	/* so many calls that only sockets have */

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *size);

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	(void)fd;
	(void)level;
	(void)name;
	(void)value;
	(void)size;
	socket_errors++;
	errno = ENOMEM;
	return -1;
}

/* A pipe takes the place of the device: read() takes its bytes, and recv() would fail. */
static void make(bool is_device, int ends[2])
{
	if (is_device)
		assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	else
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
}

static void takes_bytes(void **state)
{
	struct pfq_doorbell d;
	int ends[2], is_device;

	(void)state;
	for (is_device = 0; is_device < 2; is_device++) {
		make(is_device, ends);
		pfq_doorbell_init(&d, ends[0], is_device);
		assert_false(pfq_doorbell_drain(&d));
		assert_int_equal(write(ends[1], "\0\0", 2), 2);
		assert_true(pfq_doorbell_has_news(&d, POLLIN));
		d.is_hot = true;
		assert_true(pfq_doorbell_drain(&d));
		assert_false(pfq_doorbell_has_news(&d, POLLIN));
		assert_int_equal(d.error, 0);
		assert_false(d.is_gone);
		close(ends[1]);
		d.is_hot = true;
		assert_true(pfq_doorbell_drain(&d));
		assert_true(d.is_gone);
		close(ends[0]);
	}
	assert_int_equal(socket_errors, 0);
}

static void is_another_file(void **state)
{
	struct pfq_doorbell d;
	int ends[2];

	(void)state;
	make(true, ends);
	pfq_doorbell_init(&d, ends[0], false);
	assert_false(pfq_doorbell_drain(&d));
	assert_int_equal(d.error, -ENOTSOCK);
	assert_false(d.is_gone);
	close(ends[0]);
	close(ends[1]);
}

/* read() of a folder fails. The device has an end of file for a group that is gone. */
static void device_fails(void **state)
{
	struct pfq_doorbell d;
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	pfq_doorbell_init(&d, fd, true);
	assert_false(pfq_doorbell_drain(&d));
	assert_int_equal(d.error, -EISDIR);
	assert_false(d.is_gone);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_bytes),
		cmocka_unit_test(is_another_file),
		cmocka_unit_test(device_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
