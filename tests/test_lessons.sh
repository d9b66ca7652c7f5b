#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The lessons: what each says is so. The values were worked out by hand; here
# each lesson runs, and each of its expectations is shown to be able to fail.
. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
in=$TEST_TMP/in.ops

teaches()
{
	[ "$(sed -n '1s/^# lesson: .*/yes/p' "$1")" = yes ] &&
		[ "$(grep -c '^# say: ' "$1")" -ge 3 ] &&
		[ "$(grep -c '^# expect: ' "$1")" -ge 5 ]
}

# Spoil the last value of every expectation: every line must be named.
all_can_fail()
{
	sed '/^# expect: /s/$/x/' "$1" >"$in"
	"$SLABSIM" script "$in" --out "$TEST_TMP/out" 2>"$TEST_TMP/said"
	[ $? = 1 ] || return 1
	grep -n '^# expect: ' "$in" | cut -d: -f1 >"$TEST_TMP/lines"
	sed -n 's/^slabsim: .*in\.ops:\([0-9]*\): expected .*/\1/p' \
		"$TEST_TMP/said" | diff - "$TEST_TMP/lines"
}

for lesson in workloads/lessons/*.ops; do
	name=$(basename "$lesson" .ops)
	check "$name has a title, says and expects something" teaches "$lesson"
	check "$name: its expectations hold" \
		"$SLABSIM" script "$lesson" --out "$TEST_TMP/$name"
	check "$name: each of them can fail" all_can_fail "$lesson"
done
check "a lesson's outputs are written" test -s \
	"$TEST_TMP/01-first-allocation.snap.csv"

# --- a wrong expectation --------------------------------------------------

head='# lesson: test\nmachine nodes=1 cpus=2\nsmp\ncreate 0 c 192 0 -\n'

wrong()
{
	printf "$head$3" >"$in"
	refuses 1 "in.ops:$1: expected $2" "$SLABSIM" script "$in" \
		--out "$TEST_TMP/out"
}

wrong 6 'cpu 0 c avail=14: avail=15, not 14' \
	'a 0 c 1\n# expect: cpu 0 c avail=14\n'
wrong 6 'path c hit: the path is grow refill miss, not hit' \
	'a 0 c 1\n# expect: path c hit\n'
wrong 6 'object 1 index=0 node=0: index=15, not 0' \
	'a 0 c 1\n# expect: object 1 index=0 node=0\n'
wrong 5 'object 1 index=0: slot 1 holds no object' \
	'# expect: object 1 index=0\n'
wrong 5 'slab 7 c inuse=1: there is no slab 7' '# expect: slab 7 c inuse=1\n'
wrong 5 'message x c: the messages are: none' '# expect: message x c\n'
wrong 6 'message none: the messages are: create_duplicate c;' \
	'create 0 c 192 0 -\n# expect: message none\n'

# All that fails is told, and what comes later is still run.
goes_on()
{
	printf "$head# expect: cpu 0 c avail=1 limit=1\na 0 c 1\n" >"$in"
	printf '# expect: cpu 0 c avail=15\n# expect: cpu 0 c avail=1\n' >>"$in"
	"$SLABSIM" script "$in" --out "$TEST_TMP/out" 2>"$TEST_TMP/said"
	[ $? = 1 ] && grep -qx 'end,1,0,0,0' "$TEST_TMP/out.snap.csv" &&
		[ "$(wc -l <"$TEST_TMP/said")" = 2 ] &&
		grep -q ':5: .*: avail=0, not 1; limit=120, not 1$' \
			"$TEST_TMP/said" &&
		grep -q ':8: .*: avail=15, not 1$' "$TEST_TMP/said"
}
check "a lesson goes on after a failed expectation" goes_on

# --- one that makes no sense ----------------------------------------------

senseless()
{
	printf "$3" >"$in"
	refuses 3 "in.ops:$1: $2" "$SLABSIM" script "$in" --out "$TEST_TMP/out"
}

senseless 5 "bad expectation 'cpu 0 c avial=1': there is no word 'avial' here, did you mean 'avail'?" \
	"$head# expect: cpu 0 c avial=1\n"
senseless 5 "bad expectation 'cpus 0 c avail=1': a claim about 'cpus' is not known, did you mean 'cpu'?" \
	"$head# expect: cpus 0 c avail=1\n"
senseless 5 "bad expectation 'cache d limit=1': there is no cache 'd'" "$head# expect: cache d limit=1\n"
senseless 5 "bad expectation 'cpu 0 c': expected cpu N NAME WORD=VALUE" "$head# expect: cpu 0 c\n"
senseless 5 "bad expectation 'cpu 0 c avail': expected cpu N NAME WORD=VALUE" "$head# expect: cpu 0 c avail\n"
senseless 5 "bad expectation 'path c': expected path NAME KIND" "$head# expect: path c\n"
senseless 5 "bad expectation '': expected a claim" "$head# expect:\n"
senseless 5 "bad expectation 'cpu 2 c avail=1': CPU 2 is not online" "$head# expect: cpu 2 c avail=1\n"
senseless 5 "bad expectation 'node 1 c free=-': node 1 does not exist" "$head# expect: node 1 c free=-\n"
senseless 5 "unknown '# expct:', did you mean '# expect:'?" \
	"$head# expct: cpu 0 c avail=1\n"
senseless 2 "bad expectation 'cpu 0 c avail=1': there is no machine yet" '# lesson: x\n# expect: cpu 0 c avail=1\n'
senseless 2 "only a lesson expects something" \
	'machine nodes=1 cpus=1\n# expect: cpu 0 c avail=1\n'
senseless 2 "a lesson's title comes before its machine" \
	'machine nodes=1 cpus=1\n# lesson: x\n'
senseless 1 "unknown build 'dbg': expected debug" '# build: dbg\n'
senseless 2 "the build is chosen before the machine" \
	'machine nodes=1 cpus=1\n# build: debug\n'

# --- narration ------------------------------------------------------------

told()
{
	"$SLABSIM" script "workloads/lessons/$1.ops" --narrate \
		>"$TEST_TMP/told" 2>"$TEST_TMP/said" || return
	shift
	for text in "$@"; do
		grep -qF -e "$text" "$TEST_TMP/told" ||
			{ echo "not told: $text"; return 1; }
	done
	[ ! -s "$TEST_TMP/said" ]
}
check "--narrate tells talk, operation, path and count" told 04-shared-array \
	'The shared array of a node' 'CPU 1 needs an object and has none' \
	'  a 1 dentry 6' \
	"cpu1's array is empty -> 2 objects from the shared array of node 0, 0 left in it" \
	"cpu0's array is full -> its oldest 2 objects to the shared array of node 0, 2 in it" \
	'20 of 20 expectations hold'
check "--narrate tells a remote free" told 05-remote-free \
	"object 0:1.15 is node 0's, cpu1 is not: into node 1's alien array for it, 1 in it" \
	"node 1's alien array for node 0 is full (12) -> all of it goes home" \
	'12 objects home to the shared array of node 0, 0 to its slabs'
check "--narrate tells what the kernel says" told 12-red-zone \
	'the kernel says: free_redzone_bad buffer'
narrow()
{
	told 01-first-allocation && ! grep '^[A-Z].\{77\}' "$TEST_TMP/told"
}
check "the talk fits 76 columns" narrow

# To whoever knows no lessons, these lines are comments.
plain()
{
	cp tests/golden/churn_lifo_1x1.ops "$in"
	"$SLABSIM" script "$in" --out "$TEST_TMP/a" &&
		{ echo '# lesson: x'; cat "$in"; } >"$TEST_TMP/b.ops" &&
		"$SLABSIM" script "$TEST_TMP/b.ops" --out "$TEST_TMP/b" &&
		diff <(grep -v '^\(create\|tune\|shrink\|destroy\),' \
			"$TEST_TMP/a.snap.csv") \
			<(grep -v '^\(create\|tune\|shrink\|destroy\),' \
			"$TEST_TMP/b.snap.csv")
}
check "being watched changes nothing" plain
finish
