/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pfqd/host/available.h"
#include "conf_keys.h"
#include "conf_lang.h"
#include "conf_word.h"
#include "pfqd/base/error.h"
#include "pfqd/base/value.h"

#define ALLOWED_YES_NO	"yes, no"
#define ALLOWED_IDS	"1-65535"

/* --- [pfqd] ------------------------------------------------------------------ */

#define ALLOWED_ENGINE	"auto, user, kernel"
#define ALLOWED_WORKERS	"1-64, or 0 for one on each CPU, 64 at most"
#define ALLOWED_CPUS	"CPUs that pfqd may run on, as 0-3,6"
#define ALLOWED_USER	"a user that this system knows, by name or uid"
#define ALLOWED_SOCKET	"an absolute path of at most 107 bytes"

static int parse_engine(struct conf_target *t, const char *value, struct pfq_error *err)
{
	int found = CONF_ENGINE_AUTO, ret;

	(void)err;
	ret = conf_word_find(conf_words_engine, value, &found);
	t->daemon->engine = found;
	return ret;
}

static int parse_workers(struct conf_target *t, const char *value, struct pfq_error *err)
{
	cpu_set_t cpus;

	(void)err;
	if (value_u32(value, 0, PFQ_LANES_MAX, &t->daemon->workers))
		return -EINVAL;
	if (t->daemon->workers)
		return 0;
	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return -errno;
	t->daemon->workers = CPU_COUNT(&cpus) < PFQ_LANES_MAX ? CPU_COUNT(&cpus) : PFQ_LANES_MAX;
	return 0;
}

static int parse_cpus(struct conf_target *t, const char *value, struct pfq_error *err)
{
	unsigned int bad = 0;
	int ret;

	ret = value_cpus(value, &t->daemon->cpus, &bad);
	if (ret == -ERANGE)
		return error_set(err, ret,
				 "CPU %u of \"%.64s\" cannot be used; allowed: " ALLOWED_CPUS, bad,
				 value);
	t->daemon->has_cpus = !ret;
	return ret;
}

static int parse_socket(struct conf_target *t, const char *value, struct pfq_error *err)
{
	(void)err;
	if (*value != '/' || strlen(value) >= sizeof(t->daemon->socket))
		return -EINVAL;
	strcpy(t->daemon->socket, value);
	return 0;
}

/* The groups come from the data base of users, so a uid without an entry is refused. */
static int parse_user(struct conf_target *t, const char *value, struct pfq_error *err)
{
	struct conf_user *user = &t->daemon->user;
	struct passwd *pw;
	uint32_t uid;

	errno = 0;
	pw = value_u32(value, 0, UINT32_MAX - 1, &uid) ? getpwnam(value) : getpwuid(uid);
	if (!pw && access_unknown(errno, err))
		return -EIO;
	if (!pw || strlen(pw->pw_name) >= sizeof(user->name))
		return -EINVAL;
	strcpy(user->name, pw->pw_name);
	user->uid = pw->pw_uid;
	user->gid = pw->pw_gid;
	return 0;
}

static int parse_log(struct conf_target *t, const char *value, struct pfq_error *err)
{
	(void)err;
	return log_level_parse(value, &t->daemon->log);
}

/* Refuse a key that is reserved for a later release. */
static int parse_to_come(struct conf_target *t, const char *value, struct pfq_error *err)
{
	(void)t;
	(void)value;
	return error_set(err, -EOPNOTSUPP, "is not supported yet; leave the line out");
}

/* --- [group NAME] ------------------------------------------------------------ */

#define ALLOWED_MODE		"sniff, tap"
#define ALLOWED_DIRECTION	"inout, in, out"
#define ALLOWED_FRAG_WAIT	"a time up to 30s, as 50ms, or 0 for none; units: us, ms, s"
#define ALLOWED_MEMBERS		"0-256"
#define ALLOWED_LINGER		"a time up to 3600s, as 10s, or 0 for none; units: us, ms, s"
#define ALLOWED_LINGER_TO	"drop, others"
#define ALLOWED_RING		"bytes, as 64M, from 64K to 1G"
#define ALLOWED_SNAPLEN		"1-262144"
#define ALLOWED_SPEED		"full, recorded"
#define ALLOWED_LOOPS		"1-4294967295, forever"
#define ALLOWED_TIMESTAMPS	"file, now"

static int parse_id(struct conf_target *t, const char *value, struct pfq_error *err)
{
	(void)err;
	t->group->id_line = t->line;
	return value_u32(value, PFQ_GROUP_ID_MIN, PFQ_GROUP_ID_MAX, &t->group->settings.id);
}

static int parse_device(struct conf_target *t, const char *value, struct pfq_error *err)
{
	int ret = binding_list_parse(&t->group->settings.bindings, value, err);

	t->group->device_line = t->line;
	return ret ? -EOPNOTSUPP : 0;
}

/*
 * Write why @value is no ingest of this pfqd. @driver: the driver of that name; NULL: none. Returns
 * -EOPNOTSUPP.
 */
static int refuse_ingest(const char *value, const struct ingest_driver *driver,
			 struct pfq_error *err)
{
	char list[INGEST_LIST_MAX];

	ingest_driver_list(NULL, list);
	if (driver && driver->absent)
		return error_set(err, -EOPNOTSUPP,
				 "\"%s\" is not part of this pfqd: %s; allowed: %s", value,
				 driver->absent, list);
	if (ingest_driver_is_to_come(value))
		return error_set(err, -EOPNOTSUPP, "\"%s\" is not supported yet; allowed: %s",
				 value, list);
	return error_set(err, -EOPNOTSUPP, "\"%.64s\" is not allowed here; allowed: %s", value,
			 list);
}

/* "NAME" of a driver for devices, "NAME:PATH" of another driver */
static int parse_ingest(struct conf_target *t, const char *value, struct pfq_error *err)
{
	const char *colon = strchr(value, ':');
	const struct ingest_driver *driver;
	char name[32];

	t->group->ingest_line = t->line;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(value, ":"), value);
	driver = ingest_driver_find(name);
	if (!driver || driver->absent || driver->is_device != !colon)
		return refuse_ingest(value, driver, err);
	if (colon && (!colon[1] || strlen(colon + 1) > SETTINGS_PATH_MAX))
		return error_set(err, -ENAMETOOLONG,
				 "\"%.64s\" is not allowed here; allowed: %s: and a "
				 "path of 1-%d bytes",
				 value, name, SETTINGS_PATH_MAX);
	t->group->settings.driver = driver;
	if (colon)
		strcpy(t->group->settings.file.path, colon + 1);
	return 0;
}

static int parse_mode(struct conf_target *t, const char *value, struct pfq_error *err)
{
	int found = 0, ret;

	(void)err;
	t->group->mode_line = t->line;
	ret = conf_word_find(conf_words_mode, value, &found);
	t->group->settings.is_tap = found;
	return ret;
}

static int parse_promisc(struct conf_target *t, const char *value, struct pfq_error *err)
{
	(void)err;
	return value_bool(value, &t->group->settings.promisc);
}

static int parse_direction(struct conf_target *t, const char *value, struct pfq_error *err)
{
	int found = 0, ret;

	(void)err;
	t->group->direction_line = t->line;
	ret = conf_word_find(conf_words_direction, value, &found);
	if (!ret)
		t->group->settings.direction = found;
	return ret;
}

static int parse_steer(struct conf_target *t, const char *value, struct pfq_error *err)
{
	t->group->steer_line = t->line;
	return group_settings_steer(&t->group->settings, value, err) ? -EOPNOTSUPP : 0;
}

static int parse_frag_wait(struct conf_target *t, const char *value, struct pfq_error *err)
{
	(void)err;
	if (value_ns(value, &t->group->settings.frag_wait_ns) ||
	    t->group->settings.frag_wait_ns > PFQ_FRAG_WAIT_MAX_NS)
		return -EINVAL;
	return 0;
}

static int parse_filter(struct conf_target *t, const char *value, struct pfq_error *err)
{
	struct group_settings *s = &t->group->settings;
	int ret;

	if (strlen(value) > FILTER_TEXT_MAX)
		return -EINVAL;
	free(s->filter);
	ret = filter_compile(value, PFQ_LINKTYPE_ETHERNET, &s->filter, err);
	strcpy(s->filter_text, value);
	/* the expression is valid; making the group reports that it cannot be compiled */
	if (ret == -EPERM)
		return 0;
	if (ret == -EINVAL) {
		struct pfq_error why = *err;

		return error_set(err, -EOPNOTSUPP,
				 "\"%.64s\" is not a pcap expression: %.160s", value,
				 why.text);
	}
	return ret;
}

static int parse_vlan(struct conf_target *t, const char *value, struct pfq_error *err)
{
	return group_settings_vlans(&t->group->settings, value, err) ? -EOPNOTSUPP : 0;
}

static int parse_members(struct conf_target *t, const char *value, struct pfq_error *err)
{
	(void)err;
	return value_u32(value, 0, PFQ_MEMBERS_MAX, &t->group->settings.members_wanted);
}

static int parse_linger(struct conf_target *t, const char *value, struct pfq_error *err)
{
	(void)err;
	if (value_ns(value, &t->group->settings.linger_ns) ||
	    t->group->settings.linger_ns > PFQ_LINGER_MAX_NS)
		return -EINVAL;
	return 0;
}

static int parse_linger_to(struct conf_target *t, const char *value, struct pfq_error *err)
{
	int found = 0, ret;

	(void)err;
	ret = conf_word_find(conf_words_linger_to, value, &found);
	if (!ret)
		t->group->settings.linger_to = found;
	return ret;
}

static int parse_access(struct conf_target *t, const char *value, struct pfq_error *err)
{
	return access_policy_parse(&t->group->settings.access, value, err) ? -EOPNOTSUPP : 0;
}

static int parse_ring(struct conf_target *t, const char *value, struct pfq_error *err)
{
	uint64_t bytes, total = available_total_bytes("");
	int error = errno;

	if (value_bytes(value, &bytes) || bytes < SETTINGS_RING_MIN ||
	    bytes > SETTINGS_RING_MAX)
		return -EINVAL;
	if (!total)
		return error_set(err, -EIO, "the memory that pfqd can get cannot be read "
				 "(/proc/meminfo, memory.max): %s", strerror(error));
	if (bytes >= total)
		return error_set(err, -ENOMEM,
				 "\"%s\" is more than the memory that pfqd can get; "
				 "allowed: 64K to less than %lluM",
				 value, (unsigned long long)total >> 20);
	t->group->settings.ring_bytes = bytes;
	return 0;
}

static int parse_snaplen(struct conf_target *t, const char *value, struct pfq_error *err)
{
	(void)err;
	return value_u32(value, 1, PFQ_SNAPLEN_MAX, &t->group->settings.snaplen);
}

static int parse_speed(struct conf_target *t, const char *value, struct pfq_error *err)
{
	int found = 0, ret;

	(void)err;
	t->group->speed_line = t->line;
	ret = conf_word_find(conf_words_speed, value, &found);
	if (!ret)
		t->group->settings.file.speed = found;
	return ret;
}

static int parse_loops(struct conf_target *t, const char *value, struct pfq_error *err)
{
	(void)err;
	t->group->loops_line = t->line;
	t->group->settings.file.loops = 0;
	return strcmp(value, "forever") ?
		value_u32(value, 1, UINT32_MAX, &t->group->settings.file.loops) : 0;
}

static int parse_timestamps(struct conf_target *t, const char *value, struct pfq_error *err)
{
	int found = 0, ret;

	(void)err;
	t->group->timestamps_line = t->line;
	ret = conf_word_find(conf_words_timestamps, value, &found);
	if (!ret)
		t->group->settings.file.stamp = found;
	return ret;
}

/* --- the table ---------------------------------------------------------------- */

static const struct conf_key keys[] = {
	{ CONF_SECTION_DAEMON, "engine", parse_engine, ALLOWED_ENGINE },
	{ CONF_SECTION_DAEMON, "workers", parse_workers, ALLOWED_WORKERS },
	{ CONF_SECTION_DAEMON, "cpus", parse_cpus, ALLOWED_CPUS },
	{ CONF_SECTION_DAEMON, "socket", parse_socket, ALLOWED_SOCKET },
	{ CONF_SECTION_DAEMON, "user", parse_user, ALLOWED_USER },
	{ CONF_SECTION_DAEMON, "metrics", parse_to_come, NULL },
	{ CONF_SECTION_DAEMON, "log", parse_log, LOG_LEVEL_NAMES },
	{ CONF_SECTION_GROUP, "id", parse_id, ALLOWED_IDS },
	{ CONF_SECTION_GROUP, "device", parse_device, NULL },
	{ CONF_SECTION_GROUP, "ingest", parse_ingest, NULL },
	{ CONF_SECTION_GROUP, "mode", parse_mode, ALLOWED_MODE },
	{ CONF_SECTION_GROUP, "promisc", parse_promisc, ALLOWED_YES_NO },
	{ CONF_SECTION_GROUP, "direction", parse_direction, ALLOWED_DIRECTION },
	{ CONF_SECTION_GROUP, "steer", parse_steer, NULL },
	{ CONF_SECTION_GROUP, "frag_wait", parse_frag_wait, ALLOWED_FRAG_WAIT },
	{ CONF_SECTION_GROUP, "lang", conf_lang_parse, NULL },
	{ CONF_SECTION_GROUP, "filter", parse_filter,
	  "a pcap expression; a line has at most 1000 bytes" },
	{ CONF_SECTION_GROUP, "vlan", parse_vlan, NULL },
	{ CONF_SECTION_GROUP, "members", parse_members, ALLOWED_MEMBERS },
	{ CONF_SECTION_GROUP, "linger", parse_linger, ALLOWED_LINGER },
	{ CONF_SECTION_GROUP, "linger_to", parse_linger_to, ALLOWED_LINGER_TO },
	{ CONF_SECTION_GROUP, "access", parse_access, NULL },
	{ CONF_SECTION_GROUP, "ring", parse_ring, ALLOWED_RING },
	{ CONF_SECTION_GROUP, "snaplen", parse_snaplen, ALLOWED_SNAPLEN },
	{ CONF_SECTION_GROUP, "speed", parse_speed, ALLOWED_SPEED },
	{ CONF_SECTION_GROUP, "loops", parse_loops, ALLOWED_LOOPS },
	{ CONF_SECTION_GROUP, "timestamps", parse_timestamps, ALLOWED_TIMESTAMPS },
};

const struct conf_key *conf_key(unsigned int i)
{
	return i < sizeof(keys) / sizeof(keys[0]) ? &keys[i] : NULL;
}

bool conf_key_is_to_come(const struct conf_key *key)
{
	return key->parse == parse_to_come;
}

const struct conf_key *conf_key_find(enum conf_section section, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i].section == section && !strcmp(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

void conf_key_list(enum conf_section section, char *text, size_t size)
{
	size_t i, used = 0;

	*text = '\0';
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && used < size; i++) {
		if (keys[i].section == section && keys[i].parse != parse_to_come)
			used += snprintf(text + used, size - used, "%s%s", used ? ", " : "",
					 keys[i].name);
	}
}
