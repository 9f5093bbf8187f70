/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The exit statuses of pfqd. */
#ifndef PFQD_EXIT_H
#define PFQD_EXIT_H

enum pfqd_exit {
	PFQD_EXIT_OK		= 0,
	PFQD_EXIT_FAILED	= 1, /* the configuration file is wrong, or pfqd could not start */
	PFQD_EXIT_USAGE		= 2,
};

#endif /* PFQD_EXIT_H */
