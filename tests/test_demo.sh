#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What "make demo" does once everything is built: both bundled recordings,
# whole, with what it promises to leave.

. tests/tap.sh

demo=$TEST_TMP/demo

demo_runs()
{
	traces/samples/demo.sh "$demo"
}

makes()
{
	for file in "$demo"/$1; do
		[ -s "$file" ] || return 1
	done
	[ "$(ls "$demo"/$1 | wc -l)" = "$2" ]
}

# equals ANSWER SQL
equals()
{
	sqlite3 "$demo/demo.db" "$2"
	[ "$(cat "$TEST_TMP/tap.out")" = "$1" ]
}

says_which_kernels()
{
	traces/samples/demo.sh "$demo" >"$TEST_TMP/said" &&
		grep -q 'Linux 6.1' "$TEST_TMP/said" &&
		grep -q '2\.6\.36' "$TEST_TMP/said"
}

# counters of the recordings' own slabinfo files, t1 - t0
ends_with_the_real_kernel()
{
	grep -q '^allocmiss  *296 ' "$TEST_TMP/said" &&
		grep -q '^remotefrees  *16119 ' "$TEST_TMP/said"
}

leaves_strangers_alone()
{
	mkdir "$TEST_TMP/mine" && echo precious >"$TEST_TMP/mine/file"
	traces/samples/demo.sh "$TEST_TMP/mine"
	[ $? = 2 ] && [ "$(cat "$TEST_TMP/mine/file")" = precious ]
}

check 'the demo runs' demo_runs
check 'two traces' makes '*.slt' 2
check 'three slabinfo files' makes '*.slabinfo.txt' 3
check 'three PNG pictures' makes '*.png' 3
check 'three SVG pictures' makes '*.memory.svg' 3
check 'two comparisons with the real kernel' makes '*.validate.svg' 2
check 'three complete runs' equals 3 \
	"SELECT count(*) FROM run WHERE status = 'complete'"
check 'two machines' equals '2|4
4|4
2|4' 'SELECT nodes, cpus FROM run ORDER BY id'
# analysis.txt beside each recording: its allocations; all of them served
check 'all recorded allocations were asked for' equals '48241|0
48241|0
40972|0' 'SELECT allocs, failed_allocs FROM run ORDER BY id'
check 'nothing of the recordings was lost' equals 0 \
	'SELECT sum(lost_events + unparsed_lines) FROM trace'
# Files are made on CPU 0 and removed on CPU 2, of the other node.
check 'objects came home through alien arrays' equals 1 \
	'SELECT sum(remotefrees) > 10000 FROM v_cpu WHERE run_id = 3
	 AND sample_id = (SELECT max(id) FROM sample)'
check 'slabs went back, some of them by cache_reap' equals 1 \
	'SELECT reaped > 0 AND pages * 2 < peak_pages FROM (
	 SELECT sum(reaped) AS reaped, sum(in_use_pages) AS pages,
	 sum(peak_pages) AS peak_pages FROM v_node WHERE run_id = 3
	 AND sample_id = (SELECT max(id) FROM sample))'
check 'again, over itself, naming both kernels' says_which_kernels
check 'and what the real kernel counted' ends_with_the_real_kernel
check 'a directory of somebody else is left alone' leaves_strangers_alone

finish
