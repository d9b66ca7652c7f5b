#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: tests/check_counters.sh DIRECTORY [BENCH_STATS]
#
# Compares what the import sees with what the traced machine counted, for all
# recordings below DIRECTORY of kernels with statistics: those with a
# slabinfo.t0 and a slabinfo.t1 that have counters (tests/bench_stats.c tells
# how they were made). Prints a table in Markdown (docs/COUNTER-CHECKS.md keeps one)
# and fails when an allocation is left over that is not explained:
#
# - of maple_node, traces lack those made in bulk; there must be fewer than
#   counted, never more;
# - an object that nothing names is among the unnamed, and missing from its
#   cache: together, caches and unnamed must have as many as were counted,
# - but for one of kmalloc-4k, the buffer of the process that reads the
#   counters, and those that the import leaves out as the traced allocator's
#   own (kmalloc-32, kmalloc-64: descriptors of slabs).
#
# Not part of "make check": recordings are large, and not in the tree.

directory=${1:?usage: tests/check_counters.sh DIRECTORY [BENCH_STATS]}
bench=${2:-build/tests/bench_stats}

[ -x "$bench" ] || {
	echo "$bench is not there: make $bench DEPS=no" >&2
	exit 2
}

with_counters()
{
	find "$directory" -name slabinfo.t0 | LC_ALL=C sort |
		while read -r before; do
			recording=${before%/*}
			grep -q globalstat "$before" &&
				[ -e "$recording/slabinfo.t1" ] &&
				echo "$recording"
		done
}

# No name of a recording holds a blank.
# shellcheck disable=SC2046
"$bench" $(with_counters) | awk -F ' *[|] *' '
	{ print }
	function bad(what) {
		print "check_counters: " $2 ": " what >"/dev/stderr"
		failed = 1
	}
	NR <= 2 { next }
	{ recordings[$2] }
	$3 == "all but maple_node" {
		left = $4 - $5 - own[$2]
		if (left != 1)
			bad(left " allocations left over, not 1")
		next
	}
	$3 == "unnamed" || $3 ~ /^equal/ { next }
	$5 > $4 + 0 { bad($3 ": more allocations traced than counted") }
	$3 == "kmalloc-32" || $3 == "kmalloc-64" { own[$2] += $4 - $5 }
	$3 == "kmalloc-4k" && $4 - $5 != 1 { bad($3 ": not one left over") }
	END {
		for (name in recordings)
			nr++
		if (!nr)
			bad("no recordings with counters")
		print nr + 0 " recordings" >"/dev/stderr"
		exit failed
	}'
