/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices that come, go or change their names: bindings follow. */
#ifndef PFQK_NOTIFIER_H
#define PFQK_NOTIFIER_H

int pfqk_notifier_init(void);
void pfqk_notifier_exit(void);

#endif /* PFQK_NOTIFIER_H */
