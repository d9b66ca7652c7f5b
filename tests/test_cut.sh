#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim cut: parts of a trace.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
t=$TEST_TMP

# Six objects' lives, one line a millisecond:
#   CPU 0, task a:  A------a        F-      (A dentry, F dentry, never freed)
#   CPU 1, task b:     B--   --b            (b is freed on CPU 0)
#   CPU 1, task b:        C-c               (kmalloc)
ms=0
line() # CPU TASK EVENT
{
	printf '%16s-1       [00%s] .....     1.%03d000: %s\n' "$2" "$1" $ms "$3"
	ms=$((ms + 1))
}
alloc='bytes_alloc=192 gfp_flags=GFP_KERNEL node=-1'
{
	line 0 a "kmem_cache_alloc: call_site=x ptr=a name=dentry bytes_req=192 $alloc"
	line 1 'b c' "kmem_cache_alloc: call_site=y ptr=b name=filp bytes_req=192 $alloc"
	line 1 'b c' "kmalloc: call_site=z ptr=c bytes_req=100 $alloc"
	line 1 'b c' "kfree: call_site=z ptr=c"
	line 0 a "kmem_cache_free: call_site=x ptr=a name=dentry"
	line 0 a "kmem_cache_free: call_site=y ptr=b name=filp"
	line 0 a "kmem_cache_alloc: call_site=x ptr=f name=dentry bytes_req=192 $alloc"
} >"$t/t.txt"
"$SLABSIM" import -q "$t/t.txt" -o "$t/t.slt"

# The part's events, each as its first word and call site.
part()
{
	rm -f "$t/part.slt"
	"$SLABSIM" cut -q "$t/t.slt" "$@" -o "$t/part.slt" &&
		"$SLABSIM" convert -q "$t/part.slt" | grep -v '^#' |
		sed 's/.*: \(.*\): call_site=\(.\).*/\1 \2/' | tr '\n' ',' \
		>"$t/part"
}

is()
{
	expected=$1
	shift
	part "$@" && [ "$(cat "$t/part")" = "$expected" ]
}

number()
{
	"$SLABSIM" info --json "$t/part.slt" | tr ',' '\n' |
		sed -n "s/^\"$1\"://p" | head -n 1
}

A='kmem_cache_alloc x,'
B='kmem_cache_alloc y,'
C='kmalloc z,'
c='kfree z,'
a='kmem_cache_free x,'
b='kmem_cache_free y,'
F=$A

check 'all of it' is "$A$B$C$c$a$b$F"
check '--cpu' is "$A$a$b$F" --cpu 0
check 'a free of what was cut is one of an unknown object' \
	[ "$(number unknown_frees)" = 1 ]
check '--cpu: the other' is "$B$C$c" --cpu 1-7
check 'an object whose free was cut lives on' \
	[ "$(number live_at_end)" = 1 ]
check 'and time starts at its first event' [ "$(number first_ns)" = 1001000000 ]
check 'to its last' [ "$(number span_ns)" = 2000000 ]
check '--cache' is "$A$a$F" --cache dentry
check 'other caches are not in the part' [ "$("$SLABSIM" info --header \
	"$t/part.slt" | grep -c ' name  ')" = 1 ]
check '--cache with *' is "$A$B$a$b$F" --cache 'd*' --cache 'f?lp'
check '--cache kmalloc' is "$C$c" --cache kmalloc
check '--comm with a blank' is "$B$C$c" --comm 'b c'
check '--from' is "$a$b$F" --from 4ms
check '--to: not what happens then' is "$A$B$C$c" --to 4ms
check '--from --to' is "$C$c" --from 2ms --to 0.004
check '--head' is "$A$B$C" --head 3
check '--head of what is wanted' is "$A$a" --head 2 --cache dentry
check 'conditions together' is "$b$F" --cpu 0 --from 5000us

# objects of a slot are not mixed up when one of them is cut
replays()
{
	for filter in '--cpu 0' '--cache filp' '--from 3ms'; do
		# shellcheck disable=SC2086
		part $filter && "$SLABSIM" run -q "$t/part.slt" \
			--db "$t/r.db" || return 1
	done
}
check 'parts replay' replays

digests_differ()
{
	"$SLABSIM" cut -q "$t/t.slt" --head 3 -o "$t/1.slt" &&
		"$SLABSIM" cut -q "$t/t.slt" --to 3ms -o "$t/2.slt" &&
		"$SLABSIM" cut -q "$t/t.slt" --head 3 -o "$t/3.slt" &&
		! cmp -s "$t/1.slt" "$t/2.slt" && cmp "$t/1.slt" "$t/3.slt"
}
check 'other conditions, another digest; the same, the same bytes' \
	digests_differ

of_a_recording()
{
	"$SLABSIM" cut -q "$t/t.txt" --head 3 -o "$t/4.slt" &&
		cmp "$t/1.slt" "$t/4.slt"
}
check 'of a recording' of_a_recording

# --- bad input ----------------------------------------------------------------

refuses 2 'no cache "dentri" in the trace, did you mean "dentry"?' \
	"$SLABSIM" cut "$t/t.slt" --cache dentri -o "$t/x.slt"
to_standard_output()
{
	"$SLABSIM" cut "$t/t.slt" -o -
	[ $? = 2 ] && [ ! -e ./- ] &&
		grep -q 'cannot be written to standard output' \
			"$TEST_TMP/tap.err"
}
check 'no trace file to standard output' to_standard_output
refuses 2 'no task "zzz" in the trace' \
	"$SLABSIM" cut "$t/t.slt" --comm zzz -o "$t/x.slt"
refuses 3 'no event of' "$SLABSIM" cut "$t/t.slt" --cpu 9 -o "$t/x.slt"
refuses 3 'no event of' "$SLABSIM" cut "$t/t.slt" --from 1 -o "$t/x.slt"
refuses 4 'No such file' "$SLABSIM" cut "$t/none" -o "$t/x.slt"

usage_error()
{
	text=$1
	shift
	"$SLABSIM" cut "$@"
	[ $? = 2 ] && grep -qF -e "$text" "$TEST_TMP/tap.err"
}
check 'no output' usage_error 'expected -o FILE' "$t/t.slt"
check 'no list of CPUs' usage_error 'not a list of CPUs' "$t/t.slt" \
	-o "$t/x.slt" --cpu 3-1
check 'CPUs that are words' usage_error 'not a list of CPUs' "$t/t.slt" \
	-o "$t/x.slt" --cpu all
check 'an empty time' usage_error '--from is not before --to' "$t/t.slt" \
	-o "$t/x.slt" --from 2 --to 1
check 'no time' usage_error 'is not a time' "$t/t.slt" -o "$t/x.slt" \
	--from 1.0000000001
check 'nothing is left of them' [ ! -e "$t/x.slt" ]

finish
