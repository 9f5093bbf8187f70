/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The devices that pfqd.conf names, and those of the machine. */
#ifndef PFQD_CONF_DEVICES_H
#define PFQD_CONF_DEVICES_H

#include "conf.h"

/*
 * Report each device of @conf that does not exist now. Returns 0, also if it has reported some;
 * -EIO with text: the kernel does not list its devices.
 */
int conf_devices_check(const struct conf *conf, struct conf_report *report, struct pfq_error *err);

#endif /* PFQD_CONF_DEVICES_H */
