/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Compiles the datapath as one unit, as the kernel module does. A packet passes through most of
 * these files. Compiled one by one, half of its way would be calls that cannot be inlined. The
 * filter*.c are compiled by themselves: only user space has them.
 */
#include "../parse.c"
#include "../hash.c"
#include "../icmp.c"
#include "../frag.c"
#include "../vlan.c"
#include "../hold.c"
#include "../program.c"
#include "../steer.c"
#include "../ring.c"
#include "../echo.c"
#include "../member.c"
#include "../datagram.c"
#include "../group.c"
#include "../class.c"
#include "../name.c"
#include "../linktype.c"
