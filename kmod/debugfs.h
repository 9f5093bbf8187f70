/* SPDX-License-Identifier: GPL-2.0-only */
/* File pfq/state in debugfs: all objects of the module, for debugging. Only root can read it. */
#ifndef PFQK_DEBUGFS_H
#define PFQK_DEBUGFS_H

void pfqk_debugfs_init(void);
void pfqk_debugfs_exit(void);

#endif /* PFQK_DEBUGFS_H */
