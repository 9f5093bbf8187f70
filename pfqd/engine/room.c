/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "pfqd/host/available.h"
#include "room.h"

#define ROOM_MARGIN_BYTES	(64ULL << 20)	/* kept for the rest of the system */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t promised;	/* bytes */

static int refuse(uint64_t bytes, uint64_t have, uint64_t others, struct pfq_error *err)
{
	char taken[80] = "";

	if (others)
		snprintf(taken, sizeof(taken),
			 ", other rings that are being made take %" PRIu64, others);
	return error_set(err, -ENOMEM,
			 "a ring of %" PRIu64 " bytes: only %" PRIu64 " bytes of memory "
			 "are available%s, and %llu are kept for the system; ask for a "
			 "smaller one",
			 bytes, have, taken, ROOM_MARGIN_BYTES);
}

int room_promise(uint64_t bytes, struct pfq_error *err)
{
	uint64_t have = available_bytes(""), others;

	if (!have && errno)
		return error_set(err, -errno,
				 "the available memory (/proc/meminfo, memory.max) cannot be "
				 "read: %s",
				 pfq_reason(PFQ_REASON_PFQD, errno));
	pthread_mutex_lock(&lock);
	others = promised;
	if (others + ROOM_MARGIN_BYTES <= have && bytes <= have - others - ROOM_MARGIN_BYTES) {
		promised += bytes;
		pthread_mutex_unlock(&lock);
		return 0;
	}
	pthread_mutex_unlock(&lock);
	return refuse(bytes, have, others, err);
}

void room_end(uint64_t bytes)
{
	pthread_mutex_lock(&lock);
	promised -= bytes;
	pthread_mutex_unlock(&lock);
}
