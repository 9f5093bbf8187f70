// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Opens a device in each way that a program can, and prints a line for each: the way, the status
 * of the activation, and the text that goes with it.
 *   activate   pcap_create() and pcap_activate()
 *   nonblock   the same, in non-blocking mode from the begin
 *   open_live  pcap_open_live(); a warning has no status there, only a text
 *   unused     pcap_create() and pcap_close()
 */
#include <err.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>

static void with_create(const char *device, const char *way, bool nonblock, bool activates)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p = pcap_create(device, text);
	int status = 0;

	if (!p)
		errx(1, "pcap_create: %s", text);
	pcap_set_timeout(p, 100);
	if (nonblock && pcap_setnonblock(p, 1, text))
		errx(1, "pcap_setnonblock: %s", text);
	if (activates)
		status = pcap_activate(p);
	printf("%s %d %s\n", way, status, status ? pcap_geterr(p) : "");
	pcap_close(p);
}

static void with_open_live(const char *device)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p = pcap_open_live(device, 65535, 0, 100, text);

	printf("open_live %d %s\n", p ? 0 : PCAP_ERROR, text);
	if (p)
		pcap_close(p);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: pfq-opens DEVICE");
	with_create(argv[1], "activate", false, true);
	with_create(argv[1], "nonblock", true, true);
	with_create(argv[1], "unused", false, false);
	with_open_live(argv[1]);
	return 0;
}
