/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Reads pfqd.conf from a file or a pipe. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "conf.h"
#include "pfqd/base/unit.h"

/*
 * Open a file or a pipe. Pipes made by the shell (/dev/stdin, <(command)) have a writer. A named
 * FIFO may never get one, and open() would wait for it: -ESPIPE.
 */
static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), ret = 0;
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || fstatfs(fd, &fs) || fcntl(fd, F_SETFL, 0))
		ret = -errno;
	else if (S_ISFIFO(st.st_mode) && fs.f_type != PIPEFS_MAGIC)
		ret = -ESPIPE;
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

/*
 * Read the whole file into memory, at most CONF_FILE_MAX bytes. Returns 0 or -errno. The caller
 * frees *text.
 */
static int read_file(const char *path, char **text, size_t *len)
{
	size_t size = CONF_FILE_MAX + 1;
	int fd, ret = 0;
	ssize_t n = 1;

	fd = open_file(path);
	if (fd < 0)
		return fd;
	*len = 0;
	*text = malloc(size);
	if (!*text)
		ret = -ENOMEM;
	while (!ret && n > 0 && *len < size) {
		n = read(fd, *text + *len, size - *len);
		if (n < 0)
			ret = errno == EINTR ? 0 : -errno;
		else
			*len += n;
		if (n < 0 && !ret)
			n = 1;
	}
	close(fd);
	if (!ret && *len == size)
		ret = -EFBIG;
	if (ret) {
		free(*text);
		*text = NULL;
	}
	return ret;
}

int conf_load(struct conf **conf, const char *path, struct conf_report *report)
{
	char *text = NULL;
	const char *why;
	size_t len = 0;
	int ret;

	report->file = path;
	ret = read_file(path, &text, &len);
	if (ret) {
		why = ret == -ESPIPE ? "a named pipe; allowed: a file, or /dev/stdin" :
			unit_explains("", path, ret);
		conf_complain(report, 0, "%s", why ? why : strerror(-ret));
		return ret;
	}
	ret = conf_parse(conf, text, len, report);
	free(text);
	return ret;
}
