/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Checks reads: when they return, with how many packets, and how they are interrupted. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "semantics.h"

/* --- helpers that break a read or send a signal during it ------------------------ */

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

/* --- reads ----------------------------------------------------------------------- */

static void timeout_does_not_return(void)
{
	struct seen s = { 0 };
	pcap_t *p = open_device(50, false);
	double begin = now();
	int ret;

	alarm_in(p, 400);
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	check(ret == PCAP_ERROR_BREAK, "idle, 50 ms timeout: dispatch goes on until a break", ret);
	check(now() - begin > 0.35, "and does not return before it",
	      (long)((now() - begin) * 1000));
	pcap_close(p);
}

/* Returns the time from the break to the return of the read, in seconds. */
static double signal_alone_does_not_return(void)
{
	struct seen s = { 0 };
	pcap_t *p = open_device(50, false);
	struct helper h = { p, 400, 0 };
	pthread_t thread;
	sigset_t set;
	double came;
	int ret;

	/* Only this thread gets the signal. */
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	pthread_create(&thread, NULL, break_later, &h);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	alarm_in(NULL, 100);
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	came = now();
	pthread_join(thread, NULL);
	pcap_close(p);
	check(ret == PCAP_ERROR_BREAK && came >= h.when,
	      "a signal alone does not end a read; a break from another thread does", ret);
	return came - h.when;
}

/* One of three tries must be fast, because the machine may be busy. */
static void break_is_heard(void)
{
	double late;
	int try = 0;

	do
		late = signal_alone_does_not_return();
	while (late >= 0.05 && ++try < 3);
	check(late < 0.05, "at once", (long)(late * 1000));
}

/* Returns the milliseconds from the sending of one packet to its reading; -1: another result. */
static double one_packet_ms(int to_ms, bool immediate)
{
	struct seen s = { 0 };
	pcap_t *p = open_device(to_ms, immediate);
	struct helper h = { p, 50, 0 };
	pthread_t thread;
	double came;
	int ret;

	pthread_create(&thread, NULL, send_later, &h);
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	came = now();
	pthread_join(thread, NULL);
	pcap_close(p);
	return ret == 1 ? (came - h.when) * 1000 : -1;
}

/*
 * A packet must never be read too early. In one of three tries it must not be read too
 * late, because the machine may be busy.
 */
static void one_packet(int to_ms, bool immediate, double least_ms, double most_ms, const char *what)
{
	double ms;
	int try = 0;

	do
		ms = one_packet_ms(to_ms, immediate);
	while (ms > most_ms && ++try < 3);
	check(ms >= least_ms && ms <= most_ms, what, (long)ms);
}

static void timeouts(void)
{
	one_packet(200, false, 5, 500, "timeout of 200 ms: one packet is batched");
	one_packet(5000, true, 0, 30, "immediate mode: one packet comes at once");
}

static void non_blocking(void)
{
	char err[PCAP_ERRBUF_SIZE];
	struct seen s = { 0 };
	double begin, took;
	pcap_t *p;
	int ret, try = 0;

	p = pcap_create(device, err);
	check(pcap_getnonblock(p, err) == PCAP_ERROR_NOT_ACTIVATED, "getnonblock before activate",
	      0);
	check(pcap_setnonblock(p, 1, err) == 0, "setnonblock before activate", 0);
	pcap_set_timeout(p, 5000);
	ret = pcap_activate(p);
	check(ret == 0 && pcap_getnonblock(p, err) == 1, "is remembered", ret);
	set_filter(p, "udp dst port 9999");
	do {
		begin = now();
		ret = pcap_dispatch(p, -1, see, (u_char *)&s);
		took = now() - begin;
	} while (!ret && took >= 0.05 && ++try < 3);
	check(ret == 0 && took < 0.05, "non-blocking: 0 at once", ret);
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

/*
 * PFQ_IDLE_RETURN makes a read return at its timeout without packets, so that
 * single-threaded programs can run their timers.
 */
static void idle_return(void)
{
	struct seen s = { 0 };
	struct pcap_pkthdr *hdr;
	const u_char *bytes;
	double begin, ms;
	pcap_t *p;
	int ret;

	setenv("PFQ_IDLE_RETURN", "1", 1);
	p = open_device(100, false);
	alarm_in(p, 3000);
	begin = now();
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	ms = (now() - begin) * 1000;
	check(ret == 0 && ms >= 99 && ms < 2000, "idle, told to return: 0 at the timeout", ret);
	check(pcap_next_ex(p, &hdr, &bytes) == 0, "next_ex, too", 0);
	alarm_in(p, 500);
	check(pcap_loop(p, -1, see, (u_char *)&s) == PCAP_ERROR_BREAK, "but a loop goes on", 0);
	/* two packets do not wake the reader */
	datagrams(2, PORT, 10);
	/* on a busy machine, a timeout may lie between them */
	for (ret = 0; ret < 2 && now() - begin < 10;)
		ret += pcap_dispatch(p, -1, see, (u_char *)&s);
	check(ret == 2 && s.packets == 2, "what has come is handed over", ret);
	pcap_close(p);
	p = open_device(0, false);
	alarm_in(p, 400);
	ret = pcap_dispatch(p, -1, see, (u_char *)&s);
	check(ret == PCAP_ERROR_BREAK, "without a timeout there is none to return at", ret);
	pcap_close(p);
	/* an alarm is still pending */
	alarm_breaks = NULL;
	unsetenv("PFQ_IDLE_RETURN");
}

void semantics_of_reads(void)
{
	timeout_does_not_return();
	if (is_pfq)
		idle_return();
	break_is_heard();
	timeouts();
	non_blocking();
	breaks();
	counts();
	next_copies();
}
