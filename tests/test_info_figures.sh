#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim info: bytes, ping-pong and lifetimes, against a trace small enough
# to count by hand, and one of which perf kmem's own figures are known.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
t=$TEST_TMP

# time     event                                     lifetimes
#  1.0 us  CPU 0: a = filp, 224 bytes in 256
#  2.0 us  CPU 0: b = filp, 224 bytes in 256
#  3.0 us  CPU 1: k = kmalloc of 70: 128 by SLAB
#  5.0 us  CPU 1: free a (another CPU)               4 us
#  5.0 us  CPU 1: free k                             2 us
#  6.0 us  CPU 0: free of an unknown filp
# b lives on. Requested 224 + 224 + 70 = 518, allocated 256 + 256 + 128 = 640,
# freed 256 + 128 = 384, net 256, wasted 122 of 640 = 19.0625 %.
p='          worker-100     [00'
{
	echo "${p}0] .....     0.000001: kmem_cache_alloc: call_site=f ptr=a bytes_req=224 bytes_alloc=256 gfp_flags=none node=-1"
	echo "${p}0] .....     0.000002: kmem_cache_alloc: call_site=f ptr=b bytes_req=224 bytes_alloc=256 gfp_flags=none node=-1"
	echo "${p}1] .....     0.000003: kmalloc: call_site=g ptr=c bytes_req=70 bytes_alloc=128 gfp_flags=none node=-1"
	echo "${p}1] .....     0.000005: kmem_cache_free: call_site=h ptr=a name=filp"
	echo "${p}1] .....     0.000005: kfree: call_site=i ptr=c"
	echo "${p}0] .....     0.000006: kmem_cache_free: call_site=h ptr=e name=filp"
} >"$t/t.txt"
"$SLABSIM" import -q "$t/t.txt" -o "$t/t.slt"
"$SLABSIM" info --json --by cache --by cpu --by callsite --by task "$t/t.slt" \
	>"$t/json"
"$SLABSIM" info --by cache --by cpu --lifetimes "$t/t.slt" >"$t/text"

# the first object of the JSON, up to its caches
total()
{
	sed 's/,"caches".*//' "$t/json" | grep -qF "$1"
}
check 'requested, allocated' total '"requested_bytes":518,"allocated_bytes":640'
check 'freed, net' total '"freed_bytes":384,"net_allocated_bytes":256'
check 'wasted' total \
	'"wasted_bytes":122,"internal_fragmentation_pct":19.062500'
check 'ping-pong' total '"ping_pong_frees":1'
check 'of one allocation the bytes are a guess' total \
	'"allocs_of_guessed_bytes":1'

# 2 us and 4 us: 2^10 <= 2000 < 2^11 and 2^11 <= 4000 < 2^12. The median of
# two is the lower, in sixteenths of its power: 1024 + 15 * 64 = 1984.
check 'lifetimes' total '"lifetimes":2,"lifetime_median_ns":1984,"lifetime_log2_ns":[0,0,0,0,0,0,0,0,0,0,1,1]'

row()
{
	grep -qF "$1" "$t/json"
}
check 'by cache' row '{"cache":"filp","allocs":2,"frees":2,"unknown_frees":1,"inferred_allocs":0,"implicit_frees":0,"requested_bytes":448,"allocated_bytes":512,"freed_bytes":256,"wasted_bytes":64,"internal_fragmentation_pct":12.500000,"ping_pong_frees":1,"live":1'
check 'by cache: kmallocs by size' row \
	'{"cache":"kmalloc-128","allocs":1,"frees":1,"unknown_frees":0'
# the object counts for the CPU that allocated it, the free for that of the free
check 'by CPU: 0' row '{"cpu":0,"allocs":2,"frees":1,"unknown_frees":1,"inferred_allocs":0,"implicit_frees":0,"requested_bytes":448,"allocated_bytes":512,"freed_bytes":256,"wasted_bytes":64,"internal_fragmentation_pct":12.500000,"ping_pong_frees":1,"live":1}'
check 'by CPU: 1' row '{"cpu":1,"allocs":1,"frees":2,"unknown_frees":0'
check 'by call site' row '{"callsite":"h","allocs":0,"frees":2,'
check 'by task' row '{"task":"worker-100","allocs":3,"frees":3,'

text()
{
	grep -qE "$1" "$t/text"
}
check 'text: as perf kmem' text '122  bytes wasted: internal fragmentation 19\.062500%'
check 'text: by cache' text '^filp +2 +2 +1 +512 +12\.50 +1 '
check 'text: by CPU' text '^1 +1 +2 +0 +128 +45\.31 +0$'
check 'text: lifetimes' text '^ *2\.048 us +1 +50\.0%'

only_header()
{
	"$SLABSIM" info --json --header "$t/t.slt" >"$t/header" &&
		grep -qF '"name":"filp"' "$t/header" &&
		! grep -q requested_bytes "$t/header"
}
check '--header reads no events' only_header

top()
{
	"$SLABSIM" info --by callsite --top 2 "$t/t.slt" |
		grep -qF 'and 2 more (--top 0 shows all)' &&
		! "$SLABSIM" info --by callsite --top 0 "$t/t.slt" |
			grep -q 'more (--top'
}
check '--top' top

if command -v python3 >/dev/null; then
	check 'JSON: valid' python3 -m json.tool "$t/json"
else
	skip 'JSON: valid' 'no python3 to read it'
fi

usage_error()
{
	text=$1
	shift
	"$SLABSIM" info "$@"
	[ $? = 2 ] && grep -qF -e "$text" "$TEST_TMP/tap.err"
}
check 'a table by what is none' usage_error \
	'expected cache, cpu, callsite or task, not "node"' --by node "$t/t.slt"
check 'a table without events' usage_error '--by needs the events' \
	--header --by cpu "$t/t.slt"

finish
