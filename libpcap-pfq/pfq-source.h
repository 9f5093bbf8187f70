/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Where the values of variables come from: the environment, then the program's section of the file
 * of pcap.conf(5), then the file's section [default].
 */
#ifndef PFQ_SOURCE_H
#define PFQ_SOURCE_H

#include "pfq-config.h"
#include "pfq-env.h"

/* A section of the file, as a source. */
struct pfq_source_section {
	const struct pfq_config *config;
	bool is_default;
};

struct pfq_sources {
	struct pfq_env_source source[3];
	unsigned int count;
	bool is_secure; /* the program has privileges of its own: no environment */
	struct pfq_config config;
	struct pfq_source_section section[2];
	char warning[256]; /* why the default file was not read; empty: it was, or is absent */
};

/*
 * Open the sources, and read the variables into @env. An error of the file is in env->error, as one
 * that decides about ordinary devices. @s must stay where it is until pfq_sources_close().
 */
void pfq_sources_open(struct pfq_sources *s, struct pfq_env *env);
void pfq_sources_close(struct pfq_sources *s);

/* A variable that is set in some source. */
struct pfq_source_variable {
	char name[PFQ_ENV_VARIABLE_MAX + 1]; /* for a key of the file: the variable's name */
	char label[PFQ_ENV_LABEL_MAX];
	const char *value;
	bool is_file;
	bool is_general; /* not about one device; name is in the table */
	/* label begins with a misspelt PFQ_: name begins with the right one, and nobody reads it */
	bool is_prefix_slip;
	bool is_dropped; /* the program is privileged, and ignores the environment */
};

/*
 * Call @fn for each variable PFQ_* and PCAP_* of the sources. If it returns a value other than 0,
 * the walk ends and returns that value.
 */
int pfq_sources_walk(const struct pfq_sources *s,
		     int (*fn)(const struct pfq_source_variable *v, void *arg), void *arg);

/*
 * The same for variables of the environment that are no source: those with a misspelt PFQ_, and for
 * a privileged program all.
 */
int pfq_sources_walk_unread(const struct pfq_sources *s,
			    int (*fn)(const struct pfq_source_variable *v, void *arg), void *arg);

/* Write the file's key for @variable, as group_eth0 for PFQ_GROUP_eth0. false: it has none. */
bool pfq_source_key(const char *variable, char key[PFQ_CONFIG_KEY_MAX + 1]);

#endif /* PFQ_SOURCE_H */
