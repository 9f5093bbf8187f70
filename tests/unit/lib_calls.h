/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Counts the system calls that the library makes to sleep and to be woken. */
#ifndef TESTS_LIB_CALLS_H
#define TESTS_LIB_CALLS_H

extern unsigned int calls;

#endif /* TESTS_LIB_CALLS_H */
