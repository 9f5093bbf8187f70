/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "pfq-lib.h"

#define SONAME	"libpfq.so.0"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct pfq_lib functions;
static int loaded;

struct symbol {
	const char *name;
	size_t offset;
};

#define SYMBOL(function)	{ #function, offsetof(struct pfq_lib, function) },

static const struct symbol symbols[] = { PFQ_LIB_FUNCTIONS(SYMBOL) };

/* the directory that this library was loaded from, or an empty string */
static void own_directory(char *dir, size_t size)
{
	Dl_info info;
	const char *slash;

	dir[0] = '\0';
	if (!dladdr(&lock, &info) || !info.dli_fname)
		return;
	slash = strrchr(info.dli_fname, '/');
	if (slash && (size_t)(slash - info.dli_fname) < size)
		snprintf(dir, size, "%.*s", (int)(slash - info.dli_fname), info.dli_fname);
}

/* the advice if this process cannot open a descriptor; NULL: it can */
static const char *open_fault(void)
{
	int fd = eventfd(0, EFD_CLOEXEC);

	if (fd >= 0) {
		close(fd);
		return NULL;
	}
	return errno == EMFILE ? "raise `ulimit -n` of this process, or LimitNOFILE= of its unit" :
	       errno == ENFILE ? "raise the machine's fs.file-max (sysctl)" : NULL;
}

/* The search for libpfq. */
struct search {
	bool is_there;		/* a file exists but cannot be loaded: err keeps this reason */
	char *err;
	size_t err_size;
};

static void *try(struct search *s, const char *path)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const char *why, *fault;

	if (handle || s->is_there)
		return handle;
	why = dlerror();
	fault = open_fault();
	snprintf(s->err, s->err_size, "pfq devices need " SONAME ": %.120s%s%s", why ? why : "?",
		 fault ? ": " : "", fault ? fault : "");
	s->is_there = fault || !access(path, F_OK);
	return NULL;
}

/*
 * The directories near this library come first: they have the libpfq of the same
 * build. The plain name comes last; for it, the loader uses the system's search
 * order (and LD_LIBRARY_PATH, if it allows that).
 */
static void *find(char *err, size_t err_size)
{
	static const char *const near[] = { "/../" SONAME, "/" SONAME };
	struct search s = { .err = err, .err_size = err_size };
	char dir[PATH_MAX], path[PATH_MAX + sizeof(SONAME) + 4];
	void *handle = NULL;
	unsigned int i;

	own_directory(dir, sizeof(dir));
	for (i = 0; dir[0] && !handle && i < sizeof(near) / sizeof(near[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", dir, near[i]);
		handle = try(&s, path);
	}
	if (!handle)
		handle = try(&s, PFQ_LIBDIR "/" SONAME);
	return handle ? handle : try(&s, SONAME);
}

static int load(char *err, size_t err_size)
{
	void *handle = find(err, err_size), *function;
	unsigned int i;

	if (!handle)
		return -1;
	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		function = dlsym(handle, symbols[i].name);
		if (!function) {
			snprintf(err, err_size, SONAME " has no %s(): install the one of this pfq",
				 symbols[i].name);
			dlclose(handle);
			return -1;
		}
		memcpy((char *)&functions + symbols[i].offset, &function, sizeof(function));
	}
	return 0;
}

const struct pfq_lib *pfq_lib_get(char *err, size_t err_size)
{
	int ret = 0;

	pthread_mutex_lock(&lock);
	if (!loaded) {
		ret = load(err, err_size);
		loaded = !ret;
	}
	pthread_mutex_unlock(&lock);
	return ret ? NULL : &functions;
}
