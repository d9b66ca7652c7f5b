#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim convert: importing the text gives the same events.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
t=$TEST_TMP

# One line of each kind, as a kernel from 6.18 on would print them. 'convert'
# keeps them but for the pointers, which are numbers of slots.
prefix='          worker-100     [001] .....     5.00000'
{
	printf '%s' '# entries-in-buffer/entries-written: 5/5   #P:4
'
	printf '%s%s' "$prefix" '1: kmem_cache_alloc: call_site=f+0x1/0x2 ptr=00000000aaaaaaaa name=dentry bytes_req=192 bytes_alloc=192 gfp_flags=GFP_KERNEL|__GFP_ZERO node=1 accounted=false
'
	printf '%s%s' "$prefix" '2: kmalloc: call_site=g+0x1/0x2 [mod] ptr=00000000bbbbbbbb bytes_req=70 bytes_alloc=128 gfp_flags=GFP_ATOMIC|__GFP_ACCOUNT node=-1 accounted=true
'
	printf '%s%s' "$prefix" '2: kfree: call_site=h+0x1/0x2 ptr=00000000bbbbbbbb
'
	printf '%s%s' "$prefix" '3: kmem_cache_free: call_site=i+0x1/0x2 ptr=00000000aaaaaaaa name=dentry
'
	printf '%s%s' "$prefix" '4: kmem_cache_free: call_site=i+0x1/0x2 ptr=00000000cccccccc name=dentry
'
} >"$t/lines.txt"

# what a line says besides its pointer
without_pointers()
{
	grep -v '^#' "$1" | sed -e 's/ptr=[0-9a-f]*/ptr=/' -e 's/ *\[/ [/'
}

every_kind_of_line()
{
	"$SLABSIM" convert "$t/lines.txt" -o "$t/lines.out" || return 1
	without_pointers "$t/lines.txt" >"$t/a"
	without_pointers "$t/lines.out" >"$t/b"
	cmp "$t/a" "$t/b" &&
		grep -qF '# entries-in-buffer/entries-written: 5/5   #P:4' \
			"$t/lines.out"
}
check 'every kind of line' every_kind_of_line

# Text -> events -> text is the same text, once pointers are slots.
comes_back()
{
	"$SLABSIM" convert -q "$1" -o "$t/1.txt" &&
		"$SLABSIM" import -q --max-loss 1000000 "$t/1.txt" \
			-o "$t/1.slt" &&
		"$SLABSIM" convert -q "$t/1.slt" -o "$t/2.txt" &&
		cmp "$t/1.txt" "$t/2.txt" && [ -s "$t/1.txt" ]
}

same_operations()
{
	comes_back "$1" || return 1
	a=$("$SLABSIM" info --json --header "$1" | tr ',' '\n' |
		grep -E '"(cpus|operations|slots|span_ns|first_ns|live_at_end)"')
	b=$("$SLABSIM" info --json --header "$t/1.slt" | tr ',' '\n' |
		grep -E '"(cpus|operations|slots|span_ns|first_ns|live_at_end)"')
	[ "$a" = "$b" ]
}

check 'the head of a recording' same_operations tests/fixtures/fork-head.txt
for w in forkstorm prodcons fileserver fragment zipf; do
	"$SLABSIM" gen -q $w --events 20000 -o "$t/$w.slt"
	check "generated: $w" same_operations "$t/$w.slt"
done

# The pointer is allocated twice: an implicit free, which needs no line, as
# the import finds it again.
implicit()
{
	{
		sed -n 2p "$t/lines.txt"
		sed -n 2p "$t/lines.txt"
	} >"$t/twice.txt"
	"$SLABSIM" convert -q "$t/twice.txt" -o "$t/twice.out" &&
		[ "$(grep -c kmem_cache_alloc: "$t/twice.out")" = 2 ] &&
		! grep -q free: "$t/twice.out" &&
		"$SLABSIM" info "$t/twice.out" | grep -q '^ *1  implicit frees$'
}
check 'an implicit free is implied again' implicit

losses_stay()
{
	sed '1s|5/5|5/9|' "$t/lines.txt" >"$t/lossy.txt"
	"$SLABSIM" convert -q "$t/lossy.txt" 2>/dev/null | head -n 3 |
		grep -qF 'entries-written: 5/9 '
}
check 'losses stay losses' losses_stay

to_stdout()
{
	"$SLABSIM" convert -q "$t/lines.txt" >"$t/c" &&
		cmp "$t/c" "$t/lines.out"
}
check 'standard output' to_stdout

full_device()
{
	"$SLABSIM" convert -q "$t/lines.txt" >/dev/full
	[ $? = 4 ]
}
check 'output that cannot be written' full_device
refuses 4 'No such file' "$SLABSIM" convert "$t/none"
refuses 4 'cannot write' "$SLABSIM" convert "$t/lines.txt" -o "$t/none/x"
refuses 2 'unknown option' "$SLABSIM" convert --frm "$t/lines.txt"

head -c 3000 "$t/zipf.slt" >"$t/cut.slt"
refuses 3 'cut.slt' "$SLABSIM" convert "$t/cut.slt" -o "$t/cut.txt"
check 'nothing is left of it' [ ! -e "$t/cut.txt" ]

finish
