/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Checks handles: injection, directions, precisions, link types, descriptors, errors, forks. */
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "semantics.h"

static void injection(void)
{
	pcap_t *p = open_unfiltered(65535, 50, true, PCAP_TSTAMP_PRECISION_MICRO);
	pcap_t *other = open_unfiltered(65535, 50, true, PCAP_TSTAMP_PRECISION_MICRO);
	struct seen mine = { 0 }, theirs = { 0 };
	u_char frame[60] = { [12] = 0x99, [13] = 0x98 };
	int ret;

	set_filter(p, "ether proto 0x9998");
	set_filter(other, "ether proto 0x9998");
	collect(p, 0, &mine);
	collect(other, 0, &theirs);
	pcap_setnonblock(p, 1, (char[PCAP_ERRBUF_SIZE]){ 0 });
	pcap_dispatch(p, -1, see, (u_char *)&mine);
	pcap_setnonblock(other, 1, (char[PCAP_ERRBUF_SIZE]){ 0 });
	pcap_dispatch(other, -1, see, (u_char *)&theirs);
	ret = pcap_inject(p, frame, sizeof(frame));
	check(ret == (int)sizeof(frame), "inject says how many bytes", ret);
	check(pcap_sendpacket(p, frame, sizeof(frame)) == 0, "sendpacket says 0", 0);
	pause_ms(100);
	collect(other, 2, &theirs);
	check(theirs.packets == 2, "others see it", theirs.packets);
	pcap_close(p);
	pcap_close(other);
}

static void directions(void)
{
	pcap_t *p = open_device(50, true);
	struct seen s = { 0 };

	check(pcap_setdirection(p, PCAP_D_IN) == 0, "direction in", 0);
	datagrams(3, PORT, 10);
	collect(p, 3, &s);
	check(s.packets == 3, "on lo all comes in", s.packets);
	memset(&s, 0, sizeof(s));
	check(pcap_setdirection(p, PCAP_D_OUT) == 0, "direction out", 0);
	datagrams(3, PORT, 10);
	pause_ms(100);
	collect(p, 1, &s);
	check(s.packets == 0, "and nothing goes out", s.packets);
	check(pcap_setdirection(p, PCAP_D_INOUT) == 0, "direction inout", 0);
	datagrams(3, PORT, 10);
	memset(&s, 0, sizeof(s));
	collect(p, 4, &s);
	check(s.packets == 3, "and each packet is there once", s.packets);
	check(pcap_setdirection(p, (pcap_direction_t)9) == -1, "another direction is refused", 0);
	pcap_close(p);
}

static void precisions(void)
{
	pcap_t *p = open_unfiltered(65535, 50, true, PCAP_TSTAMP_PRECISION_NANO);
	struct timespec ts;
	struct seen s = { 0 };

	set_filter(p, "udp dst port 9999");
	collect(p, 0, &s);
	datagrams(1, PORT, 10);
	pause_ms(50);
	pcap_dispatch(p, -1, see, (u_char *)&s);
	s.fraction = false;
	datagrams(20, PORT, 10);
	collect(p, 21, &s);
	clock_gettime(CLOCK_REALTIME, &ts);
	check(s.fraction, "nanoseconds have nanoseconds", s.ts.tv_usec);
	check(labs((long)(ts.tv_sec - s.ts.tv_sec)) <= 2, "and the time is now",
	      (long)(ts.tv_sec - s.ts.tv_sec));
	check(pcap_get_tstamp_precision(p) == PCAP_TSTAMP_PRECISION_NANO, "precision", 0);
	pcap_close(p);
	p = open_device(50, true);
	memset(&s, 0, sizeof(s));
	datagrams(20, PORT, 10);
	collect(p, 20, &s);
	check(s.ts.tv_usec < 1000000, "microseconds are below a million", s.ts.tv_usec);
	pcap_close(p);
}

static void link_types(void)
{
	pcap_t *p = open_device(50, false);
	int *list, n = pcap_list_datalinks(p, &list);

	/* Stock libpcap has one type only for lo: lo is no Ethernet device to it. */
	if (is_pfq)
		check(n == 2 && list[1] == DLT_DOCSIS, "link types 1, 143", n);
	check(list[0] == DLT_EN10MB, "the first is Ethernet", list[0]);
	pcap_free_datalinks(list);
	check(pcap_datalink(p) == DLT_EN10MB, "Ethernet", pcap_datalink(p));
	if (is_pfq)
		check(pcap_set_datalink(p, DLT_DOCSIS) == 0 && pcap_datalink(p) == DLT_DOCSIS,
		      "DOCSIS can be set", 0);
	check(pcap_set_datalink(p, DLT_PPP) == -1, "another cannot", 0);
	pcap_close(p);
}

static void descriptors(void)
{
	pcap_t *p = open_device(50, false);
	struct pollfd pfd = { .fd = pcap_get_selectable_fd(p), .events = POLLIN };
	struct seen s = { 0 };
	int n;

	check(pfd.fd >= 0 && pfd.fd == pcap_fileno(p), "the selectable descriptor is fileno",
	      pfd.fd);
	check(!pcap_get_required_select_timeout(p), "no select timeout is required", 0);
	pcap_setnonblock(p, 1, (char[PCAP_ERRBUF_SIZE]){ 0 });
	pcap_dispatch(p, -1, see, (u_char *)&s);
	check(poll(&pfd, 1, 100) == 0, "not readable when idle", pfd.revents);
	datagrams(4, PORT, 10);
	check(poll(&pfd, 1, 1000) == 1 && pfd.revents & POLLIN, "readable with packets",
	      pfd.revents);
	check(poll(&pfd, 1, 0) == 1, "level triggered", pfd.revents);
	pcap_dispatch(p, 2, see, (u_char *)&s);
	check(poll(&pfd, 1, 100) == 1, "as long as some are unread", s.packets);
	/* read all packets, which may come in two blocks */
	for (n = 0; n < 100 && s.packets < 4; n++)
		if (pcap_dispatch(p, -1, see, (u_char *)&s) <= 0)
			poll(&pfd, 1, 50);
	n = poll(&pfd, 1, 0);
	check(n == 0 && s.packets == 4, "not readable once drained", n);
	pcap_close(p);
}

static void error_codes(void)
{
	char err[PCAP_ERRBUF_SIZE], name[64];
	pcap_t *p = open_device(50, false);

	check(pcap_activate(p) == PCAP_ERROR_ACTIVATED, "activate twice", 0);
	check(pcap_set_snaplen(p, 1) == PCAP_ERROR_ACTIVATED, "a setter after activate", 0);
	pcap_close(p);
	p = pcap_create(device, err);
	check(pcap_set_tstamp_precision(p, 7) == PCAP_ERROR_TSTAMP_PRECISION_NOTSUP, "precision 7",
	      0);
	check(pcap_set_tstamp_type(p, PCAP_TSTAMP_ADAPTER) == PCAP_WARNING_TSTAMP_TYPE_NOTSUP,
	      "timestamps of an adapter: a warning", 0);
	check(pcap_can_set_rfmon(p) == 0, "no monitor mode", 0);
	pcap_set_rfmon(p, 1);
	check(pcap_activate(p) == PCAP_ERROR_RFMON_NOTSUP, "nor can it be had", 0);
	pcap_close(p);
	snprintf(name, sizeof(name), "%snosuch0", is_pfq ? "pfq:" : "");
	p = pcap_create(name, err);
	check(pcap_activate(p) == PCAP_ERROR_NO_SUCH_DEVICE, "no such device", 0);
	pcap_close(p);
	snprintf(name, sizeof(name), "%sabcdefghijklmnopqrs", is_pfq ? "pfq:" : "");
	p = pcap_create(name, err);
	check(pcap_activate(p) == PCAP_ERROR_NO_SUCH_DEVICE, "no such name", 0);
	pcap_close(p);
	if (pcap_lookupnet(device, &(bpf_u_int32){ 0 }, &(bpf_u_int32){ 0 }, err))
		check(false, err, 0);
}

/* A program opens a handle, becomes a daemon, and reads in its child. */
static void forks(void)
{
	pcap_t *p = open_device(50, false);
	struct seen s = { 0 };
	pid_t pid = fork();
	int status;

	if (!pid) {
		datagrams(5, PORT, 10);
		_exit(collect(p, 5, &s) == 5 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	check(status == 0, "the child of a fork reads on", status);
	pcap_close(p);
}

static int descriptors_open(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* A pfq device must not leak or crash where stock libpcap 1.10.3 does. */
static void better_than_stock(void)
{
	int before = descriptors_open(), i, ret = 0;
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p;

	for (i = 0; i < 50; i++)
		pcap_close(pcap_create(device, err));
	check(descriptors_open() == before, "create and close leaves no descriptor",
	      descriptors_open());
	for (i = 0; i < 20; i++)
		pcap_close(open_device(50, false));
	check(descriptors_open() == before, "nor does open and close", descriptors_open());
	p = pcap_create("pfq:nosuch0", err);
	for (i = 0; i < 3; i++)
		ret = pcap_activate(p);
	check(ret == PCAP_ERROR_NO_SUCH_DEVICE, "activate again after it failed", ret);
	pcap_close(p);
	p = pcap_create(device, err);
	pcap_set_rfmon(p, 1);
	ret = pcap_activate(p);
	pcap_set_rfmon(p, 0);
	check(ret < 0 && pcap_activate(p) == 0, "and have it this time", ret);
	pcap_close(p);
}

void semantics_of_handles(void)
{
	injection();
	directions();
	precisions();
	link_types();
	descriptors();
	error_codes();
	forks();
	if (is_pfq)
		better_than_stock();
}
