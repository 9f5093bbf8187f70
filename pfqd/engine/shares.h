/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The shares of all members as a text, which the next pfqd reads: its members get the same flows.
 * Control thread only.
 */
#ifndef PFQD_SHARES_H
#define PFQD_SHARES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct registry;

/* Write the shares of the started and the absent members of all groups of pfqd.conf. */
void shares_print(const struct registry *registry, FILE *f);

/*
 * Read the first line, with the seed of the hashes: with another seed, a share has other flows.
 * Returns false if it is malformed; then nothing of @f can be used.
 */
bool shares_seed(FILE *f, uint32_t *seed);

/*
 * Make an absent member of each one that @f names, in groups that are the registry's, too. Each
 * waits for its return as long as its group's linger, but at least SHARES_WAIT_NS. Call this once,
 * after shares_seed() and before the first registry_update(). From the first malformed line on,
 * nothing is used, and the log says so.
 */
void shares_restore(struct registry *registry, FILE *f);

/* A member whose pfqd was restarted joins again within this time. */
#define SHARES_WAIT_NS	10000000000ULL

#endif /* PFQD_SHARES_H */
