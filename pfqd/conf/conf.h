/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* pfqd.conf, read and checked. pfqd.conf(5) is its manual. Control thread only. */
#ifndef PFQD_CONF_H
#define PFQD_CONF_H

#include <sched.h>
#include <sys/types.h>

#include "conf_lines.h"
#include "pfqd/base/log.h"
#include "pfqd/settings/settings.h"

enum conf_engine {
	/* the kernel engine if its module is loaded and can do all that the file asks for */
	CONF_ENGINE_AUTO,
	CONF_ENGINE_USER,
	CONF_ENGINE_KERNEL,
};

#define CONF_ALLOWED_NAME	"a-z, then up to 30 of a-z 0-9 _ . -"	/* of a group */
#define CONF_WORKERS_DEFAULT	2

/* the identity after start-up, as the system's data base of users has it */
struct conf_user {
	char name[33];		/* "": the identity stays */
	uid_t uid;
	gid_t gid;		/* the primary group */
};

struct conf_daemon {
	enum conf_engine engine;
	uint32_t workers;	/* never 0: the key's 0 is replaced by the number of CPUs */
	bool has_cpus;
	cpu_set_t cpus;
	char socket[108];
	struct conf_user user;
	enum log_level log;
};

struct conf_group {
	unsigned int line;	/* line of the section */
	/* lines of keys; 0: the key is missing */
	unsigned int id_line;
	unsigned int device_line, ingest_line, mode_line, direction_line;
	unsigned int speed_line, loops_line, timestamps_line;
	unsigned int steer_line, lang_line;
	struct group_settings settings;
};

struct conf {
	/* relative paths of values are relative to this file; NULL: there is none */
	const char *path;
	struct conf_daemon daemon;
	bool is_blank;			/* the text has no section: it may have been cut off */
	unsigned int groups;
	struct conf_group *group;	/* [groups] */
};

/*
 * Read and check the file @path, a string that lives as long as *conf. All errors are reported, not
 * only the first. Returns 0; -EINVAL if there were errors; -ENOMEM, or another -errno of reading.
 * The caller frees *conf by conf_free().
 */
int conf_load(struct conf **conf, const char *path, struct conf_report *report);
/* Read and check a text in memory. Comments of @text may be overwritten with blanks. */
int conf_parse(struct conf **conf, char *text, size_t len, struct conf_report *report);
/*
 * Make a configuration with default settings and no groups. NULL: no memory. conf_append() reads a
 * text into @conf, and checks the groups that it adds beside those that @conf had; returns what
 * conf_parse() does.
 */
struct conf *conf_new(void);
int conf_append(struct conf *conf, char *text, size_t len, struct conf_report *report);
/*
 * Append a group called @name with default settings. NULL: no memory. Groups of @conf may move in
 * memory.
 */
struct conf_group *conf_group_add(struct conf *conf, const char *name);
/* Find a group by its name; NULL: none. */
struct conf_group *conf_group_find(const struct conf *conf, const char *name);
/* NULL: nothing. */
void conf_free(struct conf *conf);

#endif /* PFQD_CONF_H */
