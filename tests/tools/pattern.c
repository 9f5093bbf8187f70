// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "pattern.h"

static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

uint64_t pattern_random(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15ULL;
	return mix(*state);
}

static uint8_t pattern_byte(uint64_t seed, uint64_t position)
{
	return (uint8_t)(mix(seed * 0x9e3779b97f4a7c15ULL + (position >> 3)) >> (position & 7) * 8);
}

void pattern_fill(uint8_t *bytes, size_t len, uint64_t seed, uint64_t offset)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = pattern_byte(seed, offset + i);
}

bool pattern_matches(const uint8_t *bytes, size_t len, uint64_t seed, uint64_t offset)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != pattern_byte(seed, offset + i))
			return false;
	return true;
}
