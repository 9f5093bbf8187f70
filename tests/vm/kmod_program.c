/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * kmod-program ACTION DEVICE: programs in pfq-lang that a hostile client sends to the module.
 *
 * refused	by each way, each program of tests/unit/fixture/refusal.c gives its error, and a
 *		right one is taken
 * forbidden	for a user who may make no group, each of them gives the same error
 * longest	runs a program of the highest cost until its input ends
 * largest	a program of 15 MiB is taken in a JOIN until the input ends
 * limited	programs of over 8 MiB are more than this user may have for rings
 * endless	programs with tables of 1 and 60 GiB end as "no memory", and a small one is taken
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "kmod_program.h"
#include "tests/unit/fixture/blob.h"
#include "tests/unit/fixture/refusal.h"

static struct blob b;

static int complain(const char *name, enum way way, const char *what, int err)
{
	fprintf(stderr, "kmod-program: %s: %s: %s: %s, \"%s\"\n", name, way_names[way], what,
		strerror(-err), way_text());
	return 1;
}

/* The program must give @want, and the text @text, if it is not NULL, must be in the answer. */
static int expect(const char *name, enum way way, int want, const char *text)
{
	int err = way_send_blob(way, &b), bad;

	bad = err != want || (text && !strstr(way_text(), text));
	if (bad)
		complain(name, way, "another answer", err);
	if (!err)
		way_undo(way);
	return bad;
}

static int check_refusal(const struct refusal *r, enum way way)
{
	char text[PFQ_LANG_FAULT_BYTES];
	int err = way_send(way, r->bytes, r->size);

	pfq_lang_explain(&r->fault, text, sizeof(text));
	if (!err)
		way_undo(way);
	if (err != r->status)
		return complain(r->name, way, "another error", err);
	return strcmp(way_text(), text) ? complain(r->name, way, "another text", err) : 0;
}

static int check_refusals(u32 *count)
{
	struct refusal r;
	int way, worst = 0;

	for (*count = 0; refusal_make(&r, *count); (*count)++) {
		for (way = 0; way < WAYS; way++)
			worst |= check_refusal(&r, (enum way)way);
		refusal_free(&r);
	}
	return worst;
}

static int refused(void)
{
	u8 *right;
	size_t size;
	int err, way, worst;
	u32 count;

	program_plain(&b);
	right = blob_bytes(&b, &size);
	err = way_add_kept(right, size);
	if (err)
		return complain("a right program", BY_ADD, "refused", err);
	worst = check_refusals(&count);
	if (!way_is_kept(right, size))
		worst = complain("the program before", BY_SET, "changed", 0);
	for (way = 0; way < WAYS; way++)
		worst |= expect("a right program", (enum way)way, 0, NULL);
	(void)way_del_kept();
	free(right);
	printf("%u programs, each in %d ways: %s\n", count, WAYS, worst ? "failed" : "refused");
	return worst;
}

/* Nobody says more about the program than that the user may not make the group. */
static int check_forbidden(const char *name, const void *bytes, size_t size)
{
	static const int want[WAYS] = { -ENOENT, -EPERM, -EPERM };
	int way, err, worst = 0;

	for (way = 0; way < WAYS; way++) {
		err = way_send((enum way)way, bytes, size);
		if (!err)
			way_undo((enum way)way);
		if (err != want[way] || !strstr(way_text(), "needs CAP_NET_ADMIN"))
			worst = complain(name, (enum way)way, "another answer", err);
	}
	return worst;
}

static int forbidden(void)
{
	struct refusal r;
	u8 *right;
	size_t size;
	int worst;
	u32 i;

	program_plain(&b);
	right = blob_bytes(&b, &size);
	worst = check_forbidden("a right program", right, size);
	free(right);
	for (i = 0; refusal_make(&r, i); i++) {
		worst |= check_forbidden(r.name, r.bytes, r.size);
		refusal_free(&r);
	}
	printf("%u programs, each in %d ways: %s\n", i + 1, WAYS, worst ? "failed" : "forbidden");
	return worst;
}

/* Say that the program runs, and let it until the input ends. */
static void hold(void)
{
	char byte;

	puts("running");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	way_undo(BY_JOIN);
}

static int longest(void)
{
	int err = program_longest(&b);

	if (!err)
		err = way_send_blob(BY_JOIN, &b);
	if (!err)
		err = way_start();
	if (err)
		return complain("the longest way", BY_JOIN, "failed", err);
	hold();
	return 0;
}

static int largest(void)
{
	int err;

	program_large(&b, 16, 1);
	if (expect("16 MiB", BY_JOIN, -EDQUOT, "too much memory; allowed"))
		return 1;
	program_large(&b, 15, 1);
	err = way_send_blob(BY_JOIN, &b);
	if (err)
		return complain("15 MiB", BY_JOIN, "failed", err);
	hold();
	return 0;
}

static int limited(void)
{
	size_t size;
	u8 *right;
	int err, way, worst = 0;

	program_plain(&b);
	right = blob_bytes(&b, &size);
	err = way_add_kept(right, size);
	if (err)
		return complain("a right program", BY_ADD, "refused", err);
	/* twice what the user may have, one after the other */
	program_large(&b, 5, 1);
	for (way = 0; way < WAYS; way++)
		worst |= expect("5 MiB", (enum way)way, 0, NULL);
	/* the group KEPT has 5 MiB */
	program_large(&b, 4, 1);
	for (way = 0; way < WAYS; way++)
		worst |= expect("4 MiB more", (enum way)way, -EDQUOT, "more memory than is left");
	(void)way_del_kept();
	worst |= expect("4 MiB", BY_ADD, 0, NULL);
	free(right);
	return worst;
}

static int endless(void)
{
	size_t size;
	u8 *right;
	int err, worst = 0;

	program_plain(&b);
	right = blob_bytes(&b, &size);
	err = way_add_kept(right, size);
	if (err)
		return complain("a right program", BY_ADD, "refused", err);
	program_large(&b, 60, 1024);
	worst |= expect("60 GiB", BY_ADD, -ENOMEM, NULL);
	worst |= expect("60 GiB", BY_SET, -ENOMEM, NULL);
	program_large(&b, 1, 1024);
	worst |= expect("1 GiB", BY_ADD, -ENOMEM, NULL);
	if (!way_is_kept(right, size))
		worst = complain("the program before", BY_SET, "changed", 0);
	program_plain(&b);
	worst |= expect("a right program", BY_ADD, 0, NULL);
	(void)way_del_kept();
	free(right);
	return worst;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*fn)(void);
	} actions[] = {
		{ "refused", refused }, { "forbidden", forbidden }, { "longest", longest },
		{ "largest", largest }, { "limited", limited }, { "endless", endless },
	};
	size_t i;
	int err;

	for (i = 0; argc == 3 && i < ARRAY_SIZE(actions); i++) {
		if (strcmp(argv[1], actions[i].name))
			continue;
		err = way_begin(argv[2], argv[1]);
		if (!err)
			return actions[i].fn();
		fprintf(stderr, "kmod-program: the module does not answer: %s\n", strerror(-err));
		return 1;
	}
	fprintf(stderr, "usage: %s refused|forbidden|longest|largest|limited|endless DEVICE\n",
		argv[0]);
	return 2;
}
