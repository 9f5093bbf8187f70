/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "conf_lang.h"
#include "conf_value.h"
#include "conf_word.h"
#include "pfqd/base/value.h"

static void copy(char *text, const char *from)
{
	snprintf(text, CONF_VALUE_BYTES, "%s", from);
}

/* Print @value in the largest of three units that divides it. */
static void print_units(char *text, uint64_t value, uint64_t unit, const char *const suffix[3])
{
	unsigned int i = 0;

	while (i < 2 && value && !(value % unit)) {
		value /= unit;
		i++;
	}
	snprintf(text, CONF_VALUE_BYTES, "%llu%s", (unsigned long long)value, suffix[i]);
}

/* --- [pfqd] ------------------------------------------------------------------ */

static void print_engine(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)g;
	copy(text, conf_word_of(conf_words_engine, (int)d->engine));
}

static void print_workers(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)g;
	snprintf(text, CONF_VALUE_BYTES, "%u", d->workers);
}

static void print_cpus(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)g;
	copy(text, "");
	if (d->has_cpus)
		value_cpus_print(&d->cpus, text, CONF_VALUE_BYTES);
}

static void print_socket(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)g;
	copy(text, d->socket);
}

static void print_user(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)g;
	copy(text, d->user.name);
}

static void print_log(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)g;
	copy(text, log_level_name(d->log));
}

/* --- [group NAME] ------------------------------------------------------------ */

static void print_id(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, "");
	if (g->settings.id)
		snprintf(text, CONF_VALUE_BYTES, "%u", g->settings.id);
}

static void print_device(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	binding_list_print(&g->settings.bindings, text, BINDING_TEXT_MAX + 1);
}

static void print_ingest(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	const struct group_settings *s = &g->settings;

	(void)d;
	snprintf(text, CONF_VALUE_BYTES, "%s%s%s", s->driver->name,
		 s->driver->is_device ? "" : ":", s->file.path);
}

static void print_mode(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, conf_word_of(conf_words_mode, g->settings.is_tap));
}

static void print_promisc(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, g->settings.promisc ? "yes" : "no");
}

static void print_direction(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, conf_word_of(conf_words_direction, g->settings.direction));
}

static void print_steer(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, *g->settings.lang ? "" : g->settings.steer);
}

static void print_lang(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, g->settings.lang);
}

/* Print a time that the parser takes: whole microseconds. */
static void print_time(char *text, uint64_t ns)
{
	static const char *const units[3] = { "us", "ms", "s" };

	print_units(text, ns / 1000, 1000, units);
	if (!ns)
		copy(text, "0");
}

static void print_frag_wait(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	print_time(text, g->settings.frag_wait_ns);
}

static void print_filter(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, g->settings.filter_text);
}

static void print_vlan(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, g->settings.vlans_text);
}

static void print_members(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	snprintf(text, CONF_VALUE_BYTES, "%u", g->settings.members_wanted);
}

static void print_linger(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	print_time(text, g->settings.linger_ns);
}

static void print_linger_to(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, conf_word_of(conf_words_linger_to, (int)g->settings.linger_to));
}

static void print_access(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	const struct access_policy *p = &g->settings.access;

	(void)d;
	/* by number, so that no database of users is asked */
	snprintf(text, CONF_VALUE_BYTES, "%u:%u %04o", p->uid, p->gid, p->mode);
}

static void print_ring(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	static const char *const units[3] = { "", "K", "M" };

	(void)d;
	print_units(text, g->settings.ring_bytes, 1024, units);
}

static void print_snaplen(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	snprintf(text, CONF_VALUE_BYTES, "%u", g->settings.snaplen);
}

/* Only files have a speed, loops and timestamps. */
static void print_speed(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, g->settings.driver->is_device ? "" :
	     conf_word_of(conf_words_speed, (int)g->settings.file.speed));
}

static void print_loops(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, g->settings.driver->is_device ? "" : "forever");
	if (*text && g->settings.file.loops)
		snprintf(text, CONF_VALUE_BYTES, "%u", g->settings.file.loops);
}

static void print_timestamps(const struct conf_daemon *d, const struct conf_group *g, char *text)
{
	(void)d;
	copy(text, g->settings.driver->is_device ? "" :
	     conf_word_of(conf_words_timestamps, (int)g->settings.file.stamp));
}

/* --- the table ---------------------------------------------------------------- */

#define ROW(section, name, change, of)	\
	{ CONF_SECTION_##section, #name, CONF_CHANGE_##change, false, CONF_OF_##of, print_##name, \
	  NULL }

static const struct conf_value values[] = {
	ROW(DAEMON, engine, RESTART, ALL),
	ROW(DAEMON, workers, RESTART, ALL),
	ROW(DAEMON, cpus, RESTART, ALL),
	ROW(DAEMON, socket, RESTART, ALL),
	ROW(DAEMON, user, RESTART, ALL),
	ROW(DAEMON, log, LIVE, ALL),
	{ CONF_SECTION_GROUP, "id", CONF_CHANGE_LIVE, true, CONF_OF_ALL, print_id, NULL },
	ROW(GROUP, device, LIVE, DEVICES),
	ROW(GROUP, ingest, DEVICES, ALL),
	ROW(GROUP, mode, DEVICES, ALL),
	ROW(GROUP, promisc, LIVE, ALL),
	ROW(GROUP, direction, LIVE, ALL),
	ROW(GROUP, steer, LIVE, ALL),
	ROW(GROUP, frag_wait, LIVE, ALL),
	{ CONF_SECTION_GROUP, "lang", CONF_CHANGE_LIVE, false, CONF_OF_ALL, print_lang,
	  conf_lang_differs },
	ROW(GROUP, filter, LIVE, ALL),
	ROW(GROUP, vlan, LIVE, ALL),
	ROW(GROUP, members, LIVE, ALL),
	ROW(GROUP, linger, LIVE, ALL),
	ROW(GROUP, linger_to, LIVE, ALL),
	ROW(GROUP, access, LIVE, ALL),
	ROW(GROUP, ring, MEMBERS, ALL),
	ROW(GROUP, snaplen, MEMBERS, ALL),
	ROW(GROUP, speed, LIVE, FILES),
	ROW(GROUP, loops, LIVE, FILES),
	ROW(GROUP, timestamps, LIVE, FILES),
};

_Static_assert(sizeof(values) / sizeof(values[0]) <= 64, "a set of keys is one word");

const struct conf_value *conf_value(unsigned int i)
{
	return i < sizeof(values) / sizeof(values[0]) ? &values[i] : NULL;
}

const struct conf_value *conf_value_find(enum conf_section section, const char *name)
{
	const struct conf_value *v;
	unsigned int i;

	for (i = 0; (v = conf_value(i)); i++) {
		if (v->section == section && !strcmp(v->name, name))
			return v;
	}
	return NULL;
}
