/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What is said of a file that cannot be replayed. */
#ifndef PFQD_INGEST_FILE_TEXT_H
#define PFQD_INGEST_FILE_TEXT_H

#include "pfq.h"

/* @path, or of a long one its end: an error has room for what is wrong, too */
const char *file_text_path(const char *path);

/*
 * What the regular file @fd is, by its first bytes: "pcap" or "pcapng", also where it is damaged;
 * "": empty; NULL: something else.
 */
const char *file_text_format(int fd);

/* libpcap does not take it, and says @why. -EINVAL with err->text. */
int file_text_refuse(const char *path, int fd, const char *why, struct pfq_error *err);

#endif /* PFQD_INGEST_FILE_TEXT_H */
