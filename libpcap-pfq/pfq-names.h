/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A device has a name, and may have alternative names. A variable may use any of them,
 * whichever name the program was given.
 */
#ifndef PFQ_NAMES_H
#define PFQ_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pfq-env-device.h"
#include "pfq-lib.h"
#include "pfq-source.h"

/*
 * pfq_env_device_read() for all names of the device @name. -EINVAL with a text in @err: a bad
 * value, or two variables with different values, or the kernel cannot be asked for the
 * device's other names and there is no variable for @name itself.
 */
int pfq_names_env(struct pfq_env_device *dev, const struct pfq_env *env, const char *name,
		  const struct pfq_sources *sources, char *err, size_t err_size);

/* The index of device @name, its identity. 0: it does not exist (*ret is 0) or *ret is an error. */
uint32_t pfq_names_index(const struct pfq_lib *lib, const char *name, int *ret);

/*
 * Has a device that exists now a name that is @part in the names of variables? true if the kernel
 * cannot be asked.
 */
bool pfq_names_is_part(const char *part);

#endif /* PFQ_NAMES_H */
