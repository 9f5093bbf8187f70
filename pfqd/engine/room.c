/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/reason.h"
#include "pfqd/base/error.h"
#include "pfqd/host/available.h"
#include "room.h"

#define ROOM_MARGIN_BYTES	(64ULL << 20)	/* kept for the rest of the system */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t promised;	/* bytes */

/* No memory is available. If /proc/meminfo cannot be read, that is the error instead. */
static int check_meminfo(struct pfq_error *err)
{
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_set(err, -errno,
				 "the available memory cannot be read: /proc/meminfo: %s",
				 pfq_reason(PFQ_REASON_PFQD, errno));
	close(fd);
	return 0;
}

static int refuse(uint64_t bytes, uint64_t have, uint64_t others, struct pfq_error *err)
{
	int ret = have ? 0 : check_meminfo(err);
	char taken[80] = "";

	if (ret)
		return ret;
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
