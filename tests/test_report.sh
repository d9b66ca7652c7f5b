#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim report without a browser: one file that fetches nothing, whose names
# are text; and lessons in databases.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
. tests/report_pages.sh

db=$TEST_TMP/a.db
page=$TEST_TMP/a.html
make_database "$db" || exit 1

makes_a_page()
{
	before=$(cksum <"$db")
	"$SLABSIM" report "$db" -o "$page" && [ "$(cksum <"$db")" = "$before" ] &&
		head -n 1 "$page" | grep -qx '<!DOCTYPE html>' &&
		[ "$(grep -c '^</html>$' "$page")" = 1 ]
}

# Names of XML are no addresses; nothing else of the sort may be there.
fetches_nothing()
{
	sed -e 's|xmlns[:a-z]*="http://www.w3.org/[a-zA-Z0-9/]*"||g' "$1" \
		>"$TEST_TMP/no-names" &&
		! grep -E 'https?://|src="[^d]|@import|url\([^#]' \
			"$TEST_TMP/no-names" &&
		grep -q "Content-Security-Policy.*default-src 'none'" "$1"
}

has_all_parts()
{
	for id in player summary plots caches; do
		grep -q "<section id=\"$id\"" "$page" || return 1
	done
	grep -q 'SLAB 2.6.36' "$page" && grep -q 'trace.txt.xz' "$page"
}

# Wherever it lies: what the run lacks was once told with the file's path.
same_bytes()
{
	cp "$db" "$TEST_TMP/elsewhere.db" &&
		"$SLABSIM" report "$db" -o - | cmp - "$page" &&
		"$SLABSIM" report "$TEST_TMP/elsewhere.db" -o - | cmp - "$page"
}

# Bodies without a row were once there, for sorting to stumble over.
no_empty_body()
{
	[ "$(grep -c '<tbody>' "$page")" = 1 ] &&
		[ "$(grep -c '<tfoot>' "$page")" = 1 ] &&
		! tr '\n' ' ' <"$page" | grep -q '<tbody> *</tbody>'
}

# Captions are of the picture, not of options of the command line; what the
# run did not store is told once, last, with what would store it.
tells_what_is_not_drawn()
{
	! grep '<figcaption>.*--' "$page" &&
		[ "$(grep -c 'Not drawn' "$page")" = 1 ] &&
		grep -q '^<li><b>Lifetimes</b>: .*slabsim run --call-sites' \
			"$page"
}

# The only scripts and images are the page's own.
hostile_names_are_text()
{
	make_hostile_database "$TEST_TMP/evil.db" &&
		"$SLABSIM" report "$TEST_TMP/evil.db" -o "$TEST_TMP/evil.html" &&
		[ "$(grep -c '<script' "$TEST_TMP/evil.html")" = 2 ] &&
		[ "$(grep -c '</script' "$TEST_TMP/evil.html")" = 2 ] &&
		! grep -q '<img\|<!--\|<svg/' "$TEST_TMP/evil.html" &&
		grep -q '&#60;/script&#62;&#60;!--' "$TEST_TMP/evil.html" &&
		grep -qF '\u003cimg src=x' "$TEST_TMP/evil.html" &&
		grep -qF '\u2028' "$TEST_TMP/evil.html" &&
		fetches_nothing "$TEST_TMP/evil.html"
}

data_is_json()
{
	sed -n '/<script type="application\/json"/,/<\/script>/p' "$1" |
		sed -e 1d -e '$d' >"$TEST_TMP/data.json" &&
		[ "$(sqlite3 :memory: "SELECT json_valid(CAST(readfile(
			'$TEST_TMP/data.json') AS TEXT))")" = 1 ]
}

every_lesson()
{
	rm -f "$TEST_TMP/all.db"
	for lesson in workloads/lessons/*.ops; do
		"$SLABSIM" script "$lesson" --db "$TEST_TMP/all.db" || return 1
	done
	[ "$(sqlite3 "$TEST_TMP/all.db" 'SELECT count(*) FROM lesson')" = \
		"$(ls workloads/lessons/*.ops | wc -l)" ] &&
		[ -z "$(sqlite3 "$TEST_TMP/all.db" 'PRAGMA foreign_key_check')" ] &&
		"$SLABSIM" report "$TEST_TMP/all.db" -o "$TEST_TMP/all.html" &&
		data_is_json "$TEST_TMP/all.html" &&
		! grep -q '<section id="summary"' "$TEST_TMP/all.html"
}

# Told again, a lesson replaces itself; the file is the same, row by row.
told_again()
{
	sqlite3 "$TEST_TMP/all.db" .dump >"$TEST_TMP/once" &&
		"$SLABSIM" script workloads/lessons/13-task-struct.ops \
			--db "$TEST_TMP/all.db" &&
		sqlite3 "$TEST_TMP/all.db" .dump | cmp - "$TEST_TMP/once"
}

# Every object of every slab of every picture is in one state, and those in
# arrays are as many as the arrays hold.
pictures_add_up()
{
	sqlite3 "$TEST_TMP/all.db" "
WITH p AS (SELECT picture FROM lesson_picture WHERE picture <> 'null'),
n AS (SELECT
  (SELECT count(*) FROM json_each(picture, '\$.slabs') s,
    json_each(s.value, '\$.objs') o WHERE substr(o.value, 1, 1)
    IN ('c', 's', 'a')) AS cached,
  (SELECT total(json_array_length(value, '\$.objs'))
    FROM json_each(picture, '\$.cpus')) +
  (SELECT total(json_array_length(value, '\$.shared.objs'))
    FROM json_each(picture, '\$.nodes')) +
  (SELECT count(*) FROM json_each(picture, '\$.nodes') d,
    json_each(d.value, '\$.aliens') a, json_each(a.value, '\$.objs'))
    AS in_arrays FROM p)
SELECT count(*) > 500, sum(cached <> in_arrays) FROM n" |
		grep -qx '1|0'
}

a_failing_claim_is_stored()
{
	printf '%s\n' '# lesson: L' 'machine nodes=1 cpus=1' 'smp' \
		'create 0 x 192 0 -' '# expect: cache x grown=1' \
		>"$TEST_TMP/l.ops"
	rm -f "$TEST_TMP/l.db"
	"$SLABSIM" script "$TEST_TMP/l.ops" --db "$TEST_TMP/l.db"
	[ $? = 1 ] && [ "$(sqlite3 "$TEST_TMP/l.db" \
		'SELECT step, claim, holds FROM lesson_claim')" = \
		'3|cache x grown=1|0' ]
}

# A fault leaves no half a lesson, and no new file.
a_fault_leaves_nothing()
{
	printf '%s\n' '# lesson: L' 'machine nodes=1 cpus=1' 'nonsense' \
		>"$TEST_TMP/f.ops"
	! "$SLABSIM" script "$TEST_TMP/f.ops" --db "$TEST_TMP/f.db" &&
		[ ! -e "$TEST_TMP/f.db" ]
}

without_gnuplot()
{
	mkdir -p "$TEST_TMP/nowhere" &&
		PATH=$TEST_TMP/nowhere "$SLABSIM" report "$db" \
			-o "$TEST_TMP/no-plots.html" &&
		grep -q 'Not drawn: gnuplot' "$TEST_TMP/no-plots.html" &&
		[ "$(grep -c 'gnuplot cannot be run' \
			"$TEST_TMP/no-plots.html")" = 1 ] &&
		grep -q '^</html>$' "$TEST_TMP/no-plots.html"
}

# The page once said "Not drawn" of a picture whose table could not be read, and
# the program ended as if all was well. (The table of lifetimes is nobody else's.)
a_missing_table_is_an_error()
{
	cp "$db" "$TEST_TMP/damaged.db" &&
		sqlite3 "$TEST_TMP/damaged.db" 'DROP TABLE lifetime'
	"$SLABSIM" report "$TEST_TMP/damaged.db" -o "$TEST_TMP/damaged.html" \
		2>"$TEST_TMP/damaged.err"
	[ $? = 4 ] && [ ! -e "$TEST_TMP/damaged.html" ] &&
		grep -q 'damaged.db: .*lifetime' "$TEST_TMP/damaged.err"
}

a_damaged_table_is_an_error()
{
	cp "$db" "$TEST_TMP/damaged.db"
	bytes=$(sqlite3 "$db" 'PRAGMA page_size')
	for root in $(sqlite3 "$db" "SELECT rootpage FROM sqlite_master
		WHERE tbl_name = 'lifetime'"); do
		head -c "$bytes" /dev/zero | tr '\0' '\377' |
			dd of="$TEST_TMP/damaged.db" bs="$bytes" \
				seek=$((root - 1)) conv=notrunc 2>/dev/null
	done
	"$SLABSIM" report "$TEST_TMP/damaged.db" -o "$TEST_TMP/damaged.html" \
		2>"$TEST_TMP/damaged.err"
	[ $? = 3 ] && [ ! -e "$TEST_TMP/damaged.html" ] &&
		grep -q 'damaged.db: .*malformed' "$TEST_TMP/damaged.err"
}

check 'one page, and the database as it was' makes_a_page
check 'it fetches nothing' fetches_nothing "$page"
# Once the limits were those that the cache was created with, though it had been
# tuned; then there were none. They are those of the time: the player has both,
# and the picture draws both: 120 at the first sample, 8 (tuned to) from the next.
limits_of_the_time()
{
	echo '1ms tune 0 vm_area_struct 8 4 0' >"$TEST_TMP/tune.actions"
	"$SLABSIM" run -q tests/fixtures/text/ftrace-pipe-lost.txt -m 2x2 \
		--max-loss 9999 --actions "$TEST_TMP/tune.actions" \
		--db "$TEST_TMP/tuned.db" >/dev/null &&
		"$SLABSIM" report "$TEST_TMP/tuned.db" \
			-o "$TEST_TMP/tuned.html" &&
		data_is_json "$TEST_TMP/tuned.html" || return 1
	[ "$(sqlite3 :memory: "WITH run AS (SELECT CAST(readfile(
			'$TEST_TMP/data.json') AS TEXT) AS page)
		SELECT json_extract(c.value, '\$[5]'),
			json_extract(c.value, '\$[6]'),
			json_array_length(page, '\$.run.tuned'),
			json_extract(page, '\$.run.tuned[0][0]') =
				json_extract(c.value, '\$[0]'),
			json_extract(page, '\$.run.tuned[0][1]'),
			json_extract(page, '\$.run.tuned[0][2]'),
			json_extract(page, '\$.run.tuned[0][3]'),
			json_extract(page, '\$.run.actions')
		FROM run, json_each(page, '\$.run.caches') c
		WHERE json_extract(c.value, '\$[1]') = 'vm_area_struct'")" = \
	'120|480|1|1|1|8|0|[[1,"tune 0 vm_area_struct 8 4 0","done"]]' ] &&
		limits_drawn vm_area_struct '120 8 ' &&
		limits_drawn size-128 '120 '
}

# limits_drawn CACHE LIMITS
limits_drawn()
{
	"$SLABSIM" plot "$TEST_TMP/tuned.db" arrays -c "$1" --keep \
		-o "$TEST_TMP/tuned.svg" &&
		grep -q '>limit<' "$TEST_TMP/tuned.svg" &&
		[ "$(sed 1d "$TEST_TMP/tuned.svg.tsv" | sort -n | cut -f 4 |
			uniq | tr '\n' ' ')" = "$2" ]
}

check 'it has all parts' has_all_parts
check 'its table has no empty body' no_empty_body
check 'its data is JSON' data_is_json "$page"
check 'the same database, the same bytes' same_bytes
check 'a tuned cache has the limits of the time' limits_of_the_time
check 'what is not drawn is told' tells_what_is_not_drawn
check 'hostile names are text' hostile_names_are_text
check 'every lesson gets into a database and a page' every_lesson
check 'a lesson told again replaces itself' told_again
check 'the pictures of lessons add up' pictures_add_up
check 'a claim that fails is stored' a_failing_claim_is_stored
check 'a fault leaves nothing behind' a_fault_leaves_nothing
check 'without gnuplot the page says so' without_gnuplot
check 'a table that is not there is an error' a_missing_table_is_an_error
check 'a damaged table is an error' a_damaged_table_is_an_error

sqlite3 "$TEST_TMP/all.db" 'DELETE FROM lesson_picture;
	DELETE FROM lesson_claim; DELETE FROM lesson_step; DELETE FROM lesson'
refuses 3 'neither runs nor lessons' "$SLABSIM" report "$TEST_TMP/all.db" \
	-o "$TEST_TMP/none.html"
check 'and makes no page' [ ! -e "$TEST_TMP/none.html" ]
refuses 2 'no run "7"' "$SLABSIM" report "$db" --run 7 -o "$TEST_TMP/none.html"
refuses 4 'No such file' "$SLABSIM" report "$db" -o "$TEST_TMP/no/such/a.html"
refuses 4 'none.db' "$SLABSIM" report none.db

finish
