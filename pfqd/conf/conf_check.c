/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Checks that need more than one key, after all keys were read. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "conf_check.h"

/* Print where @other has its @line, or nothing if there is no file to look into. */
static const char *in_line(const struct conf_report *report, unsigned int line, char text[32])
{
	*text = '\0';
	if (report->file)
		snprintf(text, 32, ", line %u", line);
	return text;
}

/* Complain if an earlier group has the same id. */
static void check_id(const struct conf *conf, struct conf_report *report,
		     const struct conf_group *g)
{
	const struct conf_group *other;
	char line[32];

	for (other = conf->group; other < g; other++) {
		if (g->id_line && other->id_line && other->settings.id == g->settings.id)
			conf_complain(report, g->id_line,
				      "[group %s] id: %u is the id of [group %s]%s; "
				      "allowed: one that no other group has",
				      g->settings.name, g->settings.id, other->settings.name,
				      in_line(report, other->id_line, line));
	}
}

static bool is_tap(const struct ingest_driver *driver)
{
	return driver->is_tap;
}

static bool is_in_kernel_engine(const struct ingest_driver *driver)
{
	return driver->in_kernel_engine;
}

static bool is_of_files(const struct ingest_driver *driver)
{
	return !driver->is_device;
}

static bool is_of_devices(const struct ingest_driver *driver)
{
	return driver->is_device;
}

/* Check what the kernel engine cannot do. It takes packets from devices by its own hooks. */
static void check_kernel(struct conf_report *report, const struct conf_group *g)
{
	const struct group_settings *s = &g->settings;
	char list[INGEST_LIST_MAX];

	ingest_driver_list(is_in_kernel_engine, list);
	if (!s->driver->in_kernel_engine)
		conf_complain(report, g->ingest_line,
			      "[group %s] ingest: \"%s\" is not allowed with engine = kernel; "
			      "allowed: %s, or engine = user",
			      s->name, s->driver->name, list);
	if (s->is_tap && s->direction == PFQ_DIRECTION_OUT)
		conf_complain(report, g->direction_line,
			      "[group %s] direction: \"out\" is not allowed with mode = tap, "
			      "which takes received packets only; allowed: inout, in",
			      s->name);
}

/* Check that driver, mode and direction of a group go together. */
static void check_mode(struct conf_report *report, const struct conf_group *g)
{
	const struct group_settings *s = &g->settings;
	const struct ingest_driver *driver = s->driver;
	char taps[INGEST_LIST_MAX];

	ingest_driver_list(is_tap, taps);
	if (driver->is_tap && !s->is_tap)
		conf_complain(report, g->mode_line ? g->mode_line : g->ingest_line,
			      "[group %s] mode: \"sniff\" is not allowed with ingest = %s, which "
			      "takes packets away from the host; allowed: tap",
			      s->name, driver->name);
	if (!driver->is_tap && s->is_tap)
		conf_complain(report, g->mode_line,
			      "[group %s] mode: \"tap\" is not allowed with ingest = "
			      "%s; allowed: sniff%s%s",
			      s->name, driver->name, *taps ? ", or ingest = " : "", taps);
	if (driver->only_received && s->direction == PFQ_DIRECTION_OUT)
		conf_complain(report, g->direction_line,
			      "[group %s] direction: \"out\" is not allowed with "
			      "ingest = %s, which takes received packets only; allowed: inout, in",
			      s->name, driver->name);
}

const char *conf_check_taps(const struct group_settings *a, const struct group_settings *b,
			    const struct binding *of_a, const struct binding *of_b)
{
	if (!a->is_tap && !b->is_tap)
		return NULL;
	if (a->driver != b->driver || a->is_tap != b->is_tap)
		return "the same ingest and mode in both, or another device";
	return binding_overlaps(of_a, of_b) && !binding_equal(of_a, of_b) ?
	       "exactly the same queues, or none of them" : NULL;
}

/*
 * Complain if two groups share a device, one of them taps it, and their ingest, mode or queues do
 * not go together.
 */
static void check_pair(struct conf_report *report, const struct conf_group *g,
		       const struct conf_group *other, const struct binding *a,
		       const struct binding *b)
{
	const char *allowed = NULL;
	char line[32];

	if (!strcmp(a->device, b->device))
		allowed = conf_check_taps(&g->settings, &other->settings, a, b);
	if (!allowed)
		return;
	in_line(report, other->device_line, line);
	conf_complain(report, g->device_line,
		      "[group %s] device: %s is tapped, and [group %s]%s%s has it too; "
		      "allowed: %s",
		      g->settings.name, a->device, other->settings.name, line, *line ? "," : "",
		      allowed);
}

/* Compare each device of the group with each device of the groups before it. */
static void check_devices(const struct conf *conf, struct conf_report *report,
			  const struct conf_group *g)
{
	const struct binding_list *mine = &g->settings.bindings, *theirs;
	const struct conf_group *other;

	for (other = conf->group; other < g; other++) {
		theirs = &other->settings.bindings;
		for (unsigned int i = 0; i < mine->count; i++) {
			for (unsigned int k = 0; k < theirs->count; k++)
				check_pair(report, g, other, &mine->binding[i],
					   &theirs->binding[k]);
		}
	}
}

/* Complain about each key in a group with devices that is for files only. */
static void check_file_keys(struct conf_report *report, const struct conf_group *g)
{
	const struct {
		const char *key;
		unsigned int line;
	} keys[] = {
		{ "speed", g->speed_line },
		{ "loops", g->loops_line },
		{ "timestamps", g->timestamps_line },
	};
	char files[INGEST_LIST_MAX];
	size_t i;

	ingest_driver_list(is_of_files, files);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i].line)
			conf_complain(report, keys[i].line,
				      "[group %s] %s: is not allowed with ingest = %s; allowed "
				      "with ingest = %s",
				      g->settings.name, keys[i].key, g->settings.driver->name,
				      files);
	}
}

/* Check a group that takes its packets from devices. */
static void check_of_devices(struct conf_report *report, const struct conf_group *g)
{
	char files[INGEST_LIST_MAX];

	ingest_driver_list(is_of_files, files);
	if (!g->device_line)
		conf_complain(report, g->line,
			      "[group %s] device: is missing; name a device, or a "
			      "file by ingest = %s",
			      g->settings.name, files);
	check_file_keys(report, g);
}

/* Check a group that replays a file. */
static void check_of_file(struct conf_report *report, const struct conf_group *g)
{
	const struct group_settings *s = &g->settings;
	char text[BINDING_TEXT_MAX + 1], drivers[INGEST_LIST_MAX];

	ingest_driver_list(is_of_devices, drivers);
	binding_list_print(&s->bindings, text, sizeof(text));
	if (g->device_line)
		conf_complain(report, g->device_line,
			      "[group %s] device: \"%.64s\" is not allowed with ingest = %s; "
			      "allowed: no device, or another ingest: %s",
			      s->name, text, s->driver->name, drivers);
}

/* Complain if a group has both a policy and a program. */
static void check_program(struct conf_report *report, const struct conf_group *g)
{
	char line[32];

	if (g->steer_line && g->lang_line)
		conf_complain(report, g->lang_line,
			      "[group %s] lang: the group has steer, too%s; allowed: one of them",
			      g->settings.name, in_line(report, g->steer_line, line));
}

static void check_group(const struct conf *conf, struct conf_report *report,
			const struct conf_group *g)
{
	check_id(conf, report, g);
	check_program(report, g);
	if (g->settings.driver->is_device)
		check_of_devices(report, g);
	else
		check_of_file(report, g);
	if (conf->daemon.engine == CONF_ENGINE_KERNEL)
		check_kernel(report, g);
	else
		check_mode(report, g);
	check_devices(conf, report, g);
}

void conf_check(const struct conf *conf, unsigned int first, struct conf_report *report)
{
	for (unsigned int i = first; i < conf->groups; i++)
		check_group(conf, report, &conf->group[i]);
}
