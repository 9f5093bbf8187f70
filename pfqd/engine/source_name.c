/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The names of a source and of its device. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "source.h"

void source_print(const struct source *src, char *text, size_t size)
{
	if (source_is_file(src))
		snprintf(text, size, "%s:%s", src->driver->name, src->file.path);
	else
		binding_print(&src->binding, text, size);
}

void source_describe(const struct source *src, char *text, size_t size)
{
	struct binding b;
	size_t used;

	if (source_is_file(src) || !src->name[0] || !strcmp(src->name, src->binding.device)) {
		source_print(src, text, size);
		return;
	}
	b = src->binding;
	strcpy(b.device, src->name);
	used = (size_t)binding_print(&b, text, size);
	if (used < size)
		snprintf(text + used, size - used, " (written %s)", src->binding.device);
}

const char *source_device(const struct source *src)
{
	return src->name[0] ? src->name : src->binding.device;
}

enum pfq_device_state source_state(const struct source *src)
{
	return src->state == PFQ_DEVICE_UP && !src->is_wanted ? PFQ_DEVICE_UNUSED : src->state;
}

bool source_is_on(const struct source *src, const char *name)
{
	const struct device *theirs, *own;

	if (source_is_file(src))
		return false;
	theirs = devices_find(src->set->devices, name);
	if (src->ifindex)
		return theirs && theirs->ifindex == src->ifindex;
	own = devices_find(src->set->devices, src->binding.device);
	return own || theirs ? own == theirs : !strcmp(src->binding.device, name);
}
