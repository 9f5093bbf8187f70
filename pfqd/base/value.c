/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/pfq.h>

#include "lib/number.h"
#include "value.h"

int value_u32(const char *text, uint32_t min, uint32_t max, uint32_t *value)
{
	uint64_t v;
	int ret = pfq_number_parse(text, min, max, &v);

	if (!ret)
		*value = v;
	return ret;
}

int value_bytes(const char *text, uint64_t *bytes)
{
	return pfq_number_parse_unit(text, &pfq_number_bytes, 0, UINT64_MAX, bytes);
}

int value_ns(const char *text, uint64_t *ns)
{
	if (!pfq_number_parse(text, 0, 0, ns))
		return 0;
	return pfq_number_parse_unit(text, &pfq_number_times, 0, UINT64_MAX, ns);
}

int value_bool(const char *text, bool *value)
{
	if (strcmp(text, "yes") && strcmp(text, "no"))
		return -EINVAL;
	*value = *text == 'y';
	return 0;
}

/* Parse "3" or "3-5". Returns the end of it, or NULL. */
static const char *cpu_range(const char *text, uint64_t *first, uint64_t *last)
{
	text = pfq_number_digits(text, first);
	if (!text)
		return NULL;
	*last = *first;
	if (*text == '-')
		text = pfq_number_digits(text + 1, last);
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
