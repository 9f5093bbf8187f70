/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "conf_here.h"
#include "pfqd/host/device.h"

/* --- files ------------------------------------------------------------------------ */

/* Complain if the driver cannot read the group's file; @prefix goes before the reason. */
static void check_file(const struct conf_group *g, const char *prefix, struct conf_report *report)
{
	const struct group_settings *s = &g->settings;
	struct pfq_error err;

	if (s->driver->check_path && s->driver->check_path(s->file.path, &err))
		conf_complain(report, g->ingest_line, "[group %s] ingest: \"%s\": %s%s", s->name,
			      s->file.path, prefix, err.text);
}

static bool has_file(const struct conf *conf, const struct conf_group *g)
{
	const struct conf_group *same = conf_group_find(conf, g->settings.name);

	return same && same->settings.driver == g->settings.driver &&
	       !strcmp(same->settings.file.path, g->settings.file.path);
}

int conf_here_files(const struct conf *conf, const struct conf *running,
		    struct conf_report *report)
{
	unsigned int i, before = report->errors;

	for (i = 0; i < conf->groups; i++) {
		if (!has_file(running, &conf->group[i]))
			check_file(&conf->group[i], "", report);
	}
	return report->errors == before ? 0 : -EINVAL;
}

/* --- devices ------------------------------------------------------------------------ */

static void check_devices(const struct conf_group *g, const struct devices *devices,
			  struct conf_report *report)
{
	const struct binding_list *list = &g->settings.bindings;
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		if (!devices_find(devices, list->binding[i].device))
			conf_complain(report, g->device_line,
				      "[group %s] device: \"%.128s\" is not here now; pfqd waits "
				      "for it",
				      g->settings.name, list->binding[i].device);
	}
}

int conf_here_check(const struct conf *conf, struct conf_report *report, struct pfq_error *err)
{
	struct devices *devices;
	unsigned int i;
	int ret;

	ret = devices_open(&devices, NULL, NULL, NULL, err);
	if (ret)
		return ret;
	for (i = 0; i < conf->groups; i++) {
		check_file(&conf->group[i], "not usable here now: ", report);
		check_devices(&conf->group[i], devices, report);
	}
	devices_close(devices);
	return 0;
}
