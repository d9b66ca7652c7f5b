#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim run --engine threads. Strict order: the database of the serial
# engine, for every bundled trace and everything that is made into one. Free
# order: what must hold whatever the order.
#
# time limit: 300 s
. tests/tap.sh

run="$SLABSIM run -q"

# The database but for what may differ.
dump()
{
	sqlite3 "$1" .dump | grep -v 'INSERT INTO host_'
}

# as_serial TRACE OPTION...
as_serial()
{
	local input=$1
	shift
	rm -f "$TEST_TMP"/[ab].db
	$run "$input" -d "$TEST_TMP/a.db" "$@" >/dev/null &&
		$run "$input" -d "$TEST_TMP/b.db" "$@" --engine threads \
			>/dev/null &&
		cmp <(dump "$TEST_TMP/a.db") <(dump "$TEST_TMP/b.db")
}

import()
{
	"$SLABSIM" import -q "traces/samples/$1/trace.txt.xz" \
		-o "$TEST_TMP/$1.slt"
}

import fork-100k
import grow-shrink
for trace in fork-100k grow-shrink; do
	for machine in 1x1 2x2 8x1 4x4; do
		check "strict is serial: $trace on $machine" \
			as_serial "$TEST_TMP/$trace.slt" -m $machine
	done
	check "strict is serial: $trace in 6.1" as_serial \
		"$TEST_TMP/$trace.slt" -m 2x2 --profile 6.1-x86_64
	check "strict is serial: $trace, warm" as_serial \
		"$TEST_TMP/$trace.slt" -m 1x4 \
		--slabinfo-before traces/samples/$trace/slabinfo.before
done
for workload in forkstorm fileserver prodcons fragment zipf; do
	"$SLABSIM" gen -q $workload --events 20000 -o "$TEST_TMP/w.slt"
	check "strict is serial: $workload" as_serial "$TEST_TMP/w.slt" -m 2x4
done

# --- scenarios that are traces -------------------------------------------------

nr=0
for scenario in tests/golden/*.ops workloads/lessons/*.ops; do
	"$SLABSIM" import -q "$scenario" -o "$TEST_TMP/s.slt" 2>/dev/null ||
		continue
	nr=$((nr + 1))
	check "strict is serial: ${scenario##*/}" \
		as_serial "$TEST_TMP/s.slt" -m 2x2
done
check 'some scenarios are traces' test $nr -ge 1

# --- free order ------------------------------------------------------------------

query()
{
	sqlite3 "$TEST_TMP/f.db" "$1"
}

# What the trace asked for, by the CPUs' counters and by what lives at the end.
sums()
{
	sqlite3 "$1" "SELECT sum(allocs), sum(frees) FROM run;
		SELECT sum(live_objs) FROM v_node_stat JOIN cache ON
		cache.id = cache_id WHERE k = (SELECT max(k) FROM sample) AND
		identity IS NOT NULL;
		SELECT count(*) FROM sample"
}

$run "$TEST_TMP/fork-100k.slt" -m 4x4 -d "$TEST_TMP/f.db" --engine threads \
	--order free --window 2000 --repeat 3 >/dev/null
$run "$TEST_TMP/fork-100k.slt" -m 4x4 -d "$TEST_TMP/s.db" >/dev/null
check 'free order is complete' test "$(query 'SELECT status FROM run')" = \
	complete
check 'free order: as many allocations, frees and live objects' \
	cmp <(sums "$TEST_TMP/f.db") <(sums "$TEST_TMP/s.db")
check 'the configuration says free' test \
	"$(query "SELECT config LIKE '%\"order\":\"free\",\"window\":2000%'
		FROM run")" = 1
check 'how it ran is kept' test "$(query 'SELECT cpu_order, window_events,
	threads FROM host_engine')" = 'free|2000|17'
check 'locks are counted by class, cache and node' test "$(query \
	"SELECT count(DISTINCT class) >= 4 AND count(DISTINCT cache) > 5 AND
	count(DISTINCT node) = 4 AND min(contended <= acquisitions) = 1
	FROM host_lock")" = 1
check 'the spread of three runs' test "$(query "SELECT min(runs), max(runs),
	min(least <= most) FROM host_spread")" = '3|3|1'
# Runs that are only repeated were counted as time that sampling took.
$run "$TEST_TMP/fork-100k.slt" -m 2x2 -d "$TEST_TMP/h.db" --engine threads \
	--order free --samples 2 --repeat 30 >/dev/null
check 'repeated runs are not sampling' test "$(sqlite3 "$TEST_TMP/h.db" \
	'SELECT 4 * sample_ns < 3 * wall_ns FROM host_run')" = 1
# Ctrl-C between repeats: the exit code was 0, as if all had been run.
interrupted_repeats()
{
	"$SLABSIM" gen forkstorm --events 200000 -q -o "$TEST_TMP/s.slt" || return
	timeout --preserve-status -s INT 4 "$SLABSIM" run "$TEST_TMP/s.slt" \
		-m 2x2 -d "$TEST_TMP/i.db" --engine threads --order free \
		--repeat 1000 >/dev/null 2>"$TEST_TMP/i.err"
	[ $? = 130 ] && grep -q 'of 1000 runs of --repeat; run 1 of .* is complete' \
		"$TEST_TMP/i.err" && [ "$(sqlite3 "$TEST_TMP/i.db" "SELECT status,
			(SELECT max(runs) BETWEEN 2 AND 999 FROM host_spread)
			FROM run")" = 'complete|1' ]
}
check 'interrupted repeats are not all' interrupted_repeats
check '256 CPUs come to an end' $run "$TEST_TMP/fork-100k.slt" -m 8x32 \
	-d "$TEST_TMP/g.db" --engine threads --order free --samples 3
check '256 CPUs come to an end by turns' $run "$TEST_TMP/grow-shrink.slt" \
	-m 8x32 -d "$TEST_TMP/g.db" --engine threads --samples 3

# A cache created on the way gets arrays while the machine is one of threads,
# and nothing had been reserved for them: "a bug of slabsim" on two nodes.
{
	printf 'machine nodes=1 cpus=1\nsmp\n'
	for i in $(seq 40); do
		printf 'T %d\ncreate 0 c%d 100 0 -\na 0 c%d %d\n' $i $i $i $i
	done
} >"$TEST_TMP/many.ops"
"$SLABSIM" import -q "$TEST_TMP/many.ops" -o "$TEST_TMP/many.slt"
for machine in 1x1 2x2 4x8; do
	for profile in 2.6.36-x86_64 6.1-x86_64; do
		rm -f "$TEST_TMP/m.db"
		check "free order: caches are created: $machine, $profile" \
			$run "$TEST_TMP/many.slt" -m $machine \
			--profile $profile \
			-d "$TEST_TMP/m.db" --engine threads --order free
	done
done
rm -f "$TEST_TMP/m.db"
check 'free order: and tuned' $run "$TEST_TMP/many.slt" -m 4x8 \
	--set c20.limit=4096 --set c40.limit=20000 --set c40.batchcount=500 \
	-d "$TEST_TMP/m.db" --engine threads --order free

check 'a run with threads can be removed' "$SLABSIM" db rm -d "$TEST_TMP/f.db" 1
check 'and nothing of it stays' test "$(query 'SELECT
	(SELECT count(*) FROM host_lock) + (SELECT count(*) FROM host_engine) +
	(SELECT count(*) FROM host_spread)')" = 0

# --- hosts -----------------------------------------------------------------------

# A libnuma that says what we like: this host is one of many.
numa_says()
{
	{ echo '#define _GNU_SOURCE'; echo '#include <numa.h>'; cat; } \
		>"$TEST_TMP/numa.c"
	cc -shared -fPIC -o "$TEST_TMP/numa.so" "$TEST_TMP/numa.c"
}

host_nodes()
{
	rm -f "$TEST_TMP/n.db"
	LD_PRELOAD="$TEST_TMP/numa.so" $run "$TEST_TMP/grow-shrink.slt" -m 2x2 \
		-d "$TEST_TMP/n.db" --engine threads --order free >/dev/null
	sqlite3 "$TEST_TMP/n.db" 'SELECT host_nodes FROM host_engine'
}

if grep -q fsanitize "${B:-build}/flags" 2>/dev/null; then
	skip 'hosts with and without NUMA' 'sanitizers come first'
else
	numa_says <<'EOF'
int numa_available(void) { return -1; }
EOF
	check 'a host without NUMA is one node' test "$(host_nodes)" = 1
	numa_says <<'EOF'
int numa_available(void) { return 0; }
struct bitmask *numa_get_mems_allowed(void)
{
	struct bitmask *two = numa_bitmask_alloc(8);
	return numa_bitmask_setbit(numa_bitmask_setbit(two, 0), 3);
}
int numa_run_on_node(int node) { return node == 0 || node == 3 ? 0 : -1; }
void numa_set_preferred(int node) { (void)node; }
EOF
	check 'a host of two nodes, with a gap' test "$(host_nodes)" = 2
fi

# --- what does not go ------------------------------------------------------------

# usage TEXT OPTION...: exit 2, and says so
usage()
{
	text=$1
	shift
	$run x.slt "$@" 2>"$TEST_TMP/usage"
	[ $? = 2 ] && grep -qF -e "$text" "$TEST_TMP/usage"
}

check 'the nearest engine' usage 'did you mean "threads"' --engine thread
check 'no order without threads' usage '--order is for' --order free
check 'no window by turns' usage '--window and --repeat' --engine threads \
	--window 10
for option in '--pins 3' \
	'--slabinfo-before traces/samples/fork-100k/slabinfo.before'; do
	# shellcheck disable=SC2086
	refuses 2 "${option%% *} does not go with" $run \
		"$TEST_TMP/fork-100k.slt" -m 2x2 -d "$TEST_TMP/r.db" \
		--engine threads --order free $option
done
refuses 2 'profile 2.6.36-x86_64-debug keeps' $run "$TEST_TMP/fork-100k.slt" \
	-m 2x2 -d "$TEST_TMP/r.db" --engine threads --order free \
	--profile 2.6.36-x86_64-debug
finish
