/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The log of pfqd: lines on standard error that begin with "pfqd:". If standard error is the
 * journal, each line becomes an entry with a level and fields. Any thread.
 */
#ifndef PFQD_LOG_H
#define PFQD_LOG_H

#include <stdint.h>
#include <sys/types.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVELS
};

#define LOG_LEVEL_NAMES	"error, warning, info, debug"

/* Fields of an entry in the journal. NULL, "" or 0: no field. */
struct log_about {
	const char *group;	/* PFQ_GROUP= */
	const char *device;	/* PFQ_DEVICE= */
	uint32_t endpoint;	/* PFQ_ENDPOINT= */
	pid_t pid;		/* PFQ_PID=, of a client */
	uid_t uid;		/* PFQ_UID=, with pid */
};

#define LOG_ABOUT(...)	(&(const struct log_about){ __VA_ARGS__ })

/* Set *level to the level called @name. -EINVAL: no such level. */
int log_level_parse(const char *name, enum log_level *level);
/* The name that log_level_parse() reads. */
const char *log_level_name(enum log_level level);
/* Log messages up to @level. */
void log_level_set(enum log_level level);

/*
 * Log one message, without a newline. @about may be NULL. The text must include what the fields
 * say.
 */
void log_write(enum log_level level, const struct log_about *about, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Log a message about one device. */
#define log_device(level, name, ...)	log_write(level, LOG_ABOUT(.device = (name)), __VA_ARGS__)

#define log_error(...)		log_write(LOG_LEVEL_ERROR, NULL, __VA_ARGS__)
#define log_warning(...)	log_write(LOG_LEVEL_WARNING, NULL, __VA_ARGS__)
#define log_info(...)		log_write(LOG_LEVEL_INFO, NULL, __VA_ARGS__)
#define log_debug(...)		log_write(LOG_LEVEL_DEBUG, NULL, __VA_ARGS__)

#endif /* PFQD_LOG_H */
