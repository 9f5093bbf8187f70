/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Whose is a device: ours or libpcap's, and what was asked for if it is ours. */
#ifndef PFQ_CHOICE_H
#define PFQ_CHOICE_H

#include <stdbool.h>
#include <pcap/pcap.h>
#include "pfq-device.h"
#include "pfq-env.h"
#include "pfq-lib.h"

struct pfq_choice {
	struct pfq_env env;
	struct pfq_device dev;	/* what to join and to bind */
	const char *group_from;	/* the variable that named the group; NULL: the device's name */
	int	status;		/* 0, or the PCAP_ERROR_* that activation ends with */
	char	error[PCAP_ERRBUF_SIZE];	/* with status */
};

/*
 * Is the device @name ours? It may be an ordinary interface that a variable
 * takes over; only then, and for no other ordinary name, is the engine asked.
 */
bool pfq_choice_make(struct pfq_choice *choice, const char *name);

/*
 * With the engine at hand, complete what the name left open: which group.
 * 0, or PCAP_ERROR_* with a text in @err.
 */
int pfq_choice_complete(struct pfq_choice *choice, const struct pfq_lib *lib, struct pfq_ctl *ctl,
			char *err, size_t err_size);

/* One line on stderr, with PFQ_DEBUG=1 only. */
void pfq_choice_debug(const struct pfq_choice *choice, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Read the variables, none of them for a privileged program. */
void pfq_choice_env(struct pfq_env *env);

#endif /* PFQ_CHOICE_H */
