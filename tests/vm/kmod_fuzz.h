/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the parts of kmod-fuzz share. */
#ifndef KMOD_FUZZ_H
#define KMOD_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "kmod_message.h"

#define FILES	6

struct area {
	uint8_t *at;
	size_t bytes;
};

/* Threads of a worker use it at once, without a lock: that is the point. */
struct file {
	int fd;
	size_t area_bytes, reader_bytes;	/* as the JOIN said; 0: has not joined */
	struct area data, reader;
};

enum identity {
	IS_ROOT,
	IS_NOBODY,
	IS_USERNS,	/* nobody, and root of a user namespace of its own */
	IS_NETNS,	/* that, with a network namespace of its own */
	IDENTITIES
};

/* a thread's */
struct world {
	uint64_t random;
	enum identity identity;
	const char *device;
	struct channel channel;
	struct file *file;	/* [FILES], the worker's */
	int market[2];		/* by which all workers pass files on: in, out */
	bool is_thread;		/* may not fork */
};

uint32_t random_u32(struct world *w);
/* less than @n */
uint32_t below(struct world *w, uint32_t n);
/* now and then the edges */
uint64_t random_number(struct world *w);

typedef void (*act_fn)(struct world *w, struct file *f);

struct acts {
	const act_fn *fn;
	size_t count;
};

extern const struct acts netlink_acts, memory_acts, file_acts;

/* Of a file that was just closed, or has come from elsewhere: no mapping. */
void file_forget(struct file *f);
void file_join(struct world *w, struct file *f);
/* A request of its owner's, right or nearly so. */
void file_command(struct world *w, struct file *f);
void memory_map(struct world *w, struct file *f);
void memory_scribble(struct world *w, struct file *f);

/* what nobody but root may do was done; the fuzzer fails */
extern volatile bool *is_broken;

#endif /* KMOD_FUZZ_H */
