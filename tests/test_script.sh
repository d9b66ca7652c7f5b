#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim script: faulty scenarios are refused by line and leave no outputs.
. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
out=$TEST_TMP/out
two='machine nodes=2 cpus=4\nsmp\ncreate 0 c 100 0 -\n'

# faulty LINE TEXT SCRIPT: exit 3, one line that names file, line and reason
faulty()
{
	printf "$3" >"$TEST_TMP/in.ops"
	rm -f "$out".*
	refuses 3 "in.ops:$1: $2" "$SLABSIM" script "$TEST_TMP/in.ops" \
		--out "$out"
	check "no outputs" test -z "$(ls "$out".* 2>/dev/null)"
}

# runs SCRIPT LINES: succeeds, and its snap.csv is LINES
runs()
{
	printf "$2" >"$TEST_TMP/in.ops"
	check "$1" "$SLABSIM" script "$TEST_TMP/in.ops" --out "$out"
	check "$1: outputs" diff "$out.snap.csv" <(printf "$3")
}

faulty 1 "expected 'machine nodes=N cpus=M' first" 'smp\n'
faulty 1 "unknown operation 'foo'" 'foo 1 2\n'
faulty 4 "unknown operation 'A'" "${two}A 0 c 1\n"
faulty 4 "CPU 4 is not online" "${two}a 4 c 1\n"
faulty 2 "CPU 1 is not online" 'machine nodes=1 cpus=2\na 1 size-32 0\n'
faulty 5 "slot 1 still holds an object" "${two}a 0 c 1\na 0 c 1\n"
faulty 5 "slot 1 still holds an object" "${two}a 0 c 1\nk 0 32 1\n"
faulty 4 "there is no cache 'd'" "${two}a 0 d 1\n"
faulty 4 "there is no cache 'd'" "${two}dump x d\n"
faulty 4 "node 2 does not exist" "${two}an 0 c 1 2\n"
faulty 5 "time would go back" "${two}T 10\nT 9\n"
faulty 4 "the machine is defined already" "${two}machine nodes=1 cpus=1\n"
faulty 4 "the other CPUs are up already" "${two}smp\n"
faulty 4 "too few fields: expected a CPU NAME ID" "${two}a 0 c\n"
faulty 4 "too many fields: expected a CPU NAME ID" "${two}a 0 c 1 2\n"
faulty 4 "bad field 'x': expected a CPU NAME ID" "${two}a 0 c x\n"
faulty 4 "bad field '-1'" "${two}a -1 c 1\n"
faulty 4 "bad field '': expected" "${two}a  0 c 1\n"
faulty 4 "bad field 'HWALING'" "${two}create 0 d 8 0 HWALING\n"
faulty 4 "size 4 is out of range" "${two}create 0 d 4 0 -\n"
faulty 4 "size 4194305 is out of range" "${two}create 0 d 4194305 0 -\n"
faulty 4 "align 24 is not a power of two" "${two}create 0 d 8 24 -\n"
faulty 4 "bad field '2': expected trace 0|1" "${two}trace 2\n"
faulty 4 "slot 99999999999 is too large" "${two}a 0 c 99999999999\n"
faulty 1 "bad setting 'cpu'" 'machine nodes=2 cpu=4\n'
faulty 1 "nodes and cpus are needed" 'machine nodes=2\n'
faulty 1 "expected 1 to 64 nodes" 'machine nodes=65 cpus=65\n'
faulty 1 "expected 1 to 64 nodes" 'machine nodes=2 cpus=65\n'
faulty 1 "the machine cannot boot" 'machine nodes=1 cpus=1 pages=5\n'
faulty 4 "a zero byte" "${two}a 0 c 1\\0\n"
printf '' >"$TEST_TMP/in.ops"
refuses 3 "the script is empty" "$SLABSIM" script "$TEST_TMP/in.ops" -o "$out"
refuses 4 "cannot open" "$SLABSIM" script "$TEST_TMP/none.ops" -o "$out"
refuses 4 "cannot write" "$SLABSIM" script tests/golden/boot_1x1.ops \
	-o "$TEST_TMP/none/out"

# A free of an empty slot is no fault; a kmalloc of 0 counts as failed.
runs "frees of empty slots, kmalloc of nothing" \
	"${two}f 0 5\nk 0 0 1\nkf 0 1\nk 0 99999999 1\n" \
	'create,3,c,ok\nend,2,2,2,0\n'
# A slot is free again after its object was freed; hexadecimal is understood.
runs "a slot is used again" "# two\n\n${two}a 0 c 0x10\nf 3 16\na 0 c 16\n" \
	'create,5,c,ok\nend,2,1,0,0\n'
# A node without a CPU lends its memory: free_limit counts no CPU there.
without_cpus()
{
	printf 'machine nodes=2 cpus=1\nsmp\ncreate 0 c 100 0 -\n' \
		>"$TEST_TMP/in.ops"
	printf 'trace 1\nan 0 c 1 1\nf 0 1\ngeom g c\n' >>"$TEST_TMP/in.ops"
	"$SLABSIM" script "$TEST_TMP/in.ops" --out "$out" &&
		grep -q '^5,1,c,1,1,0,' "$out.trace.csv" &&
		grep -q '^geom,g,c,.*,157;97$' "$out.snap.csv"
}
check "nodes without CPUs" without_cpus
# A name twice is a result of the machine, not a fault of the script.
runs "a cache twice" "${two}create 0 c 8 0 -\n" \
	'create,3,c,ok\nmsg,4,create_duplicate,c\ncreate,4,c,fail\nend,0,0,0,0\n'

stale()
{
	touch "$out.trace.csv" "$out.slabinfo.txt"
	printf "$two" >"$TEST_TMP/in.ops"
	"$SLABSIM" script "$TEST_TMP/in.ops" --out "$out" &&
		[ ! -e "$out.trace.csv" ] && [ ! -e "$out.slabinfo.txt" ]
}
check "stale outputs that this script does not make are removed" stale

# Worked out by hand: objects of 100 bytes take 104 and 4 for their index, so
# (4096 - 48) / 108 = 37 fit a page; an idle array is refilled by 16.
logged()
{
	printf "${two}a 0 c 1\nf 0 1\na 1 c 2\n" >"$TEST_TMP/in.ops"
	"$SLABSIM" script "$TEST_TMP/in.ops" --out "$out" \
		--log "$TEST_TMP/log" &&
		grep '^[4-9]' "$TEST_TMP/log" >"$TEST_TMP/lines"
}
check "the log of three operations" logged
check "its lines" diff "$TEST_TMP/lines" - <<-'END'
	4 0 grow cpu=0 node=0 cache=c slab=1 nr=37 left=37
	4 0 refill cpu=0 node=0 cache=c nr=16 left=21
	4 0 miss cpu=0 node=0 cache=c obj=0:1.15 nr=0 left=15
	5 0 freehit cpu=0 node=0 cache=c obj=0:1.15 nr=0 left=16
	6 0 refill cpu=1 node=0 cache=c nr=16 left=5
	6 0 miss cpu=1 node=0 cache=c obj=0:1.31 nr=0 left=15
END

until_line()
{
	printf "${two}a 0 c 1\na 0 c 1\n" >"$TEST_TMP/in.ops"
	"$SLABSIM" script "$TEST_TMP/in.ops" --out "$out" --until 4 &&
		grep -q '^cpu,until,c,0,15,1,120,60$' "$out.snap.csv" &&
		tail -n 1 "$out.snap.csv" | grep -qx 'end,1,0,0,0'
}
check "--until stops before a later fault, with a snapshot" until_line
usage()
{
	"$SLABSIM" script "${@:2}" 2>"$TEST_TMP/usage"
	[ $? = 2 ] && grep -qF -e "$1" "$TEST_TMP/usage"
}
check "--until wants a line" usage "expected a line number" --until 0 x -o x
# it was taken for 2^64 - 1: all of the scenario
check "--until -1 is none" usage "expected a line number" --until -1 x -o x
check "--out is needed" usage "expected --out PREFIX" x.ops

# The debug build: a write behind the object is told when it is freed; poke
# needs memory with contents.
poked()
{
	printf "${two}a 0 c 1\npoke 1 104 5\nf 0 1\n" >"$TEST_TMP/in.ops"
	"$SLABSIM" script --debug "$TEST_TMP/in.ops" --out "$out" &&
		grep -qx 'msg,6,free_redzone_bad,c' "$out.snap.csv"
}
check "--debug: a red zone catches an overrun" poked
faulty 5 "memory has contents in the debug build only" "${two}a 0 c 1\npoke 1 104 5\n"
faulty 4 "slot 1 holds no object" "${two}poke 1 0 5\n"
faulty 4 "no object of slot 1 was freed" "${two}pokefree 1 0 5\n"
faulty 4 "CPU 0 cannot take itself down" "${two}offline 0 0\n"
faulty 4 "CPU 3 is online already" "${two}online 0 3\n"
faulty 4 "CPU 4 does not exist" "${two}online 0 4\n"
faulty 4 "cache 'size-32' belongs to the allocator itself" "${two}destroy 0 size-32\n"
runs "unknown names are an answer of slabinfo, senseless numbers ignored" \
	"${two}tune 0 d 1 1 1\ntune 0 c 0 1 1\n" \
	'create,3,c,ok\ntune,4,d,error\ntune,5,c,accepted\nend,0,0,0,0\n'
finish
