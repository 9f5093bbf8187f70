/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Says what becomes of a device that a program opens, with the reason for the program. */
#ifndef PFQ_VERDICT_H
#define PFQ_VERDICT_H

#include "pfq-choice.h"

/* The device is ours but cannot be opened: the activation returns @status and the text. */
bool pfq_verdict_fail(struct pfq_choice *choice, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The device @name stays ordinary. Returns false. */
bool pfq_verdict_ordinary(const struct pfq_choice *choice, const char *name, const char *why);

/* The same although @variable is about it, so the program is told. */
bool pfq_verdict_warn(struct pfq_choice *choice, const char *name, const char *variable,
		      const char *why);

#endif /* PFQ_VERDICT_H */
