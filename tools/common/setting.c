// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <config.h>
#include <errno.h>
#include <unistd.h>
#include "setting.h"

int setting_flag(void *base, const struct setting *s, const char *arg)
{
	(void)arg;
	*(bool *)((char *)base + s->offset) = true;
	return 0;
}

int setting_number(void *base, const struct setting *s, const char *arg)
{
	uint64_t *out = (uint64_t *)((char *)base + s->offset);

	return s->units ? pfq_number_parse_unit(arg, s->units, s->min, s->max, out)
			: pfq_number_parse(arg, s->min, s->max, out);
}

int setting_text(void *base, const struct setting *s, const char *arg)
{
	if (!*arg)
		return -EINVAL;
	*(const char **)((char *)base + s->offset) = arg;
	return 0;
}

int setting_cpu(void *base, const struct setting *s, const char *arg)
{
	uint64_t cpu;
	int ret = pfq_number_parse(arg, 0, (uint64_t)sysconf(_SC_NPROCESSORS_CONF) - 1, &cpu);

	if (!ret)
		*(int64_t *)((char *)base + s->offset) = (int64_t)cpu;
	return ret;
}

void settings_argp(const struct settings *all, struct argp_option *out)
{
	for (size_t i = 0; i < all->count; i++)
		out[i] = all->rows[i].argp;
	out[all->count] = (struct argp_option){ 0 };
}

static const struct setting *row_find(const struct settings *all, int key)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->rows[i].argp.key == key)
			return &all->rows[i];
	}
	return NULL;
}

error_t settings_parse(struct settings *all, int key, const char *arg, struct argp_state *state)
{
	const struct setting *row = row_find(all, key);

	if (!row)
		return ARGP_ERR_UNKNOWN;
	if (row->set(all->base, row, arg))
		argp_error(state, "--%s: \"%s\": allowed are %s", row->argp.name, arg,
			   row->allowed);
	all->given |= 1ull << (row - all->rows);
	return 0;
}

bool settings_given(const struct settings *all, int key)
{
	const struct setting *row = row_find(all, key);

	return row && all->given & 1ull << (row - all->rows);
}

void settings_check_mode(const struct settings *all, unsigned int mode, const char *name,
			 struct argp_state *state)
{
	for (size_t i = 0; i < all->count; i++) {
		if ((all->given & 1ull << i) && !(all->rows[i].modes & mode))
			argp_error(state, "--%s has no effect in mode %s", all->rows[i].argp.name,
				   name);
	}
}

void settings_check_pairs(const struct settings *all, const int (*pairs)[2],
			  struct argp_state *state)
{
	for (; (*pairs)[0]; pairs++) {
		const struct setting *a = row_find(all, (*pairs)[0]);
		const struct setting *b = row_find(all, (*pairs)[1]);

		if (settings_given(all, a->argp.key) && settings_given(all, b->argp.key))
			argp_error(state, "--%s and --%s exclude each other",
				   a->argp.name, b->argp.name);
	}
}
