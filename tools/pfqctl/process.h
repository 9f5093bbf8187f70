/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQCTL_PROCESS_H
#define PFQCTL_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Is the process @pid stopped, by a signal or a debugger? @comm is its name for the engine, whose
 * process numbers may be those of another namespace: a process of another name is not stopped.
 */
bool process_is_stopped(uint32_t pid, const char *comm);

#endif /* PFQCTL_PROCESS_H */
