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
# import_figures NAME: CPU time, beside getline and sscanf in the same run
import_figures()
{
	xz -dc "traces/samples/$1/trace.txt.xz" >"$scratch/$1.txt"
	read -r lines import peer events bytes decode < <(
		"$B/tests/bench_import" "$scratch/$1.txt" "$scratch/b.slt" 9)
	echo "$1: $lines lines: import $import ns a line" \
		"(getline and sscanf, which only parse: $peer)"
	awk -v e="$events" -v b="$bytes" -v d="$decode" 'BEGIN {
		printf "  %d events in the file, %s bytes each; " \
			"decoding %s ns an event, %.0f M events/s\n", \
			e, b, d, 1000 / d }'
}

echo "import of plain text, ids resolved and file written; CPU time, one core"
for sample in fork-100k grow-shrink; do
	import_figures "$sample"
done
if [ "${1:-}" = --update ]; then
	grep -v "^$compiler " "$baseline" >"$scratch/kept"
	cat "$scratch/kept" "$scratch/now" >"$baseline"
	echo "$baseline: lines of $compiler written"
fi
exit $status
