#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The same database, byte for byte after .dump but for the host_* tables,
# whatever the locale, time zone, address layout, processor, memory contents
# and directory; and under valgrind. tests/check_compilers.sh has compilers.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}

if ! command -v sqlite3 >/dev/null; then
	skip 'determinism' 'no sqlite3 command'
	finish
fi

# same WHAT COMMAND...: dump_run by way of the command
same()
{
	mkdir -p "$TEST_TMP/scratch" &&
		"$@" tests/dump_run.sh "$SLABSIM" "$TEST_TMP/scratch" \
			>"$TEST_TMP/b.sql" &&
		cmp "$TEST_TMP/a.sql" "$TEST_TMP/b.sql"
}

# Runs without the longest trace, through a wrapper around each command.
same_wrapped()
{
	tests/dump_run.sh "$SLABSIM" "$TEST_TMP/scratch" env \
		>"$TEST_TMP/short.sql" &&
		tests/dump_run.sh "$SLABSIM" "$TEST_TMP/scratch" "$@" \
			>"$TEST_TMP/b.sql" &&
		cmp "$TEST_TMP/short.sql" "$TEST_TMP/b.sql"
}

# Without debug information: valgrind 3.19 gives up on what clang writes.
same_valgrind()
{
	objcopy -g "$SLABSIM" "$TEST_TMP/plain" &&
		SLABSIM=$TEST_TMP/plain same_wrapped valgrind -q \
			--error-exitcode=9
}

same_elsewhere()
{
	mkdir -p "$TEST_TMP/an other" &&
		tests/dump_run.sh "$SLABSIM" "$TEST_TMP/an other" \
			>"$TEST_TMP/b.sql" && cmp "$TEST_TMP/a.sql" \
			"$TEST_TMP/b.sql"
}

mkdir -p "$TEST_TMP/scratch"
tests/dump_run.sh "$SLABSIM" "$TEST_TMP/scratch" >"$TEST_TMP/a.sql" || exit 1
check 'there is something to compare' [ "$(wc -l <"$TEST_TMP/a.sql")" -gt 5000 ]
check 'again' same env
check 'another directory' same_elsewhere
for locale in C.UTF-8 de_DE.UTF-8 tr_TR.UTF-8 ja_JP.eucJP; do
	if locale -a 2>/dev/null | grep -qix "$(echo $locale |
		sed 's/UTF-8/utf8/')"; then
		check "locale $locale" same env LC_ALL=$locale LANG=$locale
	else
		skip "locale $locale" 'not on this machine'
	fi
done
check 'time zone' same env TZ=Asia/Kathmandu
check 'memory contents' same env MALLOC_PERTURB_=165
if setarch -R true 2>/dev/null; then
	check 'fixed addresses' same setarch -R
else
	skip 'fixed addresses' 'setarch -R is not allowed here'
fi
if command -v taskset >/dev/null; then
	check 'one processor' same taskset -c 0
else
	skip 'one processor' 'no taskset'
fi
if grep -qs -e -fsanitize "${B:-build}/flags"; then
	skip 'under valgrind' 'built with sanitizers'
elif command -v valgrind >/dev/null; then
	check 'under valgrind, which finds nothing' same_valgrind
else
	skip 'under valgrind' 'no valgrind'
fi

finish
