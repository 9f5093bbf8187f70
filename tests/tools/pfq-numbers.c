// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Sends numbered packets at an even rate, and looks for them in captures.
 *
 *	pfq-numbers send DEVICE RATE SECONDS FLOWS LOG
 *	pfq-numbers check LOG FROM-TO[,FROM-TO]... FILE...
 *
 * send writes the time of each packet to LOG; SIGINT ends it earlier. check wants each packet in
 * one file at most, the packets of a flow in their order, and each packet that is in none to be
 * sent within one of the periods; times are seconds since 1970 with a fraction. It prints the
 * numbers of packets in the files, and how many are missing.
 */
#include <arpa/inet.h>
#include <err.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define NS_PER_S	1000000000ULL
#define MAGIC		0x5052544e554d4251ULL
#define PERIODS_MAX	64
#define FLOWS_MAX	4096
#define PORT_FIRST	10000

struct frame {
	uint8_t to[6], from[6];
	uint16_t type;
	struct iphdr ip;
	struct udphdr udp;
	uint64_t magic, number;
} __attribute__((packed));

struct period {
	double from, to;
};

static volatile sig_atomic_t is_over;
static struct period period[PERIODS_MAX];
static unsigned int periods;
static uint64_t *sent_ns;
static size_t packets;
static uint8_t *found;

/* --- send ---------------------------------------------------------------------------- */

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void on_signal(int number)
{
	(void)number;
	is_over = 1;
}

static int device_open(const char *name)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex(name) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 || !at.sll_ifindex || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		err(1, "%s", name);
	return fd;
}

static int send_all(char **argv)
{
	uint64_t rate = strtoull(argv[1], NULL, 10), count = rate * strtoull(argv[2], NULL, 10);
	unsigned int flows = (unsigned int)strtoul(argv[3], NULL, 10);
	struct frame f = {
		/* no station has this address, so that the host does not answer */
		.to = { 2, 0, 0, 0, 0, 0x99 }, .from = { 2, 0, 0, 0, 0, 0x98 },
		.type = htons(0x0800),
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP,
			.tot_len = htons(sizeof(f) - 14),
			.saddr = htonl(0x0a4d0002), .daddr = htonl(0x0a4d0001) },
		.udp = { .dest = htons(9), .len = htons(sizeof(f) - 34) },
		.magic = MAGIC,
	};
	uint64_t begin = now_ns(CLOCK_MONOTONIC), at, sent;
	int fd = device_open(argv[0]);
	FILE *log = fopen(argv[4], "we");
	struct timespec t;

	if (!log || !rate || !flows || flows > FLOWS_MAX)
		err(1, "%s", argv[4]);
	signal(SIGINT, on_signal);
	for (f.number = 0; f.number < count && !is_over; f.number++) {
		at = begin + f.number * NS_PER_S / rate;
		t = (struct timespec){ (time_t)(at / NS_PER_S), (long)(at % NS_PER_S) };
		if (now_ns(CLOCK_MONOTONIC) < at)
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
		f.udp.source = htons((uint16_t)(PORT_FIRST + f.number % flows));
		sent = now_ns(CLOCK_REALTIME);
		if (send(fd, &f, sizeof(f), 0) != sizeof(f))
			err(1, "%s", argv[0]);
		if (fwrite(&sent, sizeof(sent), 1, log) != 1)
			err(1, "%s", argv[4]);
	}
	return fclose(log) ? 1 : 0;
}

/* --- check --------------------------------------------------------------------------- */

static void log_read(const char *path)
{
	FILE *log = fopen(path, "re");
	uint64_t ns;

	if (!log)
		err(1, "%s", path);
	while (fread(&ns, sizeof(ns), 1, log) == 1) {
		if (!(packets & (packets - 1)))
			sent_ns = realloc(sent_ns, (packets ? 2 * packets : 1) * sizeof(*sent_ns));
		sent_ns[packets++] = ns;
	}
	fclose(log);
	found = calloc(packets ? packets : 1, 1);
}

static void periods_read(char *text)
{
	char *word;

	for (word = strtok(text, ","); word; word = strtok(NULL, ",")) {
		if (periods == PERIODS_MAX || sscanf(word, "%lf-%lf", &period[periods].from,
						     &period[periods].to) != 2)
			errx(2, "\"%s\" is no period", word);
		periods++;
	}
}

static bool is_excused(uint64_t ns)
{
	double s = (double)ns / (double)NS_PER_S;
	unsigned int i;

	for (i = 0; i < periods; i++) {
		if (s >= period[i].from && s <= period[i].to)
			return true;
	}
	return false;
}

/* Returns the number of faults. */
static unsigned int file_check(const char *path, unsigned int *count)
{
	char errbuf[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(path, errbuf);
	uint64_t next[FLOWS_MAX] = { 0 }, *due, number;
	struct pcap_pkthdr *head;
	unsigned int faults = 0;
	const u_char *bytes;
	const struct frame *f;

	if (!p)
		errx(1, "%s", errbuf);
	*count = 0;
	while (pcap_next_ex(p, &head, &bytes) == 1) {
		f = (const void *)bytes;
		if (head->caplen < sizeof(*f) || f->magic != MAGIC)
			continue;
		number = f->number;
		if (number >= packets || found[number]++) {
			faults++;
			fprintf(stderr, "%s: packet %llu was captured before\n", path,
				(unsigned long long)number);
		}
		due = &next[(ntohs(f->udp.source) - PORT_FIRST) % FLOWS_MAX];
		if (number < *due) {
			faults++;
			fprintf(stderr, "%s: packet %llu comes after %llu\n", path,
				(unsigned long long)number, (unsigned long long)*due - 1);
		}
		*due = number + 1;
		++*count;
	}
	pcap_close(p);
	return faults;
}

static int check(int files, char **argv)
{
	unsigned int faults = 0, missing = 0, count;
	size_t i;
	int n;

	log_read(argv[0]);
	periods_read(argv[1]);
	for (n = 2; n < files; n++) {
		faults += file_check(argv[n], &count);
		printf("%u ", count);
	}
	for (i = 0; i < packets; i++) {
		if (found[i])
			continue;
		missing++;
		if (is_excused(sent_ns[i]))
			continue;
		if (faults++ < 20)
			fprintf(stderr, "packet %zu, sent at %.6f, is missing\n", i,
				(double)sent_ns[i] / (double)NS_PER_S);
	}
	printf("of %zu, %u missing, %u faults\n", packets, missing, faults);
	return faults ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 7 && !strcmp(argv[1], "send"))
		return send_all(argv + 2);
	if (argc >= 5 && !strcmp(argv[1], "check"))
		return check(argc - 2, argv + 2);
	errx(2, "usage: see the head of pfq-numbers.c");
}
