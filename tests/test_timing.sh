#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run --timing: the same each time, and nothing else of the run changes. Waits
# and latencies worked out by hand are in tests/test_timing.c.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
T=$TEST_TMP

if ! command -v sqlite3 >/dev/null; then
	skip 'timing' 'no sqlite3 command'
	finish
fi

# timed NAME OPTION...: of the trace $trace, a database of its own
trace=t
timed()
{
	name=$1
	shift
	rm -f "$T/$name.db"
	"$SLABSIM" run -q "$T/$trace.slt" -m 2x2 --samples 10 --db "$T/$name.db" \
		"$@" >/dev/null
}

dump()
{
	sqlite3 "$T/$1.db" .dump | grep -v 'INSERT INTO host_'
}

same_twice()
{
	dump a >"$T/a.sql" && dump b >"$T/b.sql" && cmp "$T/a.sql" "$T/b.sql"
}

# nothing_else_changes TIMED UNTIMED: run.config names the costs, so it is
# left out.
nothing_else_changes()
{
	for db in "$1" "$2"; do
		sqlite3 "$T/$db.db" "UPDATE run SET config = ''"
		dump $db | grep -Ev 'INTO (timing_cost|latency|lock_wait)' \
			>"$T/$db.sql"
	done
	cmp "$T/$1.sql" "$T/$2.sql"
}

one()
{
	[ "$(sqlite3 "$T/$1.db" "$2")" = "$3" ]
}

all_operations_counted()
{
	for op in alloc free; do
		one b "SELECT sum(operations) = (SELECT operations FROM latency
			WHERE op = '$op' AND cache_id IS NULL)
			FROM latency WHERE op = '$op'
			AND cache_id IS NOT NULL" 1 || return 1
	done
	one b "SELECT operations = (SELECT allocs - too_large FROM run) FROM
		latency WHERE op = 'alloc' AND cache_id IS NULL" 1
}

given_costs_are_marked()
{
	printf '# mine\n[cost]\nhit_ns = 7 ; so\n' >"$T/costs.ini"
	timed given "--timing=$T/costs.ini" --cost lock_ns=3 &&
		one given "SELECT group_concat(name || value) FROM timing_cost
			WHERE source = 'given'" hit_ns7,lock_ns3
}

views_print()
{
	for view in latency lock-waits costs; do
		"$SLABSIM" show "$T/b.db" $view >"$T/$view.txt" || return 1
		"$SLABSIM" show "$T/b.db" $view --format json >/dev/null ||
			return 1
	done
	grep -q assumptions "$T/latency.txt" &&
		grep -q -e assumptions -e 'no lock was' "$T/lock-waits.txt" &&
		grep -q assumed "$T/costs.txt"
}

# What stands below the table was not in its JSON.
json_has_the_note()
{
	for view in latency lock-waits; do
		"$SLABSIM" show "$T/b.db" $view --format json |
			grep -qF '"note":"simulated, by costs that are assumptions unless given"' ||
			return 1
	done
	! "$SLABSIM" show "$T/b.db" caches --format json | grep -qF '"note"'
}

# The page has a row for each cache and operation, and the costs; without timing
# it has no such part.
page_has_latencies()
{
	"$SLABSIM" report "$T/b.db" -o "$T/b.html" &&
		"$SLABSIM" report "$T/plain.db" -o "$T/plain.html" &&
		! grep -q '<section id="latency"' "$T/plain.html" || return 1
	sed -n '/<section id="latency"/,/<\/section>/p' "$T/b.html" >"$T/part"
	grep -qF 'by costs that are assumptions unless given.' "$T/part" &&
		grep -qF '<th scope="col">p99 [ns]</th>' "$T/part" &&
		one b 'SELECT count(*) FROM latency' \
			"$(grep -c '^<tr>' "$T/part")" &&
		one b 'SELECT count(*) FROM timing_cost' \
			"$(grep -c '<dt>.*_ns</dt>\|<dt>.*_pct</dt>' "$T/part")"
}

# A lock cannot be held for longer than all operations took.
locks_are_held_within_operations()
{
	"$SLABSIM" run -q -m 2x2 --timing \
		traces/samples/grow-shrink/trace.txt.xz --db "$T/long.db" \
		>/dev/null && one long "SELECT max(w) <= (SELECT sum(sum_ns)
		FROM latency WHERE cache_id IS NULL) FROM
		(SELECT sum(hold_ns) AS w FROM lock_wait GROUP BY class)" 1
}

untimed_says_so()
{
	"$SLABSIM" show "$T/plain.db" latency | grep -q -e --timing
}

# The table's row of each cost: its default, and whose number it is.
costs_are_those_of_the_docs()
{
	sqlite3 -separator ' ' "$T/b.db" "SELECT name, value, CASE
		WHEN source LIKE 'assumed%' THEN 'assumed'
		ELSE substr(source, 1, instr(source, ':') - 1) END
		FROM timing_cost" >"$T/costs.db"
	sed -n 's/^| \(`.*_ns`\|`.*_pct`\) | \([0-9, ]*\) | \([a-z ]*\) | .*/\1|\2|\3/p' \
		docs/TIMING.md | tr -d '`' | awk -F'|' '{
			n = split($1, names, ", ")
			split($2, values, ", ")
			for (i = 1; i <= n; i++)
				print names[i], values[i], $3 }' |
		diff "$T/costs.db" -
}

# Its tables of what-ifs are what the program says now.
what_ifs_are_true()
{
	tests/what_if.sh "$SLABSIM" "$T" >"$T/what_if" &&
		[ "$(wc -l <"$T/what_if")" = 11 ] &&
		while read -r row; do
			grep -qxF -e "$row" docs/TIMING.md ||
				{ echo "not there: $row"; return 1; }
		done <"$T/what_if"
}

# usage TEXT COMMAND...: exit 2, and the text
usage()
{
	text=$1
	shift
	"$@" 2>"$T/usage.txt"
	[ $? = 2 ] && grep -q "$text" "$T/usage.txt"
}

"$SLABSIM" gen -q prodcons --events 4000 -o "$T/t.slt"
timed a --timing
timed b --timing
timed plain
check 'a repeated run gives the same' same_twice
check 'each operation has a latency' all_operations_counted
timed c --timing --engine threads
same_in_threads()
{
	dump a >"$T/a.sql" && dump c | cmp - "$T/a.sql"
}
check 'CPUs that take turns give the same' same_in_threads
free_order_refuses()
{
	"$SLABSIM" run -q "$T/t.slt" --timing --engine threads --order free \
		--db "$T/free.db" 2>"$T/err"
	[ $? = 2 ] && grep -q 'timing does not go with' "$T/err"
}
check 'CPUs that run free are not timed' free_order_refuses
check 'tables of timing are empty without it' one plain \
	'SELECT (SELECT count(*) FROM latency) + (SELECT count(*) FROM lock_wait)
	+ (SELECT count(*) FROM timing_cost)' 0
check 'locks are held within operations' locks_are_held_within_operations
check 'given costs are marked' given_costs_are_marked
check 'views print, with what is assumed' views_print
check 'JSON says what is assumed, too' json_has_the_note
check 'so does the table in the page' page_has_latencies
check 'a run without timing says how to get it' untimed_says_so
check 'timing changes nothing else' nothing_else_changes a plain
# Timed, the machine's clock was taken to each event: a sample at the time of an
# event told another tick.
"$SLABSIM" gen -q forkstorm --events 20000 -o "$T/f.slt"
trace=f
timed fork --timing
timed forkplain
check 'nor the tick of a sample at an event' nothing_else_changes fork forkplain
printf '[timing]\nhit_n = 7\n' >"$T/bad.ini"
check 'a wrong name in a file is a usage error' usage 'bad.ini:2.*hit_ns' "$SLABSIM" run "$T/t.slt" "--timing=$T/bad.ini"
check 'the nearest name of a cost is told' usage 'lock_ns' "$SLABSIM" run "$T/t.slt" --cost lok_ns=1
check 'both watch the machine' usage 'exclude' "$SLABSIM" run "$T/t.slt" --timing --steps 1-2
check 'costs are those of docs/TIMING.md' costs_are_those_of_the_docs
check 'what-ifs of docs/TIMING.md are true' what_ifs_are_true
finish
