/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Writes the programs that bench-stages runs into a folder, each as a file in the wire form.
 *
 * 	bench-programs FOLDER
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lang/compile.h"
#include "lang/vocabulary.h"
#include "tests/unit/fixture/lang_around.h"
#include "tests/unit/fixture/lang_example.h"

/* stages_hand.c does the same in C. */
static const struct {
	const char *name, *text;
} programs[] = {
	{ "lang-1", "steer_flow" },
	{ "lang-5", "is_ip >-> not (has_port 22) >-> count web >-> slice 128 >-> steer_flow" },
	/* 15 steps, of which a packet of bench-stages takes 13 */
	{ "lang-15", "is_ip >-> not (has_port 22)"
		     " >-> when (is_udp and has_port 53) (count dns)"
		     " >-> is_tcp >-> when (has_dst_port [80, 443]) (count web)"
		     " >-> ip_ttl > 1 >-> not (tcp_flags & rst) >-> not is_broadcast"
		     " >-> len <= 1514 >-> class 0 >-> slice 128 >-> steer_flow" },
};

#define SYMBOL_NAME(name, text, type, args, units, help)	#name,

static const char *const symbol_names[] = { PFQ_LANG_SYMBOLS(SYMBOL_NAME) };

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "bench-programs: %s: %s\n", what, why);
	exit(1);
}

/* Compile @text, or exit. */
static struct pfq_lang *compile(const char *text)
{
	struct pfq_lang *lang;
	int ret = pfq_lang_compile(&lang, text, strlen(text));

	if (ret)
		fail(text, lang ? pfq_lang_first_error(lang)->text : strerror(-ret));
	return lang;
}

static FILE *create(const char *folder, const char *name)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	if (!file)
		fail(path, strerror(errno));
	return file;
}

static void put(FILE *file, const void *bytes, size_t size)
{
	if (fwrite(bytes, 1, size, file) != size)
		fail("a program", strerror(errno));
}

static void finish(FILE *file)
{
	if (fclose(file))
		fail("a program", strerror(errno));
}

static void write_program(const char *folder, const char *name, const char *text)
{
	struct pfq_lang *lang = compile(text);
	FILE *file = create(folder, name);

	put(file, lang->bytes, lang->size);
	finish(file);
	pfq_lang_free(lang);
}

/* --- SYMBOL >-> steer_flow ------------------------------------------------------------- */

struct steps {
	unsigned int count;
	struct pfq_lang_step step[4];
};

static void add(struct steps *s, struct pfq_lang_step step)
{
	step.yes = step.no = (uint16_t)(s->count + 1);
	s->step[s->count++] = step;
}

/* A step that only the compiler makes. Its arguments are 0, but for ENTER: level 1, one tunnel. */
static struct pfq_lang_step own_step(unsigned int symbol)
{
	uint64_t arg = symbol == PFQ_LANG_ENTER;

	return (struct pfq_lang_step){ .symbol = (uint16_t)symbol, .arg = { arg, arg } };
}

static void add_symbol(struct steps *s, unsigned int symbol)
{
	if (symbol != LANG_AROUND_NONE)
		add(s, own_step(symbol));
}

/* The step with the symbol, and the compiled program that it was taken from; NULL: none. */
static struct pfq_lang_step step_of(unsigned int symbol, struct pfq_lang **lang)
{
	struct pfq_lang_step step = own_step(symbol);
	char text[256];

	*lang = NULL;
	if (pfq_lang_rows[symbol].type == PFQ_LANG_STRUCT)
		return step;
	if (!lang_example_write(text, sizeof(text), symbol, false))
		fail(symbol_names[symbol], "tests/unit/fixture/lang_example.c has no example");
	*lang = compile(text);
	memcpy(&step, (const char *)(*lang)->bytes + sizeof(struct pfq_lang_hdr), sizeof(step));
	return step;
}

/* The packet is steered whatever the symbol answers. */
static void write_symbol(const char *folder, unsigned int symbol)
{
	struct pfq_lang_hdr hdr = { .magic = PFQ_LANG_MAGIC, .version = PFQ_LANG_VERSION };
	struct lang_around around = lang_around(symbol);
	FILE *file = create(folder, symbol_names[symbol]);
	size_t head = sizeof(hdr) + sizeof(struct pfq_lang_step);
	struct steps s = { .count = 0 };
	struct pfq_lang_step step;
	struct pfq_lang *lang;

	step = step_of(symbol, &lang);
	add_symbol(&s, around.before);
	add(&s, step);
	add_symbol(&s, around.behind);
	add_symbol(&s, PFQ_LANG_STEER_FLOW);
	s.step[s.count - 1].yes = s.step[s.count - 1].no = PFQ_LANG_END;
	if (lang)
		memcpy(&hdr, lang->bytes, sizeof(hdr));
	hdr.steps = s.count;
	put(file, &hdr, sizeof(hdr));
	put(file, s.step, s.count * sizeof(s.step[0]));
	if (lang)
		put(file, (const char *)lang->bytes + head, lang->size - head);
	finish(file);
	pfq_lang_free(lang);
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc != 2) {
		fprintf(stderr, "usage: bench-programs FOLDER\n");
		return 2;
	}
	for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		write_program(argv[1], programs[i].name, programs[i].text);
	for (i = 0; i < __PFQ_LANG_SYMBOL_MAX; i++)
		write_symbol(argv[1], i);
	return 0;
}
