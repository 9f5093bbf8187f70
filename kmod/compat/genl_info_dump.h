/* SPDX-License-Identifier: GPL-2.0-only */
/* Before 6.7 a dump knew its attributes, and nothing else of a genl_info. */
#ifndef PFQK_COMPAT_GENL_INFO_DUMP_H
#define PFQK_COMPAT_GENL_INFO_DUMP_H

#include <net/genetlink.h>

#define genl_info_dump(cb)	genl_dumpit_info(cb)

#endif /* PFQK_COMPAT_GENL_INFO_DUMP_H */
