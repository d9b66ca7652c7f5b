#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a run prints at its end it adds up itself, from the rows that it stored
# last; reports/run_summary.sql adds up the rows in the file. They must agree on
# every machine, whatever ended the run.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
shrink=traces/samples/grow-shrink/trace.txt.xz
storm=$TEST_TMP/storm.slt
db=$TEST_TMP/run.db

names='nr_caches used_caches samples peak_pages pages live_objs cached_objs
	free_objs live_bytes requested_bytes grown reaped alienoverflow
	internal_frag_pct slab_frag_pct cached_pct alloc_hit_pct free_hit_pct
	remote_free_pct'

# of the file: a line a figure, as JSON has them (%.6g; null for no value)
from_file()
{
	sample=$(sqlite3 "$db" "SELECT max(id) FROM sample WHERE run_id = 1")
	sed -e "s/:run/1/g; s/:sample/$sample/g" reports/run_summary.sql |
		sqlite3 -list -nullvalue null -separator ' ' "$db" |
		awk -v names="$names" '{
			split(names, name)
			for (i = 1; i <= NF; i++)
				if ($i == "null" || i <= 13)
					print name[i], $i
				else
					printf "%s %.6g\n", name[i], $i
		}'
}

from_run()
{
	tr ',' '\n' <"$TEST_TMP/run.json" | tr -d '{}"' | tr ':' ' ' |
		sed -e 's/^caches /nr_caches /' |
		awk -v names="$names" '
			BEGIN { nr = split(names, name) }
			{ value[$1] = $2 }
			END { for (i = 1; i <= nr; i++)
				print name[i], value[name[i]] }'
}

# agrees ARGUMENT...: of slabsim run
agrees()
{
	rm -f "$db"
	"$SLABSIM" run -q --json --db "$db" "$@" >"$TEST_TMP/run.json" &&
		compare
}

compare()
{
	from_file >"$TEST_TMP/file.txt"
	from_run >"$TEST_TMP/run.txt"
	[ "$(wc -l <"$TEST_TMP/file.txt")" = 19 ] &&
	diff "$TEST_TMP/file.txt" "$TEST_TMP/run.txt"
}

interrupted_agrees()
{
	rm -f "$db"
	timeout -s INT 1 "$SLABSIM" run --json --db "$db" -m 2x2 "$storm" \
		--samples 1000000 --keyframe 1 >"$TEST_TMP/run.json"
	[ "$(sqlite3 "$db" 'SELECT status FROM run')" = partial ] && compare
}

"$SLABSIM" gen forkstorm --events 100000 -q -o "$storm"
printf '%s\n' '1ms tune 0 size-64 20 10 0' '2ms offline 0 3' >"$TEST_TMP/actions"
check 'one node' agrees "$shrink"
check 'two nodes' agrees -m 2x2 "$shrink"
check 'nodes without CPUs of their own work' agrees -m 4x4 "$storm"
check 'no memory left' agrees -m nodes=2,cpus=4,pages=300 "$storm"
check 'samples that store little' agrees -m 2x2 --samples 7 --keyframe 3 "$storm"
check 'a CPU that goes, a cache tuned' agrees -m 2x2 "$storm" \
	--actions "$TEST_TMP/actions"
check 'threads' agrees -m 2x2 --engine threads "$storm"
check 'an interrupted run' interrupted_agrees
finish
