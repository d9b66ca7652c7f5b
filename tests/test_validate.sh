#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim validate on the bundled recordings: what is attained (bounds are those
# of an independent replay of the same recordings, not of this program), exit
# codes, JSON, the picture, spans and warm-up.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
samples=traces/samples
json=$TEST_TMP/out.json

# of SAMPLE OPTION...
of()
{
	sample=$samples/$1
	shift
	"$SLABSIM" validate -q $sample/trace.txt.xz -m 2x2 \
		--slabinfo-before $sample/slabinfo.t0 \
		--slabinfo-after $sample/slabinfo.t1 "$@"
}

to_json()
{
	of "$@" --json >"$json"
}

# answers WANT SQL: of the JSON as j
answers()
{
	got=$(sqlite3 :memory: "WITH d(j) AS
		(SELECT CAST(readfile('$json') AS TEXT)) SELECT $2 FROM d") ||
		return
	echo "$got"
	[ "$got" = "$1" ]
}

difference()
{
	echo "json_extract(j, '\$.totals.$1.difference')"
}

real()
{
	echo "json_extract(j, '\$.totals.$1.real')"
}

# exits CODE COMMAND...
exits()
{
	want=$1
	shift
	"$@"
	[ $? = "$want" ]
}

if ! command -v sqlite3 >/dev/null; then
	skip 'all of it' 'no sqlite3 to read JSON'
	finish
fi

check 'fork-100k' to_json fork-100k
# what the recorded kernel counted, as analysis.txt and slabinfo have it
check 'the real misses are those of slabinfo' answers 296 "$(real allocmiss)"
check 'and the slabs' answers 163 "$(real grown)"
check 'misses: at most 30 off' answers 1 "$(difference allocmiss) <= 30"
check 'hits: 0.2 %' answers 1 \
	"$(difference allochit) * 1000 <= 2 * $(real allochit)"
check 'slabs: at most 15 off' answers 1 "$(difference grown) <= 15"
# hashed pointers: old objects are taken as local; 16 is what that cost there
check 'remote frees: at most 16 off' answers 1 \
	"$(difference remotefrees) <= 16"
check 'maple_node alone is left out' answers maple_node \
	"(SELECT group_concat(json_extract(value, '\$.name'))
	FROM json_each(j, '\$.caches')
	WHERE NOT json_extract(value, '\$.traced'))"
check 'all caches have the slabs that they had' answers 0 \
	"json_extract(j, '\$.caches_of_other_layout')"
check 'schema, reaper, what cannot be had' answers '1|simulated|["reaped"]' \
	"json_extract(j, '\$.schema'), json_extract(j, '\$.reaper'),
	json_extract(j, '\$.not_attainable')"
check 'nine numbers' answers 9 \
	"(SELECT count(*) FROM json_each(j, '\$.totals'))"
check 'all of them in every cache' answers 0 \
	"(SELECT count(*) FROM json_each(j, '\$.caches') AS c WHERE
	(SELECT count(*) FROM json_each(c.value, '\$.real')) <> 9 OR
	(SELECT count(*) FROM json_each(c.value, '\$.simulated')) <> 9)"

check 'grow-shrink' to_json grow-shrink
check 'the reaper ran when the trace says' answers traced \
	"json_extract(j, '\$.reaper')"
check 'misses: at most 27 of 2373 off' answers '2373|1' \
	"$(real allocmiss), $(difference allocmiss) <= 27"
check 'slabs: at most 21 of 2265' answers '2265|1' \
	"$(real grown), $(difference grown) <= 21"
check 'freemiss: at most 4 of 125' answers '125|1' \
	"$(real freemiss), $(difference freemiss) <= 4"
check 'alien overflow: 5 % of 1335' answers '1335|1' \
	"$(real alienoverflow), $(difference alienoverflow) <= 66"
check 'remote frees: 0.2 % of 16119' answers '16119|1' \
	"$(real remotefrees), $(difference remotefrees) <= 32"
check 'a simulated one' to_json grow-shrink --simulate-reaper
check 'is said to be' answers simulated "json_extract(j, '\$.reaper')"

# The recording has slabinfo about every 1.5 s.
mid=$TEST_TMP
xz -dc $samples/grow-shrink/slabinfo.mid.tar.xz | tar -xf - -C "$mid"
late()
{
	of grow-shrink --slabinfo-before "$mid/slabinfo.mid.8" --from mid.8 \
		--json "$@" >"$json"
}
check 'from a reading in the middle' late
sqlite3 :memory: "SELECT json_extract(CAST(readfile('$json') AS TEXT),
	'\$.totals.allocmiss.difference')" >"$TEST_TMP/cold"
check 'with a warm-up' late --warm-up 3s
check 'that is not counted' answers 40405 "json_extract(j, '\$.events')"
check 'and helps' answers 1 "$(difference allocmiss) < $(cat "$TEST_TMP/cold")"

table()
{
	of fork-100k >"$TEST_TMP/table"
}
check 'a table' table
check 'that says what cannot be had' grep -q '^reaped .*not attainable' \
	"$TEST_TMP/table"
# vm_area_struct: slabinfo t1 - t0, see analysis.txt
check 'cache by cache' grep -q '^vm_area_struct  *11671 ' "$TEST_TMP/table"
check 'within a tolerance: 0' exits 0 of fork-100k --tolerance 20
check 'over it: 1' exits 1 of fork-100k --tolerance allocmiss=1
check 'only what is asked for' exits 0 of fork-100k --tolerance allochit=1
check 'a picture, PNG' of fork-100k --plot "$TEST_TMP/a.png"
check 'is one' sh -c "head -c 8 '$TEST_TMP/a.png' | grep -q PNG"
check 'a picture, SVG' of fork-100k --plot "$TEST_TMP/a.svg"
check 'is one' grep -q '<svg' "$TEST_TMP/a.svg"
check 'another kernel: 2.6.36' to_json fork-100k --profile 2.6.36
check 'where slabs are others, it says so' answers 1 \
	"json_extract(j, '\$.caches_of_other_layout') > 10"
check 'the same twice' sh -c "'$SLABSIM' validate -q \
	$samples/fork-100k/trace.txt.xz -m 2x2 --json --slabinfo-before \
	$samples/fork-100k/slabinfo.t0 --slabinfo-after \
	$samples/fork-100k/slabinfo.t1 --profile 2.6.36 | cmp - '$json'"

trace=$samples/fork-100k/trace.txt.xz
before=$samples/fork-100k/slabinfo.t0
# usage TEXT COMMAND...: exit code 2, and this said; argp adds a hint
usage()
{
	text=$1
	shift
	"$@" 2>"$TEST_TMP/usage"
	[ $? = 2 ] && grep -qF -e "$text" "$TEST_TMP/usage"
}
check 'no slabinfo' usage 'expected --slabinfo-before' \
	"$SLABSIM" validate $trace
check 'an unknown number' usage 'did you mean "allocmiss"' \
	of fork-100k --tolerance alocmiss=3
check 'no percentage' usage 'not a percentage' of fork-100k --tolerance some
check 'no picture' usage 'neither in .png nor in .svg' \
	of fork-100k --plot a.jpg
refuses 2 'neither a time such as 1.5s nor a marker' of fork-100k --from t7
refuses 2 'nothing lies between' of fork-100k --from 1.9s --to 1s
refuses 4 'No such file' "$SLABSIM" validate $trace --slabinfo-before \
	"$TEST_TMP/none" --slabinfo-after $before
refuses 3 'expected' "$SLABSIM" validate -q $trace --slabinfo-before $before \
	--slabinfo-after $samples/README.md

finish
