/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The devices and files that pfqd.conf names, and those of the machine. */
#ifndef PFQD_CONF_HERE_H
#define PFQD_CONF_HERE_H

#include "conf.h"

/*
 * Report each device and file of @conf that pfqd could not use if it started now. Returns 0, also
 * if it has reported some; or -errno with text: the kernel does not list its devices.
 */
int conf_here_check(const struct conf *conf, struct conf_report *report, struct pfq_error *err);

/*
 * Report each file of @conf that cannot be replayed, except those that the group of the same name
 * in @running has. Returns 0, or -EINVAL after reports.
 */
int conf_here_files(const struct conf *conf, const struct conf *running,
		    struct conf_report *report);

/*
 * Has a device of @settings, which is here, all queues that are named? Not asked about queues that
 * @running (NULL: none) names, too. Returns 0, or -EINVAL, or the error of devices_open(), with
 * text.
 */
int conf_here_queues(const struct group_settings *settings, const struct group_settings *running,
		     struct pfq_error *err);

#endif /* PFQD_CONF_HERE_H */
