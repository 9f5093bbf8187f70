/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Replaces the other files of this folder in builds without libxdp. */
#include "config.h"

#include "pfqd/ingest/driver.h"

const struct ingest_driver ingest_xdp = {
	.name = "xdp",
	.is_device = true,
	.absent = "libxdp-dev and libbpf-dev were missing when it was built",
};
