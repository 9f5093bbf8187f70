/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Reads any bytes as a file of pcap.conf(5). Entries that the reader accepts have well-formed keys,
 * no key twice in a section, and line numbers that grow. An error has a text with the path. Each
 * key is compared with the others, too.
 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../libpcap-pfq/pfq-config.h"
#include "../../libpcap-pfq/pfq-nearest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_entry(const struct pfq_config *c, unsigned int i)
{
	const struct pfq_config_entry *e = &c->entry[i];
	const char *p;

	check(*e->key && strlen(e->key) <= PFQ_CONFIG_KEY_MAX);
	for (p = e->key; *p; p++)
		check(isalnum((unsigned char)*p) || *p == '_');
	check(strlen(e->value) < PFQ_CONFIG_LINE_MAX && !strchr(e->value, '\n'));
	/* the first one that is found is this one: no other has its key */
	check(pfq_config_find(c, e->is_default, e->key) == e);
	check(e->line > (i ? c->entry[i - 1].line : 0));
	if (i)
		check(pfq_nearest_distance(e->key, c->entry[i - 1].key) ==
		      pfq_nearest_distance(c->entry[i - 1].key, e->key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pfq_config c;
	char err[256] = "";
	unsigned int i;
	int ret;

	ret = pfq_config_parse(&c, "/x", (const char *)data, size, "tcpdump", err, sizeof(err));
	if (ret) {
		check(ret == -EINVAL && !strncmp(err, "/x:", 3) && strlen(err) > 6);
		return 0;
	}
	for (i = 0; i < c.count; i++)
		check_entry(&c, i);
	pfq_config_free(&c);
	return 0;
}
