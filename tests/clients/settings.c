/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * settings setters DEVICE		prints the result of each setter for each value
 * settings cells DEVICE FROM TO	runs these cells of the matrix at once: prints "ready",
 * 				stops at a line on stdin, prints a line for each cell
 * settings count			prints the number of cells
 * settings send ADDRESS		sends the packets that all cells read
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "settings.h"

static unsigned int count(void)
{
	struct cell c;
	unsigned int n = 0;

	while (cell_make(&c, n))
		n++;
	return n;
}

static void run_cells(const char *device, unsigned int from, unsigned int to)
{
	struct cell *cells = calloc(to - from, sizeof(*cells));
	unsigned int i, n;
	char line[16];

	if (!cells)
		err(1, "calloc");
	for (n = 0; from + n < to && cell_make(&cells[n], from + n); n++)
		cell_open(&cells[n], device);
	for (i = 0; i < n; i++) {
		if (cells[i].status >= 0 &&
		    pthread_create(&cells[i].thread, NULL, cell_run, &cells[i]))
			errx(1, "no thread");
	}
	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		errx(1, "no line on standard input");
	stopping = true;
	for (i = 0; i < n; i++) {
		if (cells[i].status >= 0)
			pcap_breakloop(cells[i].p);
	}
	for (i = 0; i < n; i++) {
		if (cells[i].status >= 0)
			pthread_join(cells[i].thread, NULL);
		cell_print(&cells[i]);
		pcap_close(cells[i].p);
	}
	free(cells);
}

static void send_some(int fd, const struct sockaddr_in *to, unsigned int n, unsigned int gap_ms,
		      uint32_t *seq)
{
	unsigned char bytes[200] = { 0 };
	uint32_t wire;

	for (; n; n--) {
		wire = htonl(*seq);
		memcpy(bytes, &wire, sizeof(wire));
		if (sendto(fd, bytes, 20 + *seq % 150, 0, (const struct sockaddr *)to,
			   sizeof(*to)) < 0)
			err(1, "sendto");
		(*seq)++;
		if (gap_ms)
			usleep(gap_ms * 1000);
	}
}

/*
 * Send bursts and single packets, and wait after them. All cells but those without a
 * timeout have then read them.
 */
static void send_all(const char *address)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(SETTINGS_PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint32_t seq = 0;

	if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
		errx(1, "cannot send to %s", address);
	send_some(fd, &to, 5, 0, &seq);
	usleep(300000);
	send_some(fd, &to, 12, 70, &seq);
	send_some(fd, &to, 40, 0, &seq);
	usleep(300000);
	send_some(fd, &to, 3, 0, &seq);
	usleep(1200000);
	printf("%u\n", seq);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "setters"))
		setters_print(argv[2]);
	else if (argc == 5 && !strcmp(argv[1], "cells"))
		run_cells(argv[2], (unsigned int)atoi(argv[3]), (unsigned int)atoi(argv[4]));
	else if (argc == 2 && !strcmp(argv[1], "count"))
		printf("%u\n", count());
	else if (argc == 3 && !strcmp(argv[1], "send"))
		send_all(argv[2]);
	else
		errx(2, "usage: settings setters DEVICE | cells DEVICE FROM TO | count | "
		     "send ADDRESS");
	return 0;
}
