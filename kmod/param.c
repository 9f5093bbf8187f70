// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include "param.h"

static int param_set(const char *text, const struct kernel_param *kp)
{
	struct pfqk_param *p = kp->arg;
	unsigned int value;
	int err = text ? kstrtouint(text, 0, &value) : -EINVAL;

	if (!err && (value < p->min || value > p->max))
		err = -ERANGE;
	if (err) {
		pr_err("pfq: parameter %s=%.*s: allowed: %u to %u\n", kp->name,
		       text ? (int)min(strcspn(text, "\n"), (size_t)32) : 0, text ? text : "",
		       p->min, p->max);
		return err;
	}
	WRITE_ONCE(p->value, value);
	return 0;
}

static int param_get(char *text, const struct kernel_param *kp)
{
	return sysfs_emit(text, "%u\n", pfqk_param_get(kp->arg));
}

const struct kernel_param_ops pfqk_param_ops = {
	.set = param_set,
	.get = param_get,
};
