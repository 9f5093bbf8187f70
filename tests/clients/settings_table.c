/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The table of cells. Each block varies some settings in all combinations. */
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "settings.h"

#define BUFFER	(2 << 20)	/* the stock library's default */
#define TIMEOUT	50

struct values {
	unsigned int n;
	int v[10];
};

#define VALUES(...)	{ sizeof((int []){ __VA_ARGS__ }) / sizeof(int), { __VA_ARGS__ } }

struct block {
	const char *name;
	struct values way, call, cnt, timeout, immediate, nonblock, buffer_size, snaplen, promisc,
		tstamp, precision;
};

#define ANY_WAY	VALUES(WAY_PLAIN, WAY_POLL, WAY_SELECT, WAY_EPOLL, WAY_EDGE)
#define BOTH	VALUES(0, 1)
#define NOT_SET	VALUES(UNSET)

static const struct block blocks[] = {
	/* timeouts: in both modes, blocking or not, with each way to wait */
	{ "timeout", ANY_WAY, VALUES(CALL_DISPATCH), VALUES(-1),
	  VALUES(INT_MIN, -1, 0, 1, 50, 700, INT_MAX), BOTH, BOTH, VALUES(BUFFER), NOT_SET, NOT_SET,
	  NOT_SET, NOT_SET },
	/* counts of packets for a read */
	{ "count", ANY_WAY, VALUES(CALL_DISPATCH), VALUES(INT_MIN, 0, 1, 3, 1000), VALUES(TIMEOUT),
	  BOTH, BOTH, VALUES(BUFFER), NOT_SET, NOT_SET, NOT_SET, NOT_SET },
	{ "next", ANY_WAY, VALUES(CALL_NEXT, CALL_NEXT_EX), VALUES(1), VALUES(TIMEOUT), BOTH, BOTH,
	  VALUES(BUFFER), NOT_SET, NOT_SET, NOT_SET, NOT_SET },
	/*
	 * A loop is not tried on a non-blocking handle: the stock library spins there, and
	 * notices a break only when packets come.
	 */
	{ "loop", VALUES(WAY_PLAIN), VALUES(CALL_LOOP), VALUES(-1, 0, 1, 3), VALUES(TIMEOUT), BOTH,
	  VALUES(0), VALUES(BUFFER), NOT_SET, NOT_SET, NOT_SET, NOT_SET },
	/* sizes of buffer and snapshot */
	{ "buffer", VALUES(WAY_PLAIN, WAY_POLL), VALUES(CALL_DISPATCH), VALUES(-1), VALUES(TIMEOUT),
	  BOTH, VALUES(0), VALUES(INT_MIN, -1, 0, 1, 4096, 1 << 20, 64 << 20), NOT_SET, NOT_SET,
	  NOT_SET, NOT_SET },
	{ "snaplen", VALUES(WAY_PLAIN, WAY_POLL), VALUES(CALL_DISPATCH), VALUES(-1),
	  VALUES(TIMEOUT), BOTH, VALUES(0), VALUES(BUFFER),
	  VALUES(INT_MIN, -1, 0, 1, 60, 65535, 262144, 262145, INT_MAX), NOT_SET, NOT_SET,
	  NOT_SET },
	/* other settings */
	{ "promisc", VALUES(WAY_POLL), VALUES(CALL_DISPATCH), VALUES(-1), VALUES(TIMEOUT),
	  VALUES(-1, 0, 1, 2), VALUES(0), VALUES(BUFFER), NOT_SET, VALUES(-1, 0, 1, 2, 1000),
	  NOT_SET, NOT_SET },
	{ "timestamps", VALUES(WAY_POLL), VALUES(CALL_DISPATCH), VALUES(-1), VALUES(TIMEOUT), BOTH,
	  VALUES(0), VALUES(BUFFER), NOT_SET, NOT_SET, VALUES(UNSET, -1, 0, 1, 2, 5, 99),
	  VALUES(UNSET, -1, 0, 1, 2) },
};

static unsigned int cells_of(const struct block *b)
{
	const struct values *v = &b->way;
	unsigned int n = 1, i;

	for (i = 0; i < (sizeof(*b) - offsetof(struct block, way)) / sizeof(*v); i++)
		n *= v[i].n;
	return n;
}

static int take(const struct values *v, unsigned int *i)
{
	int value = v->v[*i % v->n];

	*i /= v->n;
	return value;
}

bool cell_make(struct cell *c, unsigned int i)
{
	const struct block *b = blocks;

	for (; i >= cells_of(b); b++) {
		i -= cells_of(b);
		if (b + 1 == blocks + sizeof(blocks) / sizeof(*b))
			return false;
	}
	memset(c, 0, sizeof(*c));
	c->block = b->name;
	c->way = (enum way)take(&b->way, &i);
	c->call = (enum call)take(&b->call, &i);
	c->cnt = take(&b->cnt, &i);
	c->timeout = take(&b->timeout, &i);
	c->immediate = take(&b->immediate, &i);
	c->nonblock = take(&b->nonblock, &i);
	c->buffer_size = take(&b->buffer_size, &i);
	c->snaplen = take(&b->snaplen, &i);
	c->promisc = take(&b->promisc, &i);
	c->tstamp = take(&b->tstamp, &i);
	c->precision = take(&b->precision, &i);
	return true;
}
