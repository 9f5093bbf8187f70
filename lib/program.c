/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "error.h"
#include "lang/compile.h"
#include "program.h"

#define FILE_WORD	"file:"

/* The path of the file that @lang names; NULL: it is the program. */
static const char *path_of(const char *lang)
{
	if (!strncmp(lang, FILE_WORD, strlen(FILE_WORD)))
		return lang + strlen(FILE_WORD);
	return *lang == '/' ? lang : NULL;
}

/* Returns 0 or -errno. */
static int read_all(int fd, char *text)
{
	size_t len = 0;
	struct stat st;
	ssize_t n = 1;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ESPIPE;
	while (n > 0 && len <= PFQ_LANG_TEXT_MAX) {
		n = read(fd, text + len, PFQ_LANG_TEXT_MAX + 1 - len);
		if (n < 0)
			return -errno;
		len += (size_t)n;
	}
	text[len] = '\0';
	if (strlen(text) != len)
		return -EILSEQ;
	return len <= PFQ_LANG_TEXT_MAX ? 0 : -EFBIG;
}

static int read_file(const char *path, char **text, struct pfq_error *err)
{
	int fd, ret;

	*text = malloc(PFQ_LANG_TEXT_MAX + 2);
	if (!*text)
		return pfq_error_set(err, -ENOMEM, "no memory for a program");
	/* a FIFO must not make the program wait */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ret = fd < 0 ? -errno : read_all(fd, *text);
	if (fd >= 0)
		close(fd);
	return ret ? pfq_error_set(err, ret, "lang: %.100s: %.60s; allowed: a file of text of at "
				   "most %d bytes", path, ret == -ESPIPE ? "no file on a disk" :
				   strerror(-ret), PFQ_LANG_TEXT_MAX) : 0;
}

/* @path NULL: @text is from the parameters. Returns 0, or -errno with text. */
static int compile(struct pfq_lang **lang, const char *text, const char *path,
		   struct pfq_error *err)
{
	const struct pfq_lang_note *note;
	int ret = pfq_lang_compile(lang, text, strlen(text));

	if (ret == -ENOMEM)
		return pfq_error_set(err, ret, "no memory for a program");
	if (!ret)
		return 0;
	note = pfq_lang_first_error(*lang);
	if (!note)
		pfq_error_set(err, ret, "lang: the program is refused");
	else if (path)
		pfq_error_set(err, ret, "lang: %.100s:%u:%u: %.130s", path, note->line,
			      note->column, note->text);
	else
		pfq_error_set(err, ret, "lang: column %u: %.220s", note->column, note->text);
	pfq_lang_free(*lang);
	*lang = NULL;
	return ret;
}

int pfq_program_read(char **text, const char *lang, struct pfq_error *err)
{
	const char *path = path_of(lang);
	struct pfq_lang *made = NULL;
	int ret;

	*text = NULL;
	if (path) {
		ret = read_file(path, text, err);
	} else {
		*text = strdup(lang);
		ret = *text ? 0 : pfq_error_set(err, -ENOMEM, "no memory for a program");
	}
	if (!ret)
		ret = compile(&made, *text, path, err);
	pfq_lang_free(made);
	if (!ret)
		return 0;
	free(*text);
	*text = NULL;
	return ret;
}

int pfq_program_put(struct pfq_msg_out *o, const char *text, struct pfq_error *err)
{
	char shown[PFQ_PROGRAM_TEXT_MAX + 1];
	struct pfq_lang *made;
	int ret = compile(&made, text, NULL, err);

	if (ret)
		return ret;
	strncpy(shown, text, sizeof(shown) - 1);
	shown[sizeof(shown) - 1] = '\0';
	pfq_msg_put_binary(o, PFQ_A_PROGRAM, made->bytes, made->size);
	pfq_msg_put_string(o, PFQ_A_PROGRAM_TEXT, shown);
	pfq_lang_free(made);
	return 0;
}
