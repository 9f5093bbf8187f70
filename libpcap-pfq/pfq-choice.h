/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Decides whether a device is ours or libpcap's, and which group and devices it means if ours. */
#ifndef PFQ_CHOICE_H
#define PFQ_CHOICE_H

#include <stdbool.h>
#include <pcap/pcap.h>
#include "pfq-device.h"
#include "pfq-env.h"
#include "pfq-lib.h"

struct pfq_choice {
	struct pfq_env env;
	struct pfq_device dev;	/* the group to join and the devices to bind */
	char	group_from[PFQ_ENV_LABEL_MAX];	/* the group's variable; empty: the device's name */
	int	status;		/* 0, or the PCAP_ERROR_* that the activation will return */
	char	error[PCAP_ERRBUF_SIZE];	/* the text for status */
	/* why the program does not get the group that it was meant for; empty: it gets it */
	char	warning[PCAP_ERRBUF_SIZE];
	bool	is_asked;	/* the engine was asked, perhaps without an answer */
	bool	adapter_time;	/* the engine that was asked has timestamps of the adapter */
};

/*
 * Is the device @name ours? If so, the function fills @choice, and choice->status has the error of
 * a wrong name or variable. The name may be an ordinary interface that a variable takes over. For
 * other ordinary names, the function sends no request to the engine. choice->warning is set for
 * ordinary devices, too.
 */
bool pfq_choice_make(struct pfq_choice *choice, const char *name);

/*
 * Has the engine timestamps of the adapter? If the choice did not need the engine, it is asked now,
 * by a connection of its own.
 */
bool pfq_choice_has_adapter_time(const struct pfq_choice *choice);

/*
 * Ask the engine for the group, if the name does not contain it. 0, or
 * PCAP_ERROR_* with a text in @err.
 */
int pfq_choice_complete(struct pfq_choice *choice, const struct pfq_lib *lib, struct pfq_ctl *ctl,
			char *err, size_t err_size);

/* Read the variables and the file; for a privileged program, all variables count as unset. */
void pfq_choice_env(struct pfq_env *env);

#endif /* PFQ_CHOICE_H */
