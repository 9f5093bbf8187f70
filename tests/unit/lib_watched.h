/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A handle of lib_joined.h whose descriptor somebody waits on. */
#ifndef TESTS_LIB_WATCHED_H
#define TESTS_LIB_WATCHED_H

#include <stdint.h>

#define QUIET_MS	15

extern int fd;
extern uint64_t sent;	/* records put */

/* all lanes but the first are unfed */
void open_watched(uint32_t lanes, uint64_t lane_size);
/* @n records in the first lane, as the engine does it */
void put(unsigned int n);

/* With nothing to read, the descriptor is not readable; with a record it is, at once. */
void assert_quiet(const char *way);
void assert_woken(const char *way);

/* read one record, and leave */
void by_count(void);

#endif /* TESTS_LIB_WATCHED_H */
