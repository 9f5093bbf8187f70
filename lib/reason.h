/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Explains an error of a system call: its cause, and what to do. strerror() alone, as in
 * "Operation not permitted", leads its reader to the wrong cause. Where few causes are possible,
 * these texts name them.
 */
#ifndef PFQ_LIB_REASON_H
#define PFQ_LIB_REASON_H

/* The process that made the failed call. */
enum pfq_reason_of {
	PFQ_REASON_PROCESS,	/* the process that uses libpfq */
	PFQ_REASON_PFQD,
	__PFQ_REASON_MAX
};

/*
 * @error: errno, of either sign. Returns a line of at most 120 bytes, constant text. For an error
 * without an explanation it is strerror()'s.
 */
const char *pfq_reason(enum pfq_reason_of whose, int error);

#endif /* PFQ_LIB_REASON_H */
