#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# No writable state at file scope in model/, traces/ and workloads/: any
# number of machines live in one process. sim/ may have what is listed below.
# And libslab.a calls nothing that does I/O, reads a clock or the environment.

. tests/tap.sh

B=${B:-build}

# Of sim/: object, symbol and why. Anything else there is found.
sim_may_have='
interrupt.o wanted	set by the signal handler
'

# What libslab.a may call. fortify and stack protector variants are the same
# functions; the last two lines are what sanitizers add.
library_may_call='
^(malloc|calloc|realloc|aligned_alloc|free|abort|qsort)$
^(memcpy|memmove|memset|memcmp|memchr)$
^(strlen|strcmp|strncmp|strcpy|strncpy|strchr)$
^__(memcpy|memmove|memset|strcpy|strncpy)_chk$
^__(stack_chk_fail|assert_fail)$
^_GLOBAL_OFFSET_TABLE_$
^__(asan|ubsan)_
^__(sanitizer|tsan|msan)_
'

# Prints "symbol section file" of each writable symbol in object files. Data
# that is constant but for relocation (.data.rel.ro) is not writable state.
writable()
{
	for object in "$@"; do
		objdump -t "$object" | awk -F '\t' -v object="$object" '
		NF >= 2 {
			n = split($1, left, " ")
			section = left[n]
			n = split($2, right, " ")
			name = right[n]
		}
		NF >= 2 && $1 !~ / d +[.]/ &&
		section ~ /^([.]data|[.]bss|[.]tdata|[.]tbss|[*]COM[*])/ &&
		section !~ /^[.]data[.]rel[.]ro/ && name !~ /^_*(odr_)?asan/ &&
		name !~ /^[.]/ {
			print name, section, object
		}'
	done
}

no_state_in()
{
	writable "$B/$1"/*.o
	[ ! -s "$TEST_TMP/tap.out" ]
}

sim_has_only_the_listed()
{
	writable "$B"/sim/*.o >"$TEST_TMP/sim"
	while read -r name section object; do
		echo "$sim_may_have" |
			grep -q "^$(basename "$object") $name	" ||
			echo "not listed: $name $section $object"
	done <"$TEST_TMP/sim"
	[ ! -s "$TEST_TMP/tap.out" ]
}

# Prints what the library calls and nobody allows.
calls_not_allowed()
{
	echo "$library_may_call" | sed '/^$/d' >"$TEST_TMP/allowed"
	nm -g "$1" | awk '
	$1 == "U" { used[$2] }
	NF == 3 { defined[$3] }
	END {
		for (name in used)
			if (!(name in defined))
				print name
	}' | grep -Ev -f "$TEST_TMP/allowed"
}

library_calls_only_the_allowed()
{
	calls_not_allowed "$B/libslab.a"
	[ ! -s "$TEST_TMP/tap.out" ]
}

compile()
{
	"${CC:-cc}" -O2 -fPIE -c -o "$TEST_TMP/a.o" -x c -
}

# found "C text" NAME: NAME is the one writable symbol of it. A static of a
# function is "n.0" to gcc and "f.n" to clang.
found()
{
	echo "$1" | compile || return 1
	writable "$TEST_TMP/a.o"
	[ "$(cut -d ' ' -f 1 "$TEST_TMP/tap.out" | sed 's/[.][0-9]*$//; s/^f[.]//')" = "$2" ]
}

call_found()
{
	echo "$1" | compile || return 1
	rm -f "$TEST_TMP/a.a"
	ar rcs "$TEST_TMP/a.a" "$TEST_TMP/a.o" || return 1
	calls_not_allowed "$TEST_TMP/a.a"
	[ "$(cat "$TEST_TMP/tap.out")" = "$2" ]
}

for dir in model traces workloads; do
	check "no writable state in $dir" no_state_in $dir
done
check 'in sim only what is listed' sim_has_only_the_listed
check 'libslab.a calls only what is listed' library_calls_only_the_allowed

check 'found: a static counter' \
	found 'static int n; int f(void) { return n++; }' n
check 'found: an initialised global' found 'int n = 3;' n
check 'found: a static within a function' \
	found 'int f(void) { static int n = 1; return n++; }' n
check 'found: a thread-local' \
	found '_Thread_local int n; int f(void) { return n++; }' n
check 'found: a table of pointers that is not const' \
	found 'extern int x; int *n[] = { &x };' n
check 'not found: a const table of pointers' \
	found 'extern int x; int *const n[] = { &x };' ''
check 'found: printing in the library' \
	call_found 'int puts(const char *); void f(void) { puts("a"); }' puts
check 'found: the clock in the library' \
	call_found 'long time(long *); long f(void) { return time(0); }' time
check 'not found: malloc in the library' \
	call_found 'void *malloc(unsigned long); void *f(void) { return malloc(8); }' ''

finish
