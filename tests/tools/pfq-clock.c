// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Changes the clock of the machine (CLOCK_REALTIME) by a number of seconds, once or in steps with
 * a pause after each. Only for guests of tests/vm.
 */
#include <err.h>
#include <stdlib.h>
#include <time.h>

static void step(long seconds)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts))
		err(1, "clock_gettime");
	ts.tv_sec += seconds;
	if (clock_settime(CLOCK_REALTIME, &ts))
		err(1, "clock_settime");
}

int main(int argc, char **argv)
{
	struct timespec pause = { 0, 0 };
	long seconds, steps;

	if (argc != 2 && argc != 4)
		errx(2, "usage: pfq-clock SECONDS [STEPS MILLISECONDS]");
	seconds = strtol(argv[1], NULL, 10);
	steps = argc == 4 ? strtol(argv[2], NULL, 10) : 1;
	if (argc == 4)
		pause.tv_nsec = strtol(argv[3], NULL, 10) % 1000 * 1000000;
	while (steps-- > 0) {
		step(seconds);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return 0;
}
