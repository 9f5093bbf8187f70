/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Programs in pfq-lang, compiled, for programs that send them to the module */
#ifndef KMOD_WIRE_H
#define KMOD_WIRE_H

#include <stddef.h>

/* The programs: each has a table of each kind, and these sets. The first two share their tables. */
#define WIRES		3
#define WIRE_SET	"hosts"		/* of addresses */
#define WIRE_PORTS	"ports"
#define WIRE_FLOWS	"conns"

struct wire {
	const char *text;
	const void *bytes;
	size_t size;
};

/* Compile them. Returns 0, or -EINVAL or -ENOMEM. */
int wires_begin(void);
const struct wire *wire(unsigned int i);

#endif /* KMOD_WIRE_H */
