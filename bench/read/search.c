// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "search.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *const patterns[] = {
	"/etc/passwd", "/bin/sh", "cmd.exe", "powershell -e", "<script>", "UNION SELECT",
	"../../", "wget http://", "base64_decode(", "xp_cmdshell", "document.cookie",
	"X-Shell: ", "%n%n%n%n", "User-Agent: test",
};

/* Add the states of a pattern. State 0 is the beginning; 0 in @next: no state yet. */
static void pattern_add(struct search *s, const char *pattern)
{
	uint16_t state = 0;

	for (; *pattern; pattern++) {
		uint16_t *next = &s->next[state][(uint8_t)*pattern];

		if (!*next)
			*next = s->states++;
		state = *next;
	}
	s->is_end[state] = 1;
}

/* Complete a state. All states that are nearer to the beginning are complete. */
static void state_complete(struct search *s, uint16_t state, uint16_t *queue, unsigned int *queued)
{
	for (unsigned int byte = 0; byte < 256; byte++) {
		uint16_t next = s->next[state][byte];
		uint16_t other = state ? s->next[s->fail[state]][byte] : 0;

		if (!next) {
			s->next[state][byte] = other;
			continue;
		}
		s->fail[next] = other;
		s->is_end[next] |= s->is_end[other];
		queue[(*queued)++] = next;
	}
}

void search_make(struct search *s)
{
	uint16_t queue[SEARCH_STATES] = { 0 };
	unsigned int queued = 1;
	size_t bytes = 1;

	memset(s, 0, sizeof(*s));
	s->states = 1;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		bytes += strlen(patterns[i]);
		if (bytes > SEARCH_STATES)
			abort();
		pattern_add(s, patterns[i]);
	}
	for (unsigned int i = 0; i < queued; i++)
		state_complete(s, queue[i], queue, &queued);
}

uint64_t search_run(const struct search *s, const uint8_t *bytes, size_t length)
{
	uint64_t matches = 0;
	uint16_t state = 0;

	for (size_t i = 0; i < length; i++) {
		state = s->next[state][bytes[i]];
		matches += s->is_end[state];
	}
	return matches;
}
