/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfq-program.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "pfq-nearest.h"

#define DELETED " (deleted)"

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void pfq_program_name(char *name, size_t size, bool is_secure)
{
	char path[1024];
	ssize_t len;

	len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (len <= 0) {
		snprintf(name, size, "%s", is_secure ? "" : program_invocation_short_name);
		return;
	}
	path[len] = '\0';
	/* an upgrade has replaced the file meanwhile */
	if ((size_t)len > strlen(DELETED) && !strcmp(path + len - strlen(DELETED), DELETED))
		path[(size_t)len - strlen(DELETED)] = '\0';
	snprintf(name, size, "%.255s", base_of(path));
}

static bool is_in_one_of(const char *folders, const char *name)
{
	char path[1024];
	size_t len;
	int n;

	for (; *folders; folders += len + (folders[len] == ':')) {
		len = strcspn(folders, ":");
		n = snprintf(path, sizeof(path), "%.*s/%s", (int)len, folders, name);
		if (len && n > 0 && (size_t)n < sizeof(path) && !access(path, F_OK))
			return true;
	}
	return false;
}

static bool is_installed(const char *name)
{
	const char *path = secure_getenv("PATH");

	return is_in_one_of("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", name) ||
	       (path && is_in_one_of(path, name));
}

/* Are both equal without their digits, but for upper case? */
static bool is_other_version(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (isdigit((unsigned char)*a))
			a++;
		while (isdigit((unsigned char)*b))
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

bool pfq_program_is_meant(const char *section, const char *name)
{
	const char *base = base_of(section);
	unsigned int distance;

	if (!*base || !strcmp(section, name))
		return false;
	if (!strcasecmp(base, name))
		return !strcmp(base, name) || !is_installed(base);
	distance = pfq_nearest_distance(base, name);
	/* almost any two short names are near to each other */
	return distance <= strlen(name) / 3 && pfq_nearest_is_slip(distance, name) &&
	       !is_other_version(base, name) && !is_installed(base);
}
