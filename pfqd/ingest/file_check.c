/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Checks whether a file can be replayed: when pfqd.conf is read, and again when the replay begins,
 * because the file may be another one by then.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/linktype.h"
#include "pfqd/base/error.h"
#include "pfqd/base/unit.h"
#include "file_check.h"
#include "file_text.h"

#define ALLOWED_CAPTURE	"; allowed: a pcap or pcapng file"

/* The link types of the engine by the numbers of libpcap. The numbers in files may be others. */
static const struct {
	int dlt;
	uint32_t linktype;
} linktypes[] = {
	{ DLT_EN10MB,	PFQ_LINKTYPE_ETHERNET },
	{ DLT_RAW,	PFQ_LINKTYPE_RAW },
};

/* Set the error for a file @fd that libpcap refuses with @text. */
static int refuse(int fd, const char *text, struct pfq_error *err)
{
	const char *format = file_text_format(fd);

	if (format && *format)
		return error_set(err, -EINVAL, "a %s file that cannot be replayed: %.200s", format,
				 text);
	return error_set(err, -EINVAL, "%.200s" ALLOWED_CAPTURE, format ? "it is empty" : text);
}

/* Set the error for a file that cannot be opened. */
static int refuse_open(const char *path, int error, struct pfq_error *err)
{
	const char *why = unit_explains("", path, error);

	return why ? error_set(err, -error, "%s", why) :
		error_set(err, -error, "%s" ALLOWED_CAPTURE, strerror(error));
}

/*
 * Open @path with libpcap by a descriptor. By a name, libpcap would wait for a FIFO's writer, and
 * would read standard input for "-".
 */
static int open_capture(pcap_t **out, const char *path, struct pfq_error *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	FILE *f = NULL;
	int ret = 0;

	if (fd < 0 || fstat(fd, &st))
		ret = refuse_open(path, errno, err);
	else if (!S_ISREG(st.st_mode))
		ret = error_set(err, -EINVAL, "not a regular file" ALLOWED_CAPTURE);
	else if (!(f = fdopen(fd, "rb")))
		ret = error_set(err, -errno, "%s" ALLOWED_CAPTURE, strerror(errno));
	if (!f) {
		if (fd >= 0)
			close(fd);
		return ret;
	}
	*out = pcap_fopen_offline(f, text);
	if (*out)
		return 0;
	ret = refuse(fd, text, err);
	fclose(f);
	return ret;
}

int file_check_linktype(pcap_t *pcap, uint32_t *linktype, struct pfq_error *err)
{
	int dlt = pcap_datalink(pcap);
	const char *name = pcap_datalink_val_to_name(dlt);
	char number[16];
	size_t i;

	for (i = 0; i < sizeof(linktypes) / sizeof(linktypes[0]); i++) {
		if (linktypes[i].dlt == dlt) {
			*linktype = linktypes[i].linktype;
			return 0;
		}
	}
	snprintf(number, sizeof(number), "%d", dlt);
	return error_set(err, -EOPNOTSUPP, "link type %s is not supported; allowed: EN10MB, RAW",
			 name ? name : number);
}

int file_check_path(const char *path, struct pfq_error *err)
{
	uint32_t linktype;
	pcap_t *p;
	int ret;

	ret = open_capture(&p, path, err);
	if (ret)
		return ret;
	ret = file_check_linktype(p, &linktype, err);
	pcap_close(p);
	return ret;
}
