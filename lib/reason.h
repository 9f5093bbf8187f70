/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * What an error of a system call is about, and what to do. A bare "Operation not permitted"
 * sends its reader to the wrong place; where the call itself could not have meant more,
 * these texts name the condition.
 */
#ifndef PFQ_LIB_REASON_H
#define PFQ_LIB_REASON_H

/* The process that made the failed call. */
enum pfq_reason_of {
	PFQ_REASON_PROCESS,	/* of the process that uses libpfq */
	PFQ_REASON_PFQD,
	__PFQ_REASON_MAX
};

/*
 * @error: errno, of either sign. A line of at most 120 bytes; strerror()'s where there is
 * nothing to add to that.
 */
const char *pfq_reason(enum pfq_reason_of whose, int error);

#endif /* PFQ_LIB_REASON_H */
