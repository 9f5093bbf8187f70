/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "pfqd.h"

int main(int argc, char **argv)
{
	return pfqd_main(argc, argv);
}
