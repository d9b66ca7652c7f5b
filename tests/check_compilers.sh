#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Part of .ci/run: programs of gcc and clang, -O0 and -O3, give the same
# database (tests/dump_run.sh). Exit 1 when one differs; a compiler that is not
# here is named and left out.

cd "$(dirname "$0")/.." || exit 2
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
status=0
first=

for compiler in gcc clang; do
	command -v $compiler >/dev/null || {
		echo "check_compilers: no $compiler"
		continue
	}
	for level in -O0 -O3; do
		build=$scratch/$compiler$level
		make -s -j2 DEPS=no B="$build" CC=$compiler CFLAGS=$level all \
			>"$scratch/make.log" 2>&1 || {
			tail -n 20 "$scratch/make.log"
			exit 2
		}
		tests/dump_run.sh "$build/slabsim" "$scratch" \
			>"$scratch/$compiler$level.sql" || exit 2
		if [ -z "$first" ]; then
			first=$compiler$level
		elif cmp "$scratch/$first.sql" "$scratch/$compiler$level.sql"
		then
			echo "$compiler $level: as $first"
		else
			echo "$compiler $level: differs from $first"
			status=1
		fi
		rm -rf "$build"
	done
done
exit $status
