/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "log.h"

#define LINE_BYTES	1024

static const struct {
	const char *name;
	int priority;		/* priority of syslog */
	const char *head;	/* beginning of a line that does not go to the journal */
} levels[LOG_LEVELS] = {
	[LOG_LEVEL_ERROR]	= { "error",	LOG_ERR,	"pfqd: error: " },
	[LOG_LEVEL_WARNING]	= { "warning",	LOG_WARNING,	"pfqd: warning: " },
	[LOG_LEVEL_INFO]	= { "info",	LOG_INFO,	"pfqd: " },
	[LOG_LEVEL_DEBUG]	= { "debug",	LOG_DEBUG,	"pfqd: debug: " },
};

static enum log_level max_level = LOG_LEVEL_INFO;

int log_level_parse(const char *name, enum log_level *level)
{
	unsigned int i;

	for (i = 0; i < LOG_LEVELS; i++) {
		if (!strcmp(levels[i].name, name)) {
			*level = i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *log_level_name(enum log_level level)
{
	return levels[level].name;
}

void log_level_set(enum log_level level)
{
	__atomic_store_n(&max_level, level, __ATOMIC_RELAXED);
}

/*
 * Is standard error the journal's pipe? JOURNAL_STREAM holds device and inode of the pipe.
 * libsystemd has no call that compares them.
 */
static bool stderr_is_journal(void)
{
	static int known = -1;
	const char *text = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (known < 0)
		known = text && sscanf(text, "%llu:%llu", &dev, &ino) == 2 &&
			!fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
	return known;
}

/* Does the journal's socket exist? sd_journal_sendv() reports success even if it does not. */
static bool takes_entries(void)
{
	static int known = -1;

	if (known < 0)
		known = !access("/run/systemd/journal/socket", F_OK);
	return known;
}

/*
 * Replace control characters: clients choose parts of some texts, and must not add lines or control
 * a terminal.
 */
static void clean(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
	}
}

#define FIELDS_MAX	8
#define FIELD_BYTES	(LINE_BYTES + 16)

/* an entry of the journal; the fields are texts "NAME=value" */
struct entry {
	unsigned int fields;
	struct iovec field[FIELDS_MAX];
	char text[FIELDS_MAX][FIELD_BYTES];
};

static void __attribute__((format(printf, 2, 3))) entry_add(struct entry *e, const char *fmt, ...)
{
	char *text = e->text[e->fields];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, FIELD_BYTES, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if (n >= FIELD_BYTES)
		n = FIELD_BYTES - 1;
	e->field[e->fields++] = (struct iovec){ text, n };
}

/* Send an entry to the journal. false: the journal does not take it. */
static bool send_entry(enum log_level level, const struct log_about *about, const char *message)
{
	struct entry e;

	if (!takes_entries())
		return false;
	e.fields = 0;
	entry_add(&e, "MESSAGE=%s", message);
	entry_add(&e, "PRIORITY=%d", levels[level].priority);
	entry_add(&e, "SYSLOG_IDENTIFIER=pfqd");
	if (about && about->group && *about->group)
		entry_add(&e, "PFQ_GROUP=%s", about->group);
	if (about && about->device && *about->device)
		entry_add(&e, "PFQ_DEVICE=%s", about->device);
	if (about && about->endpoint)
		entry_add(&e, "PFQ_ENDPOINT=%" PRIu32, about->endpoint);
	if (about && about->pid) {
		entry_add(&e, "PFQ_PID=%d", about->pid);
		entry_add(&e, "PFQ_UID=%u", about->uid);
	}
	return !sd_journal_sendv(e.field, e.fields);
}

static void write_line(const char *head, const char *message)
{
	char line[LINE_BYTES];
	int n = snprintf(line, sizeof(line) - 1, "%s%s", head, message);

	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n] = '\n';
	/* one write() for a line, so that lines of threads do not mix; errors are ignored */
	if (write(STDERR_FILENO, line, n + 1) < 0)
		return;
}

/*
 * Write a line for the journal's pipe. The journal reads the level from the beginning of the line,
 * see sd-daemon(3).
 */
static void write_journal_line(enum log_level level, const char *message)
{
	char head[8];

	snprintf(head, sizeof(head), "<%d>", levels[level].priority);
	write_line(head, message);
}

void log_write(enum log_level level, const struct log_about *about, const char *fmt, ...)
{
	char message[LINE_BYTES];
	va_list ap;
	int n;

	if (level > __atomic_load_n(&max_level, __ATOMIC_RELAXED))
		return;
	va_start(ap, fmt);
	n = vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	clean(message);
	if (!stderr_is_journal())
		write_line(levels[level].head, message);
	else if (!send_entry(level, about, message))
		write_journal_line(level, message);
}
