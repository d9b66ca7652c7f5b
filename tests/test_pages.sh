#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Events of the page allocator in every command that reads traces. Numbers are
# those of grep over the recording.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
t=$TEST_TMP
text=tests/fixtures/text/ftrace-pages.txt

"$SLABSIM" import -q "$text" -o "$t/t.slt"
"$SLABSIM" info --json "$t/t.slt" >"$t/json"

count()
{
	grep -c "$1" "$text"
}

info_counts_them()
{
	grep -qF "\"page_allocs\":$(count mm_page_alloc:),\"page_frees\":$(
		count mm_page_free:)," "$t/json" &&
		grep -qF "\"events\":$(grep -vc '^#' "$text")," "$t/json"
}
check 'info counts them' info_counts_them

# All 36 are single pages, so pages are as many as events.
by_order()
{
	allocs=$(count 'mm_page_alloc:.* order=0 ')
	frees=$(count 'mm_page_free:.* order=0$')
	grep -qF "\"pages_allocated\":$allocs,\"pages_freed\":$frees,\"pages_freed_in_batch\":0,\"pages_by_order\":[{\"order\":0,\"allocs\":$allocs,\"frees\":$frees,\"batched_frees\":0}]" \
		"$t/json" &&
		"$SLABSIM" info "$t/t.slt" |
		grep -q "^0  *$allocs  *$frees  *0$"
}
check '... and by order' by_order

# 2 of order 3 and 1 of order 1 are 18 pages.
orders()
{
	p='          worker-100     [000] .....     0.00000'
	{
		echo "${p}1: kfree: call_site=x ptr=aa"
		echo "${p}2: mm_page_alloc: page=1 pfn=0x8 order=3 migratetype=0 gfp_flags=none"
		echo "${p}3: mm_page_alloc: page=1 pfn=0x10 order=3 migratetype=0 gfp_flags=none"
		echo "${p}4: mm_page_alloc: page=1 pfn=0x2 order=1 migratetype=0 gfp_flags=none"
		echo "${p}5: mm_page_free_batched: page=1 pfn=0x2 order=0"
	} >"$t/orders.txt"
	"$SLABSIM" info --json "$t/orders.txt" |
		grep -qF '"pages_allocated":18,"pages_freed":0,"pages_freed_in_batch":1,"pages_by_order":[{"order":0,"allocs":0,"frees":0,"batched_frees":1},{"order":1,"allocs":1,"frees":0,"batched_frees":0},{"order":3,"allocs":2,"frees":0,"batched_frees":0}]'
}
check 'an event of order n is 2^n pages' orders

# what the lines say of pages, but for their hashed pointers and flags' names
of_pages()
{
	grep mm_page | sed -e 's/page=[0-9a-f]*//' -e 's/gfp_flags=.*//'
}

convert_writes_them()
{
	"$SLABSIM" convert -q "$t/t.slt" -o "$t/back.txt" &&
		of_pages <"$text" >"$t/a" && of_pages <"$t/back.txt" >"$t/b" &&
		cmp "$t/a" "$t/b" && [ -s "$t/a" ] &&
		"$SLABSIM" import -q "$t/back.txt" -o "$t/back.slt" &&
		"$SLABSIM" convert -q "$t/back.slt" | cmp - "$t/back.txt"
}
check 'convert writes them back' convert_writes_them

# In two halves of time there are all of them; of a cache, none is.
cut_carries_them()
{
	half=2ms
	"$SLABSIM" cut -q --to $half "$t/t.slt" -o "$t/part1.slt" &&
		"$SLABSIM" cut -q --from $half "$t/t.slt" -o "$t/part2.slt" &&
		for part in 1 2; do
			"$SLABSIM" convert -q "$t/part$part.slt" \
				>"$t/part.txt" &&
				grep -q mm_page_ "$t/part.txt" || return 1
			of_pages <"$t/part.txt"
		done >"$t/parts"
	sed 's/.*: mm_/mm_/' "$t/parts" | sort >"$t/b"
	of_pages <"$text" | sed 's/.*: mm_/mm_/' | sort >"$t/a"
	cmp "$t/a" "$t/b" &&
		"$SLABSIM" cut -q --cache names_cache "$t/t.slt" \
			-o "$t/part.slt" &&
		"$SLABSIM" convert -q "$t/part.slt" >"$t/part.txt" &&
		grep -q names_cache "$t/part.txt" &&
		! grep -q mm_page "$t/part.txt"
}
check 'cut carries them' cut_carries_them

merge_carries_them()
{
	awk -v t="$t" '/^#/ {next} {print > (t "/" (++n % 2) ".txt")}' "$text"
	"$SLABSIM" merge -q "$t/0.txt" "$t/1.txt" -o "$t/merged.txt" &&
		of_pages <"$t/merged.txt" | sort >"$t/b" &&
		of_pages <"$text" | sort >"$t/a" && cmp "$t/a" "$t/b"
}
check 'merge carries them' merge_carries_them

# The same machine at the end, whether they are there or not.
run_skips_them()
{
	grep -v mm_page_ "$text" | sed 's/written: .*#P/written: 24\/24 #P/' \
		>"$t/without.txt"
	# time begins with the first event: the same one
	{
		grep '^#' "$t/without.txt"
		p='          worker-100     [000] .....    90.000000: '
		echo "${p}kfree: call_site=x ptr=aa"
		grep -v '^#' "$t/without.txt"
	} >"$t/w.txt"
	{
		echo "${p}kfree: call_site=x ptr=aa"
		grep -v '^#' "$text"
	} >"$t/p.txt"
	for name in p w; do
		"$SLABSIM" run "$t/$name.txt" --machine 2x2 --db "$t/$name.db" \
			>"$t/$name.out" 2>/dev/null || return 1
		"$SLABSIM" show -q --format=slabinfo "$t/$name.db" >"$t/$name.info" ||
			return 1
	done
	cat "$t/p.out"
	cmp "$t/p.info" "$t/w.info" && [ -s "$t/p.info" ] &&
		grep -q '^not simulated 36 events of the page allocator$' \
			"$t/p.out" &&
		! grep -q 'not simulated' "$t/w.out"
}
check 'run skips and counts them' run_skips_them

finish
