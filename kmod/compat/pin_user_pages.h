/* SPDX-License-Identifier: GPL-2.0-only */
/* Before 6.5 pin_user_pages() could return the mappings too. */
#ifndef PFQK_COMPAT_PIN_USER_PAGES_H
#define PFQK_COMPAT_PIN_USER_PAGES_H

#include <linux/mm.h>

static inline long pfqk_pin_user_pages(unsigned long start, unsigned long n, unsigned int flags,
				       struct page **page)
{
#ifdef PFQK_HAS_PIN_USER_PAGES_VMAS
	return pin_user_pages(start, n, flags, page, NULL);
#else
	return pin_user_pages(start, n, flags, page);
#endif
}

#endif /* PFQK_COMPAT_PIN_USER_PAGES_H */
