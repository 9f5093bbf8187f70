/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "literal.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S	1000000000ULL
#define RATIO_ALL	(1ULL << 32)

struct unit {
	const char *suffix;
	uint64_t factor;
	enum pfq_lang_value_type type;
	bool is_bits;
};

/* Sizes are powers of 1024, as in ring = 64M. Rates are decimal. */
static const struct unit units[] = {
	{ "", 1, PFQ_VALUE_NUMBER, false },
	{ "K", 1ULL << 10, PFQ_VALUE_NUMBER, false },
	{ "M", 1ULL << 20, PFQ_VALUE_NUMBER, false },
	{ "G", 1ULL << 30, PFQ_VALUE_NUMBER, false },
	{ "us", 1000, PFQ_VALUE_TIME, false },
	{ "ms", 1000000, PFQ_VALUE_TIME, false },
	{ "s", NS_PER_S, PFQ_VALUE_TIME, false },
	{ "m", 60 * NS_PER_S, PFQ_VALUE_TIME, false },
	{ "h", 3600 * NS_PER_S, PFQ_VALUE_TIME, false },
	{ "d", 86400 * NS_PER_S, PFQ_VALUE_TIME, false },
	{ "pps", 1, PFQ_VALUE_RATE, false },
	{ "kpps", 1000, PFQ_VALUE_RATE, false },
	{ "Mpps", 1000000, PFQ_VALUE_RATE, false },
	{ "Gpps", 1000000000, PFQ_VALUE_RATE, false },
	{ "bps", 1, PFQ_VALUE_RATE, true },
	{ "kbps", 1000, PFQ_VALUE_RATE, true },
	{ "Mbps", 1000000, PFQ_VALUE_RATE, true },
	{ "Gbps", 1000000000, PFQ_VALUE_RATE, true },
};

static const struct {
	const char *one, *list;
} names[__PFQ_VALUE_MAX] = {
	[PFQ_VALUE_NUMBER]	= { "a number", "a list of numbers" },
	[PFQ_VALUE_RANGE]	= { "a range", "a list of ranges" },
	[PFQ_VALUE_ADDR]	= { "an address", "a list of addresses" },
	[PFQ_VALUE_MAC]		= { "a MAC address", "a list of MAC addresses" },
	[PFQ_VALUE_TIME]	= { "a time", "a list of times" },
	[PFQ_VALUE_RATE]	= { "a rate", "a list of rates" },
	[PFQ_VALUE_RATIO]	= { "a share", "a list of shares" },
	[PFQ_VALUE_TEXT]	= { "a text", "a list of texts" },
	[PFQ_VALUE_NAME]	= { "a name", "a list of names" },
	[PFQ_VALUE_SET_ADDR]	= { "a set of addresses", "a list of sets" },
	[PFQ_VALUE_SET_MAC]	= { "a set of MAC addresses", "a list of sets" },
	[PFQ_VALUE_SET_FLOW]	= { "a set of flows", "a list of sets" },
	[PFQ_VALUE_SET_PORT]	= { "a set of ports", "a list of sets" },
	[PFQ_VALUE_SET_VLAN]	= { "a set of VLAN ids", "a list of sets" },
};

const char *pfq_lang_literal_name(enum pfq_lang_value_type type)
{
	return names[type].one;
}

const char *pfq_lang_literal_list_name(enum pfq_lang_value_type type)
{
	return names[type].list;
}

static int refuse(char *why, const char *text)
{
	snprintf(why, PFQ_LANG_WHY_MAX, "%s", text);
	return -EINVAL;
}

/* Digits in decimal, or in hexadecimal behind 0x. Returns their end; NULL: none, or too many. */
static const char *read_digits(const char *s, uint64_t *value)
{
	unsigned int base = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') ? 16 : 10;
	char *end;

	if (base == 16)
		s += 2;
	if (!(base == 16 ? isxdigit((unsigned char)*s) : isdigit((unsigned char)*s)))
		return NULL;
	/* strtoull() takes a second 0x. */
	if (s[1] == 'x' || s[1] == 'X')
		return NULL;
	errno = 0;
	*value = strtoull(s, &end, (int)base);
	return errno ? NULL : end;
}

/* --- MAC addresses ------------------------------------------------------------------ */

static bool read_mac(struct pfq_lang_value *v, const char *word)
{
	unsigned int i;

	v->first = 0;
	for (i = 0; i < 17; i++) {
		if (i % 3 == 2 ? word[i] != ':' : !isxdigit((unsigned char)word[i]))
			return false;
		if (i % 3 == 0)
			v->first = v->first << 8 | strtoul(word + i, NULL, 16);
	}
	if (word[17])
		return false;
	v->type = PFQ_VALUE_MAC;
	return true;
}

/* --- addresses ---------------------------------------------------------------------- */

static void clear_host_bits(uint8_t *addr, unsigned int plen)
{
	unsigned int bit;

	for (bit = plen; bit < 128; bit++)
		addr[bit / 8] &= (uint8_t)~(0x80U >> bit % 8);
}

static int check_host_bits(const struct pfq_lang_prefix *p, char *why)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t net[16];

	memcpy(net, p->addr, sizeof(net));
	clear_host_bits(net, p->plen);
	if (!memcmp(net, p->addr, sizeof(net)))
		return 0;
	inet_ntop(p->family == 4 ? AF_INET : AF_INET6, net, text, sizeof(text));
	snprintf(why, PFQ_LANG_WHY_MAX, "no prefix: its host bits are set; did you mean "
		"%s/%u?", text,
		 p->plen);
	return -EINVAL;
}

static int read_addr(struct pfq_lang_value *v, const char *word, char *why)
{
	struct pfq_lang_prefix *p = &v->prefix;
	const char *slash = strchr(word, '/'), *end;
	size_t len = slash ? (size_t)(slash - word) : strlen(word);
	char addr[INET6_ADDRSTRLEN];
	uint64_t plen;

	v->type = PFQ_VALUE_ADDR;
	p->family = strchr(word, ':') ? 6 : 4;
	plen = p->family == 4 ? 32 : 128;
	if (len >= sizeof(addr))
		return refuse(why, "no address");
	memcpy(addr, word, len);
	addr[len] = 0;
	if (inet_pton(p->family == 4 ? AF_INET : AF_INET6, addr, p->addr) != 1)
		return refuse(why, p->family == 4 ? "no address: an IPv4 address is 10.0.0.1" :
			      "no address: an IPv6 address is 2001:db8::1, a MAC address "
			      "00:11:22:33:44:55");
	if (slash) {
		end = read_digits(slash + 1, &plen);
		if (!end || *end || plen > (p->family == 4 ? 32 : 128))
			return refuse(why, p->family == 4 ?
				      "no address: the prefix of an IPv4 address is 0-32" :
				      "no address: the prefix of an IPv6 address is 0-128");
	}
	p->plen = (uint8_t)plen;
	return check_host_bits(p, why);
}

static bool is_addr(const char *word)
{
	const char *c;
	unsigned int dots = 0;

	for (c = word; *c && *c != '/'; c++)
		dots += *c == '.';
	return strchr(word, ':') || dots > 1;
}

/* --- numbers ------------------------------------------------------------------------ */

/* "5%", "0.5%" */
static int read_percent(struct pfq_lang_value *v, const char *word)
{
	uint64_t whole, part = 0, scale = 1;
	const char *end = read_digits(word, &whole), *c;

	if (!end || whole > 100)
		return -EINVAL;
	if (*end == '.') {
		for (c = end + 1; isdigit((unsigned char)*c) && c - end <= 9; c++) {
			part = part * 10 + (uint64_t)(*c - '0');
			scale *= 10;
		}
		if (c == end + 1)
			return -EINVAL;
		end = c;
	}
	if (strcmp(end, "%") || (whole == 100 && part))
		return -EINVAL;
	v->type = PFQ_VALUE_RATIO;
	v->first = (uint64_t)((unsigned __int128)(whole * scale + part) * RATIO_ALL /
			      (scale * 100));
	return 0;
}

/* "1/100" */
static int read_fraction(struct pfq_lang_value *v, uint64_t part, const char *text)
{
	uint64_t whole;
	const char *end = read_digits(text, &whole);

	if (!end || *end || !whole || part > whole)
		return -EINVAL;
	v->type = PFQ_VALUE_RATIO;
	v->first = (uint64_t)((unsigned __int128)part * RATIO_ALL / whole);
	return 0;
}

static int read_unit(struct pfq_lang_value *v, uint64_t number, const char *suffix)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(units[i].suffix, suffix))
			continue;
		v->type = units[i].type;
		v->last = units[i].is_bits;
		if (__builtin_mul_overflow(number, units[i].factor, &v->first))
			return -ERANGE;
		if (v->type == PFQ_VALUE_NUMBER)
			v->last = v->first;
		return 0;
	}
	return -EINVAL;
}

static int read_range(struct pfq_lang_value *v, uint64_t first, const char *text)
{
	const char *end = read_digits(text, &v->last);

	if (!end || *end || first > v->last)
		return -EINVAL;
	v->type = PFQ_VALUE_RANGE;
	v->first = first;
	return 0;
}

static int read_number(struct pfq_lang_value *v, const char *word)
{
	uint64_t number;
	const char *end = read_digits(word, &number);

	if (!end)
		return -EINVAL;
	if (*end == '-')
		return read_range(v, number, end + 1);
	if (*end == '/')
		return read_fraction(v, number, end + 1);
	if (strchr(end, '%'))
		return read_percent(v, word);
	return read_unit(v, number, end);
}

int pfq_lang_literal_read(struct pfq_lang_value *v, const char *word, char *why)
{
	memset(v, 0, sizeof(*v));
	if (read_mac(v, word))
		return 0;
	if (is_addr(word))
		return read_addr(v, word, why);
	if (!read_number(v, word))
		return 0;
	return refuse(why, "no value; allowed: 42, 0x1f, 64K, 5060-5061, 10.0.0.0/8, "
		      "00:11:22:33:44:55, 30s, 1000pps, 1/100, 0.5%");
}
