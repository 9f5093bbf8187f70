/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Is there memory for another ring? Rings that are being made at the same time count: the rest of
 * each one is promised to it. Any thread.
 */
#ifndef PFQD_ROOM_H
#define PFQD_ROOM_H

#include <stdint.h>

#include "pfq.h"

/*
 * Promise @bytes of ordinary memory. Returns 0, or -ENOMEM or the error of available_bytes() with
 * text; nothing is promised then.
 */
int room_promise(uint64_t bytes, struct pfq_error *err);
/* End a promise of @bytes: they are allocated now, or they are not needed. */
void room_end(uint64_t bytes);

#endif /* PFQD_ROOM_H */
