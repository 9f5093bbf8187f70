/* SPDX-License-Identifier: GPL-2.0-only */
/* Before 6.13 a timer's function was assigned directly. */
#ifndef PFQK_COMPAT_HRTIMER_SETUP_H
#define PFQK_COMPAT_HRTIMER_SETUP_H

#include <linux/hrtimer.h>

static inline void pfqk_hrtimer_setup(struct hrtimer *timer,
				      enum hrtimer_restart (*function)(struct hrtimer *),
				      clockid_t clock, enum hrtimer_mode mode)
{
#ifdef PFQK_HAS_HRTIMER_SETUP
	hrtimer_setup(timer, function, clock, mode);
#else
	hrtimer_init(timer, clock, mode);
	timer->function = function;
#endif
}

#endif /* PFQK_COMPAT_HRTIMER_SETUP_H */
