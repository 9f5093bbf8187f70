/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The text has these lines, with numbers in decimal, and CLASSES in hexadecimal:
 *
 *	pfq-shares 1 SEED
 *	group NAME
 *	member SHARE ENDPOINT UID WEIGHT CLASSES [NAME]
 *	table CLASSES SLOTS
 *
 * A group has its members first. A table is of all the CLASSES that share it. SLOTS has 3
 * characters for each slot: its owner, as an index into the group's members in hexadecimal, or
 * "fff" for none.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pfqd/base/log.h"
#include "registry.h"
#include "shares.h"
#include "snapshot.h"

#define HEADER	"pfq-shares 1 %"
#define NOBODY	0xfffU		/* an index that no member has */

_Static_assert(PFQ_MEMBERS_MAX < NOBODY, "an index has three digits");

/* --- write ---------------------------------------------------------------------- */

/* The shares of a group, in the order of the text. */
struct list {
	uint32_t count;
	uint32_t share[PFQ_MEMBERS_MAX];
};

static uint32_t index_of(const struct list *l, uint32_t share)
{
	uint32_t i = 0;

	while (i < l->count && l->share[i] != share)
		i++;
	return i < l->count ? i : NOBODY;
}

static void print_member(FILE *f, struct list *l, uint32_t share, uint32_t id, uid_t uid,
			 const struct endpoint_params *p)
{
	if (l->count == PFQ_MEMBERS_MAX)
		return;
	l->share[l->count++] = share;
	fprintf(f, "member %u %u %u %u %" PRIx64 "%s%s\n", share, id, uid, p->weight, p->classes,
		p->name[0] ? " " : "", p->name);
}

/* Not by printf(), because shares are written after each change. */
static void put_slot(char *text, uint32_t index)
{
	static const char digits[] = "0123456789abcdef";

	text[0] = digits[index >> 8 & 0xf];
	text[1] = digits[index >> 4 & 0xf];
	text[2] = digits[index & 0xf];
}

static void print_table(FILE *f, const struct list *l, const struct snapshot *s,
			const struct pfq_class_members *cls)
{
	char text[3 * PFQ_STEER_SLOTS];
	uint32_t share[PFQ_STEER_SLOTS], i;
	uint64_t classes = 0;
	unsigned int c;

	for (c = 0; c < PFQ_CLASSES; c++)
		classes |= s->plan.group.class[c] == cls ? 1ULL << c : 0;
	snapshot_owners(cls, share);
	fprintf(f, "table %" PRIx64 " ", classes);
	for (i = 0; i < PFQ_STEER_SLOTS; i++)
		put_slot(text + 3 * i, index_of(l, share[i]));
	fwrite(text, 1, sizeof(text), f);
	fputc('\n', f);
}

static void print_group(FILE *f, const struct pfqd_group *g)
{
	const struct snapshot *s = g->snapshot;
	const struct endpoint *ep;
	const struct absent *a;
	struct list l = { 0 };
	unsigned int i;

	fprintf(f, "group %s\n", g->settings.name);
	TAILQ_FOREACH(ep, &g->member, entry) {
		if (ep->is_started)
			print_member(f, &l, ep->share, ep->id, ep->uid, &ep->params);
	}
	TAILQ_FOREACH(a, &g->absent, entry)
		print_member(f, &l, a->share, a->id, a->uid, &a->params);
	for (i = 0; i < s->tables; i++)
		print_table(f, &l, s, s->table[i]);
}

void shares_print(const struct registry *e, FILE *f)
{
	const struct pfqd_group *g;

	fprintf(f, HEADER PRIu32 "\n", e->seed);
	TAILQ_FOREACH(g, &e->groups, entry) {
		if (g->kind == GROUP_CONFIGURED && g->snapshot && g->started + g->absents &&
		    pfq_program_has_shares(g->settings.program->core))
			print_group(f, g);
	}
}

/* --- read ------------------------------------------------------------------------ */

bool shares_seed(FILE *f, uint32_t *seed)
{
	char *line = NULL;
	size_t size = 0;
	bool ok;

	ok = getline(&line, &size, f) > 0 && sscanf(line, HEADER SCNu32, seed) == 1;
	free(line);
	return ok;
}

struct reader {
	struct registry *registry;
	struct pfqd_group *group;	/* NULL: its lines are not wanted */
	struct list list;		/* of the group, in the order of the text */
	unsigned int members;		/* of all groups */
};

static bool read_group(struct reader *r, const char *line)
{
	char name[PFQ_NAME_MAX + 1];

	if (sscanf(line, "%31s", name) != 1)
		return false;
	r->list.count = 0;
	r->group = registry_group_named(r->registry, name);
	if (r->group && !pfq_program_has_shares(r->group->settings.program->core))
		r->group = NULL;
	return true;
}

static bool read_member(struct reader *r, const char *line)
{
	struct endpoint_params p = { .name = "" };
	uint32_t share, id, uid;

	if (sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNx64 " %31s", &share,
		   &id, &uid, &p.weight, &p.classes, p.name) < 5 ||
	    !p.weight || p.weight > PFQ_WEIGHT_MAX || r->list.count == PFQ_MEMBERS_MAX)
		return false;
	r->list.share[r->list.count++] = share;
	if (r->group && absent_restore(r->registry, r->group, id, share, uid, &p, SHARES_WAIT_NS))
		r->members++;
	return true;
}

/* Read one slot. Returns false if it is malformed. */
static bool read_slot(const struct reader *r, const char *text, uint32_t *share)
{
	char digits[4] = "", *end;
	unsigned long i;

	memcpy(digits, text, 3);
	i = strtoul(digits, &end, 16);
	*share = i < r->list.count ? r->list.share[i] : SNAPSHOT_NOBODY;
	return end == digits + 3 && (i < r->list.count || i == NOBODY);
}

static bool read_table(struct reader *r, const char *line)
{
	uint32_t share[PFQ_STEER_SLOTS], i;
	uint64_t classes;
	int at = 0;

	if (sscanf(line, "%" SCNx64 " %n", &classes, &at) != 1 ||
	    strlen(line + at) < 3 * PFQ_STEER_SLOTS)
		return false;
	for (i = 0; i < PFQ_STEER_SLOTS; i++) {
		if (!read_slot(r, line + at + 3 * i, &share[i]))
			return false;
	}
	if (!r->group)
		return true;
	if (!r->group->snapshot)
		r->group->snapshot = snapshot_create(r->group);
	if (r->group->snapshot)
		snapshot_own(r->group->snapshot, classes, share);
	return true;
}

static const struct {
	const char *word;
	bool (*read)(struct reader *r, const char *line);
} lines[] = {
	{ "group ", read_group },
	{ "member ", read_member },
	{ "table ", read_table },
};

static bool read_line(struct reader *r, const char *line)
{
	unsigned int i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		size_t n = strlen(lines[i].word);

		if (!strncmp(line, lines[i].word, n))
			return lines[i].read(r, line + n);
	}
	return false;
}

void shares_restore(struct registry *e, FILE *f)
{
	struct reader r = { .registry = e };
	unsigned int number = 1;
	char *line = NULL;
	size_t size = 0;
	bool ok = true;

	for (; ok && getline(&line, &size, f) > 0; number++)
		ok = read_line(&r, line);
	if (!ok)
		log_warning("the shares that the last pfqd has left: line %u is malformed; it and "
			    "the lines after it are not used", number);
	free(line);
	if (r.members)
		log_info("the shares of %u member%s of the last pfqd are kept", r.members,
			 r.members == 1 ? "" : "s");
	absent_schedule(e);
}
