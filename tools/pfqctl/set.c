/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The command set: changes and lists live sets */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "entry.h"
#include "pfqctl.h"

#define FILE_WORD	"file:"
#define TIMEOUT_WORD	"timeout="

__attribute__((format(printf, 3, 4)))
static int refuse(struct pfq_error *err, int ret, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return ret;
}

/* --- items ------------------------------------------------------------------------------ */

struct items {
	struct pfq_entry *entry;
	size_t count, room;
	uint32_t timeout_s;
};

/* @where: "FILE:LINE: ", or empty. */
static int add_item(struct items *it, const char *text, const char *where, struct pfq_error *err)
{
	char why[ENTRY_WHY_MAX];
	struct pfq_entry *more;

	if (it->count == it->room) {
		it->room = it->room ? 2 * it->room : 64;
		more = realloc(it->entry, it->room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		it->entry = more;
	}
	if (entry_read(&it->entry[it->count], text, why))
		return refuse(err, -EINVAL, "%s\"%.60s\": %s", where, text, why);
	if (it->count && it->entry[it->count].type != it->entry->type)
		return refuse(err, -EINVAL, "%s\"%.60s\": this item is not of the type of those "
			      "before it", where, text);
	it->count++;
	return 0;
}

/* A file has items between blanks and line ends; # begins a comment. */
static int add_file(struct items *it, const char *path, struct pfq_error *err)
{
	FILE *f = fopen(path, "re");
	char *line = NULL, *rest, *word, where[160];
	unsigned int number = 0;
	size_t size = 0;
	ssize_t bytes;
	int ret = 0;

	if (!f)
		return refuse(err, -errno, "%.120s: %s", path, strerror(errno));
	while (!ret && (bytes = getline(&line, &size, f)) >= 0) {
		snprintf(where, sizeof(where), "%.120s:%u: ", path, ++number);
		if (strlen(line) != (size_t)bytes)
			ret = refuse(err, -EINVAL, "%sthis line has a byte 0; allowed: text",
				     where);
		line[strcspn(line, "#")] = '\0';
		for (rest = line; !ret && (word = strsep(&rest, " \t\r\n"));)
			ret = *word ? add_item(it, word, where, err) : 0;
	}
	if (!ret && ferror(f))
		ret = refuse(err, -EIO, "%.120s: cannot be read", path);
	free(line);
	fclose(f);
	return ret;
}

static int add_argument(struct items *it, const char *arg, struct pfq_error *err)
{
	if (!strncmp(arg, FILE_WORD, strlen(FILE_WORD)))
		return add_file(it, arg + strlen(FILE_WORD), err);
	if (strncmp(arg, TIMEOUT_WORD, strlen(TIMEOUT_WORD)))
		return add_item(it, arg, "", err);
	if (!entry_timeout(&it->timeout_s, arg + strlen(TIMEOUT_WORD)))
		return 0;
	return refuse(err, -EINVAL, "\"%.60s\": allowed: timeout=1s to timeout=365d, "
		      "timeout=never", arg);
}

static int read_items(struct items *it, const struct request *r, struct pfq_error *err)
{
	unsigned int i;
	size_t k;
	int ret = 0;

	for (i = 2; i < r->args && !ret; i++)
		ret = add_argument(it, r->arg[i], err);
	if (ret)
		return ret;
	if (it->timeout_s && it->count && it->entry->type == PFQ_ENTRY_NUMBER)
		return refuse(err, -EINVAL, "ports and VLAN ids have no timeout");
	for (k = 0; k < it->count; k++)
		it->entry[k].timeout_s = it->timeout_s;
	return 0;
}

/* --- changes ---------------------------------------------------------------------------- */

/* Put the item in place of its number into the error's text. */
static void name_item(struct pfq_error *err, const struct pfq_entry *e)
{
	char item[ENTRY_TEXT_MAX], *from = strstr(err->text, "entry "), *tail;
	char text[sizeof(err->text)];

	tail = from ? strstr(from, ": ") : NULL;
	if (!tail)
		return;
	entry_write(item, sizeof(item), e);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(from - err->text), err->text, item, tail);
	memcpy(err->text, text, sizeof(text));
}

static int print_result(const struct request *r, const char *verb,
			const struct pfq_set_result *result)
{
	if (r->is_json)
		return json_print(json_pack("{s:s, s:I, s:I}", "set", r->name, "taken",
					    (json_int_t)result->taken, "missing",
					    (json_int_t)result->missing), false);
	printf("%s: %s %zu", r->name, verb, result->taken - result->missing);
	if (result->missing)
		printf("; %zu were not there", result->missing);
	putchar('\n');
	return 0;
}

/* A request, with the names of group and set apart. */
struct call {
	struct pfq_ctl *ctl;
	const struct request *r;
	const char *group, *set;
};

static int change(const struct call *c, enum pfq_set_op op, const char *verb, struct pfq_error *err)
{
	struct items it = { .count = 0 };
	struct pfq_set_result result;
	int ret = read_items(&it, c->r, err);

	if (!ret && !it.count)
		ret = refuse(err, -EINVAL, "set %s %s: items are missing", c->r->name,
			     c->r->arg[1]);
	if (!ret) {
		result = (struct pfq_set_result){ .wrong = it.count };
		ret = pfq_ctl_set_change(c->ctl, c->group, c->set, op, it.entry, it.count, &result,
					 err);
		if (ret && result.wrong < it.count)
			name_item(err, &it.entry[result.wrong]);
	}
	if (!ret)
		ret = print_result(c->r, verb, &result);
	free(it.entry);
	return ret;
}

static int set_add(const struct call *c, struct pfq_error *err)
{
	return change(c, PFQ_SET_ADD, "added", err);
}

static int set_del(const struct call *c, struct pfq_error *err)
{
	return change(c, PFQ_SET_DEL, "removed", err);
}

static int set_flush(const struct call *c, struct pfq_error *err)
{
	int ret = pfq_ctl_set_change(c->ctl, c->group, c->set, PFQ_SET_FLUSH, NULL, 0, NULL, err);

	if (!ret && c->r->is_json)
		ret = json_print(json_pack("{s:s}", "set", c->r->name), false);
	return ret;
}

/* --- list --------------------------------------------------------------------------------- */

struct listing {
	struct table *table;
	json_t *all;		/* NULL: print the table */
};

static int on_entry(const struct pfq_entry *e, void *arg)
{
	char item[ENTRY_TEXT_MAX], left[16] = "";
	const struct listing *l = arg;

	entry_write(item, sizeof(item), e);
	if (l->all)
		return json_array_append_new(l->all, json_pack(
			"{s:s, s:o, s:b}", "item", item, "left",
			e->timeout_s ? json_integer(e->timeout_s) : json_null(), "learnt",
			e->is_learnt)) ? -ENOMEM : 0;
	if (e->timeout_s)
		snprintf(left, sizeof(left), "%us", e->timeout_s);
	table_add(l->table, "%s", item);
	table_add(l->table, "%s", left);
	table_add(l->table, "%s", e->is_learnt ? "learnt" : "entered");
	return 0;
}

static int set_list(const struct call *c, struct pfq_error *err)
{
	struct listing l = { .all = c->r->is_json ? json_array() : NULL };
	struct pfq_set_info info;
	int ret;

	l.table = l.all ? NULL : table_new("ITEM +LEFT ORIGIN");
	ret = pfq_ctl_set_list(c->ctl, c->group, c->set, &info, on_entry, &l, err);
	if (!ret && l.all)
		return json_print(json_pack("{s:s, s:s, s:i, s:o}", "set", c->r->name, "type",
					    info.type, "size", (int)info.size, "entries", l.all),
				  false);
	json_decref(l.all);
	if (ret)
		table_free(l.table);
	else
		table_print(l.table);
	return ret;
}

/* ------------------------------------------------------------------------------------------ */

static const struct set_command {
	const char *name;
	bool takes_items, takes_timeout;
	int (*run)(const struct call *c, struct pfq_error *err);
} rows[] = {
	{ "add", true, true, set_add }, { "del", true, false, set_del },
	{ "flush", false, false, set_flush }, { "list", false, false, set_list },
};

static const struct set_command *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

/* Where the name of the set begins; NULL: @name is none of a group and a set. */
static const char *set_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name && dot[1] && dot - name <= PFQ_NAME_MAX ? dot + 1 : NULL;
}

int check_set_of_group(const struct request *r, struct pfq_error *err)
{
	const struct set_command *c = find(r->arg[1]);
	unsigned int i;

	if (!set_of(r->name))
		return refuse(err, -EINVAL, "set: \"%.64s\" is no name of a set; allowed: "
			      "GROUP.SET", r->name);
	if (!c)
		return refuse(err, -EINVAL, "set: \"%.64s\" is not allowed; allowed: add, del, "
			      "flush, list", r->arg[1]);
	if (!c->takes_items && r->args > 2)
		return refuse(err, -EINVAL, "set %s: \"%.60s\" is one argument too many", c->name,
			      r->arg[2]);
	for (i = 2; i < r->args && !c->takes_timeout; i++)
		if (!strncmp(r->arg[i], TIMEOUT_WORD, strlen(TIMEOUT_WORD)))
			return refuse(err, -EINVAL, "set %s takes no timeout", c->name);
	return 0;
}

int run_set_of_group(struct pfq_ctl *ctl, const struct request *r, struct pfq_error *err)
{
	char group[PFQ_NAME_MAX + 1];
	struct call c = { ctl, r, group, set_of(r->name) };

	snprintf(group, sizeof(group), "%.*s", (int)(c.set - 1 - r->name), r->name);
	return find(r->arg[1])->run(&c, err);
}
