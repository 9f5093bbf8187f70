/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Reads the wire form of a program. The caller has checked that the counts in the header are those
 * of the bytes.
 */
#ifndef PFQ_CORE_LANG_BYTES_H
#define PFQ_CORE_LANG_BYTES_H

#include <linux/pfq_lang.h>
#include <pfq_deps.h>

static inline struct pfq_lang_hdr lang_hdr(const void *blob)
{
	struct pfq_lang_hdr hdr;

	memcpy(&hdr, blob, sizeof(hdr));
	return hdr;
}

static inline struct pfq_lang_step lang_step(const void *blob, u32 i)
{
	struct pfq_lang_step step;

	memcpy(&step, (const u8 *)blob + sizeof(struct pfq_lang_hdr) + i * sizeof(step),
	       sizeof(step));
	return step;
}

static inline size_t lang_objects_at(const struct pfq_lang_hdr *hdr)
{
	return sizeof(*hdr) + hdr->steps * sizeof(struct pfq_lang_step);
}

static inline struct pfq_lang_object lang_object(const void *blob, const struct pfq_lang_hdr *hdr,
						 u32 i)
{
	struct pfq_lang_object object;

	memcpy(&object, (const u8 *)blob + lang_objects_at(hdr) + i * sizeof(object),
	       sizeof(object));
	return object;
}

static inline const u8 *lang_data(const void *blob, const struct pfq_lang_hdr *hdr)
{
	return (const u8 *)blob + lang_objects_at(hdr) +
	       hdr->objects * sizeof(struct pfq_lang_object);
}

#endif /* PFQ_CORE_LANG_BYTES_H */
