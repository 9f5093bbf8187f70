# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Prints the functions of C files in kernel style (braces in the first column), one on each line:
# FILE FIRST-LINE LINES static|global NAME
function name_of(head,	n, part)
{
	gsub(/__attribute__ *\(\([^)]*\)+\)/, "", head)
	sub(/ *\(.*/, "", head)
	n = split(head, part, /[ \t*]+/)
	return part[n]
}

FNR == 1 {
	inside = 0
	head = ""
}

inside {
	if (/^}/) {
		print FILENAME, first, FNR - first + 1, kind, name
		inside = 0
		head = ""
	}
	next
}

/^{/ && head ~ /\(/ {
	inside = 1
	name = name_of(head)
	kind = head ~ /(^| )static( |$)/ ? "static" : "global"
	next
}

# a line of the head of a function, which may have several lines
/^[A-Za-z_]/ && !/[;:}]$/ && !/^(struct|union|enum) [a-z_0-9]+ {$/ {
	if (head == "")
		first = FNR
	head = head " " $0
	next
}

/^[ \t]/ && head != "" && !/[;}]$/ {
	head = head " " $0
	next
}

{
	head = ""
}
