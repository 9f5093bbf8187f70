#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Each check of this folder fails and prints a message if its rule is broken. The test
# breaks a copy of the tree in one place at a time.
. "$(dirname "$0")/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
changed=()
tried=0
read -ra cc <<<"${CC:-cc}"

# change FILE SED-SCRIPT...: change the file in the copy; fail if nothing changes
change()
{
	local file=$1 script

	shift
	changed+=("$file")
	for script; do
		sed -i -e "$script" "$tree/$file"
	done
	! cmp -s "$top/$file" "$tree/$file" || says "fails.sh: $file has nothing to break by: $*"
}

# append FILE LINE: append the line to the file in the copy
append()
{
	changed+=("$1")
	echo "$2" >>"$tree/$1"
}

# create FILE: create the file in the copy, from standard input
create()
{
	changed+=("$1")
	cat >"$tree/$1"
}

put_back()
{
	local file

	for file in "${changed[@]}"; do
		if [ -f "$top/$file" ]; then
			cat "$top/$file" >"$tree/$file"
		else
			rm -f "$tree/$file"
		fi
	done
	changed=()
}

# check SCRIPT: run the check of the copy on the copy
check()
{
	PFQ_BUILD=$work/build bash "$tree/tests/tree/$1" 2>&1
}

# expect SCRIPT MESSAGE...: the check must fail and print each MESSAGE; then restore the
# copy
expect()
{
	local script=$1 out status=0 message

	shift
	out=$(check "$script") || status=$?
	[ $status -eq 1 ] || says "fails.sh: $script ended with $status where it should say: $*"
	for message; do
		tried=$((tried + 1))
		grep -qF -e "$message" <<<"$out" ||
			says "fails.sh: $script did not say: $message"$'\n'"$out"
	done
	put_back
}

# build VARIABLE=VALUE...: make a Makefile of a build that has two objects of core/
build()
{
	printf '%s\n' "$@" >"$work/build/core/Makefile"
}

# compile OBJECT: compile it from standard input
compile()
{
	"${cc[@]}" -xc -c -o "$work/build/core/$1" -
}

mkdir -p "$tree" "$work/build/core"
touch "$work/build/Makefile"
tree_all | tar -c -T - | tar -x -C "$tree"
chmod -R u+w "$tree"
compile one.o <<<'int pfq_two(void); int pfq_one(void) { return pfq_two(); }'
compile two.o <<<'int pfq_two(void) { return 2; }'
build 'PROGRAMS = test' 'test_OBJECTS = one.o two.o'
for script in arrows circles language lists sizes symbols synonyms words; do
	out=$(check $script.sh) || says "fails.sh: $script.sh fails as it is: $out"
done
[ $failures -eq 0 ] || finish

# --- folders --------------------------------------------------------------------------------------
change core/hash.c '1i#include "../lib/error.h"'
expect arrows.sh 'core/hash.c: includes lib/error.h, and tests/tree/arrows.table has no arrow'
change core/hash.c '1i#include "lib/error.h"'
expect arrows.sh 'no arrow from core to lib'
change tests/tree/arrows.table 's/^lib:.*/& core/'
expect arrows.sh 'nothing needs the arrow from lib to core'
change tests/tree/arrows.table '/^lib:/d'
expect arrows.sh 'lib: has no line in tests/tree/arrows.table'
append tests/tree/arrows.table nowhere:
expect arrows.sh 'nowhere has a line, but no files'
change tests/tree/arrows.table 's/^lib:.*/& core/' 's/^core:.*/& lib/'
change core/hash.c '1i#include "../lib/error.h"'
change lib/error.c '1i#include "../core/hash.h"'
expect arrows.sh 'tests/tree/arrows.table: a circle:'

# --- objects --------------------------------------------------------------------------------------
compile one.o <<<'int pfq_two(void); int pfq_one(void) { return pfq_two(); }'
compile two.o <<<'int pfq_one(void); int pfq_two(void) { return pfq_one(); }'
expect circles.sh 'a circle that tests/tree/circles.table does not allow: core/one core/two'
compile two.o <<<'int pfq_two(void) { return 2; }'
append tests/tree/circles.table 'core/one core/two'
expect circles.sh 'this is no circle any more, take the line out: core/one core/two'
append tests/tree/circles.table 'core/none core/two'
expect circles.sh 'tests/tree/circles.table: there is no core/none.c'
create kmod/one.c <<<'void pfqk_one(void)
{
	pfqk_two();
}'
create kmod/two.c <<<'void pfqk_two(void)
{
	/* no circle yet: pfqk_one() */
}'
out=$(check circles.sh) || says "fails.sh: circles.sh takes a comment for a call: $out"
create kmod/two.c <<<'void pfqk_two(void)
{
	pfqk_one();
}'
expect circles.sh 'a circle that tests/tree/circles.table does not allow: kmod/one kmod/two'
compile two.o <<<'int pfq_one(void) { return 2; }'
expect symbols.sh 'core/test: pfq_one is exported by core/one.o and core/two.o'
compile two.o <<<'int two = 2;'
expect symbols.sh 'core/two.o: two is exported, and what core exports begins with: pfq_'
compile two.o <<<'int pfq_two(void) { return 2; }'
create lib/two.c <<<'int two(void)
{
	return 2;
}'
expect symbols.sh 'lib/two.c: two is exported, and what lib exports begins with: pfq_'
create kmod/compat/group.h </dev/null
expect symbols.sh 'the file name group.h is there more than once: kmod/compat/group.h kmod/group.h'
append tests/tree/symbols.table nowhere
expect symbols.sh 'there is no nowhere with C files'
append bench/compare/wire.sh 'fail() { exit 1; }'
expect symbols.sh \
	'bench/compare/wire.sh: the library tests/lib/say.sh defines fail(), too'
append tests/netns/no-leaks.sh 'wait_for () { sleep 1; }'
expect symbols.sh \
	'tests/netns/no-leaks.sh: it sources tests/lib/process.sh, which defines wait_for(), too'
append tests/netns/no-leaks.sh '. ../lib/none.sh'
expect symbols.sh 'tests/netns/no-leaks.sh: it sources ../lib/none.sh, which is not there'
create tests/new.sh <<<'fail() { exit 1; }'
out=$(check symbols.sh) ||
	says "fails.sh: symbols.sh refuses a function of a script that sources nothing: $out"
put_back

# --- lists ----------------------------------------------------------------------------------------
change kmod/Kbuild 's/ view\.o//'
expect lists.sh 'file kmod/view.c: kmod/install.am has it, and kmod/Kbuild lacks it'
change kmod/install.am 's,kmod/view\.h,,'
expect lists.sh 'file kmod/view.h: kmod/ has it, and kmod/install.am lacks it'
change kmod/install.am 's,core/view\.h,,'
expect lists.sh "file core/view.h: kmod/'s #include has it, and kmod/install.am lacks it"
create tests/netns/new.sh </dev/null
expect lists.sh 'script new: tests/netns/ has it, and tests/vm/behaviours lacks it'
change tests/netns/Makefile.am '/^\tno-leaks/d'
expect lists.sh 'script no-leaks: tests/netns/ has it, and tests/netns/Makefile.am lacks it'
change tests/vm/behaviours '/^no-leaks/d'
expect lists.sh 'script no-leaks: tests/netns/ has it, and tests/vm/behaviours lacks it'
change tests/vm/behaviours '/^no-leaks/s/both/never/'
expect lists.sh 'tests/vm/behaviours, no-leaks: it is quick, both, or user and a reason'
change bench/compare/core.sh 's,/core/stages\.sh,/stages.sh,'
expect lists.sh 'bench/compare/core.sh: there is no bench/stages.sh'

# --- words of tables ------------------------------------------------------------------------------
change include/linux/pfq.h 's/^\t_(drop_filter,/\t_(drop_new, DROP, "new") \\\n&/'
expect words.sh 'man/pfq.7: the counter "drop_new" is missing'
change core/program.c 's/^\t{ "rr",/\t{ "new", { 0 }, step_rr },\n&/'
expect words.sh 'man/pfq.7: the policy "new" is missing' \
	'a unit test of core/program.c: the policy "new" is missing'
change pfqd/ingest/driver.h 's/^\t_(ingest_xdp)/\t_(ingest_new)\t\t\\\n&/'
expect words.sh 'man/pfqd.conf.5: the driver "new" is missing'
keys=$(tree_files '/conf_keys\.c$')
new_key()
{
	change "$keys" "s/^\\(\\t{ CONF_SECTION_GROUP, \"\\)ring\",/\\1new\", $1, NULL },\\n&/"
}
new_key parse_ring
expect words.sh 'man/pfqd.conf.5: the key "new" is missing' \
	'conf/pfqd.conf: the key "new" is missing'
new_key parse_to_come
expect words.sh 'man/pfqd.conf.5: the key "new" is missing' \
	'conf/pfqd.conf: the key "new" is missing'
# A word is missing in a text.
change man/pfq.7 '/^\.It Cm mac/d'
change conf/pfqd.conf '/^;ring/d'
expect words.sh 'man/pfq.7: the policy "mac" is missing' \
	'conf/pfqd.conf: the key "ring" is missing'
change tools/pfqctl/hint_rule.c 's/^\t{ "stopped",/\t{ "new", HINT_MEMBER, is_stopped, 0, "" },\n&/'
expect words.sh 'man/pfqctl.8: the hint "new" is missing'
change include/linux/pfq_lang.h 's/^\t_(IS_IP4,/\t_(NEW,\t"new",\tPRED,\tNONE,\t1, "new") \\\n&/'
expect words.sh 'man/pfq-lang.7: the symbol "new" is missing'
change "$keys" 's/CONF_SECTION_/CONF_PART_/'
expect words.sh 'the table of keys is not where words.sh looks for it'

# --- sizes ----------------------------------------------------------------------------------------
lines() { seq "$1" | sed "s|.*|$2|"; }
create core/long.c < <(echo 'int pfq_long(void)' && echo '{' && lines 47 '	;' && echo '}')
# Columns count, not bytes: a tab leads to the next multiple of 8, and a character of two
# bytes counts once.
create m4/wide.sh < <(printf '\t%092d\n%s\n' 0 "$(lines 100 'ä' | tr -d '\n')")
create core/long.h < <(lines 500 '/* */')
out=$(check sizes.sh) || says "fails.sh: sizes.sh refuses what is just right: $out"
create core/long.c < <(echo 'int pfq_long(void)' && echo '{' && lines 48 '	;' && echo '}')
create core/long.h < <(lines 501 '/* */')
create m4/wide.sh < <(printf '\t%093d\n' 0)
expect sizes.sh 'function core/long.c pfq_long: 51 where tests/tree/sizes.table allows 0' \
	'file core/long.h: 501 where tests/tree/sizes.table allows 0' \
	'wide m4: 1 where tests/tree/sizes.table allows 0'
change core/filter_run.c \
	's/^static .* filter_exec(/&int unused, /; /^static .* filter_exec(/,/^}/{/^$/d}'
expect sizes.sh 'function core/filter_run.c filter_exec: '
change tests/tree/sizes.table 's/^\(function core.filter_run.c filter_exec\) .*/\1 999/'
expect sizes.sh 'where tests/tree/sizes.table allows 999: lower the number there'

# --- language -------------------------------------------------------------------------------------
# comments TEXT...: print each as a comment on its own line
comments()
{
	printf '/* %s */\n' "$@"
}

create m4/words.c < <(comments 'who takes it' 'What is left.' 'Whoever comes' \
	'Which of them it is.' 'it waits' 'They wait.' 'this is a ring' 'These are taken.' \
	'That takes a lock.' 'those that wait' 'Such as wait' 'such' 'That: a ring' \
	'A ring is full. What comes is dropped.')
create m4/words.h < <(printf '/*\n * A ring:\n *\n * who fills it\n */\n')
create m4/words.sh < <(printf '# What it does.\ntrue # what code is followed by, is not read\n')
create man/new.8 <<<'.Sh NAME
.Nm new
.Nd what it does
.Sh DESCRIPTION
.Nm
waits.
Who waits,
.Em loses .
.Bl -tag
.It Cm what
The word.
.It those that wait
The ring
.Nm .
.El
.Bd -literal
Who knows.
.Ed'
create m4/README.md <<<'# What it does
| name | who |
|---|---|
| ring | [what](x.md) waits |
```sh
What waits.
```
- **Which** rings'
expect language.sh 'comment m4: 15 where tests/tree/language.table allows 0' \
	'sentence m4: 1 where tests/tree/language.table allows 0' \
	'text man/new.8: 3 where tests/tree/language.table allows 0' \
	'text m4/README.md: 4 where tests/tree/language.table allows 0'

create m4/words.c < <(comments 'This ring is full.' 'That process waits' \
	'those rings that wait' 'Such a ring is full.' 'Is it full? It is.' 'Who is it?' \
	'A ring. It is full.' 'pfqd waits for what comes.' '"what" is a word' &&
	printf '\tputs("/* what */"); /* says it */\n\tputs("\\"" /* words */ "it");\n')
out=$(check language.sh) || says "fails.sh: language.sh takes nouns for pronouns: $out"
put_back
append tests/tree/language.table 'comment m4 1'
expect language.sh 'comment m4: 0 where tests/tree/language.table allows 1: lower the number'

# --- synonyms -------------------------------------------------------------------------------------
create core/words.c < <(comments 'A Reader waits.' 'It waits for its
 * application.' 'a reader area' 'struct pfq_reader' && printf '\tputs("two subscribers");\n')
create core/filter_words.h < <(comments 'The program ends.' 'an XDP-program')
create man/pfq.7 <<<'.Sh NAME
The readers of a ring
.Em wait .'
expect synonyms.sh 'core/words.c:1: "reader" is called: consumer' \
	'core/words.c:2: "application" is called: program' \
	'core/words.c:6: "subscribers" is called: member' \
	'core/filter_words.h:1: "program" is called: filter' \
	'man/pfq.7:2: "readers" is called: consumer'
create core/words.c < <(comments 'The reader area has words.' 'pfq_reader_hdr' 'q->reader' &&
	printf '#include "reader"\n\twhile (reader)\n')
out=$(check synonyms.sh) || says "fails.sh: synonyms.sh refuses names, or the reader area: $out"
put_back

# --- tables: --lower accepts moves, but no higher number ------------------------------------------
mv "$tree/core/echo.c" "$tree/m4/words.c"
echo '/* what moves */' >>"$tree/m4/words.c"
out=$(bash "$tree/tests/tree/language.sh" --lower) &&
	says "fails.sh: language.sh --lower raises a number"
grep -q '^comment: .* in all, and before ' <<<"$out" || says "fails.sh: language.sh --lower: $out"
sed -i '$d' "$tree/m4/words.c"
echo 'comment core 999' >>"$tree/tests/tree/language.table"
bash "$tree/tests/tree/language.sh" --lower
out=$(check language.sh) || says "fails.sh: language.sh --lower leaves what fails: $out"

[ $failures -gt 0 ] || echo "$tried rules broken, each of them noticed"
finish
