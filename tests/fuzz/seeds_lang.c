/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Writes the first inputs for fuzz_lang_wire: what the programs in a directory compile to, behind
 * the byte that says so. Without them a minute is too short to find an object with state and a step
 * that uses it. Arguments: the directory of the texts, and that for fuzz_lang_wire.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include "lang/compile.h"

#define RAW	255	/* as in fuzz_lang_wire.c */

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void write_seed(const char *path, const struct pfq_lang *lang)
{
	FILE *f = fopen(path, "wb");

	if (!f || fputc(RAW, f) != RAW || fwrite(lang->bytes, 1, lang->size, f) != lang->size ||
	    fclose(f))
		fail(path);
}

/* A text that does not compile is no seed. */
static void make_seed(const char *from, const char *to)
{
	static char text[PFQ_LANG_TEXT_MAX];
	struct pfq_lang *lang;
	size_t len;
	FILE *f = fopen(from, "rb");

	if (!f)
		fail(from);
	len = fread(text, 1, sizeof(text), f);
	if (ferror(f) || fclose(f))
		fail(from);
	if (!pfq_lang_compile(&lang, text, len))
		write_seed(to, lang);
	pfq_lang_free(lang);
}

int main(int argc, char **argv)
{
	char from[PATH_MAX], to[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	if (argc != 3) {
		fprintf(stderr, "usage: seeds_lang TEXTS TO\n");
		return 2;
	}
	dir = opendir(argv[1]);
	if (!dir)
		fail(argv[1]);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(from, sizeof(from), "%s/%s", argv[1], entry->d_name);
		snprintf(to, sizeof(to), "%s/seed-%s", argv[2], entry->d_name);
		make_seed(from, to);
	}
	closedir(dir);
	return 0;
}
