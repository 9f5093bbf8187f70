/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQD_INGEST_FILE_CHECK_H
#define PFQD_INGEST_FILE_CHECK_H

#include "pfq.h"

/* check_path() of the driver "file": see ingest.h. */
int file_check_path(const char *path, struct pfq_error *err);

#endif /* PFQD_INGEST_FILE_CHECK_H */
