# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Reads faults.table and a trace of strace -y. Prints a line "CALL NUMBER ERROR" for each fault to
# try: the NUMBERth CALL of a thread fails with ERROR. "CALL NUMBER ?": the table does not have it.
#
# role   "first": calls of the first thread in the trace; "others": calls of the others; "": all
# from   begin with the line that matches
# until  end before the line that matches; "": at the end

FNR == NR {
	if (NF && $0 !~ /^#/) {
		call[++rows] = $1
		pattern[rows] = $2
		$1 = $2 = ""
		errors[rows] = $0
	}
	next
}

# Without -f and with one process, there are no numbers of threads.
/^[0-9]+ / {
	thread = $1
	sub(/^[0-9]+ +/, "")
}

first == "" { first = thread "x" }

# not the end of a call that another one interrupted
match($0, /^[a-z][a-z0-9_]*\(/) {
	name = substr($0, 1, RLENGTH - 1)
	n = ++count[thread, name]
	begun = begun || from == "" || $0 ~ from
	if (!begun || ended)
		next
	if (until != "" && $0 ~ until) {
		ended = 1
		next
	}
	if (role != "" && (role == "first") != (thread "x" == first))
		next
	print_faults(name, n)
}

function print_faults(name, n,	i, words, list, e)
{
	for (i = 1; i <= rows; i++)
		if (call[i] == name && $0 ~ pattern[i])
			break
	words = split(i <= rows ? errors[i] : "?", list, " ")
	for (e = 1; e <= words; e++)
		if (list[e] != "-" && !seen[name, n, list[e]]++)
			print name, n, list[e]
}
