/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The internal functions of libpcap, under one name for all releases. 1.10.5 gave
 * them the prefix pcapint_, and added thread-local.h.
 */
#ifndef PFQ_COMPAT_H
#define PFQ_COMPAT_H

#include <config.h>
#include <stdbool.h>
#include "pcap-int.h"
#include "pcap-common.h"

#if __has_include("thread-local.h")
#define pcap_create_interface		pcapint_create_interface
#define pcap_sys_create_interface	pcapint_sys_create_interface
#define pcap_cleanup_live_common	pcapint_cleanup_live_common
#define pcap_breakloop_common		pcapint_breakloop_common
#define pcap_filter_with_aux_data	pcapint_filter_with_aux_data
#define install_bpf_program		pcapint_install_bpf_program
#endif

#endif /* PFQ_COMPAT_H */
