/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfq-source.h"
#include "pfq-program.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#define GROUP	  "GROUP_"
#define GROUP_KEY "group_"

extern char **environ;

static const char *environment(const char *name, char label[PFQ_ENV_LABEL_MAX], void *arg)
{
	const char *value = secure_getenv(name);

	(void)arg;
	if (value)
		snprintf(label, PFQ_ENV_LABEL_MAX, "%s", name);
	return value;
}

/* The name without PFQ_ or PCAP_; NULL: it has none of the two. */
static const char *rest_of(const char *variable)
{
	return !strncmp(variable, "PFQ_", 4)	? variable + 4
	       : !strncmp(variable, "PCAP_", 5) ? variable + 5
						: NULL;
}

/* Is @key the name @rest in lower case? */
static bool is_lower_case_of(const char *key, const char *rest)
{
	while (*rest && *key == tolower((unsigned char)*rest)) {
		key++;
		rest++;
	}
	return !*key && !*rest;
}

/* The first variable of the table whose key is @key; NULL: none. */
static const char *general_of(const char *key)
{
	const char *name, *rest;
	unsigned int i;

	for (i = 0; (name = pfq_env_name(i)); i++) {
		rest = rest_of(name);
		/* a file does not name another file */
		if (rest && strcmp(rest, "CONFIG") && is_lower_case_of(key, rest))
			return name;
	}
	return NULL;
}

bool pfq_source_key(const char *variable, char key[PFQ_CONFIG_KEY_MAX + 1])
{
	const char *rest = rest_of(variable);
	bool is_general = pfq_env_is_general(variable);
	size_t i, len = rest ? strlen(rest) : 0;

	if (!len || len > PFQ_CONFIG_KEY_MAX || !strcmp(rest, "CONFIG"))
		return false;
	memcpy(key, rest, len + 1);
	if (!is_general && !strncmp(rest, GROUP, strlen(GROUP)))
		memcpy(key, GROUP_KEY, strlen(GROUP_KEY));
	for (i = 0; is_general && i < len; i++)
		key[i] = (char)tolower((unsigned char)key[i]);
	/* a device called group has no key: this one has another meaning */
	return is_general || !general_of(key);
}

static void label_of(const struct pfq_config *config, const struct pfq_config_entry *e,
		     char label[PFQ_ENV_LABEL_MAX])
{
	snprintf(label, PFQ_ENV_LABEL_MAX, "%.100s:%u: %s", config->path, e->line, e->key);
}

static const char *section(const char *name, char label[PFQ_ENV_LABEL_MAX], void *arg)
{
	const struct pfq_source_section *s = arg;
	const struct pfq_config_entry *e;
	char key[PFQ_CONFIG_KEY_MAX + 1];

	if (!pfq_source_key(name, key))
		return NULL;
	e = pfq_config_find(s->config, s->is_default, key);
	if (!e)
		return NULL;
	label_of(s->config, e, label);
	return e->value;
}

/* Read the file. Returns false if there is none to read; an error is in @env or s->warning. */
static bool read_file(struct pfq_sources *s, struct pfq_env *env)
{
	bool is_default = !env->config[0];
	const char *path = is_default ? PFQ_CONFIG_DEFAULT : env->config;
	char program[256], err[200] = "";
	struct stat st;
	int ret;

	/* a machine without the file: this is the only system call */
	if (is_default && stat(path, &st) && (errno == ENOENT || errno == ENOTDIR))
		return false;
	pfq_program_name(program, sizeof(program), s->is_secure);
	ret = pfq_config_read(&s->config, path, program, s->is_secure, err, sizeof(err));
	if (!ret)
		return true;
	if (is_default && ret != -EINVAL) {
		snprintf(s->warning, sizeof(s->warning), "%s", err);
	} else {
		snprintf(env->error, sizeof(env->error), "%.40s%s%s",
			 ret == -EINVAL ? "" : env->config_from,
			 ret == -EINVAL || is_default ? "" : ": ", err);
		env->bad_decides = true;
	}
	return false;
}

void pfq_sources_open(struct pfq_sources *s, struct pfq_env *env)
{
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->is_secure = getauxval(AT_SECURE);
	s->source[s->count++] = (struct pfq_env_source){ .get = environment };
	if (pfq_env_read(env, s->source, s->count) && env->bad_decides)
		return;
	if (!read_file(s, env))
		return;
	for (i = 0; i < 2; i++) {
		s->section[i] =
			(struct pfq_source_section){ .config = &s->config, .is_default = i };
		s->source[s->count++] =
			(struct pfq_env_source){ .get = section, .arg = &s->section[i] };
	}
	(void)pfq_env_read(env, s->source, s->count);
}

void pfq_sources_close(struct pfq_sources *s)
{
	pfq_config_free(&s->config);
}

/* How long is the misspelt PFQ_ that @name begins with? 0: it begins with none. */
static size_t prefix_slip(const char *name)
{
	static const char *const slips[] = { "PFQ_", "FPQ_", "PQF_", "PF_Q", "PFQ" };
	size_t i;

	for (i = 0; i < sizeof(slips) / sizeof(slips[0]); i++)
		if (!strncasecmp(name, slips[i], strlen(slips[i])))
			return strlen(slips[i]);
	return 0;
}

/* Fill @v with the string @text of the environment. Returns false if it is of no interest. */
static bool from_environment(struct pfq_source_variable *v, const char *text)
{
	size_t len = strcspn(text, "="), slip = 0;

	if (strncmp(text, "PFQ_", 4) && strncmp(text, "PCAP_", 5)) {
		slip = prefix_slip(text);
		if (!slip || slip >= len)
			return false;
	}
	/* PFQGROUP is shorter than the name that is meant */
	if (len + 1 > PFQ_ENV_VARIABLE_MAX || !text[len] || !text[len + 1])
		return false;
	snprintf(v->name, sizeof(v->name), "%s%.*s", slip ? "PFQ_" : "", (int)(len - slip),
		 text + slip);
	snprintf(v->label, sizeof(v->label), "%.*s", (int)len, text);
	v->value = text + len + 1;
	v->is_file = false;
	v->is_prefix_slip = slip;
	v->is_dropped = false;
	v->is_general = !slip && pfq_env_is_general(v->name);
	return true;
}

/* Fill @v with an entry of the file, as the variable with the same meaning. */
static bool from_file(struct pfq_source_variable *v, const struct pfq_config *config,
		      const struct pfq_config_entry *e)
{
	const char *general = general_of(e->key);
	bool is_group = !strncmp(e->key, GROUP_KEY, strlen(GROUP_KEY));

	if (!*e->value)
		return false;
	if (general)
		snprintf(v->name, sizeof(v->name), "%s", general);
	else
		snprintf(v->name, sizeof(v->name), "PFQ_%s%.*s", is_group ? GROUP : "",
			 PFQ_DEVICE_NAME_MAX, e->key + (is_group ? strlen(GROUP_KEY) : 0));
	label_of(config, e, v->label);
	v->value = e->value;
	v->is_file = true;
	v->is_prefix_slip = false;
	v->is_dropped = false;
	v->is_general = general;
	return true;
}

int pfq_sources_walk(const struct pfq_sources *s,
		     int (*fn)(const struct pfq_source_variable *v, void *arg), void *arg)
{
	struct pfq_source_variable v;
	unsigned int i;
	int ret = 0;
	char **e;

	for (e = environ; !s->is_secure && e && *e && !ret; e++)
		if (from_environment(&v, *e) && !v.is_prefix_slip)
			ret = fn(&v, arg);
	for (i = 0; i < s->config.count && !ret; i++)
		if (from_file(&v, &s->config, &s->config.entry[i]))
			ret = fn(&v, arg);
	return ret;
}

int pfq_sources_walk_unread(const struct pfq_sources *s,
			    int (*fn)(const struct pfq_source_variable *v, void *arg), void *arg)
{
	struct pfq_source_variable v;
	int ret = 0;
	char **e;

	for (e = environ; e && *e && !ret; e++) {
		if (!from_environment(&v, *e) || (!v.is_prefix_slip && !s->is_secure))
			continue;
		v.is_dropped = s->is_secure;
		ret = fn(&v, arg);
	}
	return ret;
}
