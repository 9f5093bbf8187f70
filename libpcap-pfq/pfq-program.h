/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Names of programs, as sections of the file have them. This file does not depend on libpcap. */
#ifndef PFQ_PROGRAM_H
#define PFQ_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Write the name of this program's file. The caller of a privileged program chooses argv[0], and
 * could choose another program's section by it, so it is not used if @is_secure.
 */
void pfq_program_name(char *name, size_t size, bool is_secure);

/*
 * May a person who means the program @name have written the section @section, which is not that
 * program's? So it is if both are equal but for folders and upper case, or if @section is a slip
 * of @name and no program of its own: in none of the folders for programs, nor in PATH. Names that
 * differ in digits only are different programs, such as snort and snort3.
 */
bool pfq_program_is_meant(const char *section, const char *name);

#endif /* PFQ_PROGRAM_H */
