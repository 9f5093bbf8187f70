/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* cmocka wants these before it */
#ifndef PFQ_TESTS_CHECK_H
#define PFQ_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* fails with the name of the case at hand */
#define check_case(name, cond)                                                                     \
	do {                                                                                       \
		if (!(cond))                                                                       \
			fail_msg("%s: %s", name, #cond);                                           \
	} while (0)

/* fails where @part is not in @text */
#define check_text(text, part)                                                                     \
	do {                                                                                       \
		if (!strstr(text, part))                                                           \
			fail_msg("\"%s\" lacks \"%s\"", text, part);                               \
	} while (0)

/* reproducible: xorshift64 */
static inline uint64_t check_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 16;
}

/* some nanoseconds, another number each time: threads that must meet do not do so in step */
static inline void check_jitter(uint64_t *state)
{
	volatile unsigned int spins = (unsigned int)(check_random(state) % 128);

	while (spins)
		spins--;
}

#endif /* PFQ_TESTS_CHECK_H */
