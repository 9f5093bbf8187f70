// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Polls the descriptor of a live handle after each way to end a read. With no packet left,
 * the poll must time out, and the next packet must end it. With a packet left, it must not
 * time out. The program sends its packets itself: datagrams from this host, which the
 * device sees as sent. Prints a line for each way.
 */
#include <err.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leave.h"

/*
 * --- the ways: each takes one of the packets, and ends
 * -----------------------------------------
 */

static void by_dispatch(void)
{
	dispatch(1);
}

static void by_loop(void)
{
	alarm(2);
	pcap_loop(p, 1, see, NULL);
	alarm(0);
}

static void by_next(void)
{
	struct pcap_pkthdr head;

	alarm(2);
	taken += !!pcap_next(p, &head);
	alarm(0);
}

static void by_next_ex(void)
{
	struct pcap_pkthdr *head;
	const u_char *bytes;

	alarm(2);
	taken += pcap_next_ex(p, &head, &bytes) == 1;
	alarm(0);
}

static void break_here(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	(void)user, (void)head, (void)bytes;
	pcap_breakloop(p);
}

static void by_break_in_callback(void)
{
	during = break_here;
	if (dispatch(-1) != PCAP_ERROR_BREAK)
		errx(1, "a break in the callback was not heard");
}

static void filter_here(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	(void)user, (void)head, (void)bytes;
	filter_set("udp dst port 9");
}

static void by_filter_in_callback(void)
{
	during = filter_here;
	dispatch(1);
}

static void by_nonblock(void)
{
	char text[PCAP_ERRBUF_SIZE];
	int before = taken, tries;

	pcap_setnonblock(p, 1, text);
	/* If the engine gets no CPU, its packets may not be in order for a while. */
	for (tries = 0; taken == before && tries < 50; tries++)
		dispatch(1);
	pcap_setnonblock(p, 0, text);
}

static void by_break_before(void)
{
	pcap_breakloop(p);
	if (dispatch(1) != PCAP_ERROR_BREAK)
		errx(1, "a break before the call was not heard");
	dispatch(1);
}

static const struct way {
	const char *name;
	void (*take)(void);
} ways[] = {
	{ "dispatch of 1", by_dispatch },
	{ "loop of 1", by_loop },
	{ "next", by_next },
	{ "next_ex", by_next_ex },
	{ "break in the callback", by_break_in_callback },
	{ "break before the call", by_break_before },
	{ "filter in the callback", by_filter_in_callback },
	{ "non-blocking", by_nonblock },
};

/*
 * --- after each way
 * -----------------------------------------------------------------------------
 */

static void run_way(const struct way *way)
{
	int before = taken;

	wait_packets(way->name, 2);
	way->take();
	judge(way->name, "not readable with a packet left", is_readable(1000));
	way->take();
	judge(way->name, "not two packets", taken - before == 2);
	quiet(way->name);
	wait_packets(way->name, 1);
	way->take();
	quiet(way->name);
	printf("done %s\n", way->name);
}

static void all_at_once(const char *way)
{
	int before = taken;

	wait_packets(way, 3);
	while (taken - before < 3)
		dispatch(-1);
	quiet(way);
	printf("done %s\n", way);
}

static void voided_by_filter(const char *way)
{
	wait_packets(way, 3);
	dispatch(1);
	filter_set("udp dst port 10");
	quiet(way);
	send_to(OTHER_PORT, 1);
	judge(way, "the new filter's packet does not come", is_readable(3000));
	dispatch(1);
	quiet(way);
	filter_set("udp dst port 9");
	printf("done %s\n", way);
}

static void voided_in_part(const char *way)
{
	filter_set("udp dst port 9 or 10");
	wait_packets(way, 2);
	send_to(OTHER_PORT, 1);
	usleep(100000);
	dispatch(1);
	filter_set("udp dst port 10");
	judge(way, "not readable with a packet that the filter accepts", is_readable(1000));
	dispatch(1);
	quiet(way);
	filter_set("udp dst port 9");
	printf("done %s\n", way);
}

static void voided_by_direction(const char *way)
{
	wait_packets(way, 2);
	dispatch(1);
	if (pcap_setdirection(p, PCAP_D_IN))
		errx(1, "%s", pcap_geterr(p));
	quiet(way);
	pcap_setdirection(p, PCAP_D_INOUT);
	wait_packets(way, 1);
	dispatch(1);
	quiet(way);
	printf("done %s\n", way);
}

/*
 * A program was told of packets, and changes the filter or direction before its read. The
 * read must not block.
 */
static void voided_before_the_read(const char *way)
{
	wait_packets(way, 2);
	filter_set("udp dst port 10");
	judge(way, "a read waits after a filter refused the packets", dispatch(-1) == 0);
	filter_set("udp dst port 9");
	wait_packets(way, 2);
	pcap_setdirection(p, PCAP_D_IN);
	judge(way, "a read waits after a direction refused the packets", dispatch(-1) == 0);
	pcap_setdirection(p, PCAP_D_INOUT);
	quiet(way);
	printf("done %s\n", way);
}

static void other_here(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	(void)user, (void)head, (void)bytes;
	filter_set("udp dst port 10");
}

static void voided_in_callback(const char *way)
{
	wait_packets(way, 3);
	during = other_here;
	dispatch(1);
	quiet(way);
	filter_set("udp dst port 9");
	printf("done %s\n", way);
}

static jmp_buf outside;

static void jump_here(u_char *user, const struct pcap_pkthdr *head, const u_char *bytes)
{
	(void)user, (void)head, (void)bytes;
	longjmp(outside, 1);
}

/*
 * The callback leaves by longjmp(), as an exception of another language does. That packet
 * is lost, the others are not.
 */
static void jumped_out(const char *way)
{
	int before = taken;

	wait_packets(way, 3);
	during = jump_here;
	if (!setjmp(outside))
		dispatch(-1);
	alarm(0);
	judge(way, "not readable with packets left", is_readable(1000));
	while (taken - before < 3 && dispatch(-1) > 0)
		;
	judge(way, "not three packets", taken - before == 3);
	quiet(way);
	wait_packets(way, 1);
	during = jump_here;
	if (!setjmp(outside))
		dispatch(-1);
	alarm(0);
	/*
	 * The library could not yet update the descriptor. But a read after the poll must
	 * not block.
	 */
	if (is_readable(60))
		judge(way, "a read waits without a reason", dispatch(-1) == 0);
	quiet(way);
	printf("done %s\n", way);
}

static void *break_soon(void *arg)
{
	(void)arg;
	usleep(50000);
	pcap_breakloop(p);
	return NULL;
}

static void broken_from_a_thread(const char *way)
{
	pthread_t thread;

	pthread_create(&thread, NULL, break_soon, NULL);
	judge(way, "not heard", dispatch(-1) == PCAP_ERROR_BREAK);
	pthread_join(thread, NULL);
	quiet(way);
	wait_packets(way, 1);
	dispatch(1);
	quiet(way);
	printf("done %s\n", way);
}

static void broken_by_a_signal(const char *way)
{
	alarm(1);
	judge(way, "not heard", pcap_dispatch(p, -1, see, NULL) == PCAP_ERROR_BREAK);
	quiet(way);
	wait_packets(way, 1);
	dispatch(1);
	quiet(way);
	printf("done %s\n", way);
}

/* This test is last: from then on the handle belongs to the child. */
static void child_goes_on(const char *way)
{
	int status;
	pid_t pid;

	wait_packets(way, 2);
	dispatch(1);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		wrong = 0;
		judge(way, "not readable with a packet left", is_readable(1000));
		dispatch(1);
		quiet(way);
		wait_packets(way, 1);
		dispatch(1);
		quiet(way);
		fflush(stdout);
		_exit(wrong);
	}
	waitpid(pid, &status, 0);
	wrong += !WIFEXITED(status) || WEXITSTATUS(status);
	printf("done %s\n", way);
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc != 5)
		errx(2, "usage: pfq-leave DEVICE ADDRESS TIMEOUT_MS 0|1");
	device_open(argv[1], argv[2], atoi(argv[3]), argv[4][0] == '1');
	quiet("opened");
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		run_way(&ways[i]);
	all_at_once("all at once");
	broken_from_a_thread("break from another thread");
	broken_by_a_signal("break by a signal");
	voided_by_filter("a filter voids the rest");
	voided_in_part("a filter voids a part");
	voided_by_direction("a direction voids the rest");
	voided_before_the_read("a change between a poll and a read");
	voided_in_callback("a filter set in the callback");
	flooded("a flood that a filter of this process refuses");
	jumped_out("a jump out of the callback");
	child_goes_on("the child of a fork");
	pcap_close(p);
	return wrong ? 1 : 0;
}
