/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The operations on the module: those of a consumer, and those of an administrator. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/filter.h>
#include "kmod_failslab.h"
#include "kmod_message.h"
#include "kmod_wire.h"

#define RING_BYTES	(1 << 18)
#define GROUP		"nth"

const char *operation_devices[2], *operation_module;
static struct channel channel;
static struct message message;
static int base_fd = -1, fd = -1, huge_fd = -1;
static void *area = MAP_FAILED;
static uint64_t mapped_bytes, area_bytes, reader_bytes;

/* --- requests ---------------------------------------------------------------------- */

/* The module handles a request during the send, and a dump also while its answer is received. */
int request_run(void)
{
	bool is_dump = ((struct nlmsghdr *)message.buf)->nlmsg_flags & NLM_F_DUMP;
	int err, n, status = 1;

	fault_on();
	err = channel_send(&channel, &message);
	if (!is_dump)
		fault_off();
	while (!err && status == 1) {
		n = channel_receive(&channel, &message, 2000);
		if (n <= 0)
			err = n ? n : -ETIMEDOUT;
		else
			status = message_status(&message);
	}
	if (is_dump)
		fault_off();
	return err ? err : status;
}

static void put_filter(void)
{
	const struct sock_filter insns[] = { BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
					     BPF_STMT(BPF_RET | BPF_A, 0) };

	message_put(&message, PFQ_A_FILTER, insns, sizeof(insns));
}

struct message *request_begin(int cmd, unsigned int flags)
{
	message_begin(&channel, &message, (uint8_t)cmd, (uint16_t)flags);
	message_put_text(&message, PFQ_A_GROUP, GROUP);
	return &message;
}

void request_put_fd(void)
{
	message_put_u32(&message, PFQ_A_FD, (uint32_t)fd);
}

void request_put_devices(int count)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%s%s", operation_devices[0], count > 1 ? "," : "",
		 count > 1 ? operation_devices[1] : "");
	message_put_text(&message, PFQ_A_BINDINGS, text);
}

static int join_as(int file, const char *group, int count)
{
	int err;

	message_begin(&channel, &message, PFQ_CMD_JOIN, 0);
	message_put_u32(&message, PFQ_A_FD, (uint32_t)file);
	if (group)
		message_put_text(&message, PFQ_A_GROUP, group);
	if (group && count == 2)
		message_put_text(&message, PFQ_A_VLANS, "10,20-29");
	if (count)
		request_put_devices(count);
	message_put_u64(&message, PFQ_A_RING_BYTES, RING_BYTES);
	message_put_u32(&message, PFQ_A_SNAPLEN, 1000);
	message_put_u32(&message, PFQ_A_PROMISC, 1);
	err = request_run();
	if (!err) {
		area_bytes = message_u64(&message, PFQ_A_AREA_BYTES);
		reader_bytes = message_u64(&message, PFQ_A_READER_BYTES);
	}
	return err;
}

static int add_group(bool has_file, const char *mode)
{
	message_begin(&channel, &message, PFQ_CMD_GROUP_ADD, NLM_F_ACK);
	message_put_text(&message, PFQ_A_GROUP, GROUP);
	if (has_file)
		message_put_u32(&message, PFQ_A_FD, (uint32_t)fd);
	request_put_devices(2);
	put_filter();
	message_put_text(&message, PFQ_A_FILTER_TEXT, "anything at all");
	message_put_text(&message, PFQ_A_VLANS, "untagged");
	message_put_text(&message, PFQ_A_MODE, mode);
	message_put_u32(&message, PFQ_A_PROMISC, 1);
	return request_run();
}

static int del_group(void)
{
	message_begin(&channel, &message, PFQ_CMD_GROUP_DEL, NLM_F_ACK);
	message_put_text(&message, PFQ_A_GROUP, GROUP);
	return request_run();
}

/* --- preparations ---------------------------------------------------------------------- */

static int open_file(void)
{
	fd = open(PFQ_DEVICE, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : 0;
}

static int nothing(void)
{
	return 0;
}

static int member(void)
{
	int err = open_file();

	return err ? err : join_as(fd, GROUP, 1);
}

/* Make a group with another member. */
static int group_of_one(void)
{
	base_fd = open(PFQ_DEVICE, O_RDWR | O_CLOEXEC);
	if (base_fd < 0 || open_file())
		return -errno;
	return join_as(base_fd, GROUP, 1);
}

static int member_of_two(void)
{
	int err = group_of_one();

	return err ? err : join_as(fd, GROUP, 0);
}

static int group(void)
{
	int err = open_file();

	return err ? err : add_group(false, "sniff");
}

static int wired(void)
{
	int err = open_file();

	return err ? err : program_add();
}

static int mapped(void)
{
	int err = member();

	mapped_bytes = area_bytes;
	if (!err)
		area = mmap(NULL, area_bytes, PROT_READ, MAP_SHARED, fd, PFQ_MMAP_DATA);
	return area == MAP_FAILED ? -ENOMEM : err;
}

static int huge(void)
{
	int err = open_file();

	huge_fd = memfd_create("nth", MFD_CLOEXEC | MFD_HUGETLB);
	return err ? err : huge_fd < 0 ? -errno : 0;
}

static int bring(void)
{
	struct pfq_ioc_memory m = { .ring_bytes = RING_BYTES, .fd = huge_fd, .snaplen = 1000 };

	return ioctl(fd, PFQ_IOC_MEMORY, &m) ? -errno : 0;
}

/* The memory that the run before had brought comes back a grace period after its end. */
static int brought(void)
{
	int err = huge(), n;

	if (!err)
		err = bring();
	for (n = 0; n < 1000 && err == -ENOMEM; n++) {
		usleep(10000);
		err = bring();
	}
	return err;
}

/* --- operations ------------------------------------------------------------------------- */

static int do_open(void)
{
	int err;

	fault_on();
	err = open_file();
	fault_off();
	return err;
}

static int do_bring(void)
{
	int err;

	fault_on();
	err = bring();
	fault_off();
	return err;
}

static int do_join_new(void) { return join_as(fd, GROUP, 2); }
static int do_join_private(void) { return join_as(fd, NULL, 1); }
static int do_join(void) { return join_as(fd, GROUP, 0); }
/* The second device is new to the group. */
static int do_bind(void) { return join_as(fd, GROUP, 2); }
static int do_add(void) { return add_group(false, "sniff"); }
static int do_add_tap(void) { return add_group(false, "tap"); }
static int do_add_file(void) { return add_group(true, "sniff"); }

static int do_map(uint64_t bytes, int prot, uint64_t offset)
{
	int err = 0;

	mapped_bytes = bytes;
	fault_on();
	area = mmap(NULL, bytes, prot, MAP_SHARED, fd, (off_t)offset);
	if (area == MAP_FAILED)
		err = -errno;
	fault_off();
	return err;
}

static int do_map_data(void) { return do_map(area_bytes, PROT_READ, PFQ_MMAP_DATA); }
static int do_map_reader(void)
{
	return do_map(reader_bytes, PROT_READ | PROT_WRITE, PFQ_MMAP_READER);
}

static int endpoint_request(enum pfq_cmd cmd, uint16_t flags)
{
	message_begin(&channel, &message, (uint8_t)cmd, flags);
	message_put_u32(&message, PFQ_A_FD, (uint32_t)fd);
	if (cmd == PFQ_CMD_FILTER_SET)
		put_filter();
	if (cmd == PFQ_CMD_DIRECTION_SET)
		message_put_u32(&message, PFQ_A_DIRECTION, PFQ_DIRECTION_IN);
	if (cmd == PFQ_CMD_INJECT)
		message_put(&message, PFQ_A_FRAME, "\2pfqq1\2pfqq2\x88\xb5no memory for this?", 32);
	return request_run();
}

static int do_filter(void) { return endpoint_request(PFQ_CMD_FILTER_SET, 0); }
static int do_direction(void) { return endpoint_request(PFQ_CMD_DIRECTION_SET, 0); }
static int do_start(void) { return endpoint_request(PFQ_CMD_START, NLM_F_ACK); }
static int do_inject(void) { return endpoint_request(PFQ_CMD_INJECT, NLM_F_ACK); }

/* The kernel's unmapping may fail. The module's part after it may not. */
static int do_leave(void)
{
	int err = 0;

	fault_on();
	if (area != MAP_FAILED && munmap(area, mapped_bytes)) {
		err = -errno;
	} else {
		area = MAP_FAILED;
		err = close(fd) ? -EIO : 0;
		fd = -1;
	}
	fault_off();
	return err;
}

static int do_wait(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int err = 0;

	fault_on();
	if (poll(&p, 1, 1) < 0)
		err = -errno;
	fault_off();
	return err;
}

static int ask(enum pfq_cmd cmd, uint16_t flags)
{
	message_begin(&channel, &message, (uint8_t)cmd, flags);
	return request_run();
}

static int do_groups(void) { return ask(PFQ_CMD_GROUP_GET, NLM_F_DUMP); }
static int do_endpoints(void) { return ask(PFQ_CMD_ENDPOINT_GET, NLM_F_DUMP); }
static int do_status(void) { return ask(PFQ_CMD_STATUS_GET, 0); }

static int do_load(void)
{
	int file = open(operation_module, O_RDONLY | O_CLOEXEC), err = 0;

	fault_on();
	if (syscall(SYS_finit_module, file, "", 0))
		err = -errno;
	fault_off();
	close(file);
	return err;
}

/* --- afterwards -------------------------------------------------------------------------- */

void operation_undo(void)
{
	struct pfq_ioc_memory back = { .fd = -1 };

	/* If the file has not joined, this call gives its memory back at once. */
	if (huge_fd >= 0)
		(void)ioctl(fd, PFQ_IOC_MEMORY, &back);
	if (area != MAP_FAILED)
		munmap(area, mapped_bytes);
	area = MAP_FAILED;
	if (fd >= 0)
		close(fd);
	if (base_fd >= 0)
		close(base_fd);
	if (huge_fd >= 0)
		close(huge_fd);
	fd = base_fd = huge_fd = -1;
	if (operation_module) {
		(void)syscall(SYS_delete_module, "pfq", 0);
		return;
	}
	channel_drain(&channel);
	(void)del_group();
}

/* Count @word in the module's state in debugfs; -1: it cannot be read. */
static int state_count(const char *word, bool is_shown)
{
	char text[8192], *at = text;
	int state, count = 0;
	ssize_t n;

	state = open("/sys/kernel/debug/pfq/state", O_RDONLY);
	n = read(state, text, sizeof(text) - 1);
	if (n < 0)
		perror("kmod-failslab: /sys/kernel/debug/pfq/state");
	close(state);
	if (n < 0)
		return -1;
	text[n] = '\0';
	for (; (at = strstr(at, word)); at += strlen(word))
		count++;
	if (is_shown && count)
		fprintf(stderr, "%s", text);
	return count;
}

/* Is there no group, and no hook on any device? */
bool operation_is_undone(void)
{
	if (operation_module)
		return access("/sys/module/pfq", F_OK);
	return state_count("netns", true) == 0;
}

int operation_bindings(void)
{
	return state_count(" binding ", false);
}

int operations_begin(void)
{
	int err = wires_begin();

	return err ? err : channel_open(&channel);
}

const struct operation operations[] = {
	{ "open", nothing, do_open, false, 0 },
	{ "join a new group", open_file, do_join_new, false, 0 },
	{ "join a private group", open_file, do_join_private, false, 0 },
	{ "bring memory", huge, do_bring, false, 0 },
	{ "join with memory", brought, do_join_new, false, 0 },
	{ "join a group", group_of_one, do_join, false, 1 },
	{ "bind a second device", group_of_one, do_bind, false, 1 },
	{ "map the data area", member, do_map_data, false, 1 },
	{ "map the reader area", member, do_map_reader, false, 1 },
	{ "start", member, do_start, false, 1 },
	{ "set a filter", member, do_filter, false, 1 },
	{ "set a direction", member, do_direction, false, 1 },
	{ "inject", member, do_inject, false, 1 },
	{ "wait", member, do_wait, true, 1 },
	{ "leave as the last", mapped, do_leave, false, 1 },
	{ "leave others behind", member_of_two, do_leave, false, 1 },
	{ "add a group", nothing, do_add, false, 0 },
	{ "add a tap", nothing, do_add_tap, false, 0 },
	{ "add a group to a file", open_file, do_add_file, false, 0 },
	{ "remove a group", group, del_group, false, 2 },
	{ "dump groups", member_of_two, do_groups, false, 1 },
	{ "dump endpoints", member_of_two, do_endpoints, false, 1 },
	{ "status", member, do_status, false, 1 },
	{ "get a policy", member, program_get, false, 1 },
	{ "count a policy's answers", member, program_count, false, 1 },
	{ "join with a program", open_file, program_join, false, 0 },
	{ "add a group with one", nothing, program_add, false, 0 },
	{ "set a program", group, program_set, false, 2 },
	{ "set one with its tables", wired, program_set_like, false, 2 },
	{ "set one with others", wired, program_set_other, false, 2 },
	{ "get such a program", wired, program_get, false, 2 },
	{ "count its answers", wired, program_count, false, 2 },
	{ "change a set", wired, set_change, false, 2 },
	{ "list a set", wired, set_list, false, 2 },
};

const size_t operations_count = sizeof(operations) / sizeof(operations[0]);

const struct operation operation_load = { "load the module", nothing, do_load, false, -1 };
