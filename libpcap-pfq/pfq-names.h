/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A device has a name, and may have alternative ones; variables may be about it by any of
 * them, and which one a program was given does not matter.
 */
#ifndef PFQ_NAMES_H
#define PFQ_NAMES_H

#include <stddef.h>
#include <stdint.h>
#include "pfq-env.h"
#include "pfq-lib.h"

/*
 * pfq_env_device_read() for all names of the device that is called @name here. -EINVAL: a bad
 * value, or two variables that do not agree, or the device's other names cannot be known and
 * @name alone says nothing; @err has it.
 */
int pfq_names_env(struct pfq_env_device *dev, const char *name, pfq_env_get_fn get, void *arg,
		  char *err, size_t err_size);

/* The index of the device called @name here, its identity; 0: none, *ret is 0 or says why not. */
uint32_t pfq_names_index(const struct pfq_lib *lib, const char *name, int *ret);

#endif /* PFQ_NAMES_H */
