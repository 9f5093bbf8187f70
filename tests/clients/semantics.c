/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * semantics DEVICE
 *
 * What programs rely on in a live capture, checked on DEVICE, which carries the
 * loopback traffic of this network namespace. The same list holds for the
 * system's libpcap on lo: that is where it was measured.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <pcap/pcap.h>

#define PORT		9999
#define OTHER_PORT	9998

static const char *device;
static bool is_pfq;
/* on lo the kernel counts a packet on its way out, too, which libpcap then drops */
static u_int counted = 2;
static int failed, passed;

static void check(bool holds, const char *what, long got)
{
	printf("%s %s (%ld)\n", holds ? "ok  " : "FAIL", what, got);
	fflush(stdout);
	if (holds)
		passed++;
	else
		failed++;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void pause_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

/* @n datagrams to @port; their payload is @bytes long */
static void datagrams(int n, int port, size_t bytes)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	static const char payload[2048];
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (; n > 0; n--)
		if (sendto(fd, payload, bytes, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			perror("sendto");
	close(fd);
}

static pcap_t *open_unfiltered(int snaplen, int to_ms, bool immediate, int precision)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create(device, err);
	int ret;

	if (!p) {
		fprintf(stderr, "pcap_create: %s\n", err);
		exit(1);
	}
	pcap_set_snaplen(p, snaplen);
	pcap_set_timeout(p, to_ms);
	pcap_set_immediate_mode(p, immediate);
	pcap_set_tstamp_precision(p, precision);
	ret = pcap_activate(p);
	if (ret) {
		fprintf(stderr, "pcap_activate: %d: %s\n", ret, pcap_geterr(p));
		exit(1);
	}
	return p;
}

static int set_filter(pcap_t *p, const char *text)
{
	struct bpf_program program;
	int ret;

	if (pcap_compile(p, &program, text, 1, PCAP_NETMASK_UNKNOWN)) {
		fprintf(stderr, "pcap_compile: %s\n", pcap_geterr(p));
		exit(1);
	}
	ret = pcap_setfilter(p, &program);
	pcap_freecode(&program);
	return ret;
}

/* a handle on the datagrams to PORT alone; it has read before, so that it takes flows */
static pcap_t *open_device(int to_ms, bool immediate)
{
	pcap_t *p = open_unfiltered(65535, to_ms, immediate, PCAP_TSTAMP_PRECISION_MICRO);
	char err[PCAP_ERRBUF_SIZE];

	set_filter(p, "udp dst port 9999");
	pcap_setnonblock(p, 1, err);
	pcap_dispatch(p, -1, NULL, NULL);
	pcap_setnonblock(p, to_ms < 0, err);
	return p;
}

struct seen {
	pcap_t *break_at;
	int packets, break_after;
	u_int caplen, len, port_errors;
	int port;
	bool fraction;
	struct timeval ts;
};

static void see(u_char *user, const struct pcap_pkthdr *hdr, const u_char *bytes)
{
	struct seen *s = (struct seen *)user;

	s->packets++;
	s->caplen = hdr->caplen;
	s->len = hdr->len;
	s->ts = hdr->ts;
	s->fraction |= hdr->ts.tv_usec % 1000 != 0;
	if (s->port && hdr->caplen >= 38 && (bytes[36] << 8 | bytes[37]) != s->port)
		s->port_errors++;
	if (s->break_at && s->packets == s->break_after)
		pcap_breakloop(s->break_at);
}

/* read until @n packets have come, or a second is over */
static int collect(pcap_t *p, int n, struct seen *s)
{
	double end = now() + 1;
	char err[PCAP_ERRBUF_SIZE];
	int was = pcap_getnonblock(p, err);

	pcap_setnonblock(p, 1, err);
	while (s->packets < n && now() < end) {
		if (pcap_dispatch(p, -1, see, (u_char *)s) < 0)
			break;
		pause_ms(5);
	}
	pcap_setnonblock(p, was, err);
	return s->packets;
}

/* --- somebody who breaks, or merely disturbs ---------------------------------- */

static pcap_t *alarm_breaks;

static void on_alarm(int signal_number)
{
	(void)signal_number;
	if (alarm_breaks)
		pcap_breakloop(alarm_breaks);
}

static void alarm_in(pcap_t *p, int ms)
{
	struct sigaction action = { .sa_handler = on_alarm };
	timer_t timer;
	struct itimerspec when = { .it_value = { ms / 1000, ms % 1000 * 1000000L } };

	alarm_breaks = p;
	sigaction(SIGALRM, &action, NULL);
	timer_create(CLOCK_MONOTONIC, NULL, &timer);
	timer_settime(timer, 0, &when, NULL);
}

struct helper {
	pcap_t *p;
	int after_ms;
	double when;
};

static void *break_later(void *arg)
{
	struct helper *h = arg;

	pause_ms(h->after_ms);
	h->when = now();
	pcap_breakloop(h->p);
	return NULL;
}

static void *send_later(void *arg)
{
	struct helper *h = arg;

	pause_ms(h->after_ms);
	h->when = now();
	datagrams(1, PORT, 10);
	return NULL;
}

/* --- the list -------------------------------------------------------------------- */

static void timeout_does_not_return(void)
{
	struct seen s = { 0 };
	pcap_t *p = open_device(50, false);
	double begin = now();
	int ret;

	alarm_in(p, 400);
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	check(ret == PCAP_ERROR_BREAK, "idle, 50 ms timeout: dispatch goes on until a break", ret);
	check(now() - begin > 0.35, "and does not return before it", (long)((now() - begin) * 1000));
	pcap_close(p);
}

static void signal_alone_does_not_return(void)
{
	struct seen s = { 0 };
	pcap_t *p = open_device(50, false);
	struct helper h = { p, 400, 0 };
	pthread_t thread;
	sigset_t set;
	int ret;

	/* the signal is this thread's alone */
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	pthread_create(&thread, NULL, break_later, &h);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	alarm_in(NULL, 100);
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	check(ret == PCAP_ERROR_BREAK && now() >= h.when,
	      "a signal alone does not end a read; a break from another thread does", ret);
	check(now() - h.when < 0.05, "at once", (long)((now() - h.when) * 1000));
	pthread_join(thread, NULL);
	pcap_close(p);
}

static void one_packet(bool immediate, long least_ms, long most_ms, const char *what)
{
	struct seen s = { 0 };
	pcap_t *p = open_device(200, immediate);
	struct helper h = { p, 50, 0 };
	pthread_t thread;
	int ret;

	pthread_create(&thread, NULL, send_later, &h);
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	pthread_join(thread, NULL);
	check(ret == 1 && (now() - h.when) * 1000 >= (double)least_ms &&
	      (now() - h.when) * 1000 <= (double)most_ms, what, (long)((now() - h.when) * 1000));
	pcap_close(p);
}

static void timeouts(void)
{
	one_packet(false, 5, 500, "timeout of 200 ms: one packet is batched");
	one_packet(true, 0, 30, "immediate mode: one packet comes at once");
}

static void non_blocking(void)
{
	char err[PCAP_ERRBUF_SIZE];
	struct seen s = { 0 };
	double begin;
	pcap_t *p;
	int ret;

	p = pcap_create(device, err);
	check(pcap_getnonblock(p, err) == PCAP_ERROR_NOT_ACTIVATED, "getnonblock before activate", 0);
	check(pcap_setnonblock(p, 1, err) == 0, "setnonblock before activate", 0);
	pcap_set_timeout(p, 1000);
	ret = pcap_activate(p);
	check(ret == 0 && pcap_getnonblock(p, err) == 1, "is remembered", ret);
	set_filter(p, "udp dst port 9999");
	begin = now();
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	check(ret == 0 && now() - begin < 0.05, "non-blocking: 0 at once", ret);
	check(pcap_setnonblock(p, 0, err) == 0 && pcap_getnonblock(p, err) == 0, "and back", 0);
	pcap_close(p);
	p = open_device(-1, false);
	check(pcap_getnonblock(p, err) == 1, "a negative timeout is non-blocking", 0);
	pcap_close(p);
}

static void breaks(void)
{
	pcap_t *p = open_device(100, true);
	struct seen s = { .break_at = p, .break_after = 3 };
	int ret, n;

	datagrams(10, PORT, 10);
	pause_ms(300);
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	check(ret == PCAP_ERROR_BREAK && s.packets == 3, "break in the third callback", ret);
	n = s.packets;
	s.break_at = NULL;
	while (s.packets < 10 && pcap_dispatch(p, -1, see, (u_char *)&s) > 0)
		;
	check(s.packets - n == 7, "the other seven come later", s.packets - n);
	pcap_close(p);

	p = open_device(100, false);
	datagrams(2, PORT, 10);
	pause_ms(300);
	memset(&s, 0, sizeof(s));
	pcap_breakloop(p);
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	check(ret == PCAP_ERROR_BREAK && !s.packets, "break before the call: none, -2", ret);
	collect(p, 2, &s);
	check(s.packets == 2, "and once only", s.packets);
	pcap_close(p);
}

static void counts(void)
{
	pcap_t *p = open_device(100, false);
	struct seen s = { 0 };
	int ret;

	datagrams(10, PORT, 10);
	pause_ms(300);
	ret = pcap_dispatch(p, 3, see, (u_char *)&s);
	check(ret == 3 && s.packets == 3, "dispatch of 3", ret);
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	check(ret == 7 && s.packets == 10, "dispatch of the rest", ret);
	datagrams(6, PORT, 10);
	ret = pcap_loop(p, 5, see, (u_char *)&s);
	check(ret == 0 && s.packets == 15, "loop of 5", s.packets);
	pcap_close(p);
}

static void next_copies(void)
{
	pcap_t *p = open_device(50, false);
	struct pcap_pkthdr hdr, *hdr_ex;
	const u_char *first, *second, *third;
	u_char copy[64];
	int ret;

	datagrams(3, PORT, 100);
	first = pcap_next(p, &hdr);
	memcpy(copy, first, sizeof(copy));
	second = pcap_next(p, &hdr);
	check(first && first == second && hdr.caplen == 142, "pcap_next: one buffer of its own",
	      (long)hdr.caplen);
	ret = pcap_next_ex(p, &hdr_ex, &third);
	check(ret == 1 && third == second && hdr_ex->len == 142, "pcap_next_ex, too", ret);
	pcap_close(p);
}

static void snaplens(void)
{
	static const struct { int asked, used; } cases[] = {
		{ 0, 262144 }, { -5, 262144 }, { 300000, 262144 }, { 1, 1 }, { 96, 96 },
	};
	struct seen s;
	pcap_t *p;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		p = open_unfiltered(cases[i].asked, 50, false, PCAP_TSTAMP_PRECISION_MICRO);
		memset(&s, 0, sizeof(s));
		collect(p, 0, &s);
		datagrams(1, PORT, 1000);
		pause_ms(100);
		pcap_dispatch(p, 1, see, (u_char *)&s);
		check(pcap_snapshot(p) == cases[i].used, "snaplen in use", pcap_snapshot(p));
		check(s.len == 1042 && s.caplen == (cases[i].used < 1042 ? (u_int)cases[i].used : 1042),
		      "cut to it, length untouched", (long)s.caplen);
		check(pcap_bufsize(p) == 262144, "bufsize", pcap_bufsize(p));
		pcap_close(p);
	}
}

static void filter_swap(void)
{
	pcap_t *p = open_device(100, false);
	struct seen s = { .port = OTHER_PORT };
	struct pcap_stat stats = { 0 };

	datagrams(20, PORT, 10);
	pause_ms(250);
	check(set_filter(p, "udp dst port 9998") == 0, "a filter is swapped live", 0);
	datagrams(10, OTHER_PORT, 10);
	datagrams(5, PORT, 10);
	pause_ms(250);
	collect(p, 10, &s);
	check(s.packets == 10 && !s.port_errors, "nothing of before leaks, nothing after is lost",
	      s.packets);
	pcap_stats(p, &stats);
	check(stats.ps_recv == 30 * counted, "ps_recv counts what passed either filter", (long)stats.ps_recv);
	check(pcap_setfilter(p, NULL) == -1, "no filter: refused", 0);
	pcap_close(p);
}

/* longer than the kernel, or an engine, takes */
static void huge_filter(void)
{
	enum { PADDING = 5000 };
	pcap_t *p = open_device(100, false);
	struct bpf_program small, huge;
	struct seen s = { .port = OTHER_PORT };
	u_int i;

	pcap_compile(p, &small, "udp dst port 9998", 1, PCAP_NETMASK_UNKNOWN);
	huge.bf_len = PADDING + small.bf_len;
	huge.bf_insns = calloc(huge.bf_len, sizeof(*huge.bf_insns));
	for (i = 0; i < PADDING; i++)
		huge.bf_insns[i] = (struct bpf_insn)BPF_STMT(BPF_LD | BPF_IMM, i);
	memcpy(huge.bf_insns + PADDING, small.bf_insns, small.bf_len * sizeof(*small.bf_insns));
	check(pcap_setfilter(p, &huge) == 0, "a filter of 5000 instructions", huge.bf_len);
	datagrams(10, OTHER_PORT, 10);
	datagrams(5, PORT, 10);
	collect(p, 10, &s);
	check(s.packets == 10 && !s.port_errors, "does what it says", s.packets);
	check(set_filter(p, "udp dst port 9999") == 0, "and gives way to a small one", 0);
	memset(&s, 0, sizeof(s));
	s.port = PORT;
	datagrams(10, OTHER_PORT, 10);
	datagrams(5, PORT, 10);
	collect(p, 5, &s);
	check(s.packets == 5 && !s.port_errors, "which does the same", s.packets);
	free(huge.bf_insns);
	pcap_freecode(&small);
	pcap_close(p);
}

static void statistics(void)
{
	pcap_t *p = open_device(100, false);
	struct pcap_stat stats = { 0 };
	struct seen s = { 0 };

	datagrams(5, PORT, 10);
	datagrams(7, OTHER_PORT, 10);
	pause_ms(250);
	collect(p, 2, &s);
	datagrams(3, PORT, 10);
	pause_ms(250);
	pcap_stats(p, &stats);
	check(stats.ps_recv == 8 * counted, "ps_recv: what passed the filter, read or not", (long)stats.ps_recv);
	pcap_stats(p, &stats);
	check(stats.ps_recv == 8 * counted && !stats.ps_drop && !stats.ps_ifdrop, "and is cumulative",
	      (long)stats.ps_recv);
	pcap_close(p);
}

/* --- tagged frames: made by hand, and put on the wire by another handle --------- */

static void tagged_frame(u_char *frame, int tci, int ethertype)
{
	memset(frame, 0, 80);
	frame[12] = 0x81;
	frame[14] = (u_char)(tci >> 8);
	frame[15] = (u_char)tci;
	frame[16] = (u_char)(ethertype >> 8);
	frame[17] = (u_char)ethertype;
	frame[18] = 0xaa;
}

static u_char vlan_bytes[20];

static void keep(u_char *user, const struct pcap_pkthdr *hdr, const u_char *bytes)
{
	see(user, hdr, bytes);
	memcpy(vlan_bytes, bytes, hdr->caplen < sizeof(vlan_bytes) ? hdr->caplen : sizeof(vlan_bytes));
}

static int matches(pcap_t *sender, const char *filter, struct seen *s)
{
	pcap_t *p = open_unfiltered(65535, 50, true, PCAP_TSTAMP_PRECISION_MICRO);
	char err[PCAP_ERRBUF_SIZE];
	u_char frame[80];

	set_filter(p, filter);
	memset(s, 0, sizeof(*s));
	pcap_setnonblock(p, 1, err);
	pcap_dispatch(p, -1, keep, (u_char *)s);
	tagged_frame(frame, 0x6005, 0x9999);
	if (pcap_inject(sender, frame, sizeof(frame)) != (int)sizeof(frame))
		fprintf(stderr, "pcap_inject: %s\n", pcap_geterr(sender));
	pause_ms(100);
	pcap_dispatch(p, -1, keep, (u_char *)s);
	pcap_close(p);
	return s->packets;
}

static void vlans(void)
{
	static const struct { const char *filter; int matches; } cases[] = {
		{ "vlan 5", 1 }, { "vlan 6", 0 }, { "vlan", 1 }, { "ether proto 0x9999", 1 },
		{ "ether proto 0x8100", 0 }, { "vlan 5 and ether proto 0x9999", 1 },
	};
	pcap_t *sender = open_unfiltered(65535, 50, true, PCAP_TSTAMP_PRECISION_MICRO);
	struct seen s;
	size_t i;
	int n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		n = matches(sender, cases[i].filter, &s);
		check(n == cases[i].matches, cases[i].filter, n);
	}
	matches(sender, "vlan 5", &s);
	check(s.len == 80 && s.caplen == 80 && vlan_bytes[12] == 0x81 && vlan_bytes[14] == 0x60 &&
	      vlan_bytes[15] == 5 && vlan_bytes[16] == 0x99 && vlan_bytes[18] == 0xaa,
	      "the tag is back in the bytes", (long)s.caplen);
	pcap_close(sender);
}

/* tagged frames that were queued under another filter are looked at like those that come */
static void vlan_swap(void)
{
	pcap_t *sender = open_unfiltered(65535, 50, true, PCAP_TSTAMP_PRECISION_MICRO);
	pcap_t *p = open_unfiltered(65535, 50, false, PCAP_TSTAMP_PRECISION_MICRO);
	struct seen s = { 0 };
	u_char frame[80];

	set_filter(p, "ether proto 0x9999");
	collect(p, 0, &s);
	pcap_setnonblock(p, 1, (char[PCAP_ERRBUF_SIZE]){ 0 });
	pcap_dispatch(p, -1, see, (u_char *)&s);
	tagged_frame(frame, 5, 0x9999);
	pcap_inject(sender, frame, sizeof(frame));
	tagged_frame(frame, 6, 0x9999);
	pcap_inject(sender, frame, sizeof(frame));
	pause_ms(200);
	set_filter(p, "vlan 6 and ether proto 0x9999");
	collect(p, 1, &s);
	check(s.packets == 1, "a VLAN filter swapped in over queued frames", s.packets);
	pcap_close(p);
	pcap_close(sender);
}

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

	/* stock has but one for lo, which is no Ethernet device to it */
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

	check(pfd.fd >= 0 && pfd.fd == pcap_fileno(p), "the selectable descriptor is fileno", pfd.fd);
	check(!pcap_get_required_select_timeout(p), "no select timeout is required", 0);
	pcap_setnonblock(p, 1, (char[PCAP_ERRBUF_SIZE]){ 0 });
	pcap_dispatch(p, -1, see, (u_char *)&s);
	check(poll(&pfd, 1, 100) == 0, "not readable when idle", pfd.revents);
	datagrams(4, PORT, 10);
	check(poll(&pfd, 1, 1000) == 1 && pfd.revents & POLLIN, "readable with packets", pfd.revents);
	check(poll(&pfd, 1, 0) == 1, "level triggered", pfd.revents);
	pcap_dispatch(p, 2, see, (u_char *)&s);
	check(poll(&pfd, 1, 100) == 1, "as long as some are unread", s.packets);
	while (pcap_dispatch(p, -1, see, (u_char *)&s) > 0)
		;
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
	check(pcap_set_tstamp_precision(p, 7) == PCAP_ERROR_TSTAMP_PRECISION_NOTSUP, "precision 7", 0);
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

/* a program that opens before it becomes a daemon reads in its child */
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

/* where stock 1.10.3 leaks or crashes, a pfq device must not */
static void better_than_stock(void)
{
	int before = descriptors_open(), i, ret = 0;
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p;

	for (i = 0; i < 50; i++)
		pcap_close(pcap_create(device, err));
	check(descriptors_open() == before, "create and close leaves no descriptor", descriptors_open());
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

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: semantics DEVICE\n");
		return 2;
	}
	device = argv[1];
	is_pfq = !strncmp(device, "pfq", 3) || secure_getenv("PFQ_lo");
	if (is_pfq)
		counted = 1;
	timeout_does_not_return();
	signal_alone_does_not_return();
	timeouts();
	non_blocking();
	breaks();
	counts();
	next_copies();
	snaplens();
	filter_swap();
	huge_filter();
	statistics();
	vlans();
	vlan_swap();
	injection();
	directions();
	precisions();
	link_types();
	descriptors();
	error_codes();
	forks();
	if (is_pfq)
		better_than_stock();
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? 1 : 0;
}
