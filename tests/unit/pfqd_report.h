/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* pfqd.conf in a test: what its parser says about a text. */
#ifndef TESTS_PFQD_REPORT_H
#define TESTS_PFQD_REPORT_H

#include "pfqd/conf/conf.h"
#include "check.h"

#define D	"[group g]\ndevice = lo\n"	/* a group that is in order; its next line is 3 */

struct report_text {
	char text[8192];
};

/* for struct conf_report: one complaint more, a line of struct report_text at @arg */
void report_add(void *arg, const char *text);
/* conf_parse() of @text, in a file of the name F; what it says is in @out */
int report_parse(const char *text, size_t len, struct conf **conf, struct report_text *out);

struct wrong {
	const char *conf;
	const char *complaints;
};

void report_check(const struct wrong *w, size_t count);

#define CHECK_WRONG(table) report_check(table, sizeof(table) / sizeof(table[0]))

#endif /* TESTS_PFQD_REPORT_H */
