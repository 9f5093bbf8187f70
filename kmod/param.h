/* SPDX-License-Identifier: GPL-2.0-only */
/* A numeric module parameter with bounds, checked at loading and at each write. */
#ifndef PFQK_PARAM_H
#define PFQK_PARAM_H

#include <linux/moduleparam.h>
#include <linux/stringify.h>

struct pfqk_param {
	unsigned int value, min, max;
};

extern const struct kernel_param_ops pfqk_param_ops;

/* Defines parameter @name with its default and bounds. Root can write it in sysfs. */
#define PFQK_PARAM(name, standard, least, most, text)					\
	static struct pfqk_param name = { (standard), (least), (most) };			\
	module_param_cb(name, &pfqk_param_ops, &name, 0644);				\
	__MODULE_PARM_TYPE(name, "uint");						\
	MODULE_PARM_DESC(name, text " (" __stringify(standard) "; " #least " to " #most ")")

static inline unsigned int pfqk_param_get(const struct pfqk_param *p)
{
	return READ_ONCE(p->value);
}

#endif /* PFQK_PARAM_H */
