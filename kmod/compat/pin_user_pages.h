/* SPDX-License-Identifier: GPL-2.0-only */
/* Before 6.5 it told of the mappings, too. */
#ifndef PFQK_COMPAT_PIN_USER_PAGES_H
#define PFQK_COMPAT_PIN_USER_PAGES_H

#include <linux/mm.h>

#define pin_user_pages(start, n, flags, page)	pin_user_pages(start, n, flags, page, NULL)

#endif /* PFQK_COMPAT_PIN_USER_PAGES_H */
