/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Takes an interface from a group, or a copy of its packets, because a variable says so. */
#ifndef PFQ_TAKE_H
#define PFQ_TAKE_H

#include "pfq-choice.h"

/*
 * Take over the interface @name because of @variable, for the group in choice->dev if there is one.
 * @explicitly: a variable asks for this very interface, or for every one. Returns true if the
 * device is ours; choice->status has an error. false: it stays ordinary; choice->warning may say
 * why.
 */
bool pfq_take_over(struct pfq_choice *choice, const char *name, bool explicitly,
		   const char *variable);

#endif /* PFQ_TAKE_H */
