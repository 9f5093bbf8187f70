/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests that a stopped process is told from others, whatever its name. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/fixture/check.h"
#include "tools/pfqctl/process.h"

static void stopped(void **state)
{
	static const char name[] = "a) T (b";
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		prctl(PR_SET_NAME, name);
		raise(SIGSTOP);
		pause();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(process_is_stopped((uint32_t)pid, name));
	assert_false(process_is_stopped((uint32_t)pid, "other"));
	kill(pid, SIGCONT);
	assert_int_equal(waitpid(pid, &status, WCONTINUED), pid);
	assert_false(process_is_stopped((uint32_t)pid, name));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_false(process_is_stopped((uint32_t)pid, name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
