/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "threads.h"

static void read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

uint64_t threads_status(const char *field)
{
	DIR *dir = opendir("/proc/self/task");
	uint64_t sum = 0;
	struct dirent *d;

	assert_non_null(dir);
	while ((d = readdir(dir))) {
		char path[300], text[4096], *at;

		snprintf(path, sizeof(path), "/proc/self/task/%s/status", d->d_name);
		read_text(path, text, sizeof(text));
		at = strstr(text, field);
		if (strncmp(text, "Name:\tpfqd/", 11) || !at)
			continue;
		sum += strtoull(at + strlen(field), NULL, 10);
	}
	closedir(dir);
	return sum;
}

uint64_t threads_switches(void)
{
	return threads_status("\nvoluntary_ctxt_switches:");
}

uint64_t threads_switches_at_rest(void)
{
	uint64_t before, now = threads_switches();
	int i = 0;

	do {
		before = now;
		usleep(100000);
		now = threads_switches();
	} while (now != before && ++i < 50);
	return now;
}
