#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim gen: files of generated events. What the workloads promise is tested
# in test_workloads.c.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
workloads='forkstorm prodcons fileserver fragment zipf'
out=$TEST_TMP/t.slt

json()
{
	"$SLABSIM" info --json "$1" | tr ',' '\n' | sed -n "s/^\"$2\"://p" |
		head -n 1
}

writes()
{
	"$SLABSIM" gen "$1" --events 30000 -o "$TEST_TMP/$1.slt" &&
		[ "$(json "$TEST_TMP/$1.slt" events)" = 30000 ] &&
		[ "$(json "$TEST_TMP/$1.slt" operations)" = 30000 ] &&
		[ "$(json "$TEST_TMP/$1.slt" format)" = '"generated"' ]
}

same_bytes()
{
	"$SLABSIM" gen -q "$1" --events 30000 -o "$TEST_TMP/again.slt" &&
		cmp "$TEST_TMP/$1.slt" "$TEST_TMP/again.slt"
}

other_seed_other_digest()
{
	"$SLABSIM" gen -q "$1" --events 30000 --seed 2 \
		-o "$TEST_TMP/other.slt" &&
		[ "$(json "$TEST_TMP/$1.slt" digest)" != \
			"$(json "$TEST_TMP/other.slt" digest)" ]
}

replays()
{
	"$SLABSIM" run -q "$TEST_TMP/$1.slt" --db "$TEST_TMP/r.db"
}

is_described()
{
	"$SLABSIM" gen --list | grep -q "^$1: " &&
		"$SLABSIM" gen --list "$1" >"$TEST_TMP/list" &&
		grep -q '^  cpus ' "$TEST_TMP/list" &&
		! grep -q '.\{81\}' "$TEST_TMP/list"
}

for w in $workloads; do
	check "$w: writes" writes "$w"
	check "$w: same seed, same bytes" same_bytes "$w"
	check "$w: another seed, another digest" other_seed_other_digest "$w"
	check "$w: replays" replays "$w"
	check "$w: described" is_described "$w"
done

# 10 ms of events: all below 10000000 ns, and nearly there
seconds()
{
	"$SLABSIM" gen -q forkstorm --seconds 0.01 -o "$out" || return 1
	span=$(json "$out" span_ns)
	[ "$span" -lt 10000000 ] && [ "$span" -gt 9900000 ]
}
check '--seconds' seconds

default_name()
{
	case $SLABSIM in
	/*) program=$SLABSIM ;;
	*) program=$PWD/$SLABSIM ;;
	esac
	(cd "$TEST_TMP" && mkdir here && cd here &&
		"$program" gen zipf --events 10 && [ -f zipf.slt ])
}
check 'the usual name of the file' default_name

# what is alive at a time fits into 100 MB, however long the trace is
memory_is_constant()
{
	(
		ulimit -v 100000 &&
			"$SLABSIM" gen -q fileserver --events 5000000 \
				-o "$TEST_TMP/long.slt"
	)
}
if (ulimit -v 100000 && "$SLABSIM" gen -q fileserver --events 1000 \
	-o "$TEST_TMP/long.slt") 2>/dev/null; then
	check 'memory does not grow with the events' memory_is_constant
else
	skip 'memory does not grow with the events' \
		'this build needs more than 100 MB of addresses to start'
fi
rm -f "$TEST_TMP/long.slt"

# --- bad input ----------------------------------------------------------------

refuses 2 'unknown workload "forkstrom", did you mean "forkstorm"?' \
	"$SLABSIM" gen forkstrom
refuses 2 'forkstorm has no parameter "hodl", did you mean "hold"?' \
	"$SLABSIM" gen forkstorm -p hodl=3
to_standard_output()
{
	"$SLABSIM" gen forkstorm -o -
	[ $? = 2 ] && [ ! -e ./- ] &&
		grep -q 'cannot be written to standard output' \
			"$TEST_TMP/tap.err"
}
check 'no trace file to standard output' to_standard_output
refuses 2 'hold: "0" is not a number from 1 to 4096' \
	"$SLABSIM" gen forkstorm -p hold=0
refuses 2 'cpus: "99999999999999999999" is not a number from 1 to 1024' \
	"$SLABSIM" gen forkstorm -p cpus=99999999999999999999
refuses 2 'exec_pct: "-1" is not a number from 0 to 100 %' \
	"$SLABSIM" gen forkstorm -p exec_pct=-1
refuses 2 'hold: "" is not a number' "$SLABSIM" gen forkstorm -p hold
refuses 2 'apart=4: must be below cpus=4' "$SLABSIM" gen prodcons -p apart=4
refuses 4 'cannot create' "$SLABSIM" gen zipf --events 10 \
	-o "$TEST_TMP/none/t.slt"

# argp adds a line of its own to these
usage_error()
{
	text=$1
	shift
	"$SLABSIM" gen "$@"
	[ $? = 2 ] && grep -qF -e "$text" "$TEST_TMP/tap.err"
}
check 'no workload' usage_error 'expected a workload'
check 'two workloads' usage_error 'one workload at a time' zipf zipf
check 'two lengths' usage_error '--events or --seconds, not both' zipf \
	--events 3 --seconds 4
check 'no time' usage_error '"soon" is not a time' zipf --seconds soon
check 'time 0' usage_error '"0" is not a time' zipf --seconds 0

nothing_left()
{
	[ -z "$(find "$TEST_TMP" -name '.slabsim*')" ]
}
check 'nothing half-written is left' nothing_left

finish
