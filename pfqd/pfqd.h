/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The daemon: from its command line to its exit status. */
#ifndef PFQD_PFQD_H
#define PFQD_PFQD_H

#ifndef PFQD_CONF_DEFAULT
#define PFQD_CONF_DEFAULT	"/etc/pfq/pfqd.conf"
#endif

enum pfqd_exit {
	PFQD_EXIT_OK		= 0,
	PFQD_EXIT_FAILED	= 1,	/* its file is wrong, or it could not start */
	PFQD_EXIT_USAGE		= 2,
};

int pfqd_main(int argc, char **argv);

#endif /* PFQD_PFQD_H */
