/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <net/if.h>

#include "check.h"
#include "ingest_device.h"

static struct ingest_params params_of(const char *device, uint32_t lanes)
{
	return (struct ingest_params){
		.device = device, .ifindex = if_nametoindex(device), .lanes = lanes,
		.fanout_id = next_id++,
	};
}

void device_promisc(const char *driver)
{
	const struct ingest_driver *d = ingest_driver_find(driver);
	struct ingest_params params;
	struct pfq_error err;
	struct ingest *in;

	net_veth(1);
	params = params_of("va", 1);
	for (int asked = 1; asked >= 0; asked--) {
		params.promisc = asked;
		assert_int_equal(d->open(&in, &params, &err), 0);
		assert_int_equal(promiscuity("va"), asked);
		d->close(in);
		assert_int_equal(promiscuity("va"), 0);
	}
	net_veth_del();
}

static bool opens(const char *driver, uint32_t lanes)
{
	const struct ingest_driver *d = ingest_driver_find(driver);
	struct ingest_params params = params_of("va", lanes);
	struct ingest *in = NULL;
	struct pfq_error err;
	int rc = d->open(&in, &params, &err);

	if (!rc) {
		d->close(in);
		return true;
	}
	assert_int_equal(rc, -ENETDOWN);
	assert_non_null(strstr(err.text, "va is down"));
	return false;
}

void device_open_while_down(const char *driver, uint32_t lanes, bool may_refuse)
{
	struct source *s;
	struct tally t;

	net_veth(1);
	net_run("ip link set va down");
	if (!opens(driver, lanes)) {
		assert_true(may_refuse);
		net_veth_del();
		return;
	}
	tally_init(&t, 100);
	s = source_open_by(driver, "va", lanes, NULL);
	net_up();
	send_some(0, 100);
	source_drain(s, tally_view, &t);
	tally_check(&t, 0, 100);
	source_close(s);
	net_veth_del();
	free(t.count);
}

void device_refuse(const char *driver, struct ingest_params params, int code, const char *text)
{
	struct pfq_error err = { "" };
	struct ingest *in = NULL;

	assert_int_equal(ingest_driver_find(driver)->open(&in, &params, &err), code);
	assert_null(in);
	check_text(err.text, text);
}

void device_refuse_nonsense(const char *driver)
{
	struct ingest_params p;

	net_veth(1);
	p = params_of("va", 1);
	p.lane = 1;
	device_refuse(driver, p, -EINVAL, "lane 1 of 1");
	p.lane = 0;
	p.lanes = PFQ_LANES_MAX + 1;
	device_refuse(driver, p, -EINVAL, "65");
	p.lanes = 1;
	net_veth_del();
	device_refuse(driver, p, -ENODEV, "va: no such device");
	p.device = NULL;
	device_refuse(driver, p, -EINVAL, "(none)");
}
