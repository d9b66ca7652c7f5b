#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Import of trace.dat: the counts are those of the independent analysis that
# came with each recording (tests/fixtures/README.md); text of the same
# recording gives the same; damaged files give one line and leave nothing.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
fixtures=tests/fixtures/binary
out=$TEST_TMP/out.slt

import()
{
	rm -f "$out"
	"$SLABSIM" import --infer none -q "$@" -o "$out"
}

info()
{
	"$SLABSIM" info --json "${1:-$out}" | tr ',{' '\n\n'
}

# has FILE EVENTS ALLOCS FREES NULLS UNKNOWN IMPLICIT OTHER LOST [OPTION...]
has()
{
	file=$1
	printf '%s\n' "\"events\":$2" "\"allocs\":$3" "\"frees\":$4" \
		"\"null_frees\":$5" "\"unknown_frees\":$6" \
		"\"implicit_frees\":$7" "\"other\":$8" "\"lost\":$9" \
		>"$TEST_TMP/wanted"
	shift 9
	import "$file" "$@" || return 1
	info >"$TEST_TMP/info"
	while read -r line; do
		grep -qxF "$line" "$TEST_TMP/info" || {
			echo "not there: $line"
			cat "$TEST_TMP/info"
			return 1
		}
	done <"$TEST_TMP/wanted"
}

# All that is known of each cache, but for what microseconds in text and
# nanoseconds in trace.dat make different: lifetimes.
dump_of()
{
	"$SLABSIM" info --json "$1" | sed 's/"caches"/\n&/' |
		grep '^"caches"' | sed 's/{"name"/\n&/g' |
		sed 's/"lifetime[a-z_0-9]*":[^]}]*\]*//g'
}

same_as_text()
{
	import $fixtures/tc-live-v7.dat && dump_of "$out" >"$TEST_TMP/dat" &&
		import $fixtures/tc-live-report.txt.xz &&
		dump_of "$out" >"$TEST_TMP/text" && [ -s "$TEST_TMP/text" ] &&
		diff "$TEST_TMP/text" "$TEST_TMP/dat"
}

# Task, CPU, event, call site, object, sizes and flags, of one after another.
events_of()
{
	import "$1" && "$SLABSIM" convert -q "$out" | sed 's/ *[0-9.]*: / /'
}

same_events_as_text()
{
	events_of $fixtures/tc-live-v7.dat >"$TEST_TMP/dat" &&
		events_of $fixtures/tc-live-report.txt.xz >"$TEST_TMP/text" &&
		[ "$(wc -l <"$TEST_TMP/dat")" -gt 1290 ] &&
		cmp "$TEST_TMP/text" "$TEST_TMP/dat"
}

versions_agree()
{
	import $fixtures/tc-live-v7.dat && dump_of "$out" >"$TEST_TMP/v7" &&
		import $fixtures/tc-live-v6.dat.xz &&
		dump_of "$out" >"$TEST_TMP/v6" && cmp "$TEST_TMP/v6" "$TEST_TMP/v7"
}

says()
{
	"$SLABSIM" info "$out" | grep -qF "$1"
}

same_twice()
{
	import $fixtures/tc-live-v7.dat && cp "$out" "$TEST_TMP/once.slt" &&
		import $fixtures/tc-live-v7.dat && cmp "$out" "$TEST_TMP/once.slt"
}

from_pipe()
{
	import - <$fixtures/tc-live-v7.dat && info >"$TEST_TMP/file" &&
		# shellcheck disable=SC2002
		cat $fixtures/tc-live-v7.dat | import - &&
		info | cmp - "$TEST_TMP/file"
}

# Whatever the library makes of a file cut or changed there: exit 0 or 3, one
# line in case of the latter, and nothing left. Under sanitizers, what they find
# in the library is there to be read as well; in our own code they find nothing.
survives()
{
	rm -f "$out"
	"$SLABSIM" import -q --max-loss 1000000 "$1" -o "$out" \
		2>"$TEST_TMP/said"
	rc=$?
	grep -qE '(#[01] .* traces/|runtime error)' "$TEST_TMP/said" &&
		return 1
	[ $rc = 0 ] && return 0
	[ $rc = 3 ] && [ "$(grep -c '^slabsim: ' "$TEST_TMP/said")" = 1 ] &&
		[ ! -e "$out" ] && only_ours "$TEST_TMP/said"
}

# One line, or a sanitizer's report besides.
only_ours()
{
	[ "$(wc -l <"$1")" = 1 ] || grep -q 'ERROR: .*Sanitizer' "$1"
}

cut_anywhere()
{
	for bytes in 1 12 20 36 300 2000 3200 100000 421000 421360 422200 \
		422260 425990 430000 450000 450913; do
		head -c $bytes $fixtures/tc-live-v7.dat >"$TEST_TMP/cut.dat"
		survives "$TEST_TMP/cut.dat" || {
			echo "cut at $bytes: exit $rc"
			cat "$TEST_TMP/said"
			return 1
		}
	done
}

# In the header, the descriptions of events, the options, and the records.
changed_anywhere()
{
	for at in 12 17 25 30 40 140 330 700 1500 2100 2300 2900 421360 \
		421400 421700 422245 422260 422300 426000 426100 438280 \
		446470 450600; do
		cp $fixtures/tc-live-v7.dat "$TEST_TMP/changed.dat"
		printf '\377' | dd of="$TEST_TMP/changed.dat" bs=1 seek=$at \
			conv=notrunc 2>/dev/null
		survives "$TEST_TMP/changed.dat" || {
			echo "changed at $at: exit $rc"
			cat "$TEST_TMP/said"
			return 1
		}
	done
}

if ! "$SLABSIM" version --build-options | grep -q '^libtracecmd [0-9]'; then
	refuses 3 'install libtracecmd-dev' import $fixtures/tc-live-v7.dat
	skip 'trace.dat' 'built without libtracecmd'
	finish
fi

check 'version 7: counts of the analysis' \
	has $fixtures/tc-live-v7.dat 1298 633 661 4 143 0 0 0
check 'the clock is that of the file' says 'clock: local'
check 'the kernel is that of the file' \
	says 'traced kernel: Linux 6.1.192-slabtrace x86_64 SLAB'
check 'version 6, in .xz' has $fixtures/tc-live-v6.dat.xz \
	1298 633 661 4 143 0 0 0
check 'versions 6 and 7 give the same caches and counts' versions_agree
check 'trace-cmd report of the recording gives the same' same_as_text
check 'and the same events, one by one' same_events_as_text
check 'a named buffer, no symbols' has $fixtures/synthetic-named-buffer.dat.xz \
	1298 633 661 4 143 0 0 0
check 'lost events: as many as the ring buffer counted' \
	has $fixtures/lost-overwrite.dat.xz 2762 776 1896 88 1213 0 2 18310 \
	--max-loss 18310
refuses 3 '18310 events lost' import $fixtures/lost-overwrite.dat.xz
check 'a clock of ticks' has $fixtures/clock-x86-tsc.dat.xz \
	1780 871 888 17 147 0 4 0 --clock-hz 1000000000
refuses 3 'say how many ticks it has a second with --clock-hz' \
	import $fixtures/clock-x86-tsc.dat.xz
# Numbers of the program that made the file of small.dat: of its four kmallocs
# allocations of pages (of order 0 to 3, the third one failed), of its kfree a
# free.
pages()
{
	import --max-loss 0 $fixtures/synthetic-pages.dat.xz && info |
		grep -xE '"(events|failed_allocs|page_allocs|page_frees|unparsed)":[0-9]*' |
		paste -sd ' ' >"$TEST_TMP/pages" &&
		"$SLABSIM" convert -q "$out" | sed -n 's/.*: mm_/mm_/p' |
		sed 's/page=[0-9a-f]* //' >>"$TEST_TMP/pages"
	cat >"$TEST_TMP/wanted" <<'END'
"events":151 "failed_allocs":1 "page_allocs":3 "page_frees":1 "unparsed":0
mm_page_alloc: pfn=0x4e6e0 order=0 migratetype=-1 gfp_flags=GFP_KERNEL
mm_page_alloc: pfn=0x10004e6e1 order=1 migratetype=0 gfp_flags=GFP_KERNEL
mm_page_free: pfn=0x42d4 order=0
mm_page_alloc: pfn=0x10004e6e3 order=3 migratetype=-1 gfp_flags=GFP_KERNEL
END
	cat "$TEST_TMP/pages"
	cmp "$TEST_TMP/pages" "$TEST_TMP/wanted"
}
check 'events of pages' pages
check 'the same input gives the same bytes' same_twice
check 'standard input, a file and a pipe' from_pipe
check 'cut anywhere' cut_anywhere
check 'a byte changed anywhere' changed_anywhere
finish
