/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The daemon's log: lines on stderr that begin with "pfqd:". Where stderr is the journal, each
 * is an entry with its level and with fields that say what it is about. Any thread.
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

/* The fields of an entry in the journal, for those who search it. NULL, "" or 0: none. */
struct log_about {
	const char *group;	/* PFQ_GROUP= */
	const char *device;	/* PFQ_DEVICE= */
	uint32_t endpoint;	/* PFQ_ENDPOINT= */
	pid_t pid;		/* PFQ_PID=: of a client */
	uid_t uid;		/* PFQ_UID=, with pid */
};

#define LOG_ABOUT(...)	(&(const struct log_about){ __VA_ARGS__ })

/* -EINVAL: no such level */
int log_level_parse(const char *name, enum log_level *level);
void log_level_set(enum log_level level);

/* @about may be NULL. The text says all that the fields say. */
void log_write(enum log_level level, const struct log_about *about, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* about one device, and nothing else */
#define log_device(level, name, ...)	log_write(level, LOG_ABOUT(.device = (name)), __VA_ARGS__)

#define log_error(...)		log_write(LOG_LEVEL_ERROR, NULL, __VA_ARGS__)
#define log_warning(...)	log_write(LOG_LEVEL_WARNING, NULL, __VA_ARGS__)
#define log_info(...)		log_write(LOG_LEVEL_INFO, NULL, __VA_ARGS__)
#define log_debug(...)		log_write(LOG_LEVEL_DEBUG, NULL, __VA_ARGS__)

#endif /* PFQD_LOG_H */
