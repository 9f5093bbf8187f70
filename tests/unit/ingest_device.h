/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What any ingest of real devices owes them; each call is a test of the driver of that name. */
#ifndef TESTS_INGEST_DEVICE_H
#define TESTS_INGEST_DEVICE_H

#include <stdbool.h>

#include "ingest_source.h"

/* It asks for promiscuity if told to, and takes it back. */
void device_promisc(const char *driver);

/*
 * Opened with @lanes while the device is down, it has what comes from when it is up;
 * or, where it @may_refuse, says that the device is down.
 */
void device_open_while_down(const char *driver, uint32_t lanes, bool may_refuse);

/* @params do not open: @code, and an error with @text in it */
void device_refuse(const char *driver, struct ingest_params params, int code, const char *text);

/* what no driver takes */
void device_refuse_nonsense(const char *driver);

#endif /* TESTS_INGEST_DEVICE_H */
