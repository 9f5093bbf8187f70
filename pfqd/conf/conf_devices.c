/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include "conf_devices.h"
#include "pfqd/host/device.h"

static void check_group(const struct conf_group *g, const struct devices *devices,
			struct conf_report *report)
{
	const struct binding_list *list = &g->settings.bindings;
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		if (!devices_find(devices, list->binding[i].device))
			conf_complain(report, g->device_line,
				      "[group %s] device: \"%.128s\" is not here now; pfqd waits "
				      "for it",
				      g->settings.name, list->binding[i].device);
	}
}

int conf_devices_check(const struct conf *conf, struct conf_report *report, struct pfq_error *err)
{
	struct devices *devices;
	unsigned int i;
	int ret;

	ret = devices_open(&devices, NULL, NULL, NULL, err);
	if (ret)
		return ret;
	for (i = 0; i < conf->groups; i++)
		check_group(&conf->group[i], devices, report);
	devices_close(devices);
	return 0;
}
