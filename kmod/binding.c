// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ctype.h>
#include <linux/ethtool.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "binding.h"

#define ALLOWED	"allowed: DEV, DEV/QUEUE or DEV/FIRST-LAST, separated by commas"

static int refuse(struct netlink_ext_ack *extack, const char *text)
{
	/* @text is a constant */
	if (extack)
		extack->_msg = text;
	return -EINVAL;
}

/* "2" or "0-3" */
static int parse_queues(struct pfqk_binding *b, const char *text)
{
	u32 first, last;
	char rest;
	int n;

	/* sscanf() would accept blanks and signs */
	if (!isdigit(*text) || text[strspn(text, "0123456789-")])
		return -EINVAL;
	n = sscanf(text, "%3u-%3u%c", &first, &last, &rest);
	if (n == 1 && !strchr(text, '-') && strlen(text) <= 3)
		last = first;
	else if (n != 2 || !isdigit(text[strlen(text) - 1]))
		return -EINVAL;
	if (last < first || last >= PFQK_QUEUES_MAX)
		return -EINVAL;
	bitmap_set(b->queues, first, last - first + 1);
	return 0;
}

/*
 * The kernel's rules for a name, first or alternative, and none of the characters that separate
 * bindings.
 */
static bool is_name(const char *s)
{
	const char *c;

	if (!*s || strlen(s) > PFQ_DEVICE_NAME_MAX || !strcmp(s, ".") || !strcmp(s, ".."))
		return false;
	for (c = s; *c; c++) {
		if ((u8)*c <= ' ' || *c == 0x7f || *c == '/' || *c == ':')
			return false;
	}
	return true;
}

static int parse_word(struct pfqk_binding *b, char *word, struct netlink_ext_ack *extack)
{
	char *queues = strchr(word, '/');

	memset(b, 0, sizeof(*b));
	if (queues)
		*queues++ = '\0';
	if (!strcmp(word, "any"))
		return refuse(extack, "\"any\" is no device; name each; " ALLOWED);
	if (!is_name(word))
		return refuse(extack, "no valid device name; " ALLOWED);
	strscpy(b->device, word, sizeof(b->device));
	b->is_all = !queues;
	if (queues && parse_queues(b, queues))
		return refuse(extack, "no such queues; allowed: 0-255, as eth0/2 or eth0/0-3");
	return 0;
}

/* Two bindings of a group must not take the same packet. */
static int merge(struct pfqk_binding *into, const struct pfqk_binding *b,
		 struct netlink_ext_ack *extack)
{
	if (into->is_all || b->is_all ||
	    bitmap_intersects(into->queues, b->queues, PFQK_QUEUES_MAX))
		return refuse(extack, "bindings overlap; allowed: each queue of a device once");
	bitmap_or(into->queues, into->queues, b->queues, PFQK_QUEUES_MAX);
	return 0;
}

static int list_add_binding(struct pfqk_binding_list *list, const struct pfqk_binding *b,
			    struct netlink_ext_ack *extack)
{
	u32 i;

	for (i = 0; i < list->count; i++) {
		if (!strcmp(list->binding[i].device, b->device))
			return merge(&list->binding[i], b, extack);
	}
	if (list->count == PFQK_BINDINGS_MAX)
		return refuse(extack, "too many devices; allowed: 32");
	list->binding[list->count++] = *b;
	return 0;
}

int pfqk_binding_list_parse(struct pfqk_binding_list *list, const char *text,
			    struct netlink_ext_ack *extack)
{
	char *copy = kstrdup(text, GFP_KERNEL), *rest = copy, *word;
	struct pfqk_binding b;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	list->count = 0;
	while (!err && (word = strsep(&rest, ",^"))) {
		err = parse_word(&b, strim(word), extack);
		if (!err)
			err = list_add_binding(list, &b, extack);
	}
	kfree(copy);
	return err;
}

bool pfqk_binding_covers(const struct pfqk_binding *a, const struct pfqk_binding *b)
{
	if (a->is_all || b->is_all)
		return a->is_all;
	return bitmap_subset(b->queues, a->queues, PFQK_QUEUES_MAX);
}

bool pfqk_binding_overlaps(const struct pfqk_binding *a, const struct pfqk_binding *b)
{
	return a->is_all || b->is_all || bitmap_intersects(a->queues, b->queues, PFQK_QUEUES_MAX);
}

/* Its receive queues, as "ethtool -l" shows them; PFQK_QUEUES_MAX: it does not tell. */
static u32 queues_of(const struct net_device *dev)
{
	return dev->ethtool_ops->get_channels ? READ_ONCE(dev->real_num_rx_queues) :
						PFQK_QUEUES_MAX;
}

u32 pfqk_binding_lacking(const struct pfqk_binding *b, const struct net_device *dev)
{
	return b->is_all ? PFQK_QUEUES_MAX :
			   find_next_bit(b->queues, PFQK_QUEUES_MAX, queues_of(dev));
}

bool pfqk_binding_has_some(const struct pfqk_binding *b, const struct net_device *dev)
{
	return b->is_all || find_first_bit(b->queues, PFQK_QUEUES_MAX) < queues_of(dev);
}

int pfqk_binding_queues_print(const struct pfqk_binding *b, char *text, size_t size)
{
	return b->is_all ? scnprintf(text, size, "%s", "") :
			   scnprintf(text, size, "%*pbl", PFQK_QUEUES_MAX, b->queues);
}

int pfqk_binding_print(const struct pfqk_binding *b, char *text, size_t size)
{
	u32 first, last;
	int used = 0;

	if (b->is_all)
		return scnprintf(text, size, "%s", b->device);
	for_each_set_bitrange(first, last, b->queues, PFQK_QUEUES_MAX) {
		used += scnprintf(text + used, size - used, "%s%s/%u", used ? "," : "", b->device,
				  first);
		if (last - first > 1)
			used += scnprintf(text + used, size - used, "-%u", last - 1);
	}
	return used;
}
