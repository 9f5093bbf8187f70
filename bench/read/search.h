/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Looks for many patterns at once, as signature matchers do: an automaton of Aho and Corasick,
 * with one step for each byte.
 */
#ifndef BENCH_SEARCH_H
#define BENCH_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#define SEARCH_STATES 256

struct search {
	uint16_t next[SEARCH_STATES][256];
	uint16_t fail[SEARCH_STATES]; /* the state of the longest proper end that is a beginning */
	uint8_t is_end[SEARCH_STATES]; /* 1: a pattern ends here */
	uint16_t states;
};

/* Make the automaton of the patterns in search.c. */
void search_make(struct search *s);

/* The number of places at which a pattern ends; reads each byte once */
uint64_t search_run(const struct search *s, const uint8_t *bytes, size_t length);

#endif
