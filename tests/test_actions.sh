#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim run --actions: a case worked out by hand, which the same operations in
# a scenario confirm; threads by turns give the serial database; what must hold
# in free order. The files themselves: tests/test_actions.c.
#
# time limit: 300 s
. tests/tap.sh

if ! command -v sqlite3 >/dev/null; then
	skip 'actions' 'no sqlite3 command'
	finish
fi

T=$TEST_TMP
run="$SLABSIM run -q"

query()
{
	sqlite3 "$T/$1.db" "$2"
}

# is DB SQL VALUE
is()
{
	got=$(query "$1" "$2")
	[ "$got" = "$3" ] || { echo "$got, not $3"; return 1; }
}

dump()
{
	sqlite3 "$1" .dump | grep -v 'INSERT INTO host_'
}

# --- by hand ---------------------------------------------------------------------
#
# Objects of 1000 bytes: 4 a slab; limit 54, batchcount 27. CPUs 2 and 3 are
# node 1. CPU 3 allocates 10: each miss grows a slab and takes its 4, so 3 slabs
# A B C with 2 of C left in the array. It frees the 4 of A and one of B:
#
#	array of CPU 3:  C C A A A A B	   lists: full A B C
#
# At 20 ms it goes down. The array goes to the slabs: A is empty, and what is
# empty is given back when a CPU dies; B holds 3, C holds 2. The free limit
# loses a batchcount. Its event of 20 ms comes after that, to CPU 2, which
# misses and takes all 3 that B and C have, and hands one of them out. At 30 ms
# CPU 3 comes up, its event of 40 ms misses and grows D.

cat >"$T/head.ops" <<'END'
machine nodes=2 cpus=4
smp
create 0 thing 1000 0 -
T 10
a 3 thing 1
a 3 thing 2
a 3 thing 3
a 3 thing 4
a 3 thing 5
a 3 thing 6
a 3 thing 7
a 3 thing 8
a 3 thing 9
a 3 thing 10
f 3 1
f 3 2
f 3 3
f 3 4
f 3 5
T 20
END
{ cat "$T/head.ops"; printf 'a 3 thing 11\nT 40\na 3 thing 12\n'; } \
	>"$T/hand.ops"
printf '20ms offline 0 3\n30ms online 0 3\n' >"$T/hand.txt"
"$SLABSIM" import -q "$T/hand.ops" -o "$T/hand.slt"
$run "$T/hand.slt" -m 2x2 --actions "$T/hand.txt" --sample 10ms \
	-d "$T/hand.db" >"$T/hand.out"

# k, CPU: allocations that hit, missed, objects in the array
cpu="SELECT allochit, allocmiss, avail_objs FROM v_cpu_stat v JOIN cache c ON
	c.id = cache_id WHERE name = 'thing'"
node="SELECT slabs_full, slabs_partial, slabs_free, free_objs, live_objs,
	cached_objs, grown, destroyed FROM v_node_stat v JOIN cache c ON
	c.id = cache_id WHERE name = 'thing' AND node = 1"
check 'before: 7 in the array' is hand "$cpu AND cpu = 3 AND k = 1" '7|3|7'
check 'before: three slabs' is hand "$node AND k = 1" '3|0|0|0|5|7|3|0'
check 'offline: nothing in the array' is hand "$cpu AND cpu = 3 AND k = 2" \
	'7|3|0'
check 'offline: its event is a miss of CPU 2' is hand \
	"$cpu AND cpu = 2 AND k = 2" '0|1|2'
check 'offline: a slab is given back' is hand "$node AND k = 2" \
	'2|0|0|0|6|2|3|1'
check 'online again: a miss of its own' is hand "$cpu AND cpu = 3 AND k = 4" \
	'7|4|3'
check 'online again: one more slab' is hand "$node AND k = 4" '3|0|0|0|7|5|4|1'
check 'one event was moved' is hand 'SELECT moved_events FROM run' 1
check 'actions and what became of them' is hand "SELECT group_concat(number ||
	' ' || time_ns || ' ' || tick || ' ' || events || ' ' || action || ' ' ||
	operation || ' ' || result) FROM run_action" \
	'1 20000000 20 16 offline offline 0 3 done,2 30000000 30 17 online online 0 3 done'
check 'the summary says so' grep -qF \
	'2 of 2 done; 1 event of CPUs that were offline, done by others' \
	"$T/hand.out"

# The same in words of a scenario.
{
	cat "$T/head.ops"
	printf 'offline 0 3\nsnap off\na 2 thing 11\nT 30\nonline 0 3\n'
	printf 'T 40\na 3 thing 12\nsnap end\n'
} >"$T/same.ops"
"$SLABSIM" script "$T/same.ops" --out "$T/same"
check 'the scenario: lists after it went' grep -q \
	'^node,off,thing,1,2,0,0,3,58,' "$T/same.snap.csv"
# name, active and all objects, all slabs, grown, counters of hits
query hand "SELECT 'cache', name, sum(live_objs + cached_objs), sum(grown),
	(SELECT sum(allochit) FROM v_cpu_stat p WHERE p.cache_id = c.id AND
	k = 4), (SELECT sum(allocmiss) FROM v_cpu_stat p WHERE p.cache_id =
	c.id AND k = 4), sum(slabs_full + slabs_partial + slabs_free)
	FROM v_node_stat v JOIN cache c ON c.id = v.cache_id WHERE k = 4
	GROUP BY c.id ORDER BY name" >"$T/run.txt"
awk -F, -v OFS='|' '$1 == "cache" && $2 == "end" {
	print $1, $3, $4, $17, $24, $25, $13 }' "$T/same.snap.csv" |
	sort >"$T/script.txt"
check 'every cache is as the scenario leaves it' \
	cmp <(sort "$T/run.txt") "$T/script.txt"

# --- when ------------------------------------------------------------------------

# An action later than the end is done after the last event, at the end.
printf '20ms shrink 0 thing\n5s shrink 0 thing\n' >"$T/late.txt"
$run "$T/hand.slt" -m 2x2 --actions "$T/late.txt" -d "$T/late.db" >/dev/null
check 'before the first event at its time; after the last' is late \
	'SELECT group_concat(tick || " " || events) FROM run_action' '20 16,40 18'

# --- another list, another run -----------------------------------------------------

$run "$T/hand.slt" -m 2x2 -d "$T/two.db" --label base >/dev/null
$run "$T/hand.slt" -m 2x2 --actions "$T/hand.txt" -d "$T/two.db" >/dev/null
"$SLABSIM" check -q --update -b "$T/base.tsv" "$T/two.db" >"$T/base.out" 2>&1
check 'the same list compares' "$SLABSIM" check -q -b "$T/base.tsv" "$T/two.db"
check 'another list, or none, does not' test 6 = "$("$SLABSIM" check -q \
	-b "$T/base.tsv" --run base "$T/two.db" >"$T/base.out" 2>&1; echo $?)"
check 'the list is in the configuration' is hand "SELECT json_extract(config,
	'\$.actions[1].time_ns') || json_extract(config, '\$.actions[1].do')
	FROM run" '30000000online 0 3'

# --- threads by turns --------------------------------------------------------------

# as_serial TRACE ACTIONS OPTION...
as_serial()
{
	local input=$1 list=$2
	shift 2
	rm -f "$T"/[ab].db
	$run "$input" -d "$T/a.db" --actions "$list" "$@" >/dev/null &&
		$run "$input" -d "$T/b.db" --actions "$list" "$@" \
			--engine threads >/dev/null &&
		cmp <(dump "$T/a.db") <(dump "$T/b.db") && is a \
		"SELECT min(result = 'done') AND count(*) FROM run_action" 1
}

# Every kind of action, every CPU of four away at some time.
cat >"$T/all.txt" <<'END'
200ms   offline 0 3     # its events are CPU 2's
300ms   tune 0 size-64 60 30 0
400ms   shrink 1 size-64
500ms   offline 0 2     # a node without CPUs
700ms   online 1 3
900ms   online 0 2
1       limit 0 5000
1.2s    tune 2 filp 20 10 4
1500ms  offline 3 0
1700ms  online 1 0
5s      shrink 0 size-128
END
"$SLABSIM" import -q traces/samples/fork-100k/trace.txt.xz -o "$T/fork.slt"
for machine in 2x2 1x4 4x1; do
	check "strict is serial: $machine" as_serial "$T/fork.slt" \
		"$T/all.txt" -m $machine
done
sed s/size-/kmalloc-/ "$T/all.txt" >"$T/all-6.1.txt"
check 'strict is serial: in 6.1' as_serial "$T/fork.slt" "$T/all-6.1.txt" \
	-m 2x2 --profile 6.1-x86_64
check 'strict is serial: with timing' as_serial "$T/fork.slt" "$T/all.txt" \
	-m 2x2 --timing
check 'strict is serial: by hand' as_serial "$T/hand.slt" "$T/hand.txt" -m 2x2

# --- free order --------------------------------------------------------------------

# What does not depend on the order.
sums()
{
	sqlite3 "$1" 'SELECT events, allocs, frees, moved_events FROM run;
		SELECT number, tick, events, operation, result FROM run_action;
		SELECT sum(live_objs) FROM v_node_stat JOIN cache ON
		cache.id = cache_id WHERE k = (SELECT max(k) FROM sample) AND
		identity IS NOT NULL; SELECT count(*) FROM sample'
}

free="--engine threads --order free"
$run "$T/fork.slt" -m 2x2 --actions "$T/all.txt" -d "$T/s.db" >/dev/null
# shellcheck disable=SC2086
for window in 100 65536; do
	rm -f "$T/f.db"
	check "free order: windows of $window" $run "$T/fork.slt" -m 2x2 \
		--actions "$T/all.txt" -d "$T/f.db" $free --window $window
	check 'as many events, moved ones, live objects; each action in its place' \
		cmp <(sums "$T/f.db") <(sums "$T/s.db")
done
# shellcheck disable=SC2086
check 'free order, repeated: in 6.1' $run "$T/fork.slt" -m 4x1 --actions \
	"$T/all-6.1.txt" --profile 6.1-x86_64 -d "$T/f.db" $free --repeat 3

# An array takes an entry more than its limit: of a power of two that is twice
# the room, and there was half of it.
for limit in 256 4096 65536; do
	printf '500ms tune 0 filp %d 1 0\n1s tune 0 dentry 64 64 %d\n' $limit \
		$((limit / 64)) >"$T/power.txt"
	rm -f "$T/f.db"
	# shellcheck disable=SC2086
	check "free order: tuned to $limit" $run "$T/fork.slt" -m 2x2 \
		--actions "$T/power.txt" -d "$T/f.db" $free
done

# --- many of them ------------------------------------------------------------------

# random_list SEED: hotplug, tuning and shrinking of 8 CPUs, every 50 us or so
random_list()
{
	awk -v seed="$1" 'function roll(below) {
			seed = (seed * 69069 + 12345) % 2147483648
			return int(seed / 8) % below
		}
		function some(is_off,  cpu) {
			do cpu = roll(8); while (off[cpu] != is_off)
			return cpu
		}
		BEGIN {
			nr = split("task_struct cred_jar maple_node pid " \
				"vm_area_struct anon_vma mm_struct", name)
			for (cpu = 0; cpu < 8; cpu++)
				off[cpu] = 0
			for (i = 0; i < 200; i++) {
				time += roll(100)
				by = some(0)
				what = roll(10)
				printf "%dus ", time
				if (what < 3 && nr_off < 6) {
					while ((cpu = some(0)) == by)
						;
					print "offline", by, cpu
					off[cpu] = 1
					nr_off++
				} else if (what < 5 && nr_off) {
					cpu = some(1)
					print "online", by, cpu
					off[cpu] = 0
					nr_off--
				} else if (what < 8) {
					limit = 1 + roll(100)
					print "tune", by, name[1 + roll(nr)], \
						limit, 1 + roll(limit), roll(9)
				} else
					print "shrink", by, name[1 + roll(nr)]
			}
		}' >"$T/random.txt"
}

"$SLABSIM" gen -q forkstorm -p cpus=8 --events 40000 -o "$T/storm.slt"
for seed in 1 2; do
	random_list $seed
	check "strict is serial: random actions $seed" as_serial \
		"$T/storm.slt" "$T/random.txt" -m 2x4
	cp "$T/a.db" "$T/s.db"
	# shellcheck disable=SC2086
	for window in 500 65536; do
		rm -f "$T/f.db"
		check "free order, windows of $window: random actions $seed" \
			$run "$T/storm.slt" -m 2x4 --actions "$T/random.txt" \
			-d "$T/f.db" $free --window $window
		check 'each in its place, and nothing lost' \
			cmp <(sums "$T/f.db") <(sums "$T/s.db")
	done
done

# --- stepping ----------------------------------------------------------------------

# The event of 20 ms is number 17: what was done before it is told with it.
"$SLABSIM" step "$T/hand.slt" -m 2x2 --actions "$T/hand.txt" --from 16 --to 18 \
	>"$T/step.txt"
check 'step tells who does the event, and what came before it' \
	grep -q 'cpu2 allocates from thing' "$T/step.txt"
check 'explain: CPU 2 missed' grep -q 'cpu2 allocates from thing' \
	<("$SLABSIM" explain "$T/hand.slt" -m 2x2 --actions "$T/hand.txt" -e 17)
check 'the action itself is told, before its event' grep -q \
	'^. offline 0 3 (of 20 ms), then cpu2 allocates from thing' "$T/step.txt"

# step went no further than the last event, of 40 ms; run does these at the end.
cat >"$T/behind.txt" <<'END'
20ms offline 0 3
40ms shrink 0 thing
41ms tune 0 thing 9 3 1
1    limit 0 0
1    limit 1 0
5    tune 0 thing 60000 1 0
END
steps()
{
	"$SLABSIM" step "$T/hand.slt" -m 2x2,pages=400 --actions \
		"$T/behind.txt" "$@"
}
steps --from 17 --plain >"$T/step.txt"
check 'an action of the time of the last event is done before it' grep -qF \
	'* shrink 0 thing (of 40 ms), then cpu2 allocates' "$T/step.txt"
check 'those later are steps of their own' cmp - <(grep -A1 'hand.slt:' \
	"$T/step.txt" | tail -n 11) <<'END'
 hand.slt: after the last event, action 1 of 4, tick 40 
* tune 0 thing 9 3 1 (of 41 ms)
--
 hand.slt: after the last event, action 2 of 4, tick 40 
* limit 0 0 (of 1 s)
--
 hand.slt: after the last event, action 3 of 4, tick 40 
* limit 1 0 (of 1 s)
--
 hand.slt: after the last event, action 4 of 4, tick 40 
* tune 0 thing 60000 1 0 (of 5 s, no memory for it)
END
check 'there and back' cmp - <(printf 'g 22\nb 3\nn\ng 18\ng 99\n' | steps |
	sed -n 's/.*hand.slt: //p; s/^\(this is .*\)/\1/p') <<'END'
after the last event, action 4 of 4, tick 40 
after the last event, action 1 of 4, tick 40 
after the last event, action 2 of 4, tick 40 
event 18 of 18, tick 40 
this is the end: there are 18 events and, after them, 4 actions
after the last event, action 4 of 4, tick 40 
END
check 'a breakpoint finds them' grep -q 'action 1 of 4' \
	<(printf 'g 18\nbreak thing\ncontinue\n' | steps)
explained()
{
	"$SLABSIM" explain "$T/hand.slt" -m 2x2,pages=400 --actions \
		"$T/behind.txt" --event 19 "$@"
}
check 'explain tells what one did' grep -q 'new arrays: limit 9, batchcount 3' \
	<(explained)
check 'it is no event' grep -q '"events":18,"actor":{"event":19,' \
	<(explained --json)
refuses 2 'has 18 events and, after them, 4 actions' "$SLABSIM" explain \
	"$T/hand.slt" -m 2x2 --actions "$T/behind.txt" --event 23

# What the last sample of run finds is what the last step leaves.
$run "$T/hand.slt" -m 2x2,pages=400 --actions "$T/behind.txt" -d "$T/behind.db" \
	>/dev/null
check 'run has the same in the end' is behind "SELECT group_concat(events || ' '
	|| result) FROM run_action" \
	'16 done,17 done,18 done,18 done,18 done,18 no memory'

refuses 2 'actions' "$SLABSIM" step "$T/hand.ops" --actions "$T/hand.txt"

# --- what is refused, before anything is written ------------------------------------

# refused CODE TEXT LINES
refused()
{
	printf "$3" >"$T/bad.txt"
	refuses "$1" "$2" $run "$T/hand.slt" -m 2x2 -d "$T/none.db" \
		--actions "$T/bad.txt"
}

refused 3 "bad.txt:2: there is no cache 'thin', did you mean 'thing'?" \
	'1ms shrink 0 thing\n2ms tune 0 thin 1 1 0\n'
refused 3 'bad.txt:1: CPU 0 is online already' '0 online 1 0\n'
refused 3 "bad.txt:1: '1m' is not a time" '1m offline 0 3\n'
refuses 4 'No such file' $run "$T/hand.slt" -m 2x2 -d "$T/none.db" --actions \
	"$T/nothing.txt"
check 'no database is left' test ! -e "$T/none.db"

# A cache that the trace itself creates: when is known.
{ cat "$T/head.ops"; printf 'create 0 later 100 0 -\na 0 later 20\nT 30\n'
	printf 'a 0 later 21\n'; } >"$T/later.ops"
"$SLABSIM" import -q "$T/later.ops" -o "$T/later.slt"
for time in 10ms 20ms; do
	echo "$time shrink 0 later" >"$T/later.txt"
	refuses 3 "'later' is not there yet: the trace creates it at 20 ms" \
		$run "$T/later.slt" -m 2x2 -d "$T/none.db" \
		--actions "$T/later.txt"
done
echo '20.000001ms shrink 0 later' >"$T/later.txt"
check 'it is there later' $run "$T/later.slt" -m 2x2 -d "$T/later.db" \
	--actions "$T/later.txt"
check 'and was shrunk, in its place' is later \
	'SELECT result, events FROM run_action' 'done|18'

# Each such action read the trace; now they share one pass, whatever they name.
cat >"$T/more.ops" <<'END'
machine nodes=1 cpus=1
smp
create 0 first 100 0 -
T 10
create 0 second 200 0 -
T 20
create 0 third 300 0 -
a 0 third 1
END
"$SLABSIM" import -q "$T/more.ops" -o "$T/more.slt"
printf '11ms shrink 0 second\n21ms shrink 0 third\n21ms shrink 0 first\n' \
	>"$T/more.txt"
check 'caches that the trace creates, in any order' $run "$T/more.slt" -m 1x1 \
	--actions "$T/more.txt" -d "$T/more.db"
printf '11ms shrink 0 second\n19ms shrink 0 third\n' >"$T/more.txt"
refuses 3 "more.txt:2: cache 'third' is not there yet: the trace creates it at 20" \
	$run "$T/more.slt" -m 1x1 -d "$T/none.db" --actions "$T/more.txt"

# Compressed, as other files beside a trace.
gzip -c "$T/hand.txt" >"$T/hand.txt.gz"
check 'a compressed list is the same' $run "$T/hand.slt" -m 2x2 --sample 10ms \
	--actions "$T/hand.txt.gz" -d "$T/gz.db"
check 'and gives the same' cmp <(dump "$T/gz.db") <(dump "$T/hand.db")

# slabinfo went on telling the tunables of the cache's creation.
echo '25ms tune 0 later 60 30 4' >"$T/tuned.txt"
tuned_is_told()
{
	$run "$T/later.slt" -m 2x2 -d "$T/tuned.db" --samples 2 \
		--actions "$T/tuned.txt" &&
		is tuned "SELECT group_concat(limit_objs || ' ' ||
			batchcount_objs || ' ' || shared_factor) FROM v_tunable
			WHERE name = 'later' AND k = 2" '60 30 4' &&
		is tuned "SELECT count(*) FROM v_tunable JOIN cache ON id =
			cache_id WHERE (k < 1 OR cache.name <> 'later') AND
			v_tunable.limit_objs <> cache.limit_objs" 0 &&
		"$SLABSIM" show -q "$T/tuned.db" --format slabinfo |
			grep -q '^later .* tunables   60   30    4 '
}
check 'what it is tuned to is told' tuned_is_told

# --- the database -------------------------------------------------------------------

check 'show actions' grep -q 'offline 0 3  done' \
	<("$SLABSIM" show "$T/hand.db" actions)
check 'with their times to the nanosecond' grep -q '^ *1  *20000001  ' \
	<("$SLABSIM" show -q "$T/later.db" actions)
check 'show actions, of a run without' grep -q -e '--actions FILE' \
	<("$SLABSIM" show -q --run base "$T/two.db" actions)
check 'a run is removed with them' "$SLABSIM" db rm -d "$T/hand.db" 1
check 'nothing stays' is hand 'SELECT count(*) FROM run_action' 0
finish
