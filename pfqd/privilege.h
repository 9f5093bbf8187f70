/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQD_PRIVILEGE_H
#define PFQD_PRIVILEGE_H

#include "pfq.h"

/*
 * Give up, for ever, every capability that pfqd has no use for; those that it
 * lacks it does without until something needs them. Before any thread is
 * started: each has capabilities of its own.
 */
int privilege_drop(struct pfq_error *err);

#endif /* PFQD_PRIVILEGE_H */
