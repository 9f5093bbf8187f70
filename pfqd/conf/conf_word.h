/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The words that stand for values in pfqd.conf. */
#ifndef PFQD_CONF_WORD_H
#define PFQD_CONF_WORD_H

struct conf_word {
	const char *word;	/* NULL ends a table */
	int value;
};

extern const struct conf_word conf_words_engine[], conf_words_mode[], conf_words_direction[],
	conf_words_linger_to[], conf_words_speed[], conf_words_timestamps[];

/* Set *value to the value of @word. -EINVAL: no such word. */
int conf_word_find(const struct conf_word *words, const char *word, int *value);
/* The word of @value; NULL: none. */
const char *conf_word_of(const struct conf_word *words, int value);

#endif /* PFQD_CONF_WORD_H */
