/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The clock of a test that is linked with --wrap=clock_gettime. */
#ifndef TESTS_LIB_CLOCK_H
#define TESTS_LIB_CLOCK_H

#include <stdint.h>

/*
 * Time stands still but where a test lets it pass: on a busy machine any time
 * may lie between two lines, and a lane would be given up.
 */
extern uint64_t now_ns;
/* called each time that it is read; NULL */
extern void (*clock_read)(void);

#endif /* TESTS_LIB_CLOCK_H */
