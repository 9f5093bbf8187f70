/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The daemon's log: lines on stderr. Where stderr is the journal they begin
 * with its level ("<3>"), else with "pfqd:". Any thread.
 */
#ifndef PFQD_LOG_H
#define PFQD_LOG_H

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVELS
};

#define LOG_LEVEL_NAMES	"error, warning, info, debug"

/* -EINVAL: no such level */
int log_level_parse(const char *name, enum log_level *level);
void log_level_set(enum log_level level);

void log_write(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)		log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...)	log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)		log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)		log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif /* PFQD_LOG_H */
