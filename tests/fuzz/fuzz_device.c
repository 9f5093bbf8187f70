/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Parses any bytes as device names and as variables. If the parser accepts them, groups and
 * interfaces are well-formed, the count is right, and the canonical name parses to the
 * same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../libpcap-pfq/pfq-device.h"
#include "../../libpcap-pfq/pfq-env-device.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_name(const char *name)
{
	char again[2048], err[128] = "", interface[PFQ_DEVICE_NAME_MAX + 1];
	struct pfq_device dev, twice;
	unsigned int i;
	int ret;

	ret = pfq_device_parse(&dev, name, err, sizeof(err));
	if (ret) {
		check(strnlen(err, sizeof(err)) < sizeof(err));
		return;
	}
	check(pfq_device_is_pfq(name));
	check(!dev.group[0] || pfq_device_group_valid(dev.group, strlen(dev.group)));
	check(dev.count <= PFQ_DEVICE_BINDINGS_MAX && !dev.count == !dev.bindings[0]);
	for (i = 0; i < dev.count; i++) {
		pfq_device_interface(&dev, i, interface);
		check(interface[0] && !strpbrk(interface, "/,^: \n"));
	}
	snprintf(again, sizeof(again), "pfq%s%s%s%s", dev.group[0] ? "@" : "", dev.group,
		 dev.count ? ":" : "", dev.bindings);
	check(!pfq_device_parse(&twice, again, err, sizeof(err)));
	check(!memcmp(&dev, &twice, sizeof(dev)));
}

static const char *one_value(const char *name, char label[PFQ_ENV_LABEL_MAX], void *arg)
{
	snprintf(label, PFQ_ENV_LABEL_MAX, "%s", name);
	return arg;
}

static void check_variables(char *value)
{
	struct pfq_env_device dev;
	const struct pfq_env_source source = { .get = one_value, .arg = value };
	struct pfq_env env;
	char err[128];

	(void)pfq_env_read(&env, &source, 1);
	check(!env.group[0] || pfq_device_group_valid(env.group, strlen(env.group)));
	check(env.weight <= PFQ_WEIGHT_MAX && env.caplen <= PFQ_SNAPLEN_MAX);
	check(env.ring_bytes <= PFQ_ENV_RING_MAX);
	(void)pfq_env_device_read(&dev, &env, value, &source, 1, err, sizeof(err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 4);

	if (!text)
		return 0;
	/* Once as it is, and once after the prefix that the parser looks for. */
	memcpy(text, "pfq", 3);
	memcpy(text + 3, data, size);
	text[size + 3] = '\0';
	check_name(text);
	check_name(text + 3);
	check_variables(text + 3);
	free(text);
	return 0;
}
