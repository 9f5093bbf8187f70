/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apply.h"
#include "apply_kernel.h"
#include "difference.h"
#include "pfqd/base/error.h"
#include "pfqd/base/log.h"
#include "pfqd/base/value.h"
#include "pfqd/conf/conf_here.h"
#include "pfqd/conf/conf_text.h"
#include "reload.h"

struct reload {
	struct reload_params params;
	struct conf *conf;		/* runs now */
	void (*end)(void *arg, struct pfqd_group *group);
	void *arg;
};

/* --- life ------------------------------------------------------------------------ */

static void end_nobody(void *arg, struct pfqd_group *g)
{
	(void)arg;
	(void)g;
}

int reload_create(struct reload **out, const struct reload_params *params, struct conf *conf)
{
	struct reload *r = calloc(1, sizeof(*r));
	const struct pfqd_group *g;
	unsigned int i;

	if (!r) {
		conf_free(conf);
		return -ENOMEM;
	}
	r->params = *params;
	r->conf = conf;
	r->end = end_nobody;
	/* the kernel engine has no groups in the registry */
	for (i = 0; i < conf->groups && !params->registry->is_kernel; i++) {
		g = registry_group_find(params->registry, conf->group[i].settings.name);
		if (g)
			conf->group[i].settings.id = g->settings.id;
	}
	*out = r;
	return 0;
}

void reload_destroy(struct reload *r)
{
	if (!r)
		return;
	conf_free(r->conf);
	free(r);
}

void reload_on_end(struct reload *r, void (*fn)(void *arg, struct pfqd_group *group), void *arg)
{
	r->end = fn;
	r->arg = arg;
}

const struct conf *reload_conf(const struct reload *r)
{
	return r->conf;
}

/* The devices that programs have bound are not in the configuration. */
static void print_bound(const struct pfqd_group *g, FILE *f)
{
	char text[SOURCE_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < g->feeds; i++) {
		if (!g->feed[i].is_transient)
			continue;
		source_print(g->feed[i].source, text, sizeof(text));
		fprintf(f, "; A program has bound %s to group %s, until its last member leaves.\n",
			text, g->settings.name);
	}
}

static void print_others(const struct reload *r, FILE *f)
{
	const struct pfqd_group *g;

	if (r->params.registry->is_kernel)
		return;
	TAILQ_FOREACH(g, &r->params.registry->groups, entry) {
		if (g->kind == GROUP_JOINED)
			fprintf(f, "; A program has made group %s; it ends with its last member.\n",
				g->settings.name);
		if (g->kind == GROUP_CONFIGURED)
			print_bound(g, f);
	}
}

bool reload_print(const struct reload *r, unsigned int part, FILE *f)
{
	unsigned int groups = r->conf->groups;

	if (!part)
		conf_text_daemon(f, &r->conf->daemon);
	else if (part <= groups)
		conf_text_group(f, &r->conf->group[part - 1]);
	else if (part == groups + 1)
		print_others(r, f);
	if (part < groups)
		fputc('\n', f);
	return part <= groups + 1;
}

/* --- changes --------------------------------------------------------------------- */

static void to_log(void *arg, const char *line)
{
	const struct reload_report *r = arg;

	log_info("%s", line);
	if (r)
		r->fn(r->arg, line);
}

/* Warn if no group is left, and name those that have gone. */
static void warn_removed(const struct conf *before, const struct conf *now, const char *file)
{
	char names[256] = "";
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < before->groups && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
					 before->group[i].settings.name);
	if (before->groups && !now->groups)
		log_warning("%s has no group any more; all groups have ended: %s%s", file, names,
			    used < sizeof(names) ? "" : "...");
}

/*
 * Apply the differences to @conf, which runs from now on. After an error it is freed, and nothing
 * has changed.
 */
static int change(struct reload *r, struct conf *conf, const struct reload_report *report,
		  struct pfq_error *err)
{
	struct conf_diff *diff = conf_diff(r->conf, conf);
	const struct reload_report both = { to_log, (void *)(uintptr_t)report };
	const struct apply_params params = {
		.registry = r->params.registry,
		.conf = conf,
		.diff = diff,
		.end = r->end,
		.arg = r->arg,
	};
	struct conf_daemon daemon;
	int ret;

	if (!diff)
		ret = error_set(err, -ENOMEM, "no memory");
	else if (r->params.registry->is_kernel)
		ret = apply_kernel_diff(&r->params.kernel, diff, err);
	else
		ret = apply_diff(&params, err);
	if (ret) {
		free(diff);
		conf_free(conf);
		return ret;
	}
	log_level_set(conf->daemon.log);
	difference_say(r->params.registry, diff, &r->conf->daemon, &conf->daemon, &both);
	warn_removed(r->conf, conf, r->params.file);
	free(diff);
	/* all but the log level needs a restart */
	daemon = r->conf->daemon;
	daemon.log = conf->daemon.log;
	conf->daemon = daemon;
	conf_free(r->conf);
	r->conf = conf;
	return 0;
}

/* the complaints about a text */
struct complaints {
	struct pfq_error *err;
	unsigned int count;
};

static void on_complaint(void *arg, unsigned int line, const char *text)
{
	struct complaints *c = arg;

	(void)line;
	log_error("%s", text);
	if (!c->count++)
		error_set(c->err, 0, "%.255s", text);
}

/* Finish the text of an error: it has the first complaint only. */
static int say_more(const struct complaints *c, int ret)
{
	struct pfq_error first = *c->err;

	if (!c->count)
		return error_set(c->err, ret, "%s", strerror(-ret));
	if (c->count > 1)
		error_set(c->err, ret, "%.200s (and %u more: see pfqd's log)", first.text,
			  c->count - 1);
	return ret;
}

/* A pipe or terminal has been read: it would look like an empty file. */
static int check_file(const struct reload *r, struct pfq_error *err)
{
	struct stat st;

	if (stat(r->params.file, &st) || S_ISREG(st.st_mode))
		return 0;
	return error_set(err, -ESPIPE,
			 "%.128s is no regular file and cannot be read again; restart pfqd with a "
			 "file", r->params.file);
}

/*
 * A file that a group is to replay must be here now. A file that it has already need not: pfqd goes
 * on without it. After an error, @conf is freed.
 */
static int check_files(const struct reload *r, struct conf *conf, struct conf_report *report)
{
	int ret = conf_here_files(conf, r->conf, report);

	if (ret)
		conf_free(conf);
	return ret;
}

/* A file that somebody has emptied by mistake must not end all groups. */
static int check_blank(const struct reload *r, struct conf *conf, struct conf_report *report)
{
	if (!conf->is_blank || !r->conf->groups)
		return 0;
	conf_complain(report, 0, "it is empty; to remove all groups, leave the line [pfqd] in it");
	conf_free(conf);
	return -ENODATA;
}

static int load(struct reload *r, struct conf **conf, struct pfq_error *err)
{
	struct complaints c = { .err = err };
	struct conf_report report = { .fn = on_complaint, .arg = &c };
	int ret;

	ret = conf_load(conf, r->params.file, &report);
	if (!ret)
		ret = check_blank(r, *conf, &report);
	if (!ret)
		ret = check_files(r, *conf, &report);
	if (ret)
		return say_more(&c, ret);
	if (r->params.socket)
		strcpy((*conf)->daemon.socket, r->params.socket);
	if (r->params.has_log)
		(*conf)->daemon.log = r->conf->daemon.log;
	return 0;
}

static void done(const struct reload *r)
{
	if (r->params.done)
		r->params.done(r->params.arg, r->conf->groups);
}

int reload_file(struct reload *r, const struct reload_report *report, struct pfq_error *err)
{
	struct conf *conf;
	int ret;

	if (r->params.begin)
		r->params.begin(r->params.arg);
	ret = check_file(r, err);
	if (!ret)
		ret = load(r, &conf, err);
	if (!ret)
		ret = change(r, conf, report, err);
	if (ret)
		log_error("nothing has changed: %s", err->text);
	else
		log_info("%s was read again", r->params.file);
	done(r);
	return ret;
}

/* A group may be named by its id. */
static const char *name_of(const struct reload *r, const char *name)
{
	unsigned int i;
	uint32_t id;

	if (value_u32(name, PFQ_GROUP_ID_MIN, PFQ_GROUP_ID_MAX, &id))
		return name;
	for (i = 0; i < r->conf->groups; i++) {
		if (r->conf->group[i].settings.id == id)
			return r->conf->group[i].settings.name;
	}
	return name;
}

#define UNBIND	"device -= "

/*
 * Remove devices that a program has bound to the group: they are not in the configuration. Returns
 * false if the edit is another one.
 */
static bool unbind(struct reload *r, const struct conf_edit *edit,
		   const struct reload_report *report)
{
	const struct reload_report both = { to_log, (void *)(uintptr_t)report };
	const char *devices = edit->lines ? edit->lines + strlen(UNBIND) : NULL;
	struct binding_list list;
	struct pfqd_group *g;
	struct pfq_error err;
	char line[256];

	if (edit->kind != CONF_EDIT_SET || strncmp(edit->lines, UNBIND, strlen(UNBIND)) ||
	    strchr(devices, '\n') || r->params.registry->is_kernel)
		return false;
	g = registry_group_find(r->params.registry, edit->group);
	if (!g || binding_list_parse(&list, devices, &err) || !group_feeds_unbind(g, &list))
		return false;
	registry_update_later(r->params.registry);
	snprintf(line, sizeof(line),
		 "group %s: %.128s, which a program has bound, is not bound any more",
		 g->settings.name, devices);
	both.fn(both.arg, line);
	return true;
}

int reload_edit(struct reload *r, const struct conf_edit *edit, const struct reload_report *report,
		struct pfq_error *err)
{
	struct complaints c = { .err = err };
	struct conf_report complaints = { .fn = on_complaint, .arg = &c };
	struct conf_edit named = *edit;
	struct conf *conf;
	int ret;

	if (unbind(r, edit, report))
		return 0;
	if (edit->kind != CONF_EDIT_ADD)
		named.group = name_of(r, edit->group);
	ret = conf_edit(&conf, r->conf, &named, &complaints);
	if (!ret)
		ret = check_files(r, conf, &complaints);
	if (ret)
		return say_more(&c, ret);
	ret = change(r, conf, report, err);
	done(r);
	return ret;
}
