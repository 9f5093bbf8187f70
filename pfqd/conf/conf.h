/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* pfqd.conf, read and checked. pfqd.conf(5) is its manual. */
#ifndef PFQD_CONF_H
#define PFQD_CONF_H

#include <sched.h>

#include "conf_lines.h"
#include "pfqd/base/log.h"
#include "pfqd/settings/settings.h"

enum conf_engine {
	CONF_ENGINE_AUTO,	/* the kernel's where its module is and it can do all that is asked */
	CONF_ENGINE_USER,
	CONF_ENGINE_KERNEL,
};

#define CONF_WORKERS_DEFAULT	2

struct conf_daemon {
	enum conf_engine engine;
	uint32_t workers;	/* never 0: one for each CPU is counted */
	bool has_cpus;
	cpu_set_t cpus;
	char socket[108];
	enum log_level log;
};

struct conf_group {
	unsigned int line;	/* of its section */
	unsigned int id_line;	/* of its id; 0: not given */
	unsigned int device_line, ingest_line, mode_line, direction_line;
	unsigned int file_line;	/* of speed, loops or timestamps; 0: none given */
	struct group_settings settings;
};

struct conf {
	struct conf_daemon daemon;
	unsigned int groups;
	struct conf_group *group;	/* [groups] */
};

/*
 * Read @path; all that is wrong is complained of, not only the first.
 * -EINVAL: there was something; -ENOMEM, or -errno of reading the file.
 */
int conf_load(struct conf **conf, const char *path, struct conf_report *report);
/* The same of a text in memory, whose comments may be overwritten. */
int conf_parse(struct conf **conf, char *text, size_t len, struct conf_report *report);
void conf_free(struct conf *conf);

#endif /* PFQD_CONF_H */
