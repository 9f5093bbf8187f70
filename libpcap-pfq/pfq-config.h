/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The file of pcap.conf(5): reads the two sections that are about one program. libpcap must not
 * need a library that the system's does not need, so this reader is our own. This file does not
 * depend on libpcap.
 */
#ifndef PFQ_CONFIG_H
#define PFQ_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#define PFQ_CONFIG_BYTES_MAX (1U << 20)
#define PFQ_CONFIG_LINE_MAX  1023 /* bytes of a line */
#define PFQ_CONFIG_KEY_MAX   138  /* group_<dev> */

struct pfq_config_entry {
	const char *key; /* characters other than letters and digits are _ */
	const char *value;
	unsigned int line;
	bool is_default; /* of [default], not of the program's section */
};

#define PFQ_CONFIG_SECTION_MAX 63 /* bytes of a section's name that are kept */

struct pfq_config {
	char path[1024];
	/* a section that seems to be meant for the program, if that one has none; line 0: none */
	unsigned int near_line;
	char near_section[PFQ_CONFIG_SECTION_MAX + 1];
	char program[PFQ_CONFIG_SECTION_MAX + 1];
	char *text; /* of the file; the keys and values are in it */
	struct pfq_config_entry *entry;
	unsigned int count;
};

/*
 * Read @path for @program. @trusted: read the file only if nobody but root could have written it.
 * Returns 0 or -errno; @err then has a text with path, line and key where they are known. -EPERM:
 * the file is not trusted. -EINVAL: it is malformed. Free @config after success only.
 */
int pfq_config_read(struct pfq_config *config, const char *path, const char *program, bool trusted,
		    char *err, size_t err_size);

/* The same for @size bytes of text; the text is copied. */
int pfq_config_parse(struct pfq_config *config, const char *path, const char *text, size_t size,
		     const char *program, char *err, size_t err_size);

/* The entry @key of one of the two sections, or NULL. */
const struct pfq_config_entry *pfq_config_find(const struct pfq_config *config, bool is_default,
					       const char *key);

void pfq_config_free(struct pfq_config *config);

#endif /* PFQ_CONFIG_H */
