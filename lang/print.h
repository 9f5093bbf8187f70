/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The wire form for people. */
#ifndef PFQ_LANG_PRINT_H
#define PFQ_LANG_PRINT_H

#include <linux/pfq_lang.h>
#include <stddef.h>

/* The parts of a wire form. They point into its bytes. */
struct pfq_lang_parts {
	const struct pfq_lang_step *step;
	const struct pfq_lang_object *object;
	const unsigned char *data;
	unsigned int steps, objects;
	size_t data_bytes;
};

/*
 * Find the parts. Returns 0, or -EINVAL where the bytes are too few for what the header says, or a
 * number in a step or an object is beyond what this release knows. @bytes is aligned to 8.
 */
int pfq_lang_parts_find(struct pfq_lang_parts *parts, const void *bytes, size_t size);
/* The object of a step; NULL: it has none. */
const struct pfq_lang_object *pfq_lang_step_object(const struct pfq_lang_parts *parts,
						   const struct pfq_lang_step *step);

#define PFQ_LANG_LINE_MAX	200

struct pfq_lang_line {
	char text[PFQ_LANG_LINE_MAX];	/* "has_port [53, 67-68]", cut with "..." if it is long */
	char yes[8], no[8];		/* the next step, "end" or "drop"; no is empty if equal */
};

void pfq_lang_step_write(struct pfq_lang_line *line, const struct pfq_lang_parts *parts,
			 unsigned int step);

/* Units of the most expensive way through the program. */
unsigned int pfq_lang_cost(const struct pfq_lang_parts *parts);

#endif /* PFQ_LANG_PRINT_H */
