/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tests the way to the kernel engine where no module is loaded: the family "nlctrl", which each
 * kernel has, is found in its place.
 */
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
#include <netlink/genl/ctrl.h>
#include "lib/conn.h"
#include "lib/transport.h"
#include "tests/unit/fixture/check.h"

static int failures, failure;	/* so many calls of sendmsg() fail with this error */
static unsigned int calls;
static int option, option_error;	/* setsockopt() of this one fails for large buffers */

int __real_genl_ctrl_resolve(struct nl_sock *sk, const char *name);
int __wrap_genl_ctrl_resolve(struct nl_sock *sk, const char *name);

int __wrap_genl_ctrl_resolve(struct nl_sock *sk, const char *name)
{
	assert_string_equal(name, PFQ_FAMILY_NAME);
	return __real_genl_ctrl_resolve(sk, "nlctrl");
}

/* takes the place of libc's for libnl, too */
__attribute__((visibility("default"))) ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	static ssize_t (*libc)(int fd, const struct msghdr *m, int flags);

	calls++;
	if (failures) {
		failures--;
		errno = failure;
		return -1;
	}
	if (!libc)
		*(void **)&libc = dlsym(RTLD_NEXT, "sendmsg");
	return libc(fd, m, flags);
}

__attribute__((visibility("default")))
int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	static int (*libc)(int fd, int level, int name, const void *value, socklen_t size);

	if (level == SOL_SOCKET && name == option && *(const int *)value > 65536) {
		errno = option_error;
		return -1;
	}
	if (!libc)
		*(void **)&libc = dlsym(RTLD_NEXT, "setsockopt");
	return libc(fd, level, name, value, size);
}

/* Open the transport. Returns the text, or "" without an error. */
static const char *opened(void)
{
	static struct pfq_error err;
	struct pfq_conn c = { .transport = &pfq_transport_kernel, .fd = -1 };

	err.text[0] = '\0';
	calls = 0;
	if (!pfq_transport_kernel.open(&c, 0, &err))
		pfq_transport_kernel.close(&c);
	return err.text;
}

/* Past the family, only the device may be missing. */
static void assert_found(void)
{
	const char *text = opened();

	if (*text)
		check_text(text, "cannot open " PFQ_DEVICE);
}

static void signals_in_the_request(void **state)
{
	(void)state;
	assert_found();
	assert_int_equal(calls, 1);
	failure = EINTR;
	failures = 3;
	assert_found();
	assert_int_equal(calls, 4);
}

static void no_memory_for_the_request(void **state)
{
	static const int errors[] = { ENOMEM, ENOBUFS };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		failure = errors[i];
		failures = 1;
		check_text(opened(), strerror(errors[i]));
	}
}

/* With small buffers, an answer would not fit later, and be taken for a lack of memory. */
static void small_buffers(void **state)
{
	static const int options[] = { SO_RCVBUF, SO_SNDBUF }, errors[] = { EPERM, ENOPROTOOPT };
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		option = options[i / 2];
		option_error = errors[i % 2];
		check_text(opened(), "cannot enlarge the buffers of a netlink socket: ");
		check_text(opened(), strerror(option_error));
	}
	option = 0;
	assert_found();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_in_the_request),
		cmocka_unit_test(no_memory_for_the_request),
		cmocka_unit_test(small_buffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
