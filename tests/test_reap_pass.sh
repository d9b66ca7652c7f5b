#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The reaper's ticks (reap_pass) against what an observer of all steps saw, the
# counters, and the clock: every pass is there, and what it gave back.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
db=$TEST_TMP/r.db

if ! command -v sqlite3 >/dev/null; then
	skip 'ticks of the reaper' 'no sqlite3 command'
	finish
fi

# 400 objects on two CPUs, all freed; then time passes, 12 s of it.
awk 'BEGIN {
	print "machine nodes=2 cpus=4\ncreate 0 thing 500 0 -\nsmp"
	for (i = 0; i < 400; i++)
		print "a", i % 2 * 2, "thing", i
	for (i = 0; i < 400; i++)
		print "f", i % 2 * 2, i
	print "T 12000\na 0 thing 1000\nT 13000"
}' >"$TEST_TMP/in.ops"

run()
{
	rm -f "$db"
	"$SLABSIM" run -q "$TEST_TMP/in.ops" --db "$db" --samples 4 "$@" \
		>"$TEST_TMP/out"
}

ask()
{
	[ "$(sqlite3 "$db" "$1" | tr '\n' ' ')" = "$2" ] || {
		sqlite3 "$db" "$1"
		echo "expected: $2"
		return 1
	}
}

passes='SELECT p.tick, c.cpu, p.time_ns, p.slabs FROM reap_pass p
	JOIN cpu c ON c.id = p.cpu_id'

# Step by step, as far as there are events: the last one is at tick 12000. (What
# runs before a sample is no step of an event.)
as_seen()
{
	run --samples 1 --steps 1-1000 && ask "SELECT count(*) > 20 FROM reap_pass" '1 ' &&
		ask "SELECT count(*) FROM (SELECT tick, cpu_id FROM reap_pass
			WHERE tick <= (SELECT max(tick) FROM step)
			EXCEPT SELECT tick, cpu_id FROM step
			WHERE kind = 'reap_end')" '0 ' &&
		ask "SELECT count(*) FROM (SELECT tick, cpu_id FROM step
			WHERE kind = 'reap_end'
			EXCEPT SELECT tick, cpu_id FROM reap_pass)" '0 ' &&
		ask "SELECT count(*) FROM reap_pass p WHERE slabs <> (SELECT
			ifnull(sum(objs), 0) FROM step s WHERE kind = 'reaped'
			AND s.tick = p.tick AND s.cpu_id = p.cpu_id)
			AND tick <= (SELECT max(tick) FROM step)" '0 '
}

# Some passes gave slabs back, others nothing; together what is counted.
as_counted()
{
	ask "SELECT sum(slabs > 0) > 0, sum(slabs = 0) > 0, sum(slabs) =
		(SELECT sum(reaped) FROM v_cache WHERE k = 1)
		FROM reap_pass" '1|1|1 '
}

# Whole seconds, skewed by three ticks a CPU, every two seconds, to the end.
by_the_clock()
{
	ask "SELECT sum((tick + 3 * cpu) % hz), group_concat(DISTINCT d)
		FROM (SELECT p.tick, c.cpu, r.hz, p.tick - lag(p.tick) OVER
			(PARTITION BY c.cpu ORDER BY p.tick) - 2 * r.hz AS d
			FROM reap_pass p JOIN cpu c ON c.id = p.cpu_id
			JOIN run r ON r.id = p.run_id)" '0|0 ' &&
		ask "SELECT count(*) FROM reap_pass JOIN run r ON r.id = run_id
			WHERE time_ns <> tick * (1000000000 / hz)" '0 ' &&
		ask "SELECT count(DISTINCT cpu_id), max(tick) > 12000
			FROM reap_pass" '4|1 '
}

# The same whoever else watches, and on threads that take turns.
whoever_watches()
{
	run && sqlite3 "$db" "$passes" >"$TEST_TMP/alone" &&
		[ -s "$TEST_TMP/alone" ] &&
		for options in '--steps 1-500' --timing '--engine threads'; do
			run $options && sqlite3 "$db" "$passes" \
				>"$TEST_TMP/watched" &&
				cmp "$TEST_TMP/alone" "$TEST_TMP/watched" ||
				return 1
		done
}

check 'each pass that was seen, and no other' as_seen
check 'what it gave back is what is counted' as_counted
check 'when its timer is due' by_the_clock
check 'the same whoever watches' whoever_watches

finish
