/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "suggest.h"

#include <stdio.h>
#include <string.h>
#include "term.h"
#include "tree.h"

#define EXAMPLES	8
#define FAR		~0U

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* The number of characters to add, remove, replace or exchange with their neighbour. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[3][PFQ_LANG_NAME_MAX + 1], *here, *above, *top;
	size_t i, j, a_len = strlen(a), b_len = strlen(b);

	if (a_len > PFQ_LANG_NAME_MAX || b_len > PFQ_LANG_NAME_MAX)
		return FAR;
	for (j = 0; j <= b_len; j++)
		row[0][j] = (unsigned int)j;
	for (i = 1; i <= a_len; i++) {
		here = row[i % 3];
		above = row[(i + 2) % 3];
		top = row[(i + 1) % 3];
		here[0] = (unsigned int)i;
		for (j = 1; j <= b_len; j++) {
			here[j] = least(least(above[j], here[j - 1]) + 1,
					above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				here[j] = least(here[j], top[j - 2] + 1);
		}
	}
	return row[a_len % 3][b_len];
}

/* The nearest of the names that were tried so far. */
struct nearest {
	const char *wanted, *name;
	unsigned int distance;
};

static void try_name(struct nearest *n, const char *name)
{
	unsigned int d = distance(n->wanted, name);

	if (d < n->distance) {
		n->distance = d;
		n->name = name;
	}
}

static bool is_near(const struct nearest *n)
{
	size_t len = strlen(n->wanted), most = len < 5 ? 1 : len < 9 ? 2 : len / 3;

	return n->name && n->distance <= most && n->distance < len;
}

/* The first names that fit. Rows of the same text follow each other. */
static void list_examples(char *clause, unsigned int sort)
{
	const struct pfq_lang_word *word;
	const char *before = "";
	unsigned int i, n = 0;
	size_t used;

	used = (size_t)snprintf(clause, PFQ_LANG_SUGGEST_MAX, "allowed: ");
	for (i = 0; n < EXAMPLES && (word = pfq_lang_word_at(i)); i++) {
		if (!(word->sort & sort) || !strcmp(word->name, before) || strchr(word->name, ' '))
			continue;
		used += (size_t)snprintf(clause + used, PFQ_LANG_SUGGEST_MAX - used, "%s%s",
					 n++ ? ", " : "", word->name);
		before = word->name;
	}
	snprintf(clause + used, PFQ_LANG_SUGGEST_MAX - used, " ... (pfqctl lang list)");
}

void pfq_lang_suggest(char *clause, const struct pfq_lang_work *w, const char *name,
		      unsigned int sort)
{
	struct nearest n = { name, NULL, FAR };
	const struct pfq_lang_word *word;
	unsigned int i;

	for (i = 0; i < w->defines; i++)
		if (w->define[i].term && w->define[i].term->sort & sort)
			try_name(&n, w->define[i].name->text);
	for (i = 0; (word = pfq_lang_word_at(i)); i++)
		if (word->sort & sort && !strchr(word->name, ' '))
			try_name(&n, word->name);
	if (is_near(&n))
		snprintf(clause, PFQ_LANG_SUGGEST_MAX, "did you mean %s?", n.name);
	else
		list_examples(clause, sort);
}
