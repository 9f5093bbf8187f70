/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* For people. */
#include <ctype.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include "core/linktype.h"
#include "pfqctl.h"

typedef unsigned long long ull;

static void add_word(struct table *t, const char *s)
{
	table_add(t, "%s", word_clean(s));
}

static void add_number(struct table *t, uint64_t n)
{
	table_add(t, "%llu", (ull)n);
}

/* Add a size, as "64M". A number that is no multiple of a unit is printed in bytes. */
static void add_bytes(struct table *t, uint64_t bytes)
{
	static const char unit[] = "\0KMGT";
	unsigned int i = 0;

	while (bytes && bytes % 1024 == 0 && i + 2 < sizeof(unit)) {
		bytes /= 1024;
		i++;
	}
	table_add(t, "%llu%.1s", (ull)bytes, unit + i);
}

static void add_owner(struct table *t, uint32_t uid, uint32_t gid)
{
	const struct passwd *pw = getpwuid(uid);
	const struct group *gr = getgrgid(gid);
	char u[16], g[16];

	snprintf(u, sizeof(u), "%u", uid);
	snprintf(g, sizeof(g), "%u", gid);
	table_add(t, "%s:%s", word_clean(pw ? pw->pw_name : u), word_clean(gr ? gr->gr_name : g));
}

static const char *group_name(const char *name)
{
	return *name ? name : "(private)";
}

/*
 * Make a table with the columns of @list between @before and @after. @spell changes the
 * spelling of the counters' names; NULL: none.
 */
static struct table *table_of_counters(const char *before, enum pfq_counter_list list,
				       const char *after, int (*spell)(int))
{
	char columns[4096];
	const struct pfq_counter *c;
	size_t n, start;
	unsigned int i;

	n = (size_t)snprintf(columns, sizeof(columns), "%s", before);
	for (i = 0; (c = pfq_counter_get(list, i)) && n < sizeof(columns); i++) {
		start = n;
		n += (size_t)snprintf(columns + n, sizeof(columns) - n, " +%s", c->name);
		for (; spell && start < n && start < sizeof(columns); start++)
			columns[start] = (char)spell(columns[start]);
	}
	if (n < sizeof(columns))
		snprintf(columns + n, sizeof(columns) - n, "%s", after);
	return table_new(columns);
}

/*
 * Add the total if @seconds is 0, otherwise the rate since @old. @old is NULL if it is not
 * known.
 */
static void add_counter(struct table *t, double seconds, uint64_t now, const uint64_t *old)
{
	if (seconds <= 0)
		add_number(t, now);
	else
		table_add(t, "%.0f", old ? (double)(int64_t)(now - *old) / seconds : 0.0);
}

static void add_counters(struct table *t, enum pfq_counter_list list, double seconds,
			 const uint64_t *now, const uint64_t *old)
{
	const struct pfq_counter *c;
	unsigned int i;

	for (i = 0; (c = pfq_counter_get(list, i)); i++)
		add_counter(t, c->kind == PFQ_COUNTER_HELD ? 0 : seconds, now[i],
			    old ? &old[i] : NULL);
}

/* --- status ------------------------------------------------------------------------ */

static void print_uptime(uint64_t ns)
{
	ull s = ns / 1000000000;

	printf("uptime   ");
	if (s >= 86400)
		printf("%llu d ", s / 86400);
	printf("%02llu:%02llu:%02llu\n", s / 3600 % 24, s / 60 % 60, s % 60);
}

static void add_ingest_columns(struct table *t, const struct pfq_ingest_info *in)
{
	add_word(t, in->device);
	add_word(t, in->driver);
	add_word(t, in->mode);
	add_word(t, *in->queues ? in->queues : "all");
	add_word(t, device_state_name(in->state));
}

/* Print lines under the table of devices: facts that most devices do not have. */
static void print_note(const char *device, uint32_t state, const char *written, const char *why)
{
	if (*written)
		printf("%s is named %s\n", word_clean(device), word_clean(written));
	if (*why)
		printf("%s%s: %s\n", word_clean(device),
		       state == PFQ_DEVICE_UNUSED ? " is not used" : "", word_clean(why));
}

void show_status(const struct snapshot *s)
{
	const struct pfq_engine_info *e = &s->engine;
	struct table *t;
	size_t i;

	printf("engine   %s", word_clean(e->engine));
	printf(" %s\n", word_clean(e->version));
	printf("pid      %u\n", e->pid);
	print_uptime(e->uptime_ns);
	printf("socket   %s\n", word_clean(e->socket));
	printf("workers  %u", e->workers);
	if (*e->cpus)
		printf(" on CPUs %s", word_clean(e->cpus));
	/* in the format of readlink /proc/PID/ns/net and lsns -t net -o NS */
	printf("\nnetns    net:[%llu]\n\n", (ull)e->netns_ino);

	t = table_of_counters("SOURCE DRIVER MODE QUEUES STATE", PFQ_COUNTER_LIST_INGEST, "",
			      toupper);
	for (i = 0; i < s->ingests; i++) {
		add_ingest_columns(t, &s->ingest[i]);
		add_counters(t, PFQ_COUNTER_LIST_INGEST, 0, s->ingest[i].counters, NULL);
	}
	table_print(t);
	for (i = 0; i < s->ingests; i++)
		print_note(s->ingest[i].device, s->ingest[i].state, s->ingest[i].written,
			   s->ingest[i].why);
}

/* --- groups -------------------------------------------------------------------------- */

static void add_members(struct table *t, const struct pfq_group_info *g)
{
	char absent[16] = "", wanted[16] = "";

	if (g->absent)
		snprintf(absent, sizeof(absent), "+%u", g->absent);
	if (g->members_wanted)
		snprintf(wanted, sizeof(wanted), "/%u", g->members_wanted);
	table_add(t, "%u%s%s", g->members, absent, wanted);
}

/* Print a time as pfqd.conf writes it. */
static void print_time(const char *key, uint64_t ns)
{
	if (!ns)
		printf("%s 0\n", key);
	else if (ns % 1000000)
		printf("%s %lluus\n", key, (ull)ns / 1000);
	else
		printf("%s %llums\n", key, (ull)ns / 1000000);
}

/* Print @text, which may have several lines, behind @key. */
static void print_lines(const char *key, const char *text)
{
	size_t n;

	text = word_clean_lines(text);
	printf("%s", key);
	do {
		n = strcspn(text, "\n");
		printf("%.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
		if (*text)
			printf("%*s", (int)strlen(key), "");
	} while (*text);
}

static void show_group_rest(const struct pfq_group_info *g)
{
	const struct pfq_counter *c;
	struct table *t;
	unsigned int i;

	putchar('\n');
	if (*g->lang)
		print_lines("lang     ", g->lang);
	printf("filter   %s\n", *g->filter ? word_clean(g->filter) : "-");
	printf("vlans    %s\n", *g->vlans ? word_clean(g->vlans) : "all");
	print_time("frag_wait", g->frag_wait_ns);
	print_time("linger  ", g->linger_ns);
	printf("linger_to %s\n", linger_to_name(g->linger_to));
	printf("absent   %u\n\n", g->absent);
	t = table_new("DEVICE +IFINDEX STATE");
	for (i = 0; i < g->devices; i++) {
		add_word(t, g->device[i].name);
		add_number(t, g->device[i].ifindex);
		add_word(t, device_state_name(g->device[i].state));
	}
	table_print(t);
	for (i = 0; i < g->devices; i++)
		print_note(g->device[i].name, g->device[i].state, g->device_note[i].written,
			   g->device_note[i].why);
	putchar('\n');
	t = table_new("COUNTER +PACKETS");
	for (i = 0; (c = pfq_counter_get(PFQ_COUNTER_LIST_GROUP, i)); i++) {
		add_word(t, c->name);
		add_number(t, g->counters[i]);
	}
	add_word(t, "unexplained");
	add_number(t, pfq_group_unexplained(g));
	table_print(t);
}

void show_groups(const struct snapshot *s, const char *name)
{
	const struct pfq_group_info *g;
	struct table *t;
	size_t i;

	t = table_new(
		"NAME +ID BINDINGS STEER +MEMBERS OWNER ACCESS JOINABLE LINKTYPE +SNAPLEN +RING");
	for (i = 0; i < s->groups; i++) {
		g = &s->group[i];
		add_word(t, group_name(g->name));
		add_number(t, g->id);
		add_word(t, g->bindings);
		add_word(t, g->steer);
		add_members(t, g);
		add_owner(t, g->owner_uid, g->owner_gid);
		table_add(t, "%04o", g->access);
		add_word(t, g->joinable ? "yes" : "no");
		add_word(t, g->linktype ? pfq_linktype_name(g->linktype) : "");
		add_number(t, g->snaplen);
		add_bytes(t, g->ring_bytes);
	}
	table_print(t);
	if (name && s->groups == 1)
		show_group_rest(s->group);
}

/* --- endpoints ------------------------------------------------------------------------- */

/* Add the seconds that are left for an absent member to come back. */
static void add_left(struct table *t, uint64_t ns)
{
	if (ns)
		table_add(t, "%.1f", (double)ns / 1e9);
	else
		add_word(t, "");
}

void show_endpoints(const struct snapshot *s)
{
	const struct pfq_endpoint_info *e;
	const struct passwd *pw;
	struct table *t;
	size_t i;

	t = table_new("+ID GROUP NAME +PID COMM USER +WEIGHT CLASSES STATE +LEFT +SNAPLEN +RING "
		      "+PAGE +DELIVERED +READ +UNREAD");
	for (i = 0; i < s->endpoints; i++) {
		e = &s->endpoint[i];
		pw = getpwuid(e->uid);
		add_number(t, e->id);
		add_word(t, group_name(e->group));
		add_word(t, e->name);
		add_number(t, e->pid);
		add_word(t, e->comm);
		if (pw)
			add_word(t, pw->pw_name);
		else
			add_number(t, e->uid);
		add_number(t, e->weight);
		table_add(t, "%#llx", (ull)e->classes);
		add_word(t, endpoint_state_name(e));
		add_left(t, e->linger_ns);
		add_number(t, e->snaplen);
		add_bytes(t, e->ring_bytes);
		add_bytes(t, e->page_bytes);
		add_number(t, e->counters[PFQ_ENDPOINT_delivered]);
		add_number(t, e->read);
		add_number(t, e->unread);
	}
	table_print(t);
}

/* --- stats -------------------------------------------------------------------------------- */

static void stats_ingests(const struct snapshot *s, const struct snapshot *before,
			  double seconds)
{
	struct table *t = table_of_counters("SOURCE DRIVER MODE QUEUES STATE",
					    PFQ_COUNTER_LIST_INGEST, "", NULL);
	const struct pfq_ingest_info *in, *old;
	size_t i;

	for (i = 0; i < s->ingests; i++) {
		in = &s->ingest[i];
		old = snapshot_ingest(before, in);
		add_ingest_columns(t, in);
		add_counters(t, PFQ_COUNTER_LIST_INGEST, seconds, in->counters,
			     old ? old->counters : NULL);
	}
	table_print(t);
}

static uint64_t stats_groups(const struct snapshot *s, const struct snapshot *before,
			     double seconds)
{
	struct table *t = table_of_counters("GROUP", PFQ_COUNTER_LIST_GROUP, " +unexplained", NULL);
	const struct pfq_group_info *g, *old;
	uint64_t unexplained = 0;
	size_t i;

	for (i = 0; i < s->groups; i++) {
		g = &s->group[i];
		old = snapshot_group(before, g);
		add_word(t, group_name(g->name));
		add_counters(t, PFQ_COUNTER_LIST_GROUP, seconds, g->counters,
			     old ? old->counters : NULL);
		add_number(t, pfq_group_unexplained(g));
		unexplained += pfq_group_unexplained(g);
	}
	table_print(t);
	return unexplained;
}

/* The index of @name among the counts of @g; -1: it has none. */
static int find_count(const struct pfq_group_info *g, const char *name)
{
	unsigned int k;

	for (k = 0; k < g->counts; k++) {
		if (!strcmp(g->count[k].name, name))
			return (int)k;
	}
	return -1;
}

/* The counters of programs. No group has a program that counts: print nothing. */
static void stats_counts(const struct snapshot *s, const struct snapshot *before, double seconds)
{
	const struct pfq_group_info *g, *old;
	struct table *t = NULL;
	unsigned int k;
	size_t i;
	int was;

	for (i = 0; i < s->groups; i++) {
		g = &s->group[i];
		old = snapshot_group(before, g);
		for (k = 0; k < g->counts; k++) {
			if (!t)
				t = table_new("GROUP COUNT +packets +bytes");
			add_word(t, group_name(g->name));
			add_word(t, g->count[k].name);
			was = old ? find_count(old, g->count[k].name) : -1;
			add_counter(t, seconds, g->count[k].packets,
				    was < 0 ? NULL : &old->count[was].packets);
			add_counter(t, seconds, g->count[k].bytes,
				    was < 0 ? NULL : &old->count[was].bytes);
		}
	}
	if (!t)
		return;
	table_print(t);
	putchar('\n');
}

static uint64_t stats_endpoints(const struct snapshot *s, const struct snapshot *before,
				double seconds)
{
	struct table *t = table_of_counters("+ENDPOINT GROUP +PID COMM", PFQ_COUNTER_LIST_ENDPOINT,
					    " +read +unread +unexplained", NULL);
	const struct pfq_endpoint_info *e, *old;
	uint64_t unexplained = 0;
	size_t i;

	for (i = 0; i < s->endpoints; i++) {
		e = &s->endpoint[i];
		old = snapshot_endpoint(before, e);
		add_number(t, e->id);
		add_word(t, group_name(e->group));
		add_number(t, e->pid);
		add_word(t, e->comm);
		add_counters(t, PFQ_COUNTER_LIST_ENDPOINT, seconds, e->counters,
			     old ? old->counters : NULL);
		add_counter(t, seconds, e->read, old ? &old->read : NULL);
		/* A number of unread packets is a state, not a rate: print it as it is. */
		add_number(t, e->unread);
		add_number(t, pfq_endpoint_unexplained(e));
		unexplained += pfq_endpoint_unexplained(e);
	}
	table_print(t);
	return unexplained;
}

void show_stats(const struct snapshot *s, const struct snapshot *before)
{
	uint64_t unexplained;
	double seconds = 0;

	if (before) {
		seconds = (double)(s->time_ns - before->time_ns) / 1e9;
		printf("\nper second, over %.1f s:\n", seconds);
	}
	stats_ingests(s, before, seconds);
	putchar('\n');
	unexplained = stats_groups(s, before, seconds);
	putchar('\n');
	stats_counts(s, before, seconds);
	unexplained += stats_endpoints(s, before, seconds);
	if (unexplained)
		printf("\nThe sums do not hold: %llu packets are unexplained.\n", (ull)unexplained);
	else
		printf("\nThe sums hold: 0 packets are unexplained.\n");
}

/* --- counters ----------------------------------------------------------------------------- */

void show_counters(void)
{
	struct table *t = table_new("OF COUNTER KIND MEANING");
	const struct pfq_counter *c;
	unsigned int list, i;

	for (list = 0; list < COUNTER_LISTS; list++) {
		for (i = 0; (c = pfq_counter_get(list, i)); i++) {
			add_word(t, counter_list_name[list]);
			add_word(t, c->name);
			add_word(t, counter_kind_name(c->kind));
			add_word(t, c->text);
		}
	}
	table_print(t);
}
