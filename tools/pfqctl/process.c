/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <stdio.h>
#include <string.h>
#include "process.h"

bool process_is_stopped(uint32_t pid, const char *comm)
{
	char path[32], line[256], *name, *end = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	/* "77 (name) S ...", where the name may have parentheses */
	name = fgets(line, sizeof(line), f) ? strchr(line, '(') : NULL;
	fclose(f);
	if (name)
		end = strrchr(++name, ')');
	if (!end || end[1] != ' ')
		return false;
	*end = '\0';
	return !strcmp(name, comm) && strchr("Tt", end[2]);
}
