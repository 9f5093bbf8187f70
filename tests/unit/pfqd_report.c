/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>

#include "pfqd_report.h"

void report_add(void *arg, const char *text)
{
	struct report_text *r = arg;
	size_t n = strlen(r->text);

	snprintf(r->text + n, sizeof(r->text) - n, "%s%s", n ? "\n" : "", text);
}

int report_parse(const char *text, size_t len, struct conf **conf, struct report_text *out)
{
	struct conf_report report = { .fn = report_add, .arg = out, .file = "F" };
	char *copy = malloc(len + 1);
	int ret;

	memcpy(copy, text, len);
	out->text[0] = '\0';
	ret = conf_parse(conf, copy, len, &report);
	free(copy);
	assert_int_equal(!ret, !report.errors);
	return ret;
}

void report_check(const struct wrong *w, size_t count)
{
	struct report_text out;
	struct conf *conf;
	size_t i;

	for (i = 0; i < count; i++) {
		assert_int_equal(report_parse(w[i].conf, strlen(w[i].conf), &conf, &out), -EINVAL);
		assert_string_equal(out.text, w[i].complaints);
	}
}
