/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Counts the system calls that the library makes to sleep and to be woken. */
#ifndef TESTS_LIB_CALLS_H
#define TESTS_LIB_CALLS_H

extern unsigned int calls;

/* Called once, when the library is about to wait for a descriptor. NULL: nothing. */
extern void (*before_wait)(void);

#endif /* TESTS_LIB_CALLS_H */
