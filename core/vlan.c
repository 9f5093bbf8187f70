/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "vlan.h"

#define VLAN_MIN	1
#define VLAN_MAX	4094

static const char untagged[] = "untagged";

static const char *skip_space(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static bool ends_word(char c)
{
	return c == '\0' || c == ',' || c == ' ' || c == '\t';
}

/*
 * Reads the number at *s and moves *s behind it. Returns 0, which is no id, if there is no valid
 * one.
 */
static u32 read_id(const char **s)
{
	u32 id = 0;

	for (; **s >= '0' && **s <= '9'; (*s)++)
		if (id <= VLAN_MAX)
			id = id * 10 + (u32)(**s - '0');
	return id >= VLAN_MIN && id <= VLAN_MAX ? id : 0;
}

/*
 * Reads "untagged", "10" or "20-29" at @s into @set. Returns the position behind it, or NULL if
 * there is no such word.
 */
static const char *read_word(struct pfq_vlan_set *set, const char *s)
{
	u32 first, last;

	if (!strncmp(s, untagged, sizeof(untagged) - 1)) {
		set->ids[0] |= 1;
		s += sizeof(untagged) - 1;
		return ends_word(*s) ? s : NULL;
	}
	first = read_id(&s);
	last = first;
	if (*s == '-') {
		s++;
		last = read_id(&s);
	}
	if (!first || last < first || !ends_word(*s))
		return NULL;
	for (; first <= last; first++)
		set->ids[first / 64] |= 1ULL << (first % 64);
	return s;
}

int pfq_vlan_parse(struct pfq_vlan_set *set, const char *text, const char **bad)
{
	memset(set, 0, sizeof(*set));
	for (;;) {
		text = skip_space(text);
		*bad = text;
		text = read_word(set, text);
		if (!text)
			return -EINVAL;
		text = skip_space(text);
		if (!*text)
			return 0;
		if (*text != ',') {
			*bad = text;
			return -EINVAL;
		}
		text++;
	}
}
