/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binding.h"
#include "lib/number.h"
#include "pfqd/base/error.h"

#define BINDING_ALLOWED	"allowed: DEV, DEV/QUEUE or DEV/FIRST-LAST, separated by commas"

bool binding_device_valid(const char *name)
{
	size_t n = strlen(name), i;

	if (!n || n > PFQ_DEVICE_NAME_MAX || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (i = 0; i < n; i++) {
		/* bytes of UTF-8 are allowed */
		if ((unsigned char)name[i] <= ' ' || name[i] == 0x7f || strchr("/:,^", name[i]))
			return false;
	}
	return true;
}

static bool queue_bit(const struct binding *b, unsigned int queue)
{
	return b->queues[queue / 64] >> (queue % 64) & 1;
}

/* Parse "2" or "0-3" into the bitmap. -EINVAL: other text, or too high. */
static int parse_queues(struct binding *b, const char *text)
{
	uint64_t first, last;
	const char *end = pfq_number_digits(text, &first);

	last = first;
	if (end && *end == '-')
		end = pfq_number_digits(end + 1, &last);
	if (!end || *end || last < first || last >= INGEST_QUEUES_MAX)
		return -EINVAL;
	for (; first <= last; first++)
		b->queues[first / 64] |= 1ULL << (first % 64);
	return 0;
}

/* Is @word a name that programs open, such as "pfq", "pfq@..." or "pfq:..."? */
static bool is_ours(const char *word)
{
	return !strncmp(word, "pfq", 3) && strchr("@:/", word[3]);
}

static int parse_word(struct binding *b, const char *word, struct pfq_error *err)
{
	size_t len = strcspn(word, "/");
	char device[PFQ_DEVICE_NAME_MAX + 1] = "";

	memset(b, 0, sizeof(*b));
	if (is_ours(word))
		return error_set(err, -EINVAL,
				 "\"%.64s\" is a name for programs that capture through pfq; "
				 BINDING_ALLOWED, word);
	if (len >= sizeof(device))
		return error_set(err, -EINVAL, "\"%.64s...\": a device's name has %zu characters; "
				 "allowed: %d", word, len, PFQ_DEVICE_NAME_MAX);
	memcpy(device, word, len);
	if (!strcmp(device, "any"))
		return error_set(err, -EINVAL, "\"%.64s\" is no device; name each; "
				 BINDING_ALLOWED, word);
	if (!binding_device_valid(device))
		return error_set(err, -EINVAL,
				 "\"%.64s\" is no valid device name; " BINDING_ALLOWED, word);
	strcpy(b->device, device);
	b->all = !word[len];
	if (!b->all && parse_queues(b, word + len + 1))
		return error_set(err, -EINVAL,
				 "\"%.64s\" names no queue of %.40s; allowed: 0-%d, as "
				 "%.40s/2 or %.40s/0-3",
				 word, device, INGEST_QUEUES_MAX - 1, device, device);
	return 0;
}

/*
 * Add the queues of @b to @into. A queue in both is refused, because a packet must not come twice.
 */
static int merge(struct binding *into, const struct binding *b, struct pfq_error *err)
{
	char have[BINDING_QUEUES_TEXT_MAX + 1], more[BINDING_QUEUES_TEXT_MAX + 1];
	bool overlap = into->all || b->all;
	unsigned int i;

	for (i = 0; i < INGEST_QUEUES_MAX / 64; i++)
		overlap |= into->queues[i] & b->queues[i];
	if (overlap) {
		binding_print(into, have, sizeof(have));
		binding_print(b, more, sizeof(more));
		return error_set(err, -EINVAL, "\"%.80s\" and \"%.80s\" overlap; allowed: each "
				 "queue once", have, more);
	}
	for (i = 0; i < INGEST_QUEUES_MAX / 64; i++)
		into->queues[i] |= b->queues[i];
	return 0;
}

static int list_add(struct binding_list *list, const struct binding *b, struct pfq_error *err)
{
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		if (!strcmp(list->binding[i].device, b->device))
			return merge(&list->binding[i], b, err);
	}
	if (list->count == PFQ_GROUP_DEVICES_MAX)
		return error_set(err, -EINVAL, "too many devices; allowed: %d",
				 PFQ_GROUP_DEVICES_MAX);
	list->binding[list->count++] = *b;
	return 0;
}

static char *trim(char *word)
{
	char *end;

	while (isspace((unsigned char)*word))
		word++;
	for (end = word + strlen(word); end > word && isspace((unsigned char)end[-1]); end--)
		end[-1] = '\0';
	return word;
}

int binding_list_parse(struct binding_list *list, const char *text, struct pfq_error *err)
{
	char copy[BINDING_TEXT_MAX + 1], *rest = copy, *word;
	struct binding b;
	int ret;

	list->count = 0;
	if (strlen(text) > BINDING_TEXT_MAX)
		return error_set(err, -EINVAL, "list of devices too long; allowed: %d bytes",
				 BINDING_TEXT_MAX);
	strcpy(copy, text);
	while ((word = strsep(&rest, ",^"))) {
		ret = parse_word(&b, trim(word), err);
		if (!ret)
			ret = list_add(list, &b, err);
		if (ret)
			return ret;
	}
	return 0;
}

/* Remove the queues of @b, all of which @list must have. */
static int list_remove(struct binding_list *list, const struct binding *b, struct pfq_error *err)
{
	char text[BINDING_TEXT_MAX + 1], one[BINDING_TEXT_MAX + 1];
	struct binding *have = list->binding;
	unsigned int i;
	bool more = false;

	while (have < list->binding + list->count && strcmp(have->device, b->device))
		have++;
	if (have == list->binding + list->count ||
	    (!b->all && !binding_covers(have, b)) || (!b->all && have->all)) {
		binding_list_print(list, text, sizeof(text));
		binding_print(b, one, sizeof(one));
		return error_set(err, -EINVAL, "\"%.64s\" is not bound like this; allowed: one "
				 "of %.128s", one, text);
	}
	for (i = 0; i < INGEST_QUEUES_MAX / 64; i++) {
		have->queues[i] = b->all ? 0 : have->queues[i] & ~b->queues[i];
		more |= have->queues[i];
	}
	if (more)
		return 0;
	list->count--;
	memmove(have, have + 1, (size_t)(list->binding + list->count - have) * sizeof(*have));
	return 0;
}

int binding_list_remove(struct binding_list *list, const char *text, struct pfq_error *err)
{
	struct binding_list *leave = malloc(sizeof(*leave));
	unsigned int i;
	int ret;

	if (!leave)
		return error_set(err, -ENOMEM, "no memory");
	ret = binding_list_parse(leave, text, err);
	for (i = 0; !ret && i < leave->count; i++)
		ret = list_remove(list, &leave->binding[i], err);
	free(leave);
	return ret;
}

bool binding_equal(const struct binding *a, const struct binding *b)
{
	return !strcmp(a->device, b->device) && binding_queues_equal(a, b);
}

bool binding_queues_equal(const struct binding *a, const struct binding *b)
{
	return a->all == b->all && !memcmp(a->queues, b->queues, sizeof(a->queues));
}

bool binding_covers(const struct binding *a, const struct binding *b)
{
	unsigned int i;

	if (a->all || b->all)
		return a->all;
	for (i = 0; i < INGEST_QUEUES_MAX / 64; i++) {
		if (b->queues[i] & ~a->queues[i])
			return false;
	}
	return true;
}

bool binding_overlaps(const struct binding *a, const struct binding *b)
{
	bool both = a->all || b->all;
	unsigned int i;

	for (i = 0; i < INGEST_QUEUES_MAX / 64; i++)
		both |= a->queues[i] & b->queues[i];
	return both;
}

static bool has_queue(const struct binding *b, uint32_t queue)
{
	return b->queues[queue / 64] >> queue % 64 & 1;
}

int binding_check_queues(const struct binding *b, const char *device, uint32_t have,
			 bool *has_some, struct pfq_error *err)
{
	uint32_t queue;

	*has_some = b->all || !have;
	for (queue = 0; queue < INGEST_QUEUES_MAX && !b->all && have; queue++) {
		if (!has_queue(b, queue))
			continue;
		if (queue >= have)
			return error_set(err, -EINVAL,
					 "device %s has no queue %u: it has %u receive queue%s, "
					 "from 0 on",
					 device, queue, have, have == 1 ? "" : "s");
		*has_some = true;
	}
	return 0;
}

/* Print each range of queues with @prefix before it. Returns what snprintf() would. */
static int print_ranges(const struct binding *b, const char *prefix, char *text, size_t size)
{
	unsigned int queue, first;
	size_t used = 0;

	if (size)
		*text = '\0';
	for (queue = 0; queue < INGEST_QUEUES_MAX; queue++) {
		if (!queue_bit(b, queue))
			continue;
		for (first = queue; queue + 1 < INGEST_QUEUES_MAX && queue_bit(b, queue + 1);
		     queue++)
			;
		used += snprintf(used < size ? text + used : NULL, used < size ? size - used : 0,
				 first == queue ? "%s%s%u" : "%s%s%u-%u", used ? "," : "", prefix,
				 first, queue);
	}
	return used;
}

int binding_queues_print(const struct binding *b, char *text, size_t size)
{
	return print_ranges(b, "", text, size);
}

int binding_print(const struct binding *b, char *text, size_t size)
{
	char prefix[PFQ_DEVICE_NAME_MAX + 2];

	if (b->all)
		return snprintf(text, size, "%s", b->device);
	snprintf(prefix, sizeof(prefix), "%s/", b->device);
	return print_ranges(b, prefix, text, size);
}

void binding_list_print(const struct binding_list *list, char *text, size_t size)
{
	size_t used = 0;
	unsigned int i;

	*text = '\0';
	for (i = 0; i < list->count && used + 1 < size; i++) {
		if (i)
			used += snprintf(text + used, size - used, ",");
		if (used < size)
			used += binding_print(&list->binding[i], text + used, size - used);
	}
}
