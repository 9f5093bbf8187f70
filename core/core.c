/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The datapath as one unit, for user space and for the kernel module. The path of a packet leads
 * through most of these files; compiled separately, half of it would be function calls.
 * filter*.c are not part of it, because the kernel checks and compiles filters itself.
 */
#include "parse.c"
#include "hash.c"
#include "icmp.c"
#include "frag.c"
#include "vlan.c"
#include "hold.c"
#include "flows.c"
#include "rate.c"
#include "dup.c"
#include "program.c"
#include "object.c"
#include "lang_row.c"
#include "lang_run.c"
#include "lang_object.c"
#include "lang_build.c"
#include "lang_load.c"
#include "lang_explain.c"
#include "steer.c"
#include "ring.c"
#include "doorbell.c"
#include "echo.c"
#include "member.c"
#include "datagram.c"
#include "group.c"
#include "class.c"
#include "name.c"
#include "linktype.c"
