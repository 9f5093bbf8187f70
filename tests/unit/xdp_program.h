/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * BPF programs on devices, for tests. A file of its own: libpcap and the kernel each have
 * a struct bpf_insn.
 */
#ifndef TESTS_XDP_PROGRAM_H
#define TESTS_XDP_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

/* the number of what is attached; 0: nothing */
uint32_t xdp_program_at(const char *device);
/*
 * Attach one that lets everything pass, in generic or native mode; by a link, which
 * goes with the descriptor returned, or to stay. The test fails where that fails.
 */
int xdp_program_attach(const char *device, bool is_generic, bool by_link);
/*
 * What is sent at @device with a mark gets a VLAN tag beside its bytes, as a VLAN device
 * of the kernel's would give it: TPID << 16 | TCI. A descriptor that holds it; -1: not here.
 */
int xdp_program_push_tags(const char *device);

#endif /* TESTS_XDP_PROGRAM_H */
