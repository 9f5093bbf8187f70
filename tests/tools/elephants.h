/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Some flows that carry most bytes of a run. */
#ifndef TOOLS_ELEPHANTS_H
#define TOOLS_ELEPHANTS_H

#include <stdbool.h>

#include "frame.h"

struct elephants {
	uint32_t flows;		/* the first flows of the run; 0: there are none */
	uint32_t percent;	/* of the bytes of all frames */
	uint32_t payload;	/* payload bytes of their packets */
	uint64_t bytes, all;	/* of the frames so far: theirs, and of all flows */
};

/* Read "FLOWS:PERCENT:BYTES". False: @text is something else. */
bool elephants_read(struct elephants *e, const char *text);

/*
 * Give the next packet to an elephant or to another of @flows flows, so that the elephants' share
 * of the bytes is right. @params has any flow.
 */
void elephants_choose(const struct elephants *e, struct frame_params *params, uint32_t flows);

/* Count the frames of the packet that was chosen. */
void elephants_count(struct elephants *e, const struct frame_params *params,
		     const struct frame *frames, unsigned int count);

#endif /* TOOLS_ELEPHANTS_H */
