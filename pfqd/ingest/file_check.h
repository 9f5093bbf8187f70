/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQD_INGEST_FILE_CHECK_H
#define PFQD_INGEST_FILE_CHECK_H

#include <pcap/pcap.h>

#include "pfq.h"

/* check_path() of the driver "file": see ingest.h. */
int file_check_path(const char *path, struct pfq_error *err);

/*
 * Set *linktype to the PFQ_LINKTYPE_* of the packets of @pcap, and return 0. -EOPNOTSUPP with text:
 * the engine does not know them; the text does not name the file.
 */
int file_check_linktype(pcap_t *pcap, uint32_t *linktype, struct pfq_error *err);

#endif /* PFQD_INGEST_FILE_CHECK_H */
