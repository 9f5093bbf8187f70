// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* Prints the nanoseconds that all threads of the given processes have run so far. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
	unsigned long long ns = 0;

	if (argc < 2)
		errx(2, "usage: pfq-cputime PID...");
	for (int i = 1; i < argc; i++) {
		struct timespec ran;
		clockid_t clock;
		int error = clock_getcpuclockid(atoi(argv[i]), &clock);

		if (error)
			errx(1, "process %s: %s", argv[i], strerror(error));
		if (clock_gettime(clock, &ran))
			err(1, "process %s", argv[i]);
		ns += (unsigned long long)ran.tv_sec * 1000000000ULL +
		      (unsigned long long)ran.tv_nsec;
	}
	printf("%llu\n", ns);
	return 0;
}
