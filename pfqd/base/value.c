/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/pfq.h>

#include "value.h"

/* Digits only: no sign, no blanks, no 0x. Returns the end, or NULL. */
static const char *digits(const char *text, uint64_t *value)
{
	uint64_t v = 0;

	if (!isdigit((unsigned char)*text))
		return NULL;
	for (; isdigit((unsigned char)*text); text++) {
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *text - '0', &v))
			return NULL;
	}
	*value = v;
	return text;
}

int value_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value)
{
	const char *end;
	uint64_t v;

	end = digits(text, &v);
	if (!end || *end)
		return -EINVAL;
	if (v < min || v > max)
		return -ERANGE;
	*value = v;
	return 0;
}

int value_bytes(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMG";
	const char *end, *unit;
	uint64_t v;

	end = digits(text, &v);
	if (!end)
		return -EINVAL;
	if (*end) {
		unit = strchr(units, toupper((unsigned char)*end));
		if (!unit || end[1])
			return -EINVAL;
		if (__builtin_mul_overflow(v, 1ULL << 10 * (unit - units + 1), &v))
			return -ERANGE;
	}
	*bytes = v;
	return 0;
}

int value_ns(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
	const char *end;
	uint64_t v;
	size_t i;

	end = digits(text, &v);
	if (!end)
		return -EINVAL;
	for (i = 0; i < sizeof(units) / sizeof(units[0]) && strcmp(end, units[i].name); i++)
		;
	if (i == sizeof(units) / sizeof(units[0])) {
		*ns = 0;
		return *end || v ? -EINVAL : 0;
	}
	return __builtin_mul_overflow(v, units[i].ns, ns) ? -ERANGE : 0;
}

int value_bool(const char *text, bool *value)
{
	if (strcmp(text, "yes") && strcmp(text, "no"))
		return -EINVAL;
	*value = *text == 'y';
	return 0;
}

/* "3" or "3-5", followed by a comma or the end */
static const char *cpu_range(const char *text, uint64_t *first, uint64_t *last)
{
	text = digits(text, first);
	if (!text)
		return NULL;
	*last = *first;
	if (*text == '-')
		text = digits(text + 1, last);
	if (!text || *last < *first)
		return NULL;
	return text;
}

int value_cpus(const char *text, cpu_set_t *cpus, unsigned int *bad)
{
	cpu_set_t allowed;
	uint64_t cpu, last;

	CPU_ZERO(cpus);
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return -errno;
	for (;;) {
		while (*text == ' ')
			text++;
		text = cpu_range(text, &cpu, &last);
		if (!text)
			return -EINVAL;
		for (; cpu <= last; cpu++) {
			if (cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &allowed)) {
				*bad = cpu > UINT32_MAX ? UINT32_MAX : cpu;
				return -ERANGE;
			}
			CPU_SET(cpu, cpus);
		}
		while (*text == ' ')
			text++;
		if (!*text)
			return 0;
		if (*text++ != ',')
			return -EINVAL;
	}
}

void value_cpus_print(const cpu_set_t *cpus, char *text, unsigned int size)
{
	unsigned int cpu, first, used = 0;

	*text = '\0';
	for (cpu = 0; cpu < CPU_SETSIZE && used < size; cpu++) {
		if (!CPU_ISSET(cpu, cpus))
			continue;
		for (first = cpu; cpu + 1 < CPU_SETSIZE && CPU_ISSET(cpu + 1, cpus); cpu++)
			;
		used += snprintf(text + used, size - used, first == cpu ? "%s%u" : "%s%u-%u",
				 used ? "," : "", first, cpu);
	}
}

bool value_is_name(const char *text)
{
	size_t n = strlen(text);

	if (n > PFQ_NAME_MAX || *text < 'a' || *text > 'z')
		return false;
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == n;
}
