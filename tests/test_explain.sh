#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim explain: why an event went as it did, and the history of its slab,
# worked out by hand for a lesson; of a recording, held against the trace.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
t=$TEST_TMP
lesson=workloads/lessons/05-remote-free.ops
sample=traces/samples/fork-100k
"$SLABSIM" import -q $sample/trace.txt.xz -o "$t/fork.slt"

explain()
{
	"$SLABSIM" explain "$@"
}

says() # TEXT FILE [OPTION...]
{
	text=$1
	shift
	explain "$@" >"$t/said" || return
	cat "$t/said"
	tr '\n' ' ' <"$t/said" | tr -s ' ' | grep -qF -e "$text"
}

# Operation 4: the first allocation; CPU 0 gets 16 objects of a new slab.
check 'a miss: the path' says "cpu0's array is empty -> no free object in node \
0's slabs -> slab 1 is added, with 20 objects" $lesson -e 4
check 'a miss: its class' says 'The miss counts as miss_cold' $lesson -e 4
check 'the slab of a first allocation is its own' \
	says 'The slab was added by operation 4, line 8, cpu0. Since then its 20 objects were allocated once and freed 0 times.' \
	$lesson -e 4
# Operation 5: object 1 is freed on the other node.
check 'a free: into an alien array' \
	says "into node 1's alien array for it" $lesson -e 5
check 'a free: whose object it was' \
	says 'It was allocated by operation 4, line 8, cpu0.' $lesson -e 5
# Operation 33 takes object 4, which operation 27 had freed.
check 'a hit from the shared array: who had it before' \
	says 'It was freed last by operation 27, line 42, cpu1.' $lesson -e 33
check 'who holds the live objects' \
	says '4: since operation 30, line 54, cpu0' $lesson -e 33
check 'an operation without an object' \
	says 'neither allocates nor frees' $lesson -e 1

# Without pages, first on one node, then on both. A failure was told as "The miss
# counts as miss_cold"; a request to a node is no miss at all.
printf '%s\n' 'machine nodes=2 cpus=2' smp 'create 0 thing 1000 0 -' \
	'create 0 other 1000 0 -' 'limit 0 0' 'a 0 thing 1' 'limit 1 0' \
	'a 0 other 2' 'an 0 other 3 1' >"$t/full.ops"
check 'a miss that another node serves' says \
	'No refill could serve the miss (refillfail). The miss counts as miss_cold' \
	"$t/full.ops" -e 6
check 'a failed allocation counts as one, and as a miss' says \
	'The allocation failed. It counts as a failed one, and as a miss that no refill could serve (refillfail). The miss counts as miss_cold' \
	"$t/full.ops" -e 8
check 'a failed one of another node is no miss' says \
	"It counts as a failed one, not as a miss: it did not ask the CPU's array." \
	"$t/full.ops" -e 9

json()
{
	explain "$@" --json >"$t/json" || return
	cat "$t/json"
}
has()
{
	text=$1
	shift
	json "$@" && grep -qF -e "$text" "$t/json"
}
check 'JSON: outcome and class' has \
	'"outcome":"miss","miss_class":"miss_cold"' $lesson -e 4
check 'JSON: the object' has \
	'"object":{"node":0,"slab":1,"index":4,"allocs":2,"frees":1' \
	$lesson -e 33
check 'JSON: the slab' has '"list":"partial","position":0,"live":4,"cached":12,"free":4' \
	$lesson -e 33

# Numbers that are no CPU's: a label, and a switch.
printf '%s\n' 'machine nodes=1 cpus=1' smp 'snap 3' 'trace 1' \
	'create 0 thing 32 0 -' >"$t/labels.ops"
cpu_told() # EVENT: "cpu":N, or nothing
{
	json "$t/labels.ops" -e "$1" && ! grep -q '"cpu":[^0]' "$t/json"
}
check 'a label is no CPU' cpu_told 3
check 'a switch is no CPU' cpu_told 4
check 'who creates a cache' has '"actor":{"event":5,"line":5,"cpu":0' \
	"$t/labels.ops" -e 5

# The history's sums are those of the picture: what was allocated and not freed
# is live, as nothing in this slab is older than the trace.
counts()
{
	json "$t/fork.slt" -e 97000 -m 2x2 || return
	sed 's/.*"slab":{//' "$t/json" | tr ',{[' '\n\n\n' | awk -F: '
		/"allocs"/ { allocs = $2 }
		/"frees"/ { frees = $2 }
		/"live"/ { live = $2 }
		/"objects"/ && live != "" { held += $2 }
		END { exit !(live > 0 && allocs - frees == live &&
			held == live) }'
}
check 'allocated less freed is live, and held by somebody' counts
check 'call site and task of the trace' \
	has '"call_site":"vm_area_dup+0x20/0x90","task":"fs worker' \
	"$t/fork.slt" -e 97000
check 'on a warm start' says 'event 97000 of 97627' "$t/fork.slt" -e 97000 \
	--slabinfo-before $sample/slabinfo.before

# Every sort of event of a recording can be explained.
any_event()
{
	for e in 1 2 3 5 8 13 21 34 55 1000 5000 10000 40000 97627; do
		explain "$t/fork.slt" -e $e >"$t/out" && [ -s "$t/out" ] &&
			explain "$t/fork.slt" -e $e --json >"$t/out" || {
			echo "event $e"
			return 1
		}
	done
}
check 'any event' any_event

# A cache that took the place of a destroyed one, with fewer objects a slab: the
# history of the other's slab 1 was written beyond the end of this one's.
printf '%s\n' 'machine nodes=1 cpus=1' smp 'create 0 small 32 0 -' 'a 0 small 1' \
	'a 0 small 2' 'f 0 1' 'f 0 2' 'destroy 0 small' 'create 0 big 2000 0 -' \
	'a 0 big 1' 'f 0 1' >"$t/reuse.ops"
check 'a cache in the place of another' says \
	'The slab was added by operation 10, line 10, cpu0. Since then its 2 objects were allocated once and freed once.' \
	"$t/reuse.ops" -e 11

usage_error() # TEXT OPTION...
{
	text=$1
	shift
	explain "$@" >"$t/out" 2>"$t/err"
	[ $? = 2 ] && grep -qF -e "$text" "$t/err" && [ ! -s "$t/out" ]
}
check 'no event' usage_error 'expected --event N' $lesson
check 'event 0' usage_error 'is not a number from 1' $lesson -e 0
refuses 2 'has 33 operations' explain $lesson -e 34
refuses 2 'did you mean "--event"' explain $lesson --evnt 3
refuses 2 '--strict is for traces' explain $lesson -e 4 --strict
refuses 4 'No such file' explain "$t/missing" -e 1
finish
