// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Stops one thread of another program, which a signal cannot do. The thread goes on when pfq-hold
 * ends. It prints "held" when the thread has stopped.
 *
 *	pfq-hold THREAD
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	pid_t thread = argc == 2 ? atoi(argv[1]) : 0;
	int status;

	if (thread <= 0)
		errx(2, "usage: pfq-hold THREAD");
	if (ptrace(PTRACE_SEIZE, thread, NULL, NULL) ||
	    ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) ||
	    waitpid(thread, &status, __WALL) != thread)
		err(1, "thread %d", thread);
	if (!WIFSTOPPED(status))
		errx(1, "thread %d has ended", thread);
	puts("held");
	fflush(stdout);
	/* A signal to the thread, or its end, is news for the tracer; the thread stays stopped. */
	while (waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status))
		;
	return 0;
}
