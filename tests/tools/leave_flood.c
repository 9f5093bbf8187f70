// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "leave.h"

#define INSNS		60000	/* engines accept 4096; this is slower than the packets */
#define FLOOD_S		4
#define PORT_OFFSET	36	/* destination port of a datagram without IP options */

static atomic_bool is_over;

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Set a filter that accepts PORT at once and refuses all others after many instructions. */
static void slow_filter_set(void)
{
	struct bpf_insn *insns = calloc(INSNS, sizeof(*insns));
	struct bpf_program program = { INSNS, insns };
	unsigned int i;

	if (!insns)
		err(1, "filter");
	insns[0] = (struct bpf_insn)BPF_STMT(BPF_LD | BPF_H | BPF_ABS, PORT_OFFSET);
	insns[1] = (struct bpf_insn)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PORT, 0, 1);
	insns[2] = (struct bpf_insn)BPF_STMT(BPF_RET | BPF_K, 0xffff);
	for (i = 3; i < INSNS - 1; i++)
		insns[i] = (struct bpf_insn)BPF_STMT(BPF_LD | BPF_IMM, i);
	insns[i] = (struct bpf_insn)BPF_STMT(BPF_RET | BPF_K, 0);
	if (pcap_setfilter(p, &program))
		errx(1, "%s", pcap_geterr(p));
	free(insns);
}

static void *flood(void *arg)
{
	double end_s = now_s() + FLOOD_S;

	(void)arg;
	while (!is_over && now_s() < end_s)
		send_to(OTHER_PORT, 64);
	return NULL;
}

void flooded(const char *way)
{
	int before = taken;
	pthread_t thread;
	double begin_s;

	slow_filter_set();
	wait_packets(way, 1);
	if (pthread_create(&thread, NULL, flood, NULL))
		errx(1, "no thread");
	usleep(50000);
	begin_s = now_s();
	dispatch(1);
	judge(way, "a read goes on and on", now_s() - begin_s < FLOOD_S / 2.0);
	judge(way, "not one packet", taken - before == 1);
	is_over = true;
	pthread_join(thread, NULL);
	filter_set("udp dst port 9");
	quiet(way);
	printf("done %s\n", way);
}
