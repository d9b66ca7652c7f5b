#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim merge: a recording split by CPU and merged is the recording again.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
t=$TEST_TMP
fixture=tests/fixtures/fork-head.txt

# As per_cpu/cpuN/trace: a header each, with the entries of that CPU.
split()
{
	for cpu in 0 1 2 3; do
		grep "\[00$cpu\]" "$1" >"$t/body"
		n=$(grep -c . "$t/body")
		printf '# tracer: nop\n#\n' >"$t/cpu$cpu"
		printf '# entries-in-buffer/entries-written: %d/%d   #P:4\n' \
			"$n" $((n + $2)) >>"$t/cpu$cpu"
		cat "$t/body" >>"$t/cpu$cpu"
	done
}

# By time, and where times are equal in the order of the files: what a stable
# sort of the files, one after the other, gives.
comes_back()
{
	split $fixture 0
	"$SLABSIM" merge "$t"/cpu? -o "$t/merged.txt" || return 1
	grep -v '^#' "$t/merged.txt" >"$t/a"
	for cpu in 0 1 2 3; do
		grep -v '^#' "$t/cpu$cpu"
	done | sed 's/.*\] [^ ]* *\([0-9.]*\): .*/\1 &/' | LC_ALL=C sort -s -k 1,1 |
		sed 's/^[^ ]* //' >"$t/b"
	cmp "$t/a" "$t/b"
}
check 'by time, then by file' comes_back

header()
{
	n=$(grep -vc '^#' $fixture)
	[ "$(grep -c entries-in-buffer "$t/merged.txt")" = 1 ] &&
		grep -qF "entries-written: $n/$n   #P:4" "$t/merged.txt" &&
		[ "$(grep -c '^# tracer' "$t/merged.txt")" = 1 ]
}
check 'one header, with the sums' header

losses()
{
	split $fixture 5
	"$SLABSIM" merge "$t"/cpu? -o "$t/lossy.txt" &&
		"$SLABSIM" info "$t/lossy.txt" 2>/dev/null |
		grep -q '^ *20  lost events$'
}
check 'losses are added up' losses

imports()
{
	"$SLABSIM" merge -q "$t"/cpu? | "$SLABSIM" import -q - \
		--max-loss 20 -o "$t/piped.slt" &&
		"$SLABSIM" info "$t/piped.slt" |
		grep -q "^ *$(grep -vc '^#' $fixture)  events$"
}
check 'through a pipe into the import' imports

# equal times: the order of the files; and what follows an event stays there
p='               x-1       [00'
printf '%s0] .....     1.000000: kfree: call_site=a ptr=1\n' "$p" >"$t/x"
printf '%s0] .....     2.000000: kfree: call_site=b ptr=1\n' "$p" >>"$t/x"
printf '%s1] .....     1.000000: kfree: call_site=c ptr=2\n' "$p" >"$t/y"
printf 'CPU:1 [LOST 7 EVENTS]\n' >>"$t/y"
printf '%s1] .....     1.000000: kfree: call_site=d ptr=2\n' "$p" >>"$t/y"

order()
{
	"$SLABSIM" merge -q "$1" "$2" |
		sed -n -e 's/.*call_site=\(.\).*/\1/p' -e 's/.*LOST.*/L/p' |
		tr -d '\n' >"$t/order"
	[ "$(cat "$t/order")" = "$3" ]
}
check 'equal times: the order of the files' order "$t/x" "$t/y" acLdb
check 'equal times: the other order' order "$t/y" "$t/x" cLdab

empty_cpu()
{
	printf '# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0   #P:4\n' \
		>"$t/empty"
	printf '#\n#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n' \
		>>"$t/empty"
	"$SLABSIM" merge "$t/x" "$t/empty" -o "$t/e.txt" &&
		grep -q '1 of them without any' "$t/tap.err"
}
check 'a CPU without events' empty_cpu

# --- bad input ----------------------------------------------------------------

backwards()
{
	sed -n 2p "$t/x" >"$t/z"
	sed -n 1p "$t/x" >>"$t/z"
	"$SLABSIM" merge "$t/y" "$t/z" -o "$t/no.txt"
	[ $? = 3 ] && grep -q '/z:2: time goes back' "$t/tap.err" &&
		[ ! -e "$t/no.txt" ]
}
check 'time that goes back names file and line' backwards
refuses 3 'pointers are gone' "$SLABSIM" merge "$t/piped.slt" "$t/x"
refuses 3 'what can be merged is text of one recording' \
	"$SLABSIM" merge "$t/x" tests/tap.sh -o "$t/no.txt"
refuses 4 'No such file' "$SLABSIM" merge "$t/x" "$t/none" -o "$t/no.txt"

usage_error()
{
	text=$1
	shift
	"$SLABSIM" merge "$@"
	[ $? = 2 ] && grep -qF -e "$text" "$TEST_TMP/tap.err"
}
check 'one text' usage_error 'expected two or more texts' "$t/x"
check 'a trace file as output' usage_error 'slabsim import - -o m.slt' \
	"$t/x" "$t/y" -o m.slt

full_device()
{
	"$SLABSIM" merge -q "$t/x" "$t/y" >/dev/full
	[ $? = 4 ]
}
check 'output that cannot be written' full_device

finish
