// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include "cpu.h"
#include "debugfs.h"
#include "device.h"
#include "group.h"
#include "netlink.h"
#include "netns.h"
#include "notifier.h"
#include "pfqk.h"
#include "profile.h"
#include "program.h"
#include "retire.h"

static int __init pfqk_init(void)
{
	int err;

	pfqk_group_settings_init();
	err = pfqk_retire_init();
	if (err)
		return err;
	err = pfqk_cpu_init();
	if (err)
		goto err_cpu;
	err = pfqk_netns_init(pfqk_group_destroy_all, pfqk_absent_work, pfqk_profile_work);
	if (err)
		goto err_netns;
	err = pfqk_notifier_init();
	if (err)
		goto err_notifier;
	err = pfqk_netlink_init();
	if (err)
		goto err_netlink;
	err = pfqk_device_init();
	if (err)
		goto err_device;
	pfqk_debugfs_init();
	return 0;

err_device:
	pfqk_netlink_exit();
err_netlink:
	pfqk_notifier_exit();
err_notifier:
	pfqk_netns_exit();
err_netns:
	pfqk_cpu_exit();
err_cpu:
	pfqk_retire_exit();
	pfqk_program_exit();
	return err;
}

/* No file is open any more. So there are no endpoints, only groups made by GROUP_ADD. */
static void __exit pfqk_exit(void)
{
	pfqk_debugfs_exit();
	pfqk_device_exit();
	pfqk_netlink_exit();
	pfqk_notifier_exit();
	pfqk_netns_exit();
	/* frees objects that a packet may still use, and these use the memory of the CPUs */
	pfqk_retire_exit();
	pfqk_cpu_exit();
	pfqk_program_exit();
}

module_init(pfqk_init);
module_exit(pfqk_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The pfq developers");
MODULE_DESCRIPTION("pfq, the kernel engine: packets to groups of consumers");
MODULE_VERSION(PFQK_VERSION);
MODULE_ALIAS_GENL_FAMILY(PFQ_FAMILY_NAME);
