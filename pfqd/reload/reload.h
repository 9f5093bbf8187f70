/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Changes of a running pfqd: by its file, or of one group by hand. Both make a new configuration,
 * and only its differences from the running one are applied. Control thread only.
 */
#ifndef PFQD_RELOAD_H
#define PFQD_RELOAD_H

#include <stdio.h>

#include "pfqd/conf/conf_edit.h"
#include "pfqd/engine/registry.h"

struct reload;

/* The kernel engine's groups, see pfqd/kernel.h. Functions return 0, or -errno with text. */
struct reload_kernel {
	int (*add)(void *arg, const struct group_settings *settings, struct pfq_error *err);
	int (*set)(void *arg, const struct group_settings *settings, struct pfq_error *err);
	int (*del)(void *arg, const char *name, struct pfq_error *err);
	void *arg;
};

struct reload_params {
	struct registry *registry;
	struct reload_kernel kernel;	/* used if @registry is the kernel engine's */
	const char *file;	/* pfqd.conf */
	/* options of the command line, which go before the file's values */
	const char *socket;	/* NULL: none */
	bool has_log;
	/*
	 * Called before the file is read again, and after each reload or change, with the number of
	 * groups that the configuration has then. NULL: nobody wants to know.
	 */
	void (*begin)(void *arg);
	void (*done)(void *arg, unsigned int groups);
	void *arg;
};

/* Receives a line for each difference, without a newline. */
struct reload_report {
	void (*fn)(void *arg, const char *line);
	void *arg;
};

/*
 * @conf is the configuration that runs now; the object owns it from now on, also after an error.
 * Strings of @params must live as long. Returns 0 or -ENOMEM.
 */
int reload_create(struct reload **reload, const struct reload_params *params, struct conf *conf);
/* NULL: nothing. */
void reload_destroy(struct reload *reload);
/* Call @fn to end the members of a group that is removed; it closes their connections. */
void reload_on_end(struct reload *reload, void (*fn)(void *arg, struct pfqd_group *group),
		   void *arg);

/*
 * Read the file again, or change one group, and apply the differences. Each line goes to @report
 * and to the log. Returns 0, or -errno with text; nothing has changed then.
 */
int reload_file(struct reload *reload, const struct reload_report *report, struct pfq_error *err);
int reload_edit(struct reload *reload, const struct conf_edit *edit,
		const struct reload_report *report, struct pfq_error *err);

/*
 * Print part @part of the running configuration as pfqd.conf: [pfqd], then each group, then
 * comments about what programs have bound and made. Returns false if there is no such part.
 */
bool reload_print(const struct reload *reload, unsigned int part, FILE *f);
/* The configuration that runs now, valid until the next change. */
const struct conf *reload_conf(const struct reload *reload);

#endif /* PFQD_RELOAD_H */
