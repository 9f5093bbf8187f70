// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Opens a device and never reads: prints "ready" and waits for a signal.
 *
 * usage: pfq-idle DEVICE
 */
#include <err.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char text[PCAP_ERRBUF_SIZE] = "";

	if (argc != 2)
		errx(2, "usage: pfq-idle DEVICE");
	if (!pcap_open_live(argv[1], 65535, 1, 100, text))
		errx(1, "%s: %s", argv[1], text);
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
