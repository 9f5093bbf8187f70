/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "entry.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lang/literal.h"

#define NS_PER_S	1000000000ULL

static const struct {
	const char *name;
	uint8_t number;
	bool has_ports;
} protos[] = {
	{ "tcp", 6, true }, { "udp", 17, true }, { "sctp", 132, true }, { "dccp", 33, true },
	{ "udplite", 136, true }, { "icmp", 1, false }, { "icmp6", 58, false },
};

#define PROTOS	(sizeof(protos) / sizeof(protos[0]))

static int refuse(char *why, const char *text)
{
	snprintf(why, ENTRY_WHY_MAX, "%s", text);
	return -EINVAL;
}

/* --- flows ------------------------------------------------------------------------------ */

static int refuse_flow(char *why)
{
	return refuse(why, "no flow; allowed: tcp:10.0.0.1:80-10.0.0.2:4000, "
		      "udp:[2001:db8::1]:53-[2001:db8::2]:4000, icmp:10.0.0.1-10.0.0.2");
}

/* Read decimal digits up to @max. Returns their end, or NULL. */
static const char *read_number(const char *s, unsigned long max, unsigned long *value)
{
	char *end;

	if (*s < '0' || *s > '9')
		return NULL;
	*value = strtoul(s, &end, 10);
	return *value <= max ? end : NULL;
}

/* The protocol before the first ':'. Returns what is behind it; NULL: there is none. */
static const char *read_proto(const char *text, struct pfq_entry *e, bool *has_ports)
{
	size_t len = strcspn(text, ":"), i;
	unsigned long number;
	const char *end;

	for (i = 0; i < PROTOS; i++) {
		if (strlen(protos[i].name) != len || strncmp(protos[i].name, text, len))
			continue;
		e->proto = protos[i].number;
		*has_ports = protos[i].has_ports;
		return text[len] ? text + len + 1 : NULL;
	}
	end = read_number(text, 255, &number);
	if (!end || *end != ':')
		return NULL;
	e->proto = (uint8_t)number;
	*has_ports = false;
	for (i = 0; i < PROTOS; i++)
		if (protos[i].number == number)
			*has_ports = protos[i].has_ports;
	return end + 1;
}

/* One end: "10.0.0.1:80", "[::1]:80", or without a port. Returns what is behind it, or NULL. */
static const char *read_end(const char *s, uint8_t addr[16], uint8_t *family, bool has_port,
			    uint16_t *port)
{
	bool is_ip6 = *s == '[';
	size_t len = is_ip6 ? strcspn(s, "]") : strcspn(s, ":-");
	char text[INET6_ADDRSTRLEN + 1];
	unsigned long number;

	if (len >= sizeof(text))
		return NULL;
	memcpy(text, s + is_ip6, len - is_ip6);
	text[len - is_ip6] = '\0';
	if (inet_pton(is_ip6 ? AF_INET6 : AF_INET, text, addr) != 1 || (is_ip6 && s[len] != ']'))
		return NULL;
	*family = is_ip6 ? 6 : 4;
	s += len + is_ip6;
	if (!has_port)
		return s;
	s = *s == ':' ? read_number(s + 1, 65535, &number) : NULL;
	if (s)
		*port = (uint16_t)number;
	return s;
}

static int read_flow(struct pfq_entry *e, const char *text, char *why)
{
	bool has_ports = false;
	uint8_t family = 0;
	const char *s;

	e->type = PFQ_ENTRY_FLOW;
	s = read_proto(text, e, &has_ports);
	if (s)
		s = read_end(s, e->addr, &e->family, has_ports, &e->first);
	if (!s || *s != '-')
		return refuse_flow(why);
	s = read_end(s + 1, e->peer, &family, has_ports, &e->last);
	if (!s || *s || family != e->family)
		return refuse_flow(why);
	return 0;
}

/* ---------------------------------------------------------------------------------------- */

static void take_mac(struct pfq_entry *e, uint64_t mac)
{
	unsigned int i;

	e->type = PFQ_ENTRY_MAC;
	for (i = 0; i < 6; i++)
		e->addr[i] = (uint8_t)(mac >> (40 - 8 * i));
}

int entry_read(struct pfq_entry *e, const char *text, char *why)
{
	char reason[PFQ_LANG_WHY_MAX];
	struct pfq_lang_value v;

	memset(e, 0, sizeof(*e));
	if (strchr(text, '-') && strchr(text, ':'))
		return read_flow(e, text, why);
	if (pfq_lang_literal_read(&v, text, reason))
		return refuse(why, v.type == PFQ_VALUE_ADDR ? reason :
			      "no item; allowed: 10.0.0.0/8, 2001:db8::1, 00:11:22:33:44:55, 53, "
			      "5060-5061, tcp:10.0.0.1:80-10.0.0.2:4000");
	if (v.type == PFQ_VALUE_MAC) {
		take_mac(e, v.first);
	} else if (v.type == PFQ_VALUE_ADDR) {
		e->type = PFQ_ENTRY_ADDR;
		e->family = v.prefix.family;
		e->plen = v.prefix.plen;
		memcpy(e->addr, v.prefix.addr, sizeof(e->addr));
	} else if ((v.type == PFQ_VALUE_NUMBER || v.type == PFQ_VALUE_RANGE) && v.last <= 65535) {
		e->type = PFQ_ENTRY_NUMBER;
		e->first = (uint16_t)v.first;
		e->last = (uint16_t)v.last;
	} else {
		return refuse(why, "no item; ports and VLAN ids are from 0 to 65535");
	}
	return 0;
}

static void write_addr(char *text, const uint8_t addr[16], uint8_t family, bool in_flow)
{
	char plain[INET6_ADDRSTRLEN];

	inet_ntop(family == 4 ? AF_INET : AF_INET6, addr, plain, sizeof(plain));
	snprintf(text, INET6_ADDRSTRLEN + 2, in_flow && family == 6 ? "[%s]" : "%s", plain);
}

static void write_flow(char *text, size_t size, const struct pfq_entry *e)
{
	char end[2][INET6_ADDRSTRLEN + 2], proto[8], port[2][8] = { "", "" };
	size_t i;

	snprintf(proto, sizeof(proto), "%u", e->proto);
	write_addr(end[0], e->addr, e->family, true);
	write_addr(end[1], e->peer, e->family, true);
	for (i = 0; i < PROTOS; i++) {
		if (protos[i].number != e->proto)
			continue;
		snprintf(proto, sizeof(proto), "%s", protos[i].name);
		if (!protos[i].has_ports)
			break;
		snprintf(port[0], sizeof(port[0]), ":%u", e->first);
		snprintf(port[1], sizeof(port[1]), ":%u", e->last);
	}
	snprintf(text, size, "%s:%s%s-%s%s", proto, end[0], port[0], end[1], port[1]);
}

void entry_write(char *text, size_t size, const struct pfq_entry *e)
{
	const uint8_t *a = e->addr;
	char addr[INET6_ADDRSTRLEN + 2];

	switch (e->type) {
	case PFQ_ENTRY_ADDR:
		write_addr(addr, a, e->family, false);
		if (e->plen == (e->family == 4 ? 32 : 128))
			snprintf(text, size, "%s", addr);
		else
			snprintf(text, size, "%s/%u", addr, e->plen);
		return;
	case PFQ_ENTRY_MAC:
		snprintf(text, size, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4],
			 a[5]);
		return;
	case PFQ_ENTRY_NUMBER:
		if (e->first == e->last)
			snprintf(text, size, "%u", e->first);
		else
			snprintf(text, size, "%u-%u", e->first, e->last);
		return;
	default:
		if (e->family)
			write_flow(text, size, e);
		else
			snprintf(text, size, "flow");
	}
}

int entry_timeout(uint32_t *timeout_s, const char *text)
{
	char why[PFQ_LANG_WHY_MAX];
	struct pfq_lang_value v;

	*timeout_s = PFQ_TIMEOUT_NEVER;
	if (!strcmp(text, "never"))
		return 0;
	if (pfq_lang_literal_read(&v, text, why) || v.type != PFQ_VALUE_TIME ||
	    v.first < NS_PER_S || v.first > PFQ_LANG_TIMEOUT_MAX * NS_PER_S)
		return -EINVAL;
	*timeout_s = (uint32_t)((v.first + NS_PER_S - 1) / NS_PER_S);
	return 0;
}
