/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A bucket of a table without locks: eight words of 64 bits in one cache line. Each word is an
 * entry, so that one compare-and-exchange replaces it.
 */
#ifndef PFQ_CORE_WORDS_H
#define PFQ_CORE_WORDS_H

#include <pfq_deps.h>

#define PFQ_WORDS	8

/* the judge's answer for the word that is searched; all others are below */
#define PFQ_WORDS_MATCH	(1U << 31)

struct pfq_words_place {
	u32	way;
	u32	worth;	/* the judge's answer */
	u64	word;	/* the one that was found there */
};

/*
 * Returns PFQ_WORDS_MATCH, maybe with other bits, or how much the bucket gains by replacing @word.
 */
typedef u32 (*pfq_words_judge_fn)(u64 word, const void *of);

/*
 * Find the word that matches, else the first of those that are worth most to replace. So lanes that
 * saw the same bucket choose the same place. @judge must be known to the compiler, which builds it
 * in eight times.
 */
static __always_inline struct pfq_words_place pfq_words_find(const u64 *bucket,
							     pfq_words_judge_fn judge,
							     const void *of)
{
	u64 word = READ_ONCE(bucket[0]);
	struct pfq_words_place place = { 0, judge(word, of), word };
	u32 worth;

	if (place.worth & PFQ_WORDS_MATCH)
		return place;
#define PFQ_WORDS_LOOK(n)						\
	word = READ_ONCE(bucket[n]);					\
	worth = judge(word, of);					\
	if (worth > place.worth) {					\
		place = (struct pfq_words_place){ n, worth, word };	\
		if (worth & PFQ_WORDS_MATCH)				\
			return place;					\
	}
	PFQ_WORDS_LOOK(1)
	PFQ_WORDS_LOOK(2)
	PFQ_WORDS_LOOK(3)
	PFQ_WORDS_LOOK(4)
	PFQ_WORDS_LOOK(5)
	PFQ_WORDS_LOOK(6)
	PFQ_WORDS_LOOK(7)
#undef PFQ_WORDS_LOOK
	return place;
}

/* The smallest power of two that is @n or more. @n is at most 2^31. */
static inline u32 pfq_words_power(u32 n)
{
	u32 power = 1;

	while (power < n)
		power <<= 1;
	return power;
}

#endif /* PFQ_CORE_WORDS_H */
