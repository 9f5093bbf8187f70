/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The daemon from its command line to its exit status. */
#ifndef PFQD_PFQD_H
#define PFQD_PFQD_H

/* Run pfqd. Returns an enum pfqd_exit. */
int pfqd_main(int argc, char **argv);

#endif /* PFQD_PFQD_H */
