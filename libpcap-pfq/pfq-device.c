/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfq-device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PREFIX		"pfq"
#define PREFIX_LEN	(sizeof(PREFIX) - 1)
#define ALLOWED		"pfq[@GROUP][:DEV[,DEV]...], DEV as in eth0, eth0/2 or eth0/0-3"

/* the length of a name in an error text: long names are cut */
#define SHOWN(len)	(int)((len) < 64 ? (len) : 64)

bool pfq_device_is_pfq(const char *name)
{
	return !strncmp(name, PREFIX, PREFIX_LEN) &&
	       (name[PREFIX_LEN] == '\0' || name[PREFIX_LEN] == '@' || name[PREFIX_LEN] == ':');
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* parses a decimal number at *@s, up to @end, at most @max; moves *@s behind it */
static bool take_number(const char **s, const char *end, unsigned long max, unsigned long *value)
{
	const char *p = *s;

	*value = 0;
	while (p < end && is_digit(*p)) {
		*value = *value * 10 + (unsigned long)(*p++ - '0');
		if (*value > max)
			return false;
	}
	if (p == *s)
		return false;
	*s = p;
	return true;
}

bool pfq_device_group_valid(const char *text, size_t len)
{
	const char *p = text;
	unsigned long id;
	size_t i;

	if (!len || len > PFQ_NAME_MAX)
		return false;
	if (is_digit(*text))
		return take_number(&p, text + len, PFQ_GROUP_ID_MAX, &id) && p == text + len &&
		       id >= PFQ_GROUP_ID_MIN;
	if (!is_lower(*text))
		return false;
	for (i = 1; i < len; i++)
		if (!is_lower(text[i]) && !is_digit(text[i]) && !strchr("_.-", text[i]))
			return false;
	return true;
}

/* the kernel's rules for an interface's name, without our lists' separators; UTF-8 is allowed */
bool pfq_device_interface_valid(const char *text, size_t len)
{
	size_t i;

	if (!len || (len == 1 && text[0] == '.') || (len == 2 && !memcmp(text, "..", 2)))
		return false;
	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || strchr("/:,^", text[i]))
			return false;
	return true;
}

/* "2" or "0-3" */
static bool queues_valid(const char *text, size_t len)
{
	const char *end = text + len;
	unsigned long first, last;

	if (!take_number(&text, end, PFQ_DEVICE_QUEUE_MAX, &first))
		return false;
	if (text == end)
		return true;
	if (*text++ != '-')
		return false;
	return take_number(&text, end, PFQ_DEVICE_QUEUE_MAX, &last) && text == end && first <= last;
}

/* checks one DEV, @len bytes at @text */
static int binding_check(const char *text, size_t len, char *err, size_t err_size)
{
	const char *slash = memchr(text, '/', len);
	size_t name_len = slash ? (size_t)(slash - text) : len;

	if (!pfq_device_interface_valid(text, name_len)) {
		snprintf(err, err_size, "\"%.*s\" is no interface's name; allowed: " ALLOWED,
			 SHOWN(name_len), text);
		return -EINVAL;
	}
	if (name_len > PFQ_DEVICE_NAME_MAX) {
		snprintf(err, err_size, "\"%.*s\": an interface's name has at most %d characters",
			 SHOWN(name_len), text, PFQ_DEVICE_NAME_MAX);
		return -ENODEV;
	}
	if (slash && !queues_valid(slash + 1, len - name_len - 1)) {
		snprintf(err, err_size,
			 "\"%.*s\": after the / comes a queue or a range of queues, 0-%d",
			 SHOWN(len), text, PFQ_DEVICE_QUEUE_MAX);
		return -EINVAL;
	}
	return 0;
}

static int bindings_parse(struct pfq_device *dev, const char *text, char *err, size_t err_size)
{
	size_t at = 0;
	int ret;

	for (;;) {
		size_t len = strcspn(text, ",^");

		ret = binding_check(text, len, err, err_size);
		if (ret)
			return ret;
		if (dev->count == PFQ_DEVICE_BINDINGS_MAX || at + len + 2 > sizeof(dev->bindings)) {
			snprintf(err, err_size, "at \"%.*s\": more than %d devices, or %zu bytes",
				 SHOWN(len), text, PFQ_DEVICE_BINDINGS_MAX,
				 sizeof(dev->bindings) - 1);
			return -EINVAL;
		}
		if (dev->count++)
			dev->bindings[at++] = ',';
		memcpy(dev->bindings + at, text, len);
		at += len;
		dev->bindings[at] = '\0';
		if (!text[len])
			return 0;
		text += len + 1;
	}
}

int pfq_device_parse(struct pfq_device *dev, const char *name, char *err, size_t err_size)
{
	const char *text = name + PREFIX_LEN;
	size_t len;

	memset(dev, 0, sizeof(*dev));
	if (!pfq_device_is_pfq(name)) {
		snprintf(err, err_size, "\"%.*s\" is no pfq device; allowed: " ALLOWED,
			 SHOWN(strlen(name)), name);
		return -EINVAL;
	}
	if (*text == '@') {
		len = strcspn(++text, ":");
		if (!pfq_device_group_valid(text, len)) {
			snprintf(err, err_size,
				 "\"%.*s\" is no group; allowed: a name ([a-z][a-z0-9_.-]*, "
				 "at most %d characters) or an id (%d-%d)",
				 SHOWN(len), text, PFQ_NAME_MAX, PFQ_GROUP_ID_MIN,
				 PFQ_GROUP_ID_MAX);
			return -EINVAL;
		}
		memcpy(dev->group, text, len);
		text += len;
	}
	return *text ? bindings_parse(dev, text + 1, err, err_size) : 0;
}

void pfq_device_interface(const struct pfq_device *dev, unsigned int i,
			  char name[PFQ_DEVICE_NAME_MAX + 1])
{
	const char *text = dev->bindings;
	size_t len;

	while (i--) {
		text += strcspn(text, ",");
		text += *text == ',';
	}
	len = strcspn(text, ",/");
	if (len > PFQ_DEVICE_NAME_MAX)
		len = PFQ_DEVICE_NAME_MAX;
	memcpy(name, text, len);
	name[len] = '\0';
}
