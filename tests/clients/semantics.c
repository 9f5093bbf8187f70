/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * semantics DEVICE
 *
 * Checks on DEVICE the behaviour of live captures that programs rely on. DEVICE carries the
 * loopback traffic of this network namespace. The expected values were measured with the system's
 * libpcap on lo, which must pass, too.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "semantics.h"

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
	semantics_of_reads();
	semantics_of_filters();
	semantics_of_handles();
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? 1 : 0;
}
