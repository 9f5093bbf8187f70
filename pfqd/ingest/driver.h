/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Shared by the ingest drivers. Outside of this folder only the workers include this header, for
 * the clock.
 */
#ifndef PFQD_INGEST_DRIVER_H
#define PFQD_INGEST_DRIVER_H

#include <linux/if_ether.h>
#include <time.h>

#include "core/untag.h"
#include "ingest.h"

/* The table of drivers: one row for each, in the order in which they are listed. */
#define INGEST_DRIVERS(_)	\
	_(ingest_packet)	\
	_(ingest_xdp)		\
	_(ingest_file)

#define INGEST_DRIVER_DECLARE(driver)	extern const struct ingest_driver driver;
INGEST_DRIVERS(INGEST_DRIVER_DECLARE)

/* The time of @clock in nanoseconds. */
static inline uint64_t ingest_clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/* Add @n to @counter. One thread writes a counter, any thread may read it. */
static inline void ingest_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/* The protocol number that the kernel would give the Ethernet frame @v. */
static inline uint16_t ingest_ethertype(const struct pfq_view *v)
{
	uint16_t type = get_unaligned_be16(v->data + 2 * ETH_ALEN);

	return type >= ETH_P_802_3_MIN ? type : ETH_P_802_2;
}

#endif /* PFQD_INGEST_DRIVER_H */
