// SPDX-License-Identifier: GPL-2.0-only
/* The datapath, from the same sources as the user engine's. */
#include "../core/core.c"
