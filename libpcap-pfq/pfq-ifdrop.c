/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pfq-ifdrop.h"

static bool is_repeated(const struct pfq_lib *lib, const struct pfq *q, unsigned int at)
{
	uint32_t ifindex = 0, other = 0;
	unsigned int i;

	(void)lib->pfq_device(q, at, &ifindex);
	for (i = 0; i < at; i++) {
		if (lib->pfq_device(q, i, &other) && other == ifindex)
			return true;
	}
	return false;
}

void pfq_ifdrop_open(struct pfq_ifdrop *d, const struct pfq_lib *lib, const struct pfq *q)
{
	const char *name;
	char path[64];
	uint32_t ifindex;
	unsigned int i;
	int fd;

	d->count = 0;
	for (i = 0; d->count < PFQ_GROUP_DEVICES_MAX && (name = lib->pfq_device(q, i, &ifindex));
	     i++) {
		/* the name of an existing device is the kernel's, and fits */
		if (!ifindex || is_repeated(lib, q, i) ||
		    snprintf(path, sizeof(path), "/sys/class/net/%s/statistics", name) >=
			    (int)sizeof(path))
			continue;
		fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			d->fd[d->count++] = fd;
	}
}

void pfq_ifdrop_close(struct pfq_ifdrop *d)
{
	while (d->count)
		close(d->fd[--d->count]);
}

static uint64_t read_counter(int directory, const char *name)
{
	/* stdio would make one more system call, which the program's sandbox may forbid */
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	char text[32];
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	return strtoull(text, NULL, 10);
}

uint64_t pfq_ifdrop_sum(const struct pfq_ifdrop *d)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < d->count; i++) {
		sum += read_counter(d->fd[i], "rx_missed_errors");
		sum += read_counter(d->fd[i], "rx_fifo_errors");
	}
	return sum;
}
