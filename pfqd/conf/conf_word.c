/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "conf.h"
#include "conf_word.h"

const struct conf_word conf_words_engine[] = {
	{ "auto", CONF_ENGINE_AUTO }, { "user", CONF_ENGINE_USER },
	{ "kernel", CONF_ENGINE_KERNEL }, { NULL, 0 },
};

const struct conf_word conf_words_mode[] = {
	{ "sniff", false }, { "tap", true }, { NULL, 0 },
};

const struct conf_word conf_words_direction[] = {
	{ "inout", PFQ_DIRECTION_INOUT }, { "in", PFQ_DIRECTION_IN },
	{ "out", PFQ_DIRECTION_OUT }, { NULL, 0 },
};

const struct conf_word conf_words_linger_to[] = {
	{ "drop", PFQ_LINGER_DROP }, { "others", PFQ_LINGER_OTHERS }, { NULL, 0 },
};

const struct conf_word conf_words_speed[] = {
	{ "full", INGEST_SPEED_FULL }, { "recorded", INGEST_SPEED_RECORDED }, { NULL, 0 },
};

const struct conf_word conf_words_timestamps[] = {
	{ "file", INGEST_STAMP_FILE }, { "now", INGEST_STAMP_NOW }, { NULL, 0 },
};

int conf_word_find(const struct conf_word *words, const char *word, int *value)
{
	for (; words->word; words++) {
		if (strcmp(words->word, word))
			continue;
		*value = words->value;
		return 0;
	}
	return -EINVAL;
}

const char *conf_word_of(const struct conf_word *words, int value)
{
	while (words->word && words->value != value)
		words++;
	return words->word;
}
