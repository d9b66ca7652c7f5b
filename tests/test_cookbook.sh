#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# docs/COOKBOOK.md: every question has the answer that stands there. And the
# picture of the tables has all tables, and each reference.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}

answers_are_true()
{
	tests/cookbook.sh "$SLABSIM" "$TEST_TMP" >"$TEST_TMP/now.md" || return
	diff -u docs/COOKBOOK.md "$TEST_TMP/now.md"
}

# No question has an empty or a wrong answer.
answers_say_something()
{
	[ "$(grep -c '^## [0-9]*\. ' docs/COOKBOOK.md)" = 20 ] &&
		[ "$(grep -c '^```sql$' docs/COOKBOOK.md)" = 24 ] &&
		! grep -i 'error' docs/COOKBOOK.md &&
		awk '/^```text$/ { inside = 1; lines = 0; next }
			inside && /^```$/ { inside = 0; nr++
				if (lines < 2) { print "answer " nr ": nothing"; bad = 1 }
				next }
			inside { lines++ }
			END { exit bad || nr != 24 }' docs/COOKBOOK.md
}

# The first thing that docs/DATABASE.md shows, in a file of several runs.
first_example_works()
{
	mkdir -p "$TEST_TMP/first" &&
		cp "$TEST_TMP/cookbook.db" "$TEST_TMP/first/run.db" &&
		sed -n '/^    sqlite3 /,/"$/p' docs/DATABASE.md \
			>"$TEST_TMP/first.sh" || return
	(cd "$TEST_TMP/first" && sh -e ../first.sh) >"$TEST_TMP/first.out" &&
		[ "$(wc -l <"$TEST_TMP/first.out")" = 12 ]
}

# "run -> cache" for each foreign key of the file; node is node_ to dot.
picture_is_complete()
{
	sqlite3 "$TEST_TMP/cookbook.db" "SELECT f.\"table\" || ' -> ' || m.name
		FROM sqlite_master m, pragma_foreign_key_list(m.name) f
		WHERE m.type = 'table'" | sort -u >"$TEST_TMP/keys"
	sed -n 's/^\t\([a-z_]*\) -> \([a-z_]*\).*/\1 -> \2/p' docs/database.dot |
		sed 's/node_\( \|$\)/node\1/g' | sort -u >"$TEST_TMP/edges"
	[ -s "$TEST_TMP/keys" ] && diff -u "$TEST_TMP/keys" "$TEST_TMP/edges" &&
		for table in $(sqlite3 "$TEST_TMP/cookbook.db" "SELECT name FROM
			sqlite_master WHERE type = 'table'"); do
			grep -q "^	$table\(_\|\) \[" docs/database.dot &&
				grep -q ">$table<" docs/database.svg || {
				echo "not in the picture: $table"
				return 1
			}
		done
}

if ! command -v sqlite3 >/dev/null; then
	skip 'cookbook' 'no sqlite3 command'
	finish
fi
check 'answers are true' answers_are_true
check 'answers say something' answers_say_something
check 'the first example works' first_example_works
check 'the picture is complete' picture_is_complete

finish
