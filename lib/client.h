/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef PFQ_LIB_CLIENT_H
#define PFQ_LIB_CLIENT_H

#include "conn.h"
#include "reader.h"
#include "ring.h"
#include "wake.h"

struct pfq {
	struct pfq_conn conn;
	struct pfq_ring ring;
	struct pfq_reader reader;
	struct pfq_wake wake;
	int doorbell;
	bool is_started;
	bool is_adapter_time;	/* then no lane has a watermark */
	uint64_t page_bytes;
	uint64_t lost_base;	/* drop_socket of our group's ingests at the JOIN */
	char group[PFQ_NAME_MAX + 1];
	char name[PFQ_NAME_MAX + 1];
	char bindings[1024];
	unsigned int devices;	/* in use in device[] */
	struct {
		uint32_t ifindex;	/* 0: was absent */
		char name[256];
	} device[PFQ_GROUP_DEVICES_MAX];	/* devices of the group at the JOIN */
	char ring_text[256];
};

/* Store the value that pfq_ingest_lost() counts from. Returns 0 or -errno. */
int pfq_lost_begin(struct pfq *q, struct pfq_error *err);

#endif /* PFQ_LIB_CLIENT_H */
