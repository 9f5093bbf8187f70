/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdio.h>
#include <stdlib.h>
#include <linux/filter.h>
#include <sys/mman.h>
#include "core_world.h"

#define LANE_BYTES	(1U << 20)

/* Pages that are there already, and zero. Clearing them here would take valgrind longest of all. */
static void *zeroed(u64 bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED) {
		fprintf(stderr, "bench: no memory\n");
		exit(1);
	}
	return p;
}

/* Build Ethernet, IPv4, and TCP to port 80. */
static void frame_ip4(u8 *frame, u32 flow)
{
	static const u8 head[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 46,
				   0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 0, 10, 1, 0, 1 };

	memcpy(frame, head, sizeof(head));
	frame[28] = (u8)(flow >> 8);
	frame[29] = (u8)flow;
	frame[34] = (u8)(flow * 7);
	frame[37] = 80;
}

/* Build Ethernet, IPv6, and TCP to port 80. */
static void frame_ip6(u8 *frame, u32 flow)
{
	static const u8 head[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd, 0x60, 0, 0, 0,
				   0, 10, 6, 64, 0x20, 1, 0xd, 0xb8 };

	memcpy(frame, head, sizeof(head));
	memcpy(frame + 38, head + 22, 4);
	frame[36] = (u8)(flow >> 8);
	frame[37] = (u8)flow;
	frame[53] = 1;
	frame[54] = (u8)(flow * 7);
	frame[57] = 80;
}

/* "tcp port 80", with the checks of a compiler for such expressions */
static const struct sock_filter tcp_port_80[] = {
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x86dd, 0, 6),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 20),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 15),
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 54),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 80, 12, 0),
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 56),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 80, 10, 11),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x800, 0, 10),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 8),
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 6, 0),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, 14),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 80, 2, 0),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 80, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 262144),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

/* "host 10.1.0.1 and port 80" */
static const struct sock_filter host_and_port[] = {
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x800, 0, 16),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 26),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0a010001, 2, 0),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 30),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0a010001, 0, 12),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 132, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 1, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 17, 0, 8),
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 6, 0),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, 14),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 80, 2, 0),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 80, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 262144),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static struct pfq_filter *filter_create(const struct sock_filter *insns, unsigned int count)
{
	struct pfq_filter *f = calloc(1, pfq_filter_size(count));

	if (!f || pfq_filter_init(f, insns, count)) {
		fprintf(stderr, "bench: the filter is refused\n");
		exit(1);
	}
	return f;
}

static void member_open(struct core_world *w, u32 i, const struct pfq_filter *filter)
{
	void *area = zeroed(pfq_ring_area_bytes(1, LANE_BYTES));
	u8 *reader_area = zeroed(pfq_ring_reader_bytes(1));

	pfq_ring_format(area, 1, LANE_BYTES, CORE_BYTES_MAX, PFQ_LINKTYPE_ETHERNET);
	w->area[i] = area;
	w->reader_area[i] = reader_area;
	pfq_producer_init(&w->producer[i], area, 1, LANE_BYTES, reader_area, 0);
	w->reader[i] = (void *)(reader_area + PFQ_READER_LANE_OFFSET(0));
	w->member[i] = (struct pfq_member){ .id = i + 1, .snaplen = CORE_BYTES_MAX,
					    .filter = filter, .producer = &w->producer[i] };
	w->class.all[i] = w->class.started[i] = (u16)i;
}

struct core_world *core_world_create(const struct core_setting *s)
{
	struct core_world *w = zeroed(sizeof(*w));
	struct pfq_steer_share share[CORE_MEMBERS_MAX];
	u32 i;

	if (!s->program && pfq_program_from_policy(&w->program, s->policy)) {
		fprintf(stderr, "bench: no policy \"%s\"\n", s->policy);
		exit(2);
	}
	w->filter = s->host ? filter_create(host_and_port, ARRAY_SIZE(host_and_port)) :
			      filter_create(tcp_port_80, ARRAY_SIZE(tcp_port_80));
	for (i = 0; i < CORE_FLOWS; i++)
		(s->ip6 ? frame_ip6 : frame_ip4)(w->frame[i], i);
	for (i = 0; i < s->members; i++) {
		member_open(w, i, s->member_filter ? w->filter : NULL);
		share[i] = (struct pfq_steer_share){ i + 1, 1, false };
	}
	w->class.count = w->class.started_count = s->members;
	pfq_steer_build(&w->class.table, NULL, share, s->members);
	w->group = (struct pfq_group){ .program = s->program ? s->program : &w->program,
				       .lane = &w->lane,
				       .filter = s->group_filter ? w->filter : NULL,
				       .members = s->members, .member = w->member,
				       .class = { &w->class } };
	w->env = (struct pfq_lane_env){ .seed = CORE_SEED, .random = 1, .frags = &w->frags };
	w->bytes = s->bytes;
	w->batch_packets = s->batch_packets ? s->batch_packets : PFQ_BATCH_MAX;
	w->vlan_flag = s->tagged ? PFQ_REC_F_VLAN : 0;
	return w;
}

void core_world_free(struct core_world *w)
{
	u32 i;

	for (i = 0; i < w->group.members; i++) {
		munmap(w->area[i], pfq_ring_area_bytes(1, LANE_BYTES));
		munmap(w->reader_area[i], pfq_ring_reader_bytes(1));
	}
	free(w->filter);
	munmap(w, sizeof(*w));
}

u32 core_world_fill(struct core_world *w, u32 first)
{
	u32 i;

	w->batch.n = w->batch_packets;
	for (i = 0; i < w->batch_packets; i++)
		w->batch.view[i] = (struct pfq_view){
			.data = w->frame[(first + i) % CORE_FLOWS], .caplen = w->bytes,
			.len = w->bytes, .ts_ns = first + i, .ifindex = 2, .tci = 5,
			.tpid = 0x8100, .flags = w->vlan_flag,
			.linktype = PFQ_LINKTYPE_ETHERNET, .queue = PFQ_QUEUE_UNKNOWN,
		};
	return w->batch_packets;
}

void core_world_run(struct core_world *w)
{
	pfq_group_process(&w->group, &w->batch, &w->env, &w->scratch);
}

void core_world_empty(struct core_world *w)
{
	u32 i;

	for (i = 0; i < w->group.members; i++)
		w->reader[i]->cons = w->producer[i].prod;
}
