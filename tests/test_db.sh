#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim db: files of older schemas become as new ones, merged files hold
# what one file would, removed runs leave nothing behind.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
a=$TEST_TMP/a.db
b=$TEST_TMP/b.db

if ! command -v sqlite3 >/dev/null; then
	skip 'databases as a whole' 'no sqlite3 command'
	finish
fi

sane()
{
	[ "$(sqlite3 "$1" 'PRAGMA integrity_check')" = ok ] &&
		[ -z "$(sqlite3 "$1" 'PRAGMA foreign_key_check')" ]
}

without_host()
{
	sqlite3 "$1" .dump | grep -v 'INSERT INTO host_'
}

# Columns of all tables and views, in order.
columns()
{
	sqlite3 "$1" "SELECT m.type, m.name, c.cid, c.name, c.type, c.pk
		FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type IN ('table', 'view') ORDER BY m.name, c.cid"
	sqlite3 "$1" "SELECT name, sql FROM sqlite_master WHERE type IN
		('index', 'view') AND sql IS NOT NULL ORDER BY name"
	sqlite3 "$1" 'SELECT * FROM metric_def ORDER BY name'
	sqlite3 "$1" 'PRAGMA user_version'
}

# make_old FILE [SCHEMA]
make_old()
{
	rm -f "$1" && sqlite3 "$1" <"tests/fixtures/db/schema-${2:-1}.sql"
}

run()
{
	"$SLABSIM" run -q "$TEST_TMP/in.ops" -m 2x2 --samples 3 "$@" \
		>"$TEST_TMP/run.out"
}

# --- upgrading ---------------------------------------------------------------

# upgraded_is_as_new SCHEMA
upgraded_is_as_new()
{
	make_old "$a" "$1" && "$SLABSIM" db upgrade "$a" && rm -f "$b" &&
		run --db "$b" && columns "$a" >"$TEST_TMP/a.txt" &&
		columns "$b" >"$TEST_TMP/b.txt" &&
		cmp "$TEST_TMP/a.txt" "$TEST_TMP/b.txt" && sane "$a"
}

# The old run is still what it was; what it did not count is not made up.
old_data_is_kept()
{
	[ "$(sqlite3 "$a" "SELECT count(*), sum(grown), sum(reaped),
		sum(allochit), count(miss_cold) FROM v_cache WHERE k = 3")" = \
		"$(sqlite3 "$b" "SELECT count(*), sum(grown), sum(reaped),
		sum(allochit), 0 FROM v_cache WHERE k = 3")" ] &&
		"$SLABSIM" show "$a" >/dev/null
}

running_into_an_old_file_upgrades_it()
{
	make_old "$a" && run --db "$a" && sane "$a" &&
		[ "$(sqlite3 "$a" 'PRAGMA user_version')" = 4 ] &&
		[ "$(sqlite3 "$a" "SELECT group_concat(n) FROM (SELECT
			count(miss_cold) > 0 AS n FROM cpu_stat JOIN cache c
			ON c.id = cache_id GROUP BY c.run_id)")" = 0,1 ]
}

# A run that is refused is no reason to change a file, though it was opened
# while the machine booted.
refused_runs_leave_old_files()
{
	echo '1ms tune 0 nosuch 3 2 1' >"$TEST_TMP/no.act"
	make_old "$a" 3 && cp "$a" "$b" || return
	run --db "$a" --slabs nosuch
	[ $? = 2 ] && cmp "$a" "$b" || return
	run --db "$a" --actions "$TEST_TMP/no.act"
	[ $? = 3 ] && cmp "$a" "$b" || return
	run --db "$a" --engine threads --steps 1-2
	[ $? = 2 ] && cmp "$a" "$b" || return
	printf 'machine nodes=1 cpus=1\nsmp\nnonsense\n' >"$TEST_TMP/no.ops"
	"$SLABSIM" script "$TEST_TMP/no.ops" --db "$a"
	[ $? = 3 ] && cmp "$a" "$b" && [ ! -e "$a-journal" ]
}

# Killed in the middle of an upgrade: SQLite takes it back.
twice_is_once()
{
	"$SLABSIM" db upgrade "$a" 2>&1 | grep -q 'of schema 4 already'
}

# --- merging -----------------------------------------------------------------

# Locks of alien arrays name two nodes: merging once forgot the second.
merged_is_one_file()
{
	rm -f "$a" "$b" "$TEST_TMP/one.db" "$TEST_TMP/two.db"
	run --db "$TEST_TMP/one.db" &&
		"$SLABSIM" run -q "$TEST_TMP/other.ops" --samples 2 --pins 3 \
			--slabs all --steps 1-9 --call-sites \
			--db "$TEST_TMP/two.db" >/dev/null &&
		run --db "$TEST_TMP/two.db" --keyframe 1 --timing || return
	run --db "$b" && "$SLABSIM" run -q "$TEST_TMP/other.ops" --samples 2 \
		--pins 3 --slabs all --steps 1-9 --call-sites \
		--db "$b" >/dev/null && run --db "$b" --keyframe 1 --timing ||
		return
	"$SLABSIM" db merge -q --db "$a" "$TEST_TMP/one.db" \
		"$TEST_TMP/two.db" && sane "$a" &&
		without_host "$a" >"$TEST_TMP/a.sql" &&
		without_host "$b" >"$TEST_TMP/b.sql" &&
		[ "$(grep -c 'INSERT INTO trace' "$TEST_TMP/a.sql")" = 2 ] &&
		[ "$(grep -c 'INSERT INTO step' "$TEST_TMP/a.sql")" -gt 9 ] &&
		[ "$(grep -c 'INSERT INTO call_site' "$TEST_TMP/a.sql")" = 1 ] &&
		[ "$(sqlite3 "$b" 'SELECT count(other_node_id) > 0
			FROM lock_wait')" = 1 ] &&
		cmp "$TEST_TMP/a.sql" "$TEST_TMP/b.sql"
}

# Removing the second leaves the first and third; removing all leaves a file
# like one that never had a run.
removed_leaves_nothing()
{
	"$SLABSIM" db rm --db "$a" 2 && sane "$a" &&
		[ "$(sqlite3 "$a" 'SELECT group_concat(id) FROM run')" = 1,3 ] &&
		[ "$(sqlite3 "$a" 'SELECT count(*) FROM trace')" = 1 ] &&
		[ "$(sqlite3 "$a" 'SELECT count(*) FROM call_site')" = 0 ] &&
		"$SLABSIM" db rm --vacuum --db "$a" @-1 1 && sane "$a" || return
	[ "$(sqlite3 "$a" "SELECT group_concat(name) FROM sqlite_master m
		WHERE type = 'table'" | tr ',' '\n' | while read -r table; do
		echo "$table $(sqlite3 "$a" "SELECT count(*) FROM $table")"
	done | grep -v ' 0$' | cut -d ' ' -f 1)" = metric_def ]
}

labels_name_runs()
{
	rm -f "$b" && run --db "$b" --label first && run --db "$b" &&
		"$SLABSIM" show "$b" --run first | grep -q '^run  *1 first$' &&
		"$SLABSIM" db rm --db "$b" first &&
		"$SLABSIM" db ls "$b" >"$TEST_TMP/ls" &&
		! grep -q first "$TEST_TMP/ls" && grep -q '^  2 ' "$TEST_TMP/ls"
}

# The text of the schema makes the tables and views that a run makes.
schema_is_the_schema()
{
	rm -f "$a" && "$SLABSIM" db schema | sqlite3 "$a" &&
		[ "$(sqlite3 "$a" "SELECT group_concat(type || name || sql)
			FROM (SELECT * FROM sqlite_master ORDER BY name)")" = \
		"$(sqlite3 "$b" "SELECT group_concat(type || name || sql)
			FROM (SELECT * FROM sqlite_master ORDER BY name)")" ] &&
		"$SLABSIM" db schema "$b" | grep -q '^CREATE TABLE run '
}

# ... and a database that is as good as one of slabsim: a run goes in.
schema_makes_a_database()
{
	rm -f "$a" "$b" && "$SLABSIM" db schema | sqlite3 "$a" &&
		run --db "$a" && run --db "$b" &&
		without_host "$a" >"$TEST_TMP/a.sql" &&
		without_host "$b" | cmp - "$TEST_TMP/a.sql" &&
		columns "$a" >"$TEST_TMP/a.txt" && columns "$b" |
		cmp - "$TEST_TMP/a.txt"
}

# --- lessons -----------------------------------------------------------------

# tell DB NAME ID: a lesson of one allocation, of the object ID
tell()
{
	printf '%s\n' '# lesson: An allocation' 'machine nodes=1 cpus=1' smp \
		'create 0 thing 100 0 -' '# say: The first.' "a 0 thing $3" \
		'# expect: cache thing grown=1' >"$TEST_TMP/$2"
	"$SLABSIM" script "$TEST_TMP/$2" --db "$1"
}

# What is told, in any order of ids.
lessons_of()
{
	sqlite3 "$1" "SELECT file, title, profile, nodes, cpu_nodes, step, line,
		tick, operation, say, path, cache FROM lesson
		JOIN lesson_step ON lesson_id = id ORDER BY file, step;
		SELECT file, step, line, claim, holds FROM lesson
		JOIN lesson_claim ON lesson_id = id ORDER BY file, line;
		SELECT file, step, cache, picture FROM lesson
		JOIN lesson_picture ON lesson_id = id ORDER BY file, step, cache"
}

# One file has b and c, the other a run, a and another b. Once lessons were
# left behind.
lessons_are_merged()
{
	rm -f "$a" "$b" "$TEST_TMP/one.db"
	tell "$a" b.ops 1 && run --db "$a" && tell "$a" a.ops 1 &&
		tell "$TEST_TMP/one.db" b.ops 2 &&
		tell "$TEST_TMP/one.db" c.ops 3 &&
		"$SLABSIM" db merge --db "$a" "$TEST_TMP/one.db" \
			2>"$TEST_TMP/err" && sane "$a" || return
	grep -q '1 run, 3 lessons$' "$TEST_TMP/err" &&
		tell "$b" a.ops 1 && tell "$b" b.ops 2 && tell "$b" c.ops 3 &&
		lessons_of "$a" >"$TEST_TMP/a.txt" &&
		lessons_of "$b" >"$TEST_TMP/b.txt" &&
		[ "$(grep -c 'a 0 thing 2' "$TEST_TMP/a.txt")" = 1 ] &&
		[ "$(wc -l <"$TEST_TMP/a.txt")" -gt 12 ] &&
		cmp "$TEST_TMP/a.txt" "$TEST_TMP/b.txt"
}

lessons_merged_twice_are_there_once()
{
	"$SLABSIM" db merge -q --db "$a" "$TEST_TMP/one.db" "$b" && sane "$a" &&
		lessons_of "$a" | cmp - "$TEST_TMP/b.txt" &&
		"$SLABSIM" db merge -q --db "$TEST_TMP/two.db" "$b" &&
		lessons_of "$TEST_TMP/two.db" | cmp - "$TEST_TMP/b.txt"
}

lessons_are_listed()
{
	"$SLABSIM" db ls "$a" >"$TEST_TMP/ls" &&
		grep -q '^  1  *complete' "$TEST_TMP/ls" &&
		grep -q '^b.ops .*  4  *1  *0  .*An allocation$' \
			"$TEST_TMP/ls" &&
		"$SLABSIM" db ls "$b" >"$TEST_TMP/ls" &&
		grep -q '^c.ops ' "$TEST_TMP/ls" &&
		"$SLABSIM" show lessons "$b" | cmp - "$TEST_TMP/ls" &&
		"$SLABSIM" db ls --json "$a" >"$TEST_TMP/ls.json" &&
		[ "$(sqlite3 :memory: "SELECT json_array_length(j, '\$.rows'),
			json_extract(j, '\$.lessons[1].lesson') FROM (SELECT
			CAST(readfile('$TEST_TMP/ls.json') AS TEXT) AS j)")" = \
			'1|b.ops' ]
}

# By name with and without .ops; runs are not touched.
lessons_are_removed()
{
	"$SLABSIM" db rm --db "$a" lesson:b lesson:c.ops && sane "$a" &&
		[ "$(sqlite3 "$a" 'SELECT (SELECT group_concat(file) FROM
			lesson), (SELECT count(*) FROM run), (SELECT count(
			DISTINCT lesson_id) FROM lesson_step)')" = \
			'a.ops|1|1' ] &&
		"$SLABSIM" db rm --db "$a" @-1 lesson:a && sane "$a" &&
		[ "$(sqlite3 "$a" 'SELECT (SELECT count(*) FROM lesson) +
			(SELECT count(*) FROM lesson_step) +
			(SELECT count(*) FROM lesson_claim) +
			(SELECT count(*) FROM lesson_picture) +
			(SELECT count(*) FROM run)')" = 0 ]
}

# --- runs that are being written ---------------------------------------------

# One could be removed under the hands of its writer, whose rows then belonged
# to no run. Now it is refused, and what a killed one left is not.
a_run_being_written_stays()
{
	rm -f "$a" && run --db "$a" || return
	"$SLABSIM" run -q "$TEST_TMP/in.ops" -m 2x2 --samples 1000000 \
		--keyframe 1 --db "$a" >"$TEST_TMP/held.out" 2>&1 &
	pid=$!
	until [ "$(sqlite3 -cmd '.timeout 20000' "$a" \
		'SELECT count(*) FROM run')" = 2 ]; do
		kill -0 $pid || return
		sleep 0.05
	done
	"$SLABSIM" db ls "$a" >"$TEST_TMP/ls" &&
		"$SLABSIM" db rm --db "$a" 1 2 2>"$TEST_TMP/rm.err"
	code=$?
	kill -9 $pid
	wait $pid 2>/dev/null
	cat "$TEST_TMP/ls" "$TEST_TMP/rm.err"
	[ $code = 4 ] && grep -q '^ *2 *running ' "$TEST_TMP/ls" &&
		grep -q "run 2 is being written by process $pid" \
			"$TEST_TMP/rm.err" &&
		[ "$(sqlite3 "$a" 'SELECT group_concat(status) FROM run')" = \
			complete,partial ]
}

a_killed_run_is_removed()
{
	"$SLABSIM" db ls "$a" >"$TEST_TMP/ls" &&
		grep -q '^ *2 *partial ' "$TEST_TMP/ls" &&
		"$SLABSIM" db rm --db "$a" 2 && sane "$a" &&
		[ "$(sqlite3 "$a" 'SELECT group_concat(status) FROM run')" = \
			complete ]
}

awk 'BEGIN {
	print "machine nodes=2 cpus=4\ncreate 0 thing 100 0 -\nsmp"
	for (i = 0; i < 200; i++)
		print "a", i % 4, "thing", i
	for (i = 0; i < 150; i++)
		print "f", (i + 1) % 4, i
	print "T 5000"
}' >"$TEST_TMP/in.ops"
sed 's/thing/other/' "$TEST_TMP/in.ops" >"$TEST_TMP/other.ops"

# What schema 2 counted, too; what it did not, is not known.
whole_run_is_kept()
{
	query='SELECT count(*), sum(grown), sum(allochit), sum(miss_cold)
		FROM v_cache WHERE k = 3'

	[ "$(sqlite3 "$a" "$query")" = "$(sqlite3 "$b" "$query")" ] &&
		[ -z "$(sqlite3 "$a" 'SELECT page_allocs FROM trace')" ] &&
		[ "$(sqlite3 "$b" 'SELECT page_allocs FROM trace')" = 0 ]
}

# Of its slabs it is known how many objects are where, not which. By hand: slots
# of 104 bytes and 4 of the index each, so 37 of 38 x 108 = 4104 fit into a page.
old_slabs_are_kept()
{
	[ "$(sqlite3 "$a" 'SELECT page_allocs FROM trace')" = 0 ] &&
		[ "$(sqlite3 "$a" 'SELECT count(*), sum(in_order),
			count(DISTINCT grow_number) FROM v_slab')" = "$(sqlite3 \
			"$a" 'SELECT count(*), 0, count(DISTINCT grow_number)
			FROM slab_sample')" ] &&
		[ "$(sqlite3 "$a" "SELECT sum(objs), count(first_obj),
			sum(CASE state WHEN 'live' THEN objs END),
			sum(CASE state WHEN 'array' THEN objs END),
			sum(CASE WHEN state NOT IN ('live', 'array', 'free')
				THEN 1 ELSE 0 END) FROM v_slab_objs")" = \
		"$(sqlite3 "$a" "SELECT 37 * count(*), 0, sum(live_objs),
			sum(inuse_objs - live_objs), 0 FROM slab_sample")" ] &&
		"$SLABSIM" show -q "$a" slabs -c thing >/dev/null
}

check 'an upgraded file of schema 3 is as a new one' upgraded_is_as_new 3
check 'its slabs are kept' old_slabs_are_kept
check 'an upgraded file of schema 2 is as a new one' upgraded_is_as_new 2
check 'its run is kept' whole_run_is_kept
check 'an upgraded file of schema 1 is as a new one' upgraded_is_as_new 1
check 'its run is kept' old_data_is_kept
check 'a run or lesson that is refused does not' refused_runs_leave_old_files
check 'a run upgrades the file' running_into_an_old_file_upgrades_it
check 'once only' twice_is_once
check 'files merged are one file' merged_is_one_file
check 'a removed run leaves nothing' removed_leaves_nothing
check 'lessons are merged' lessons_are_merged
check 'those merged twice are there once' lessons_merged_twice_are_there_once
check 'lessons are listed' lessons_are_listed
check 'lessons are removed' lessons_are_removed
refuses 2 'no lesson "a"' "$SLABSIM" db rm --db "$a" lesson:a
refuses 3 'neither runs nor lessons' "$SLABSIM" db ls "$a"
check 'labels name runs' labels_name_runs
check 'a run that is being written stays' a_run_being_written_stays
check 'a killed one is removed' a_killed_run_is_removed
check 'the schema' schema_is_the_schema
check 'the schema makes a database' schema_makes_a_database

make_old "$a"
refuses 6 'slabsim db upgrade' "$SLABSIM" show "$a"
refuses 6 'slabsim db upgrade' "$SLABSIM" db merge --db "$b" "$a"
sqlite3 "$a" 'PRAGMA user_version = 99'
refuses 6 'schema 99' "$SLABSIM" db upgrade "$a"
sqlite3 "$a" 'PRAGMA user_version = -3'
refuses 3 'schema -3' "$SLABSIM" db upgrade "$a"
sqlite3 "$a" 'PRAGMA user_version = 99'
refuses 6 'schema 99' "$SLABSIM" db rm --db "$a" 1
refuses 6 'schema 99' "$SLABSIM" db merge --db "$TEST_TMP/new.db" "$a"
check 'a refused merge leaves no file' [ ! -e "$TEST_TMP/new.db" ]
refuses 4 'none.db' "$SLABSIM" db upgrade "$TEST_TMP/none.db"
one_run_is_one_run()
{
	run --db "$TEST_TMP/alone.db" &&
		"$SLABSIM" db merge --db "$TEST_TMP/single.db" \
			"$TEST_TMP/alone.db" 2>&1 |
		grep -q ': 1 run, 0 lessons$'
}
check 'one run is one run' one_run_is_one_run
refuses 4 'none.db' "$SLABSIM" db merge --db "$b" "$TEST_TMP/none.db"
refuses 2 'into itself' "$SLABSIM" db merge --db "$b" "$b"
refuses 2 'no run "7"' "$SLABSIM" db rm --db "$b" 7
echo 'not a database at all, but long enough to be looked at' \
	>"$TEST_TMP/text.db"
refuses 3 'text.db' "$SLABSIM" db merge --db "$b" "$TEST_TMP/text.db"
refuses 3 'text.db' "$SLABSIM" db upgrade "$TEST_TMP/text.db"

finish
