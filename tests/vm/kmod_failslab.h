/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Declarations that the parts of kmod-failslab share */
#ifndef KMOD_FAILSLAB_H
#define KMOD_FAILSLAB_H

#include <stdbool.h>
#include <stddef.h>

/* --- the fault (kmod_failslab_fault.c) ------------------------------------------ */

extern unsigned int fault_nth;	/* number of the allocation that fails; 0: none */
extern bool fault_is_fired;	/* set by fault_off(): the fault has occurred */

/* Returns 0, or -errno if this kernel cannot do it. */
int fault_open(void);
/* Begin and end the part in which allocations fail. */
void fault_on(void);
void fault_off(void);

/* --- requests (kmod_failslab_operation.c) ----------------------------------------- */

struct message;

/* Begin a request about the group of the operations. */
struct message *request_begin(int cmd, unsigned int flags);
/* Write both devices, separated by a comma, or only the first. */
void request_put_devices(int count);
void request_put_fd(void);
/* Send it while allocations fail. Returns 0 or the error. */
int request_run(void);

/* Programs in pfq-lang, and their live sets (kmod_failslab_program.c) */
int program_join(void);
int program_add(void);
int program_set(void);
/* The group takes over the tables of the program before; or it does not. */
int program_set_like(void);
int program_set_other(void);
int program_get(void);
int program_count(void);
int set_change(void);
int set_list(void);

/* --- operations ----------------------------------------------------------------- */

struct operation {
	const char *name;
	int (*prepare)(void);
	int (*run)(void);
	bool is_quiet;	/* makes no allocation that can fail */
	int bindings;	/* bindings that the group has if it fails */
};

extern const struct operation operations[];
extern const size_t operations_count;
/* Loading the module; then it is the only operation. */
extern const struct operation operation_load;

extern const char *operation_devices[2], *operation_module;

/* Returns 0, or -errno if there is no module. */
int operations_begin(void);
/* Remove all that an operation, and its preparation, has made. */
void operation_undo(void);
/* Has it left no group and no hook? */
bool operation_is_undone(void);
/* Return the number of all groups' bindings; -1: not known */
int operation_bindings(void);

#endif /* KMOD_FAILSLAB_H */
