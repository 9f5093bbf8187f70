/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Compiles any text. A text that is refused has an error with a place in it. A program that
 * compiles passes the engines' verifier, at the cost that the compiler says, and can be printed.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/lang.h"
#include "../../lang/compile.h"
#include "../../lang/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_notes(const struct pfq_lang *lang, size_t size)
{
	char line[PFQ_LANG_NOTE_LINE];
	unsigned int i;

	for (i = 0; i < lang->notes; i++) {
		check(lang->note[i].line >= 1 && lang->note[i].line <= size + 1);
		check(lang->note[i].column >= 1 && lang->note[i].column <= size + 1);
		check(lang->note[i].length <= size);
		check(*lang->note[i].text && !strchr(lang->note[i].text, '\n'));
		pfq_lang_note_write(line, sizeof(line), &lang->note[i], "x", i % 2);
	}
}

static void check_program(const struct pfq_lang *lang)
{
	static struct pfq_lang_check verified;
	struct pfq_lang_parts parts;
	struct pfq_lang_line line;
	unsigned int i;

	check(!pfq_lang_verify(&verified, lang->bytes, lang->size));
	check(!pfq_lang_parts_find(&parts, lang->bytes, lang->size));
	check(parts.steps >= 1 && pfq_lang_cost(&parts) == verified.cost);
	for (i = 0; i < parts.steps; i++) {
		pfq_lang_step_write(&line, &parts, i);
		check(*line.text && *line.yes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pfq_lang *lang;
	int ret = pfq_lang_compile(&lang, (const char *)data, size);

	if (ret == -ENOMEM)
		return 0;
	check(ret == 0 || ret == -EINVAL);
	check(!ret == !pfq_lang_first_error(lang));
	check_notes(lang, size);
	if (!ret)
		check_program(lang);
	pfq_lang_free(lang);
	return 0;
}
