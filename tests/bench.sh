#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make bench: how fast, and whether the hit path got slower.
#
# Times are of this machine and this hour: look at their ratio to the figures
# of the real allocator. Instruction counts are exact for one compiler; they
# are kept in tests/bench_baseline.txt and compared (a line a compiler):
#
#	COMPILER TRACE MACHINE INSTRUCTIONS_PER_EVENT
#
# Exit 1 when a count is over its baseline by more than 3 %. A compiler without
# a line is reported, not compared; --update writes its lines.
set -u
B=${B:-build}
SLABSIM=${SLABSIM:-./slabsim}
baseline=tests/bench_baseline.txt
limit_percent=3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

compiler=$(${CC:-cc} --version | head -n 1 | sed 's/[^A-Za-z0-9.+-]/_/g')
status=0

import()
{
	"$SLABSIM" import -q "traces/samples/$1/trace.txt.xz" \
		-o "$scratch/$1.slt"
}

# instructions NAME NODES CPUS: inside replay_events, per event, two decimals
instructions()
{
	valgrind --tool=callgrind --collect-atstart=no \
		--toggle-collect=replay_events \
		--callgrind-out-file="$scratch/callgrind" \
		"$B/tests/bench_replay" "$scratch/$1.slt" "$2" "$3" 1 \
		>"$scratch/events" 2>"$scratch/valgrind" || return
	awk -v events="$(cut -d ' ' -f 1 "$scratch/events")" \
		'/Collected/ { printf "%.2f", $4 / events }' \
		"$scratch/valgrind"
}

compare()
{
	known=$(awk -v c="$compiler" -v t="$1" -v m="$2" \
		'$1 == c && $2 == t && $3 == m { print $4 }' "$baseline")
	if [ -z "$known" ]; then
		echo "  no baseline for $compiler: not compared"
		return
	fi
	awk -v now="$3" -v known="$known" -v limit="$limit_percent" 'BEGIN {
		change = 100 * (now - known) / known
		printf "  baseline %s, change %+.2f %%\n", known, change
		exit change > limit }' || {
		echo "  over the limit of $limit_percent %"
		status=1
	}
}

# replay NAME NODES CPUS
replay()
{
	read -r events min median < <("$B/tests/bench_replay" \
		"$scratch/$1.slt" "$2" "$3" 41)
	printf '%-12s %sx%s: %s events, %s ns an event at best, %s median\n' \
		"$1" "$2" "$(($3 / $2))" "$events" "$min" "$median"
	command -v valgrind >/dev/null || {
		echo "  no valgrind: instructions not counted"
		return
	}
	count=$(instructions "$1" "$2" "$3")
	echo "  $count instructions an event"
	compare "$1" "$2x$(($3 / $2))" "$count"
	echo "$compiler $1 $2x$(($3 / $2)) $count" >>"$scratch/now"
}

echo "replay of decoded events with all statistics"
echo "(the real mm/slab.c in userspace, fork scripts: 12.6 to 18.6 ns an event)"
for sample in fork-100k grow-shrink; do
	import "$sample" || exit
	replay "$sample" 2 4
done
# import_figures NAME ROUNDS: of $scratch/NAME.txt, all in the same run
import_figures()
{
	read -r lines import parse peer events bytes decode speedup control < <(
		"$B/tests/bench_import" "$scratch/$1.txt" "$scratch/b.slt" "$2")
	echo "$1: $lines lines"
	echo "  import: $import ns a line (limit $import_limit_ns)," \
		"of it reading and parsing $parse"
	echo "  with --jobs 2: $speedup times as fast by the clock (limit 1.6;" \
		"two threads that only count: $control times)"
	echo "  getline and sscanf, which only parse: $peer ns a line"
	awk -v e="$events" -v b="$bytes" -v d="$decode" 'BEGIN {
		printf "  %d events in the file, %s bytes each; " \
			"decoding %s ns an event, %.0f M events/s\n", \
			e, b, d, 1000 / d }'
}

# cpu_ms COMMAND...: CPU time of the command, ten times; the best of three
cpu_ms()
{
	TIMEFORMAT='%U %S'
	for _ in 1 2 3; do
		{ time for _ in 1 2 3 4 5 6 7 8 9 10; do
			"$@" >/dev/null 2>&1
		done; } 2>&1
	done | awk '{ ms = 1000 * ($1 + $2) }
		NR == 1 || ms < best { best = ms }
		END { print best }'
}

perf_script()
{
	perf script -i "$1"
}

perf_kmem_stat()
{
	perf kmem -i "$1" stat --caller
}

trace_cmd_report()
{
	trace-cmd report -i "$1"
}

# peer PROGRAM WHAT SMALL LARGE FUNCTION: what an event more costs it: to start
# does not count
peer()
{
	what=$2 small=$scratch/$3 large=$scratch/$4
	command -v "$1" >/dev/null || {
		echo "  $what: no $1 here"
		return
	}
	few=$("$SLABSIM" info --json "$small.slt" | count_events)
	many=$("$SLABSIM" info --json "$large.slt" | count_events)
	[ $((many - few)) -ge 2000 ] || {
		echo "  $what: not measured, the recordings here are too short"
		return
	}
	awk -v what="$what" -v few="$few" -v many="$many" \
		-v a="$(cpu_ms "$5" "$small")" -v b="$(cpu_ms "$5" "$large")" \
		'BEGIN {
			if (b < 1.1 * a)
				printf "  %s: not measured, starting it takes " \
					"as long as all events\n", what
			else
				printf "  %s: %.0f ns an event\n", what,
					1e5 * (b - a) / (many - few) }'
}

count_events()
{
	tr ',{' '\n\n' | sed -n 's/^"events":\([0-9]*\)$/\1/p' | head -n 1
}

# recording NAME: a binary recording of the test suite, and its import
recording()
{
	case $1 in
	*.xz) xz -dc "tests/fixtures/binary/$1" >"$scratch/${1%.xz}" ;;
	*) cp "tests/fixtures/binary/$1" "$scratch/$1" ;;
	esac
	"$SLABSIM" import -q --max-loss 1000000 --clock-hz 1000000000 \
		"$scratch/${1%.xz}" -o "$scratch/${1%.xz}.slt"
}

# The tools that others have, where they are installed.
peers()
{
	recording perf-basic.data.xz && recording perf-lost.data.xz && {
		peer perf 'perf script, which prints' perf-basic.data \
			perf-lost.data perf_script
		peer perf 'perf kmem stat, which counts' perf-basic.data \
			perf-lost.data perf_kmem_stat
	}
	recording clock-x86-tsc.dat.xz && recording tc-live-v7.dat &&
		peer trace-cmd 'trace-cmd report, which prints' \
			clock-x86-tsc.dat tc-live-v7.dat trace_cmd_report
}

import_limit_ns=200
echo "import of plain text, ids resolved and file written; CPU time, one core"
for sample in fork-100k grow-shrink; do
	xz -dc "traces/samples/$sample/trace.txt.xz" >"$scratch/$sample.txt"
	import_figures "$sample" 9
done
# long enough that what an import costs once does not count
awk -v N=8 -f tests/repeat_trace.awk "$scratch/fork-100k.txt" \
	>"$scratch/fork-100k-8-times.txt"
import_figures fork-100k-8-times 3
echo "other tools, on recordings of the same kind of events; CPU time"
peers
# With the picture, at random places; CPU time.
step_limit_ms=50
step_back()
{
	"$SLABSIM" gen "$1" --events 2000000 -q -o "$scratch/step.slt"
	read -r events median max snapshots mbytes first < <(
		"$B/tests/bench_step" "$scratch/step.slt" "$2" "$3" 200)
	echo "$1 on $2x$(($3 / $2)): $events events, a step back" \
		"$median ms, the worst of 200 $max ms (limit $step_limit_ms);" \
		"$snapshots snapshots, $mbytes MB; the first way to the" \
		"end $first ms"
	awk -v max="$max" -v limit="$step_limit_ms" \
		'BEGIN { exit !(max + 0 > limit) }' && {
		echo "  over the limit"
		status=1
	}
}
echo "slabsim step: one step back, anywhere"
step_back forkstorm 2 4
step_back fileserver 2 4
step_back fileserver 8 64
# run_cost STEPS KEYFRAME ROUNDS: the wanted figures are told, not enforced:
# by the clock, what else the machine does counts too
run_cost()
{
	"$B/tests/bench_run" "$scratch/run.slt" "$scratch/run.db" 2 4 "$@" |
		awk '{ printf "  %d rows: %.1f ms, without %.1f ms: %+.1f %%; " \
			"CPU time %.1f ms, without %.1f ms: %+.1f %%; " \
			"%.0f k rows/s\n", $1, $3, $2, 100 * ($3 / $2 - 1), \
			$5, $4, 100 * ($5 / $4 - 1), $1 / $3 }'
}
"$SLABSIM" gen forkstorm --events 1000000 -q -o "$scratch/run.slt"
echo "database and samples, in pairs with a replay that keeps nothing:" \
	"forkstorm, 1000000 events on 2x2"
echo " 100 samples, wanted at most +10 %"
run_cost 100 100 15
echo " 2000 samples with every row of each, wanted 500 k rows/s"
run_cost 2000 1 3
if [ "${1:-}" = --update ]; then
	grep -v "^$compiler " "$baseline" >"$scratch/kept"
	cat "$scratch/kept" "$scratch/now" >"$baseline"
	echo "$baseline: lines of $compiler written"
fi
exit $status
