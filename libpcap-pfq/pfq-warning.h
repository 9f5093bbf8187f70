/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Warnings: a program was meant for a group and does not get it. The activation of its handle, on
 * an ordinary device or on one of ours, then returns PCAP_WARNING.
 */
#ifndef PFQ_WARNING_H
#define PFQ_WARNING_H

#include "pfq-compat.h"

/*
 * Have the activation of the ordinary handle @p warn with @text, unless it has a warning or an
 * error of its own; a text of such an error gets @text appended. Without memory, nothing happens.
 * Any thread may call this.
 */
void pfq_warning_attach(pcap_t *p, const char *text);

/* Has the activation of the ordinary handle @p left such a text in p->errbuf? */
bool pfq_warning_given(const pcap_t *p);

#endif /* PFQ_WARNING_H */
