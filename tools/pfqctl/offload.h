/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Offloads of devices that join packets before a program captures them. */
#ifndef PFQCTL_OFFLOAD_H
#define PFQCTL_OFFLOAD_H

#include "pfqctl.h"

/* Is the engine in this process's network namespace, so that its devices can be asked? */
bool offload_is_here(const struct pfq_engine_info *engine);

/*
 * Does the device join packets? If so, write which ones, as "received packets (gro)", to @what, and
 * the arguments of ethtool -K that end it, as "gro off", to @command.
 */
bool offload_joins(const char *device, char *what, size_t what_size, char *command,
		   size_t command_size);

#endif /* PFQCTL_OFFLOAD_H */
