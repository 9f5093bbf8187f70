/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Runs the packets of one scenario through the datapath, under callgrind (see stages.sh).
 * Nothing is timed.
 *
 * 	bench-stages			prints the names of the scenarios
 * 	bench-stages --compiler		prints the compiler that built it
 * 	bench-stages SCENARIO		runs it and prints the number of packets
 */
#include <stdio.h>
#include "core_world.h"

#define PACKETS	(64 * PFQ_BATCH_MAX)

#ifdef __clang__
#define COMPILER	"clang"
#define VERSION		__clang_major__
#else
#define COMPILER	"gcc"
#define VERSION		__GNUC__
#endif

static const struct {
	const char *name;
	struct core_setting setting;
} scenarios[] = {
	{ "flow", { .policy = "flow", .members = 4, .bytes = 64 } },
	{ "flow-ip6", { .policy = "flow", .members = 4, .bytes = 64, .ip6 = true } },
	{ "flow-vlan", { .policy = "flow", .members = 4, .bytes = 64, .tagged = true } },
	{ "flow-512-bytes", { .policy = "flow", .members = 4, .bytes = 512 } },
	{ "group-filter", { .policy = "flow", .members = 4, .bytes = 64, .group_filter = true } },
	{ "member-filter",
	  { .policy = "flow", .members = 4, .bytes = 64, .member_filter = true } },
	{ "host-filter",
	  { .policy = "flow", .members = 4, .bytes = 64, .member_filter = true, .host = true } },
	{ "copy-8", { .policy = "copy", .members = 8, .bytes = 64 } },
	/* as the kernel engine passes packets */
	{ "single", { .policy = "flow", .members = 4, .bytes = 64, .batch_packets = 1 } },
	{ "single-filters",
	  { .policy = "flow", .members = 4, .bytes = 64, .batch_packets = 1, .group_filter = true,
	    .member_filter = true } },
	{ "single-ip", { .policy = "ip", .members = 4, .bytes = 64, .batch_packets = 1 } },
	{ "single-copy", { .policy = "copy", .members = 1, .bytes = 64, .batch_packets = 1 } },
	{ "single-copy-8", { .policy = "copy", .members = 8, .bytes = 64, .batch_packets = 1 } },
};

/*
 * Replaces the C library's memcpy(), which chooses instructions that suit the CPU: counts would
 * depend on the machine.
 */
void *memcpy(void *to, const void *from, size_t bytes)
{
	u8 *t = to;
	const u8 *f = from;

	for (; bytes >= 16; bytes -= 16, t += 16, f += 16) {
		__builtin_memcpy(t, f, 16);
		/* Otherwise the compiler would turn the loop into a memcpy(). */
		__asm__ volatile("" ::: "memory");
	}
	for (; bytes; bytes--) {
		*t++ = *f++;
		__asm__ volatile("" ::: "memory");
	}
	return to;
}

int main(int argc, char **argv)
{
	struct core_world *w;
	unsigned int i;
	u32 n;

	if (argc == 2 && !strcmp(argv[1], "--compiler")) {
		printf("%s-%d-%s\n", COMPILER, VERSION, STAGES_MACHINE);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(scenarios); i++) {
		if (argc < 2)
			puts(scenarios[i].name);
		else if (!strcmp(argv[1], scenarios[i].name))
			break;
	}
	if (argc < 2)
		return 0;
	if (i == ARRAY_SIZE(scenarios)) {
		fprintf(stderr, "bench-stages: no scenario \"%s\"\n", argv[1]);
		return 2;
	}
	w = core_world_create(&scenarios[i].setting);
	for (n = 0; n < PACKETS;) {
		n += core_world_fill(w, n);
		core_world_run(w);
		core_world_empty(w);
	}
	printf("%u\n", n);
	return 0;
}
