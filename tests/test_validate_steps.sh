#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim validate --steps: recordings of every step of a real allocator
# against the model, and small ones made by hand.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
t=$TEST_TMP
steps=tests/fixtures/steps

# number FILE KEY: the first number of that name in the JSON
number()
{
	grep -o "\"$2\":[0-9]*" "$1" | head -n 1 | cut -d : -f 2
}

validate()
{
	"$SLABSIM" validate --steps "$@" --json
}

# --- recordings ---
#
# Lines in all, and how many another, independent replay of the same rules had
# right: as many or more is what is asked.

recording() # NAME LINES ATTAINED
{
	validate "$steps/$1.txt.xz" >"$t/$1.json" || return 1
	[ "$(number "$t/$1.json" lines)" = "$2" ] &&
		[ "$(number "$t/$1.json" right)" -ge "$3" ]
}

check 'an idle machine: 2032 of 2124 lines, or more' \
	recording steps-idle-30s 2124 2032
check 'tuned caches, files: 5686 of 5778 lines, or more' \
	recording tuned-grow 5778 5686
check 'tuned caches, datagrams: 12461 of 12463 lines, or more' \
	recording tuned-cross 12463 12461
# That recording takes a second run, for misses decided before others' steps. It
# once knew the addresses that the first had seen, although nobody had asked for
# --learn: 9 and 302 lines. The other replay, which learnt nothing, has 8 of 9
# flushes and 303 of 304 destroyed slabs.
check 'a second run knows no addresses without --learn' grep -q \
	'"right_by_kind":{.*"flush":8,.*"destroy":303,' "$t/tuned-cross.json"
check 'arrays of the last dump are all right' \
	grep -q '"cpu avail":{"entries":580,"right":580}' "$t/tuned-cross.json"
check 'so are alien arrays' \
	grep -q '"alien avail":{"entries":290,"right":290}' "$t/tuned-cross.json"

# --- by hand: 1 node, 2 CPUs, one cache of four objects a slab ---
#
# At the start one slab, full: one object in the array of CPU 0 (touched), three
# in use. limit 54, batch 27, so free_limit is (1 + 2) * 27 + 4 = 85.

ms=0
line() # CPU TEXT
{
	printf '%14s-1    [00%s]     1.%06d: bprint:   f: SL %s\n' x "$1" $ms "$2"
	ms=$((ms + 1))
}
cache='size=1024 num=4 order=0 limit=54 batch=27 shared=8 colour=0 colour_off=64'
rest='free_limit=85 shared=0 free_touched=0 next_reap=500'
small() # AVAIL-OF-THE-FREE
{
	ms=0
	line 0 'dump_begin jiffies=1000'
	line 0 "dump_cache thing $cache"
	line 0 'dump_cpu thing cpu=0 avail=1 limit=54 batch=27 touched=1'
	line 0 "dump_node thing node=0 full=1 partial=0 free=0 free_objects=0 $rest"
	line 0 'dump_end'
	# the array's one object, whichever it is
	line 0 'hit thing p=0xffff888000001400x avail=0'
	# nothing in shared array nor slabs: a slab, all four taken from it, the
	# last one handed out first
	line 0 'grow thing node=0 slab=0xffff888000002000x num=4 active=4 free_objects=0'
	line 0 'miss thing p=0xffff888000002c00x avail=3'
	line 0 'hit thing p=0xffff888000002800x avail=2'
	# freed elsewhere: into that CPU's array, and out again
	line 1 "freehit thing p=0xffff888000002c00x avail=$1"
	line 1 'hit thing p=0xffff888000002c00x avail=0'
	line 0 'dump_begin jiffies=1000'
	line 0 "dump_cache thing $cache"
	line 0 'dump_cpu thing cpu=0 avail=2 limit=54 batch=27 touched=1'
	line 0 'dump_cpu thing cpu=1 avail=0 limit=54 batch=27 touched=1'
	line 0 "dump_node thing node=0 full=2 partial=0 free=0 free_objects=0 $rest"
	line 0 'dump_end'
}
small 0 >"$t/right.txt"
small 1 >"$t/wrong.txt"

# counts FILE LINES RIGHT
counts()
{
	validate "$1" >"$t/json" || return 1
	[ "$(number "$t/json" lines)" = "$2" ] &&
		[ "$(number "$t/json" right)" = "$3" ]
}
check 'six steps by hand are six right ones' counts "$t/right.txt" 6 6
check 'their addresses: the two that had to be those' \
	grep -q '"addresses":3,"right_addresses":3' "$t/json"
check 'the last dump is the state' \
	grep -q '"free_limit":{"entries":1,"right":1}' "$t/json"
check 'a wrong number is a wrong line' counts "$t/wrong.txt" 6 5
check '-v names it' sh -c \
	"$SLABSIM validate --steps -v $t/wrong.txt 2>&1 >/dev/null |
		grep -q '^line 10: freehit thing avail=1'"

# A slab in the last dump that nobody made.
sed '12,$s/full=2/full=3/' "$t/right.txt" >"$t/slab.txt"
check 'a wrong dump is seen' sh -c \
	"$SLABSIM validate --steps --json $t/slab.txt |
		grep -q '\"slabs\":{\"entries\":1,\"right\":0}'"

# --- by hand: 4 nodes with a CPU each ---
#
# Node 0 has a full slab, one object of it in the array of CPU 0, the others in
# use. CPU 3 frees one of these: into node 3's alien array for node 0. Then its
# reaper, whose turn is node 0, sends it home: to the shared array, which has
# room. The next pass of that CPU is node 1's turn. batch 27, so free_limit is
# (1 + 1) * 27 + 4 = 58; next_reap is far away.
rest4='free_limit=58 shared=0 free_touched=0 next_reap=900'
four()
{
	ms=0
	line 0 'dump_begin jiffies=1000'
	line 0 "dump_cache thing $cache"
	line 0 'dump_cpu thing cpu=0 avail=1 limit=54 batch=27 touched=1'
	line 0 "dump_node thing node=0 full=1 partial=0 free=0 free_objects=0 $rest4"
	line 0 'dump_end'
	line 3 'alien thing p=0xffff888000001800x node=3 slabnode=0 avail=0 limit=12'
	line 3 'reap_begin node=3 alien_node=0 jiffies=1000'
	line 3 'alien_to_shared thing node=0 moved=1 left=0'
	line 3 'reap_end node=3'
	# the array's, then the shared array's one: it asked for 27
	line 0 'hit thing p=0xffff888000001400x avail=0'
	line 0 'refill thing node=0 src=shared got=1 batch=27 left=0'
	line 0 'miss thing p=0xffff888000001800x avail=0'
	line 0 'dump_begin jiffies=1000'
	line 0 "dump_cache thing $cache"
	line 0 'dump_cpu thing cpu=0 avail=0 limit=54 batch=27 touched=1'
	line 0 "dump_node thing node=0 full=1 partial=0 free=0 free_objects=0 $rest4"
	line 0 'dump_end'
}
four >"$t/four.txt"
check 'four nodes: five steps, five right' counts "$t/four.txt" 5 5
check 'of a machine with four nodes' grep -q '"nodes":4,"cpus":4' "$t/json"
check 'and its twelve alien arrays are empty again' grep -q \
	'"alien avail":{"entries":12,"right":12}' "$t/json"

# --- what cannot be used ---

: >"$t/empty.txt"
refuses 3 'no steps of the allocator' validate "$t/empty.txt"
refuses 4 'No such file' validate "$t/none.txt"
grep -v dump_begin "$t/right.txt" >"$t/nodump.txt"
refuses 3 'no dump' validate "$t/nodump.txt"
sed 's/free_objects=0/free_objects=9/' "$t/right.txt" >"$t/bad.txt"
refuses 3 'contradicts itself' validate "$t/bad.txt"
sed 's/num=4 order/num=5 order/' "$t/right.txt" >"$t/lies.txt"
refuses 3 "lies as the dump says of 'thing'" validate "$t/lies.txt"
# found by the fuzzer: the table of caches was as long as there are names
sed '/dump_cache/p' "$t/right.txt" >"$t/twice.txt"
refuses 3 "has a cache 'thing' twice" validate "$t/twice.txt"
sed 's/jiffies=1000//' "$t/right.txt" >"$t/when.txt"
refuses 3 'does not say when' validate "$t/when.txt"

# A line that cannot be read is loss: shown, counted, exit 3, result all the same.
sed 's/avail=2$/avail=two/' "$t/right.txt" >"$t/unread.txt"
validate "$t/unread.txt" >"$t/json" 2>"$t/err"
code=$?
check 'an unreadable line is counted' grep -q '"unparsed_lines":1' "$t/json"
check 'and reaches the exit code' [ $code = 3 ]

# --- run --state: a run that starts from the dump ---

cross=$steps/tuned-cross.txt.xz
from_state() # MACHINE DB [OPTION...]
{
	machine=$1
	db=$2
	shift 2
	"$SLABSIM" run "$cross" -q --json --profile 6.1 -m "$machine" -d "$db" \
		--state "$cross" "$@"
}
from_state 2x2 "$t/a.db" >"$t/a.json"
check 'a run starts from the dump' test $? = 0
# What no event changes: the limits of all 148 (cache, node) with a line.
check 'and ends beside the last one' grep -q \
	'"free_limit":{"entries":148,"right":148}' "$t/a.json"
check 'the same again' from_state 2x2 "$t/b.db"
check 'gives the same database' sh -c "
	sqlite3 $t/a.db .dump | grep -v 'INSERT INTO host_' >$t/a.sql
	sqlite3 $t/b.db .dump | grep -v 'INSERT INTO host_' >$t/b.sql
	cmp $t/a.sql $t/b.sql"
refuses 3 'a machine with 2 nodes and 4 CPUs' from_state 1x4 "$t/c.db"
check 'and leaves no database' test ! -e "$t/c.db"
refuses 2 'two starts' from_state 2x2 "$t/c.db" --slabinfo-before \
	traces/samples/fork-100k/slabinfo.t0
refuses 3 'no steps of the allocator' from_state 2x2 "$t/c.db" \
	--state "$t/empty.txt"
finish
