/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * libpfq. This library opens it for the first pfq device, and so needs no other
 * library than the system's libpcap does.
 */
#ifndef PFQ_LIB_H
#define PFQ_LIB_H

#include <stddef.h>
#include <pfq.h>

#define PFQ_LIB_FUNCTIONS(_) \
	_(pfq_error_text) \
	_(pfq_ctl_open) \
	_(pfq_ctl_await) \
	_(pfq_ctl_close) \
	_(pfq_ctl_engine) \
	_(pfq_ctl_groups) \
	_(pfq_device) \
	_(pfq_device_find) \
	_(pfq_open) \
	_(pfq_close) \
	_(pfq_linktype) \
	_(pfq_snaplen) \
	_(pfq_lanes) \
	_(pfq_ring_bytes) \
	_(pfq_page_bytes) \
	_(pfq_ring_text) \
	_(pfq_adapter_time) \
	_(pfq_group) \
	_(pfq_name) \
	_(pfq_bindings) \
	_(pfq_engine) \
	_(pfq_engine_away) \
	_(pfq_read) \
	_(pfq_release) \
	_(pfq_rec_lane) \
	_(pfq_wakeup_set) \
	_(pfq_wait) \
	_(pfq_fd) \
	_(pfq_fd_prepare) \
	_(pfq_start) \
	_(pfq_filter_set) \
	_(pfq_direction_set) \
	_(pfq_inject) \
	_(pfq_stats_get) \
	_(pfq_ingest_lost)

#define PFQ_LIB_POINTER(name)	__typeof__(name) *name;

struct pfq_lib {
	PFQ_LIB_FUNCTIONS(PFQ_LIB_POINTER)
};

/*
 * Returns the functions of libpfq; NULL with a text in @err if it cannot be loaded.
 * Any thread may call this; libpfq stays loaded.
 */
const struct pfq_lib *pfq_lib_get(char *err, size_t err_size);

#endif /* PFQ_LIB_H */
