/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdio.h>
#include <string.h>
#include "pfqctl.h"

const char *const counter_list_name[COUNTER_LISTS] = {
	[PFQ_COUNTER_LIST_GROUP]	= "group",
	[PFQ_COUNTER_LIST_ENDPOINT]	= "endpoint",
	[PFQ_COUNTER_LIST_INGEST]	= "ingest",
};

const char *counter_kind_name(enum pfq_counter_kind kind)
{
	static const char *const name[] = {
		[PFQ_COUNTER_IN]	= "in",
		[PFQ_COUNTER_DROP]	= "drop",
		[PFQ_COUNTER_OUT]	= "out",
		[PFQ_COUNTER_HELD]	= "held",
		[PFQ_COUNTER_INFO]	= "info",
	};

	return name[kind];
}

const char *device_state_name(uint32_t state)
{
	static const char *const name[__PFQ_DEVICE_STATE_MAX] = {
		[PFQ_DEVICE_ABSENT]	= "absent",
		[PFQ_DEVICE_DOWN]	= "down",
		[PFQ_DEVICE_UP]		= "up",
		[PFQ_DEVICE_ENDED]	= "ended",
		[PFQ_DEVICE_BROKEN]	= "broken",
		[PFQ_DEVICE_UNUSED]	= "unused",
	};

	return state < __PFQ_DEVICE_STATE_MAX ? name[state] : "unknown";
}

/*
 * A process may call itself what it likes, and a terminal obeys what it is
 * sent; JSON wants UTF-8. Nothing but printable ASCII comes out.
 */
const char *word_clean(const char *s)
{
	static char buf[4][4200];
	static unsigned int turn;
	char *d = buf[turn++ % 4];
	size_t i;

	for (i = 0; s[i] && i < sizeof(buf[0]) - 1; i++)
		d[i] = s[i] >= ' ' && s[i] < 0x7f ? s[i] : '?';
	d[i] = 0;
	return d;
}
