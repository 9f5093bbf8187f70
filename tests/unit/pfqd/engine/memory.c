/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Tests the memory of an endpoint: what its consumer can and cannot do with the descriptors. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/ring.h"
#include "lib/area.h"
#include "lib/pool.h"
#include "pfqd/host/available.h"
#include "pfqd/host/hugepage.h"
#include "pfqd/engine/memory.h"
#include "tests/unit/fixture/check.h"
#include "tests/unit/fixture/pool.h"

#define LANES	3

static struct memory m;

static int count_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int create_of(uint64_t lane_bytes, uint32_t lanes, const char *hugepages,
		     struct pfq_error *err)
{
	struct memory_wish wish = { lane_bytes, lanes, 1514, 1, hugepages, NULL };

	return memory_create(&m, &wish, err);
}

static int create(const char *hugepages, struct pfq_error *err)
{
	return create_of(memory_lane_bytes(1 << 20, LANES, 1514), LANES, hugepages, err);
}

static int setup(void **state)
{
	struct pfq_error err;

	(void)state;
	return create("off", &err);
}

static int teardown(void **state)
{
	(void)state;
	memory_destroy(&m);
	return 0;
}

static void test_sizes(void **state)
{
	(void)state;
	/*
	 * A lane gets a share of the size asked for, at most twice as much, and enough for
	 * a packet.
	 */
	assert_int_equal(memory_lane_bytes(64 << 20, 1, 262144), 64 << 20);
	assert_int_equal(memory_lane_bytes(64 << 20, 2, 262144), 32 << 20);
	assert_int_equal(memory_lane_bytes(64 << 20, 3, 262144), 32 << 20);
	assert_int_equal(memory_lane_bytes(1, 2, 262144), pfq_ring_lane_min(262144));
	assert_true(memory_lane_bytes(UINT64_MAX, 64, 1) <= 1ULL << 44);
}

static void test_format(void **state)
{
	const struct pfq_ring_hdr *hdr = m.data;

	(void)state;
	assert_true(hdr->magic == PFQ_RING_MAGIC);
	assert_int_equal(hdr->lanes, LANES);
	assert_int_equal(hdr->lane_size, m.lane_bytes);
	assert_int_equal(hdr->snaplen, 1514);
	assert_int_equal(hdr->linktype, 1);
	assert_true(hdr->total_bytes <= m.data_bytes);
	assert_int_equal(m.page_bytes, sysconf(_SC_PAGESIZE));
	assert_true(m.reader_bytes >= pfq_ring_reader_bytes(LANES));
}

static void test_cloexec(void **state)
{
	(void)state;
	assert_true(fcntl(m.data_fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(m.reader_fd, F_GETFD) & FD_CLOEXEC);
}

static void test_prefaulted(void **state)
{
	size_t pages = m.data_bytes / sysconf(_SC_PAGESIZE), i;
	unsigned char *vec = calloc(pages, 1);

	(void)state;
	assert_int_equal(mincore(m.data, m.data_bytes, vec), 0);
	for (i = 0; i < pages; i++)
		assert_true(vec[i] & 1);
	free(vec);
}

/* None of these is possible: a writable mapping, a write, a change of size, a hole. */
static void test_data_is_read_only(void **state)
{
	char path[64], byte = 1;
	void *map;
	int fd;

	(void)state;
	map = mmap(NULL, m.data_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, m.data_fd, 0);
	assert_true(map == MAP_FAILED && errno == EPERM);
	map = mmap(NULL, m.data_bytes, PROT_READ, MAP_SHARED, m.data_fd, 0);
	assert_true(map != MAP_FAILED);
	assert_int_equal(mprotect(map, m.data_bytes, PROT_READ | PROT_WRITE), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(madvise(map, m.data_bytes, MADV_REMOVE), -1);
	assert_int_equal(pwrite(m.data_fd, &byte, 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(m.data_fd, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(m.data_fd, m.data_bytes * 2), -1);
	assert_int_equal(fallocate(m.data_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096),
			 -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(fallocate(m.data_fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0, 4096),
			 -1);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", m.data_fd);
	fd = open(path, O_RDWR);
	if (fd >= 0) {
		map = mmap(NULL, m.data_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		assert_true(map == MAP_FAILED);
		assert_int_equal(pwrite(fd, &byte, 1, 0), -1);
		assert_int_equal(ftruncate(fd, 0), -1);
		close(fd);
	}
	/* The engine's own mapping still works. */
	((volatile char *)m.data)[m.data_bytes - 1] = 7;
	assert_int_equal(pread(m.data_fd, &byte, 1, m.data_bytes - 1), 1);
	assert_int_equal(byte, 7);
}

static void test_seals_stay(void **state)
{
	int data = fcntl(m.data_fd, F_GET_SEALS), reader = fcntl(m.reader_fd, F_GET_SEALS);

	(void)state;
	assert_true(data >= 0);
	assert_int_equal(data & (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL),
			 F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL);
	/* Secret memory has no seals and needs none. */
	if (reader < 0) {
		assert_int_equal(errno, EINVAL);
		return;
	}
	assert_int_equal(reader & (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL),
			 F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	assert_int_equal(fcntl(m.reader_fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
	assert_int_equal(errno, EPERM);
}

/*
 * A consumer can write to the reader area but not shrink it, so the engine can always read
 * it. Punching holes is possible only if the kernel has no secret memory.
 */
static void test_reader_area(void **state)
{
	volatile char *ours = m.reader;
	bool is_secret = fcntl(m.reader_fd, F_GET_SEALS) < 0;
	char *theirs;

	(void)state;
	theirs = mmap(NULL, m.reader_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, m.reader_fd, 0);
	assert_true(theirs != MAP_FAILED);
	theirs[0] = 5;
	assert_int_equal(ours[0], 5);
	assert_int_equal(ftruncate(m.reader_fd, 0), -1);
	assert_int_equal(fallocate(m.reader_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				   m.reader_bytes), is_secret ? -1 : 0);
	assert_int_equal(ours[0], is_secret ? 5 : 0);
	assert_int_equal(madvise(theirs, m.reader_bytes, MADV_REMOVE), is_secret ? -1 : 0);
	munmap(theirs, m.reader_bytes);
}

static void test_nothing_stays(void **state)
{
	struct pfq_error err;
	int before = count_fds();

	(void)state;
	assert_int_equal(create("off", &err), 0);
	memory_close_fds(&m);
	assert_int_equal(count_fds(), before);
	memory_destroy(&m);
	assert_int_equal(create("3M", &err), -EINVAL);
	assert_int_equal(create("many", &err), -EINVAL);
	assert_non_null(
		strstr(err.text, "hugepages \"many\" is not allowed here; allowed: auto, off"));
	assert_int_equal(count_fds(), before);
}

/* More memory than is available: an error, before a page is used. */
static void test_more_than_there_is(void **state)
{
	uint64_t bytes = 1ULL << 30;
	struct pfq_error err;
	struct rusage ru;
	int before = count_fds();

	(void)state;
	while (bytes < available_bytes(""))
		bytes <<= 1;
	assert_int_equal(create_of(bytes, 1, "off", &err), -ENOMEM);
	assert_non_null(strstr(err.text, "are available"));
	assert_int_equal(count_fds(), before);
	assert_null(m.data);
	assert_int_equal(getrusage(RUSAGE_SELF, &ru), 0);
	assert_true((uint64_t)ru.ru_maxrss << 10 < bytes / 2);
}

/* Return the bytes of address space that this process uses. */
static uint64_t addresses(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu", &pages), 1);
	fclose(f);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* A thread that shall stop makes nothing more. */
static void test_stopped(void **state)
{
	const bool stop = true;
	struct memory_wish wish = { 1 << 20, 1, 1514, 1, "off", &stop };
	struct pfq_error err;
	int before = count_fds();

	(void)state;
	assert_int_equal(memory_create(&m, &wish, &err), -ECANCELED);
	assert_int_equal(count_fds(), before);
	assert_null(m.data);
	wish.hugepages = "auto";
	assert_int_equal(memory_create(&m, &wish, &err), -ECANCELED);
	assert_int_equal(count_fds(), before);
}

/* Several parts, of which the last one is smaller: all are allocated, and unmapped again. */
static void test_parts(void **state)
{
	struct pfq_error err;
	struct stat st;
	uint64_t before = addresses();

	(void)state;
	assert_int_equal(create_of(16 << 20, 1, "off", &err), 0);
	assert_true(m.data_bytes % (4 << 20));
	assert_int_equal(fstat(m.data_fd, &st), 0);
	assert_int_equal(st.st_blocks * 512, m.data_bytes);
	assert_true(addresses() >= before + m.data_bytes);
	memory_destroy(&m);
	assert_true(addresses() < before + (1 << 20));
}

/* Memory is available, but a limit keeps pfqd from getting it: the error names the limit. */
static void test_more_than_allowed(void **state)
{
	const uint64_t bytes = 128ULL << 20;
	struct rlimit old, few;
	struct pfq_error err;
	int ret;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
	few = old;
	few.rlim_cur = addresses() + bytes / 2;
	assert_int_equal(setrlimit(RLIMIT_AS, &few), 0);
	ret = create_of(bytes, 1, "off", &err);
	assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
	assert_int_equal(ret, -ENOMEM);
	assert_non_null(strstr(err.text, "MemoryMax="));
	assert_non_null(strstr(err.text, "smaller"));
}

/* Descriptors run out at each step. */
static void test_no_descriptors(void **state)
{
	struct rlimit old, few;
	struct pfq_error err;
	int before = count_fds(), spare, ret = -1;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	for (spare = 0; spare < 8 && ret; spare++) {
		few = old;
		few.rlim_cur = before + spare;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		ret = create("off", &err);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
		if (ret) {
			assert_true(ret == -EMFILE || ret == -ENOMEM);
			assert_int_equal(count_fds(), before);
			if (!spare)
				assert_non_null(strstr(err.text, "LimitNOFILE"));
		}
	}
	assert_int_equal(ret, 0);
	memory_destroy(&m);
	assert_int_equal(count_fds(), before);
}

/* With a pool of two pages of 2 MiB, if root can make one */
static void test_hugepages(void **state)
{
	struct pfq_error err;
	char byte = 1;

	(void)state;
	if (!pool_take(0))
		skip();
	assert_int_equal(create_of(1 << 20, 2, "2M", &err), -ENOMEM);
	memory_destroy(&m);
	pool_give();
	if (!pool_take(2))
		skip();
	/* Headers and two lanes take two pages. */
	assert_int_equal(create_of(1 << 20, 2, "2M", &err), 0);
	assert_int_equal(m.page_bytes, 2 << 20);
	assert_int_equal(m.data_bytes, 4 << 20);
	assert_int_equal(pwrite(m.data_fd, &byte, 1, 0), -1);
	assert_true(mmap(NULL, m.data_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, m.data_fd, 0) ==
		    MAP_FAILED);
	assert_int_equal(fallocate(m.data_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				   2 << 20), -1);
	((volatile char *)m.data)[m.data_bytes - 1] = 7;
	memory_destroy(&m);
	assert_true(pfq_pool_free_bytes(2 << 20) >= 4 << 20);
	pool_give();
}

static bool file_says(const char *path, const char *words)
{
	char text[256] = "";
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	if (!fgets(text, sizeof(text), f))
		text[0] = 0;
	fclose(f);
	return strstr(text, words);
}

/* Say why memory without a pool gets no large pages here. NULL: it can. */
static const char *no_large_pages(void)
{
	int major = 0, minor = 0;
	struct utsname u;

	if (uname(&u) || sscanf(u.release, "%d.%d", &major, &minor) != 2 ||
	    major < 6 || (major == 6 && minor < 1))
		return "they take Linux 6.1";
	if (!file_says("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "2097152\n"))
		return "this kernel has none of 2 MiB";
	if (file_says("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "[deny]"))
		return "shmem_enabled denies them";
	return pfq_pool_free_bytes(2 << 20) ? "a pool has room" : NULL;
}

/* Return how many KiB of the mapping at @p large pages map. */
static long large_kib(const void *p)
{
	char line[256], begin[32];
	bool is_it = false;
	long kib = -1;
	FILE *f = fopen("/proc/self/smaps", "re");

	assert_non_null(f);
	snprintf(begin, sizeof(begin), "%lx-", (unsigned long)p);
	while (kib < 0 && fgets(line, sizeof(line), f)) {
		is_it = is_it || !strncmp(line, begin, strlen(begin));
		if (is_it && sscanf(line, "ShmemPmdMapped: %ld", &kib) != 1)
			kib = -1;
	}
	fclose(f);
	return kib;
}

/*
 * Without a pool the engine and the consumer get large pages, and no more memory than asked
 * for.
 */
static void test_large_pages(void **state)
{
	const char *why = no_large_pages();
	struct pfq_error err;
	struct stat st;
	void *theirs = NULL;

	(void)state;
	if (why) {
		print_message("no large pages: %s\n", why);
		skip();
	}
	assert_int_equal(create_of(8 << 20, 1, "auto", &err), 0);
	assert_int_equal(m.page_bytes, 2 << 20);
	assert_int_equal(large_kib(m.data), 8 << 10);
	assert_int_equal(fstat(m.data_fd, &st), 0);
	assert_int_equal(st.st_size, m.data_bytes);
	assert_int_equal(st.st_blocks * 512, m.data_bytes);
	assert_true(m.data_bytes < (8 << 20) + (1 << 20));
	assert_int_equal(pfq_area_map(&theirs, m.data_bytes, PROT_READ, MAP_POPULATE, m.data_fd, 0),
			 0);
	assert_int_equal(large_kib(theirs), 8 << 10);
	munmap(theirs, m.data_bytes);
	memory_destroy(&m);
	/* A ring too small for a large page, and one with large pages switched off */
	assert_int_equal(create_of(1 << 20, 1, "auto", &err), 0);
	assert_int_equal(m.page_bytes, sysconf(_SC_PAGESIZE));
	memory_destroy(&m);
	assert_int_equal(create_of(8 << 20, 1, "off", &err), 0);
	assert_int_equal(m.page_bytes, sysconf(_SC_PAGESIZE));
	memory_destroy(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test_setup_teardown(test_format, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cloexec, setup, teardown),
		cmocka_unit_test_setup_teardown(test_prefaulted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_data_is_read_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_seals_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reader_area, setup, teardown),
		cmocka_unit_test(test_nothing_stays),
		cmocka_unit_test(test_more_than_there_is),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_more_than_allowed),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test_teardown(test_hugepages, pool_teardown),
		cmocka_unit_test(test_large_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
