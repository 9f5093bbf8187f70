// SPDX-License-Identifier: GPL-2.0-only
/*
 * The datapath, from the same sources as the user engine's. core/filter*.c are left out, because
 * the kernel checks and compiles filters itself (filter.c here).
 */
#include "../core/parse.c"
#include "../core/hash.c"
#include "../core/icmp.c"
#include "../core/frag.c"
#include "../core/vlan.c"
#include "../core/hold.c"
#include "../core/program.c"
#include "../core/steer.c"
#include "../core/ring.c"
#include "../core/echo.c"
#include "../core/member.c"
#include "../core/datagram.c"
#include "../core/group.c"
#include "../core/class.c"
#include "../core/name.c"
#include "../core/linktype.c"
