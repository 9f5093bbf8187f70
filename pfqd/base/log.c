/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "log.h"

static const struct {
	const char *name;
	const char *journal;
	const char *human;
} levels[LOG_LEVELS] = {
	[LOG_LEVEL_ERROR]	= { "error",	SD_ERR,		"pfqd: error: " },
	[LOG_LEVEL_WARNING]	= { "warning",	SD_WARNING,	"pfqd: warning: " },
	[LOG_LEVEL_INFO]	= { "info",	SD_INFO,	"pfqd: " },
	[LOG_LEVEL_DEBUG]	= { "debug",	SD_DEBUG,	"pfqd: debug: " },
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

void log_level_set(enum log_level level)
{
	max_level = level;
}

/* The journal says in JOURNAL_STREAM which device and inode its pipe has. */
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

/* Clients have a say in some texts: they get neither a line nor a terminal of their own. */
static void clean(char *text, int n)
{
	for (; n > 0; n--, text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
	}
}

void log_write(enum log_level level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int n, head;

	if (level > max_level)
		return;
	head = snprintf(line, sizeof(line), "%s",
			stderr_is_journal() ? levels[level].journal : levels[level].human);
	va_start(ap, fmt);
	n = vsnprintf(line + head, sizeof(line) - head - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	n += head;
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	clean(line + head, n - head);
	line[n] = '\n';
	/* one write a line, so that threads do not mix; a log that is full or gone is no error */
	if (write(STDERR_FILENO, line, n + 1) < 0)
		return;
}
