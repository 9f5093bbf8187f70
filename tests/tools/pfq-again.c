// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Opens a device twice. The first time may fail. Then this process must have no more descriptors
 * and no more shared memory than before, and the second time must succeed. Prints the status and
 * text of the first time.
 */
#include <dirent.h>
#include <err.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

struct state {
	unsigned int descriptors, areas;
};

/* stdio may keep a descriptor of its own here, which is the same at each call. */
static struct state state_now(void)
{
	struct state s = { 0 };
	char line[4096];
	DIR *dir = opendir("/proc/self/fd");
	FILE *maps = fopen("/proc/self/maps", "re");

	if (!dir || !maps)
		err(2, "/proc/self");
	while (readdir(dir))
		s.descriptors++;
	while (fgets(line, sizeof(line), maps))
		s.areas += strstr(line, "memfd:") || strstr(line, "secretmem");
	closedir(dir);
	fclose(maps);
	return s;
}

/* Open and close. Returns the status of the activation, with its text in @text. */
static int open_once(const char *device, char text[PCAP_ERRBUF_SIZE])
{
	pcap_t *p = pcap_create(device, text);
	int status;

	if (!p)
		return PCAP_ERROR;
	pcap_set_timeout(p, 100);
	status = pcap_activate(p);
	snprintf(text, PCAP_ERRBUF_SIZE, "%s", status ? pcap_geterr(p) : "");
	if (!status && pcap_get_selectable_fd(p) < 0)
		snprintf(text, PCAP_ERRBUF_SIZE, "no descriptor to select: %s", pcap_geterr(p));
	pcap_close(p);
	return status;
}

int main(int argc, char **argv)
{
	struct state before, after;
	char text[PCAP_ERRBUF_SIZE];

	if (argc != 2)
		errx(2, "usage: pfq-again DEVICE");
	before = state_now();
	printf("first: %d ", open_once(argv[1], text));
	printf("%s\n", text);
	after = state_now();
	if (after.descriptors != before.descriptors || after.areas)
		errx(1, "%u descriptors before, %u after, %u areas", before.descriptors,
		     after.descriptors, after.areas);
	if (open_once(argv[1], text) || text[0])
		errx(1, "second: %s", text);
	return 0;
}
