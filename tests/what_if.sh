#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: tests/what_if.sh SLABSIM SCRATCH
#
# Prints the rows of the two what-if tables of docs/TIMING.md that a test
# compares: dentry with and without a shared array, and far nodes.

slabsim=$1
db=$2/what_if.db
trace=$2/what_if.slt

# row BEGINNING CACHE: of the one run in the database
row()
{
	sqlite3 "$db" "SELECT '| $1 | ' || group_concat(figures, ' | ') || ' |'
		FROM (SELECT p99_ns || ', ' || p999_ns AS figures FROM latency l
			JOIN cache c ON c.id = l.cache_id WHERE c.name = '$2'
			AND op = 'alloc'
		UNION ALL SELECT p99_ns || ', ' || p999_ns FROM latency l
			JOIN cache c ON c.id = l.cache_id WHERE c.name = '$2'
			AND op = 'free'
		UNION ALL SELECT sum(contended) || ', ' || sum(wait_ns) FROM
			lock_wait w JOIN cache c ON c.id = w.cache_id
			WHERE c.name = '$2' AND class = 'list')"
}

# timed OPTION...
timed()
{
	rm -f "$db"
	"$slabsim" run -q "$trace" --timing --samples 1 --db "$db" "$@" \
		>/dev/null
}

for cpus in 2 4 8 16; do
	"$slabsim" gen -q fileserver -p cpus=$cpus -p cached=1000 \
		-p shrink=500 -p hit_pct=0 -p event_ns=500 --seed 1 \
		--events 200000 -o "$trace" || exit
	for shared in 8 0; do
		timed -m 1x$cpus --set dentry.shared=$shared || exit
		row "$cpus | $shared" dentry
	done
done

printf '[machine]\nnodes = 4\ncpus_per_node = 4\n[distance]
0: 10 16 22 16\n1: 16 10 16 22\n2: 22 16 10 16\n3: 16 22 16 10\n' \
	>"$2/ring.ini"
printf '[machine]\nnodes = 4\ncpus_per_node = 4\n[distance]
0: 10 16 44 16\n1: 16 10 16 44\n2: 44 16 10 16\n3: 16 44 16 10\n' \
	>"$2/far.ini"
timed -m 4x4 && row 'all 20' dentry
timed -m "$2/ring.ini" && row '16, 22 across' dentry
timed -m "$2/far.ini" && row '16, 44 across' dentry
