/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdbool.h>
#include <stdint.h>
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

const char *endpoint_state_name(const struct pfq_endpoint_info *e)
{
	if (e->linger_ns)
		return "absent";
	return e->started ? "started" : "joined";
}

const char *linger_to_name(uint32_t linger_to)
{
	static const char *const name[__PFQ_LINGER_MAX] = {
		[PFQ_LINGER_DROP]	= "drop",
		[PFQ_LINGER_OTHERS]	= "others",
	};

	return linger_to < __PFQ_LINGER_MAX ? name[linger_to] : "unknown";
}

/* Code points that control a terminal: control characters, line ends, changes of direction */
static const struct {
	uint32_t first, last;
} unprintable[] = {
	{ 0, 0x1f }, { 0x7f, 0x9f }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0xd800, 0xdfff }, { 0xfeff, 0xfeff }, { 0x110000, ~0U },
};

static bool is_printable(uint32_t code)
{
	size_t i;

	for (i = 0; i < sizeof(unprintable) / sizeof(unprintable[0]); i++) {
		if (code >= unprintable[i].first && code <= unprintable[i].last)
			return false;
	}
	return true;
}

/* Return the bytes of the printable UTF-8 character at @s; 0: there is none. */
static size_t character_bytes(const char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80 ? 1 : c < 0xc0 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf8 ? 4 : 0, i;
	uint32_t code = n > 1 ? c & (0x7fU >> n) : c;

	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	return n && code >= least[n] && is_printable(code) ? n : 0;
}

/*
 * Keep printable UTF-8 only. A process may choose any name, and control characters in it
 * would act on the terminal. JSON needs UTF-8. Files and devices have names in all
 * languages.
 */
static const char *clean(const char *s, const char *keep)
{
	static char buf[4][4200];
	static unsigned int turn;
	char *d = buf[turn++ % 4];
	size_t i = 0, n;

	for (; *s && i < sizeof(buf[0]) - 4; s += n ? n : 1) {
		n = strchr(keep, *s) ? 1 : character_bytes(s);
		memcpy(d + i, n ? s : "?", n ? n : 1);
		i += n ? n : 1;
	}
	d[i] = 0;
	return d;
}

const char *word_clean(const char *s)
{
	return clean(s, "");
}

const char *word_clean_lines(const char *s)
{
	return clean(s, "\n\t");
}
