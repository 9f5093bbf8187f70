/* SPDX-License-Identifier: GPL-2.0-only */
/* pfq/state in debugfs: everything there is, for people who look for a fault. Root's alone. */
#ifndef PFQK_DEBUGFS_H
#define PFQK_DEBUGFS_H

void pfqk_debugfs_init(void);
void pfqk_debugfs_exit(void);

#endif /* PFQK_DEBUGFS_H */
