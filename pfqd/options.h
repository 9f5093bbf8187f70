/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The command line of pfqd. */
#ifndef PFQD_OPTIONS_H
#define PFQD_OPTIONS_H

#include <stdbool.h>

#include "pfqd/base/log.h"

struct options {
	const char *file;
	bool check;		/* only check the file */
	bool is_strict;		/* of the check: absent devices are errors */
	const char *socket;	/* NULL: as the file says */
	bool has_log;
	enum log_level log;
};

/* Parse the command line. Ends the process on --help, --version and wrong usage. */
void options_parse(struct options *o, int argc, char **argv);

#endif /* PFQD_OPTIONS_H */
