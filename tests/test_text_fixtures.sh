#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every shape of text in tests/fixtures/text (see the README there) against
# the counts of an awk program that knows nothing of shapes: it looks for the
# name of the event and for "ptr". And what is said of formats, guesses and
# compression.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
texts=tests/fixtures/text
out=$TEST_TMP/out.slt

import()
{
	"$SLABSIM" import --infer none --max-loss 1000000 \
		--clock-hz 1000000000 "$1" -o "$out"
}

# Prints: events allocs failed_allocs frees null_frees unknown_frees
reference_count()
{
	awk '
	function pointer(line) {
		if (!match(line, /ptr ?= *(\([a-z]+\)|0x)?[0-9A-Fa-f]*/))
			return ""
		line = substr(line, RSTART, RLENGTH)
		sub(/ptr ?= *(0x)?/, "", line)
		sub(/^(\([a-z]+\)|0+)$/, "", line)
		return line
	}
	# an event: all that has a CPU and a time (verbose latency: "ms")
	/\[[0-9]+\]( +\(?[^ ]+\)?)? *[0-9.]+: |cpu_id = |us[ +!#*]: |ms\): / ||
	/^ +[^ ]+-[0-9]+ +[0-9]+[.a-zA-Z0-9]+ +[0-9.]+: / {
		if (!/LOST/ && !/DROPPED/)
			events++
	}
	/(kmem:|kmem_| )(kmalloc|kmalloc_node|kmem_cache_alloc|kmem_cache_alloc_node): +[{(c]/ &&
	!/bprint/ {
		p = pointer($0)
		if (p == "")
			failed++
		else {
			allocs++
			live[p]
		}
	}
	/(kmem:|kmem_| )(kfree|kmem_cache_free): +[{(c]/ && !/bprint/ {
		p = pointer($0)
		if (p == "")
			nulls++
		else {
			frees++
			unknown += !(p in live)
			delete live[p]
		}
	}
	END { print events + 0, allocs + 0, failed + 0, frees + 0, nulls + 0,
		    unknown + 0 }' "$1"
}

field()
{
	tr ',{' '\n\n' <"$TEST_TMP/json" |
		sed -n "s/^\"$1\":\"\\{0,1\\}\\([^\"]*\\)\"\\{0,1\\}\$/\\1/p" |
		head -n 1
}

same_counts()
{
	import "$1" || return 1
	"$SLABSIM" info --json "$out" >"$TEST_TMP/json" || return 1
	counted=$(for name in events allocs failed_allocs frees null_frees \
		unknown_frees; do field $name; done | paste -s -d ' ')
	reference=$(reference_count "$1")
	echo "counted:   $counted"
	echo "reference: $reference"
	[ "$counted" = "$reference" ] && [ "$(field unparsed)" = 0 ]
}

is_format()
{
	import "$texts/$1" && "$SLABSIM" info --json "$out" >"$TEST_TMP/json" &&
		[ "$(field format)" = "$2" ]
}

lost()
{
	import "$texts/$1" && "$SLABSIM" info --json "$out" >"$TEST_TMP/json" &&
		[ "$(field lost)" = "$2" ]
}

says()
{
	import "$texts/$1" && grep -qF -e "$2" "$TEST_TMP/tap.err"
}

for text in "$texts"/*.txt; do
	check "counts of ${text##*/}" same_counts "$text"
done

check 'ftrace' is_format ftrace-tgid.txt ftrace
check 'latency' is_format ftrace-latency.txt 'ftrace latency'
check 'report' is_format report-N.txt 'trace-cmd report'
check 'report -l' is_format report-l.txt 'trace-cmd report'
check 'perf' is_format perf-basic.txt 'perf script'
check 'babeltrace' is_format babeltrace-perf.txt babeltrace2

# sums of the numbers in the lines
check 'lost of trace_pipe' lost ftrace-pipe-lost.txt \
	"$(sed 's/.*LOST/LOST/' $texts/ftrace-pipe-lost.txt |
		awk '/LOST/ {n += $2} END {print n}')"
check 'lost of perf script' lost perf-lost.txt \
	"$(awk '/LOST/ {n += $NF} END {print n}' $texts/perf-lost.txt)"
check 'lost without a number' lost report-lost.txt 1
check '... is said' says report-lost.txt \
	'1 times events were lost without a number: each counted as one'
check 'lost of a named buffer' lost synthetic-report-buffers.txt 439

check 'numbers of flags are said' says report-R.txt \
	'gfp_flags= is a number in 10 events'
check 'bare addresses are said' says perf-fields.txt \
	'the call site is an address in 40 events'
check 'empty flags are said' says ftrace-nohash-ptr.txt 'gfp_flags= is empty'

# --- compression --------------------------------------------------------------

packed_is_the_same()
{
	"$@" <"$texts/report-N.txt" >"$TEST_TMP/packed" || return 1
	import "$TEST_TMP/packed" || return 1
	"$SLABSIM" info --json "$out" >"$TEST_TMP/json"
	[ "$(field events)" = 40 ] && [ "$(field unparsed)" = 0 ]
}

twice()
{
	"$@" <"$texts/report-N.txt" >"$TEST_TMP/packed" &&
		cat "$TEST_TMP/packed" "$TEST_TMP/packed" >"$TEST_TMP/two"
	import "$TEST_TMP/two"
	# times of the second copy go back, so it was read up to its 2nd line
	grep -q ':43: time goes back' "$TEST_TMP/tap.err"
}

cut_short()
{
	"$@" <"$texts/report-N.txt" | head -c 400 >"$TEST_TMP/cut"
	import "$TEST_TMP/cut"
	[ $? = 3 ] && grep -q 'truncated ' "$TEST_TMP/tap.err"
}

damaged()
{
	"$@" <"$texts/report-N.txt" >"$TEST_TMP/packed"
	printf 'nonsense' | dd of="$TEST_TMP/packed" bs=1 seek=200 \
		conv=notrunc 2>/dev/null
	import "$TEST_TMP/packed"
	[ $? = 3 ] && grep -qE 'damaged|truncated|not understood|no line of' \
		"$TEST_TMP/tap.err"
}

for tool in gzip xz zstd; do
	if ! command -v $tool >/dev/null; then
		skip "$tool" "$tool is not here"
		continue
	fi
	check "$tool" packed_is_the_same $tool -c
	check "$tool, two streams in a row" twice $tool -c
	check "$tool, cut short" cut_short $tool -c
	check "$tool, damaged" damaged $tool -c
done

finish
