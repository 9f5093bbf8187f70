/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The datapath as one unit, as the kernel module takes it in: a packet's way
 * from parsing to its record leads through most of these files, and half of it
 * would be calls. The filter*.c stay by themselves, they are for user space alone.
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
