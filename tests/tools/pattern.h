/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Bytes that a receiver can check: they depend on a seed and a position. */
#ifndef TOOLS_PATTERN_H
#define TOOLS_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Make one step of a generator with 64 bits of state. It never returns 0 twice in a row. */
uint64_t pattern_random(uint64_t *state);

/* The bytes offset .. offset + len - 1 of the endless text of this seed */
void pattern_fill(uint8_t *bytes, size_t len, uint64_t seed, uint64_t offset);
bool pattern_matches(const uint8_t *bytes, size_t len, uint64_t seed, uint64_t offset);

#endif /* TOOLS_PATTERN_H */
