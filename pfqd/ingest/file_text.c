/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "pfqd/base/error.h"
#include "file_text.h"

#define PATH_SHOWN_MAX	100

/* the magic numbers at the beginning of files, in either byte order */
static const struct {
	uint32_t magic;
	const char *format;
} formats[] = {
	{ 0x0a0d0d0a, "pcapng" },
	{ 0xa1b2c3d4, "pcap" },
	{ 0xa1b23c4d, "pcap" },	/* with nanoseconds */
	{ 0xa1b2cd34, "pcap" },	/* from an old patch of libpcap */
};

const char *file_text_path(const char *path)
{
	size_t length = strlen(path);

	return length > PATH_SHOWN_MAX ? path + length - PATH_SHOWN_MAX : path;
}

const char *file_text_format(int fd)
{
	uint32_t magic = 0;
	ssize_t n = pread(fd, &magic, sizeof(magic), 0);
	size_t i;

	if (!n)
		return "";
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (magic == formats[i].magic || __builtin_bswap32(magic) == formats[i].magic)
			return formats[i].format;
	}
	return NULL;
}

int file_text_refuse(const char *path, int fd, const char *why, struct pfq_error *err)
{
	const char *shown = file_text_path(path), *format = file_text_format(fd);

	if (!format)
		return error_set(err, -EINVAL, "file %s: not a pcap or pcapng file: %s", shown,
				 why);
	if (!*format)
		return error_set(err, -EINVAL, "file %s: is empty, not a pcap or pcapng file",
				 shown);
	return error_set(err, -EINVAL, "file %s: a %s file that cannot be replayed: %s", shown,
			 format, why);
}
