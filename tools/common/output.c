// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "output.h"

bool output_is_out(const char *program)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return true;
	fprintf(stderr, "%s: standard output: %s\n", program,
		errno ? strerror(errno) : "it could not be written");
	return false;
}
