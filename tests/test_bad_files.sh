#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every command that reads a file, on files that are none of its: empty, a
# directory, missing, not to be read, text of another kind. One line that names
# the file, the exit code of what is wrong, and nothing made or changed.

. tests/tap.sh

SLABSIM=$(realpath "${SLABSIM:-./slabsim}")
sample=$(realpath traces/samples/fork-100k)
mkdir "$TEST_TMP/here" "$TEST_TMP/here/dir"
cd "$TEST_TMP/here" || exit 1
: >empty
echo 'hello, world' >text
echo secret >closed
chmod 000 closed
"$SLABSIM" import -q "$sample/trace.txt.xz" -o good.slt &&
	"$SLABSIM" run -q -m 1x4 good.slt --db good.db >/dev/null || exit 1

# reads WHAT: the commands that read such a file, which is called @
reads()
{
	case $1 in
	trace)
		cat <<-END
			import @ -o new.slt
			import --salvage @ -o new.slt
			run @ --db new.db
			info @
			cut @ --cache dentry -o new.slt
			merge @ @ -o new.txt
			convert @ -o new.txt
			step @ --plain
			explain @ -e 1
			script @ -o new
			script @ --db new.db
			validate @ --slabinfo-before $sample/slabinfo.before --slabinfo-after $sample/slabinfo.before
		END
		;;
	database)
		cat <<-END
			show @
			plot @ memory -o new.svg
			report @ -o new.html
			compare -d @ @-1 @-1
			check @ -b new.tsv --update
			export @ --to csv
			db ls @
			db schema @
			db upgrade @
			db rm -d @ 1
			db merge -d new.db @
		END
		;;
	other)
		cat <<-END
			check good.db -b @
			import $sample/trace.txt.xz -o new.slt --slabinfo @
			run -q -m 1x4 good.slt --db new.db --slabinfo-before @
			run -q -m 1x4 good.slt --db new.db --state @
			step good.slt --state @
		END
		;;
	esac
}

# one_line FILE CODE WORD...: as refuses, and nobody has touched anything
one_line()
{
	file=$1 expected=$2
	shift 2
	ls -lA . dir >"$TEST_TMP/before"
	"$SLABSIM" "$@" </dev/null >"$TEST_TMP/said" 2>&1
	code=$?
	ls -lA . dir | diff "$TEST_TMP/before" - || return
	[ $code = "$expected" ] || echo "exit code $code"
	cat "$TEST_TMP/said"
	[ $code = "$expected" ] && [ "$(wc -l <"$TEST_TMP/said")" = 1 ] &&
		grep -q "^slabsim: $file:" "$TEST_TMP/said" &&
		! grep -q -e ':0:' -e "$file: $file:" "$TEST_TMP/said"
}

# each WHAT FILE CODE
each()
{
	reads "$1" >"$TEST_TMP/commands"
	while read -r words; do
		words=$(echo "$words" | sed "s/@\( \|\$\)/$2\1/g")
		# shellcheck disable=SC2086
		check "$words" one_line "$2" "$3" $words
	done <"$TEST_TMP/commands"
}

# each_kind FILE CODE
each_kind()
{
	for kind in trace database other; do
		each $kind "$1" "$2"
	done
}

# An empty file was "of schema 3 already" for an upgrade, and "empty:0: empty" as
# a baseline.
each_kind empty 3
# A directory was a "disk I/O error" as a database, empty as a baseline, and bad
# input as a script and for --salvage.
each_kind dir 4
# The file of --state was named twice.
each_kind text 3
each trace missing 4
each database missing 4
if [ -r closed ]; then
	skip 'files that may not be read' 'this user may read all'
else
	each_kind closed 4
fi
finish
