/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include "info.h"

/* One attribute and the place of its value in a structure. */
struct field {
	enum pfq_attr attr;
	void (*get)(const struct pfq_attrs *a, enum pfq_attr attr, void *dst, size_t size);
	size_t offset, size;
};

static void get_u32(const struct pfq_attrs *a, enum pfq_attr attr, void *dst, size_t size)
{
	uint32_t v = pfq_attrs_u32(a, attr);

	memcpy(dst, &v, size);
}

static void get_u64(const struct pfq_attrs *a, enum pfq_attr attr, void *dst, size_t size)
{
	uint64_t v = pfq_attrs_u64(a, attr);

	memcpy(dst, &v, size);
}

static void get_string(const struct pfq_attrs *a, enum pfq_attr attr, void *dst, size_t size)
{
	pfq_attrs_copy(a, attr, dst, size);
}

static void get_counters(const struct pfq_attrs *a, enum pfq_attr attr, void *dst, size_t size)
{
	pfq_attrs_u64s(a, attr, dst, (unsigned int)(size / sizeof(uint64_t)));
}

#define FIELD(type, attr, get, member)	\
	{ PFQ_A_##attr, get, offsetof(struct type, member), sizeof(((struct type *)0)->member) }

static const struct field engine_fields[] = {
	FIELD(pfq_engine_info, ENGINE, get_string, engine),
	FIELD(pfq_engine_info, VERSION, get_string, version),
	FIELD(pfq_engine_info, PID, get_u32, pid),
	FIELD(pfq_engine_info, NETNS_DEV, get_u64, netns_dev),
	FIELD(pfq_engine_info, NETNS_INO, get_u64, netns_ino),
	FIELD(pfq_engine_info, WORKERS, get_u32, workers),
	FIELD(pfq_engine_info, CPUS, get_string, cpus),
	FIELD(pfq_engine_info, UPTIME_NS, get_u64, uptime_ns),
	FIELD(pfq_engine_info, SOCKET, get_string, socket),
};

static const struct field refusal_fields[] = {
	FIELD(pfq_refusal_info, PID, get_u32, pid),
	FIELD(pfq_refusal_info, UID, get_u32, uid),
	FIELD(pfq_refusal_info, COMM, get_string, comm),
	FIELD(pfq_refusal_info, GROUP, get_string, group),
	FIELD(pfq_refusal_info, WHY, get_string, why),
};

static const struct field ingest_fields[] = {
	FIELD(pfq_ingest_info, DEVICE, get_string, device),
	FIELD(pfq_ingest_info, DRIVER, get_string, driver),
	FIELD(pfq_ingest_info, MODE, get_string, mode),
	FIELD(pfq_ingest_info, QUEUES, get_string, queues),
	FIELD(pfq_ingest_info, STATE, get_u32, state),
	FIELD(pfq_ingest_info, COUNTERS, get_counters, counters),
	FIELD(pfq_ingest_info, IFINDEX, get_u32, ifindex),
	FIELD(pfq_ingest_info, WRITTEN, get_string, written),
	FIELD(pfq_ingest_info, WHY, get_string, why),
};

static const struct field group_fields[] = {
	FIELD(pfq_group_info, GROUP, get_string, name),
	FIELD(pfq_group_info, ID, get_u32, id),
	FIELD(pfq_group_info, BINDINGS, get_string, bindings),
	FIELD(pfq_group_info, STEER, get_string, steer),
	FIELD(pfq_group_info, FILTER_TEXT, get_string, filter),
	FIELD(pfq_group_info, VLANS, get_string, vlans),
	FIELD(pfq_group_info, MEMBERS, get_u32, members),
	FIELD(pfq_group_info, MEMBERS_WANTED, get_u32, members_wanted),
	FIELD(pfq_group_info, OWNER_UID, get_u32, owner_uid),
	FIELD(pfq_group_info, OWNER_GID, get_u32, owner_gid),
	FIELD(pfq_group_info, ACCESS, get_u32, access),
	FIELD(pfq_group_info, JOINABLE, get_u32, joinable),
	FIELD(pfq_group_info, LINKTYPE, get_u32, linktype),
	FIELD(pfq_group_info, SNAPLEN, get_u32, snaplen),
	FIELD(pfq_group_info, RING_BYTES, get_u64, ring_bytes),
	FIELD(pfq_group_info, COUNTERS, get_counters, counters),
	FIELD(pfq_group_info, FRAG_WAIT_NS, get_u64, frag_wait_ns),
	FIELD(pfq_group_info, BINDABLE, get_u32, bindable),
	FIELD(pfq_group_info, LINGER_NS, get_u64, linger_ns),
	FIELD(pfq_group_info, LINGER_TO, get_u32, linger_to),
	FIELD(pfq_group_info, ABSENT, get_u32, absent),
	FIELD(pfq_group_info, PROGRAM_TEXT, get_string, lang),
};

static const struct field endpoint_fields[] = {
	FIELD(pfq_endpoint_info, ENDPOINT, get_u32, id),
	FIELD(pfq_endpoint_info, GROUP, get_string, group),
	FIELD(pfq_endpoint_info, NAME, get_string, name),
	FIELD(pfq_endpoint_info, COMM, get_string, comm),
	FIELD(pfq_endpoint_info, PID, get_u32, pid),
	FIELD(pfq_endpoint_info, UID, get_u32, uid),
	FIELD(pfq_endpoint_info, WEIGHT, get_u32, weight),
	FIELD(pfq_endpoint_info, CLASSES, get_u64, classes),
	FIELD(pfq_endpoint_info, STARTED, get_u32, started),
	FIELD(pfq_endpoint_info, SNAPLEN, get_u32, snaplen),
	FIELD(pfq_endpoint_info, RING_BYTES, get_u64, ring_bytes),
	FIELD(pfq_endpoint_info, PAGE_BYTES, get_u64, page_bytes),
	FIELD(pfq_endpoint_info, COUNTERS, get_counters, counters),
	FIELD(pfq_endpoint_info, READ, get_u64, read),
	FIELD(pfq_endpoint_info, UNREAD, get_u64, unread),
	FIELD(pfq_endpoint_info, LINGER_NS, get_u64, linger_ns),
};

#define FIELDS(table)	table, sizeof(table) / sizeof(table[0])

static void fill(void *info, const struct pfq_attrs *a, const struct field *f, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		f[i].get(a, f[i].attr, (char *)info + f[i].offset, f[i].size);
}

void pfq_info_engine(struct pfq_engine_info *info, const struct pfq_attrs *a)
{
	fill(info, a, FIELDS(engine_fields));
}

void pfq_info_ingest(struct pfq_ingest_info *info, const struct pfq_attrs *a)
{
	fill(info, a, FIELDS(ingest_fields));
}

void pfq_info_refusal(struct pfq_refusal_info *info, const struct pfq_attrs *a)
{
	fill(info, a, FIELDS(refusal_fields));
}

void pfq_info_endpoint(struct pfq_endpoint_info *info, const struct pfq_attrs *a)
{
	fill(info, a, FIELDS(endpoint_fields));
}

/* Returns 0, or -EPROTO for a nest that cannot be read. */
static int get_counts(struct pfq_group_info *info, const struct pfq_attrs *a)
{
	char text[PFQ_MSG_TEXT_MAX + 1];
	const struct nlattr *nest = NULL;
	struct pfq_attrs count;
	uint64_t values[2];
	unsigned int i;

	info->counts = 0;
	while ((nest = pfq_attrs_next(a, PFQ_A_COUNT, nest))) {
		if (pfq_attrs_parse(&count, nest, text))
			return -EPROTO;
		if (info->counts == PFQ_LANG_COUNTERS_MAX)
			break;
		i = info->counts++;
		pfq_attrs_copy(&count, PFQ_A_NAME, info->count[i].name,
			       sizeof(info->count[i].name));
		pfq_attrs_u64s(&count, PFQ_A_COUNTERS, values, 2);
		info->count[i].packets = values[0];
		info->count[i].bytes = values[1];
	}
	return 0;
}

int pfq_info_group(struct pfq_group_info *info, const struct pfq_attrs *a)
{
	char text[PFQ_MSG_TEXT_MAX + 1];
	const struct nlattr *nest = NULL;
	struct pfq_attrs device;
	unsigned int i;

	fill(info, a, FIELDS(group_fields));
	if (get_counts(info, a))
		return -EPROTO;
	info->devices = 0;
	while ((nest = pfq_attrs_next(a, PFQ_A_DEVICE_BOUND, nest))) {
		if (pfq_attrs_parse(&device, nest, text))
			return -EPROTO;
		/* bindings names all devices; details of more than these are ignored */
		if (info->devices == PFQ_GROUP_DEVICES_MAX)
			break;
		i = info->devices++;
		pfq_attrs_copy(&device, PFQ_A_DEVICE, info->device[i].name,
			       sizeof(info->device[i].name));
		info->device[i].ifindex = pfq_attrs_u32(&device, PFQ_A_IFINDEX);
		info->device[i].state = pfq_attrs_u32(&device, PFQ_A_STATE);
		pfq_attrs_copy(&device, PFQ_A_WRITTEN, info->device_note[i].written,
			       sizeof(info->device_note[i].written));
		pfq_attrs_copy(&device, PFQ_A_WHY, info->device_note[i].why,
			       sizeof(info->device_note[i].why));
		info->device_binder[i].pid = pfq_attrs_u32(&device, PFQ_A_PID);
		info->device_binder[i].uid = pfq_attrs_u32(&device, PFQ_A_UID);
		pfq_attrs_copy(&device, PFQ_A_COMM, info->device_binder[i].comm,
			       sizeof(info->device_binder[i].comm));
	}
	return 0;
}
