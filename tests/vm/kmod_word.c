/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * kmod-word SYMBOL...: prints the int that each of these symbols of the running kernel
 * holds, or "missing".
 */
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SEGMENTS_MAX	256

/* Return the address of a symbol; 0: there is none. */
static uint64_t address_of(const char *symbol)
{
	FILE *f = fopen("/proc/kallsyms", "r");
	unsigned long long address;
	char name[512];

	if (!f)
		err(1, "/proc/kallsyms");
	while (fscanf(f, "%llx %*c %511s%*[^\n]", &address, name) == 2) {
		if (!strcmp(name, symbol)) {
			fclose(f);
			return address;
		}
	}
	fclose(f);
	return 0;
}

/* Read an int of kernel memory from /proc/kcore, which is a core file. */
static bool word_at(int core, uint64_t address, int *word)
{
	Elf64_Phdr segment[SEGMENTS_MAX];
	Elf64_Ehdr head;
	int i;

	if (pread(core, &head, sizeof(head), 0) != sizeof(head) || head.e_phnum > SEGMENTS_MAX ||
	    pread(core, segment, head.e_phnum * sizeof(*segment), (off_t)head.e_phoff) < 0)
		err(1, "/proc/kcore");
	for (i = 0; i < head.e_phnum; i++) {
		if (segment[i].p_type == PT_LOAD && address >= segment[i].p_vaddr &&
		    address - segment[i].p_vaddr < segment[i].p_memsz)
			return pread(core, word, sizeof(*word),
				     (off_t)(segment[i].p_offset + address - segment[i].p_vaddr)) ==
			       sizeof(*word);
	}
	return false;
}

int main(int argc, char **argv)
{
	int core = open("/proc/kcore", O_RDONLY | O_CLOEXEC), i, word;
	uint64_t address;

	if (core < 0)
		err(1, "/proc/kcore");
	for (i = 1; i < argc; i++) {
		address = address_of(argv[i]);
		if (address && word_at(core, address, &word))
			printf("%s %d\n", argv[i], word);
		else
			printf("%s missing\n", argv[i]);
	}
	close(core);
	return 0;
}
