/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Declarations that the parts of kmod-fuzz share */
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

/* The threads of a worker use it at once without a lock, on purpose. */
struct file {
	int fd;
	size_t area_bytes, reader_bytes;	/* from the JOIN; 0: has not joined */
	struct area data, reader;
};

enum identity {
	IS_ROOT,
	IS_NOBODY,
	IS_USERNS,	/* as nobody, and root of its own user namespace */
	IS_NETNS,	/* the user is as in IS_USERNS, and has a network namespace */
	IDENTITIES
};

/* the state of a thread */
struct world {
	uint64_t random;
	enum identity identity;
	const char *device;
	struct channel channel;
	struct file *file;	/* [FILES], those of the worker */
	int market[2];		/* workers pass files on through it: in, out */
	bool is_thread;		/* may not fork */
};

uint32_t random_u32(struct world *w);
/* Return a random number below @n. */
uint32_t below(struct world *w, uint32_t n);
/* Return a random number, sometimes an extreme one. */
uint64_t random_number(struct world *w);

typedef void (*act_fn)(struct world *w, struct file *f);

struct acts {
	const act_fn *fn;
	size_t count;
};

extern const struct acts netlink_acts, program_acts, memory_acts, file_acts;

/*
 * Return the name of a group. Honest consumers are in some of them: a worker without permission
 * must not be able to change or remove these.
 */
const char *group_name(struct world *w);
/* Return one of the worker's descriptors, one of another kind, or none. */
uint32_t some_fd(struct world *w);
/* Write a program, valid or nearly valid. */
void put_program(struct world *w, struct message *m);
const char *set_name(struct world *w);

/* Forget the mappings, of a file that was just closed or received. */
void file_forget(struct file *f);
void file_join(struct world *w, struct file *f);
/* Send a request of the file's owner, valid or nearly valid. */
void file_command(struct world *w, struct file *f);
void memory_map(struct world *w, struct file *f);
void memory_scribble(struct world *w, struct file *f);

/* Set if a worker other than root did what only root may do. The fuzzer then fails. */
extern volatile bool *is_broken;

#endif /* KMOD_FUZZ_H */
