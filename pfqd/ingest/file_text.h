/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Texts of errors about capture files. */
#ifndef PFQD_INGEST_FILE_TEXT_H
#define PFQD_INGEST_FILE_TEXT_H

#include "pfq.h"

/*
 * @path, or the end of a long path, so that the reason fits into an error as well. Points into
 * @path.
 */
const char *file_text_path(const char *path);

/*
 * The format of the regular file @fd by its first bytes: "pcap" or "pcapng", even if the file is
 * damaged. "": the file is empty. NULL: another format.
 */
const char *file_text_format(int fd);

/* Set the error for a file that libpcap refuses with @why. Returns -EINVAL. */
int file_text_refuse(const char *path, int fd, const char *why, struct pfq_error *err);

#endif /* PFQD_INGEST_FILE_TEXT_H */
