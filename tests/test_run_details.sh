#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What slabsim run stores on request: slabs one by one, who holds them, steps,
# call sites and lifetimes. The trace is small enough to follow by hand.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
db=$TEST_TMP/d.db

if ! command -v sqlite3 >/dev/null; then
	skip 'details of runs' 'no sqlite3 command'
	finish
fi

# Ten objects of 504 bytes, seven a slab, on one CPU: seven and one from f, two
# from g. The first of f is freed after 100 us, the last of g after 1000 us.
#
#	refill 1, 2   each takes the 7 of a slab just grown
#	at the end    slab 1: 6 live, 1 in the array; slab 2: 2 live (one of f,
#	              one of g), 5 in the array: 1 freed and 4 never used
ftrace()
{
	printf '# tracer: nop\n#\n'
	for i in 1 2 3 4 5 6 7 8 9 10; do
		site=f+0x1/0x10
		[ $i -gt 8 ] && site=g+0x2/0x10
		printf '              sh-71      [000] .....     8.%06d: kmem_cache_alloc: call_site=%s ptr=00000000000010%02d bytes_req=504 bytes_alloc=504 gfp_flags=GFP_KERNEL node=-1\n' \
			$i $site $i
	done
	printf '              sh-71      [000] .....     8.%06d: kmem_cache_free: call_site=h+0x3/0x10 ptr=00000000000010%02d name=thing\n' \
		101 1 1010 10
}

ask()
{
	[ "$(sqlite3 "$db" "$1" | tr '\n' ' ')" = "$2" ] || {
		sqlite3 "$db" "$1"
		echo "expected: $2"
		return 1
	}
}

details()
{
	rm -f "$db"
	"$SLABSIM" run -q "$TEST_TMP/in.txt" --db "$db" -m 1x1 --samples 1 \
		"$@" >"$TEST_TMP/out"
}

slabs_one_by_one()
{
	details --slabs thing &&
		ask "SELECT list, position, grow_number, inuse_objs, live_objs,
			ifnull(first_free, '-') FROM slab_sample
			ORDER BY list, grow_number" \
			'full|1|1|7|6|- full|0|2|7|2|- '
}

# After the first free, before the second: slab 2 has three live objects yet.
slabs_at_a_time()
{
	details --slabs thing --samples 10 &&
		"$SLABSIM" show -q "$db" slabs -c thing --at 500us \
			--format csv >"$TEST_TMP/at" &&
		[ "$(cut -d , -f 3,5,8- "$TEST_TMP/at" | tail -n +2 |
			tr '\n' ' ')" = \
			'full,2,7,3,4,42.8571,cpu 0: 4,4c0 3l full,1,7,6,1,85.7143,cpu 0: 1,6l 1c0 ' ]
}

# Objects of 1352 bytes, three a slab of a page, limit 24, batch 12, a shared
# array. CPUs 0 and 1 are of node 0, CPU 2 of node 1. A refill takes the three
# of a slab just grown; the object handed out first has the highest index.
#
#	CPU 0 allocates 28   slabs 1 to 9 are full; 28 is index 2 of slab 10,
#	                     whose indices 0 and 1 are in CPU 0's array
#	CPU 0 frees 1 to 22  these two and 22 objects: its array is full
#	CPU 0 frees 23       flush: the lowest 12, the two and 1 to 10, go into
#	                     the shared array of node 0
#	CPU 0 frees 24, 25   15 are in its array: 11 to 25
#	CPU 2 frees 26       into the alien array of node 1, for node 0
#	CPU 1 frees 27       into its array
every_array()
{
	awk 'BEGIN {
		print "machine nodes=2 cpus=4\ncreate 0 thing 1352 0 -\nsmp"
		for (i = 1; i <= 28; i++) print "a 0 thing", i
		for (i = 1; i <= 25; i++) print "f 0", i
		print "f 2 26\nf 1 27"
	}' >"$TEST_TMP/arrays.ops"
	rm -f "$db"
	"$SLABSIM" run -q "$TEST_TMP/arrays.ops" --db "$db" -m 2x2 \
		--samples 1 --slabs thing >"$TEST_TMP/out"
}

maps_of_every_array()
{
	every_array && ask "SELECT grow_number, obj_map FROM v_slab
			WHERE k = 1 ORDER BY 1" "1|3s0 2|3s0 3|3s0 4|2c0 1s0 5|3c0\
 6|3c0 7|3c0 8|3c0 9|1c1 1a1 1c0 10|2s0 1l "
}

integers_of_every_array()
{
	ask "SELECT state, cpu, array_node, sum(objs) FROM v_slab_objs
		WHERE k = 1 GROUP BY 1, 2, 3" \
		'alien||1|1 cpu|0||15 cpu|1||1 live|||1 shared||0|12 ' &&
		ask "SELECT first_obj, objs, state, ifnull(cpu, array_node)
			FROM v_slab_objs WHERE k = 1 AND grow_number = 9" \
			'0|1|cpu|1 1|1|alien|1 2|1|cpu|0 ' &&
		ask "SELECT node, other_node, alien_avail_objs,
			alien_limit_objs FROM v_alien WHERE k = 1" \
			'0|1|0|12 1|0|1|12 ' &&
		ask "SELECT shared_avail_objs FROM v_node_stat WHERE k = 1
			AND node = 0 AND cache_id IN (SELECT cache_id FROM
			slab_sample)" '12 '
}

# In the order of the list: slabs go to its head when they become full.
shown_of_every_array()
{
	"$SLABSIM" show -q "$db" slabs -c thing --format json >"$TEST_TMP/at" &&
		grep -q '"grown_as":9,.*"live_objs":0,"cached_objs":3,.*"cached_in":"cpu 0: 1, cpu 1: 1, alien 1: 1","obj_map":"1c1 1a1 1c0"' \
			"$TEST_TMP/at"
}

# Every object of every slab of a run is live, in one array or free; as many
# are in arrays as the arrays hold, array by array.
maps_add_up()
{
	rm -f "$db"
	"$SLABSIM" run -q traces/samples/fork-100k/trace.txt.xz --db "$db" \
		-m 4x2 --samples 10 --slabs all >"$TEST_TMP/out" &&
		sqlite3 "$db" "CREATE TEMP TABLE o AS SELECT * FROM v_slab_objs;
			CREATE INDEX temp.o_at ON o(sample_id, cache_id, state);
			SELECT count(*), sum(o.objs = v.live_objs + v.cached_objs
			+ v.free_objs AND o.live = v.live_objs
			AND o.free = v.free_objs) FROM v_slab v JOIN (SELECT
			sample_id, cache_id, grow_number, sum(objs) AS objs,
			total(CASE state WHEN 'live' THEN objs END) AS live,
			total(CASE state WHEN 'free' THEN objs END) AS free
			FROM o GROUP BY 1, 2, 3) o USING
			(sample_id, cache_id, grow_number);
			SELECT sum(a.avail_objs) > 1000, sum(a.avail_objs
			<> ifnull((SELECT sum(objs) FROM o
			WHERE o.sample_id = a.sample_id
			AND o.cache_id = a.cache_id AND o.state = 'cpu'
			AND o.cpu = a.cpu), 0)) FROM v_cpu_stat a WHERE k > 8;
			SELECT sum(a.shared_avail_objs) > 1000,
			sum(a.shared_avail_objs <> ifnull((SELECT sum(objs)
			FROM o WHERE o.sample_id = a.sample_id
			AND o.cache_id = a.cache_id AND o.state = 'shared'
			AND o.array_node = a.node), 0)) FROM v_node_stat a
			WHERE k > 8;
			SELECT sum(a.alien_avail_objs) > 100,
			sum(a.alien_avail_objs <> ifnull((SELECT sum(objs)
			FROM o WHERE o.sample_id = a.sample_id
			AND o.cache_id = a.cache_id AND o.state = 'alien'
			AND o.array_node = a.node AND o.node = a.other_node), 0))
			FROM v_alien a WHERE k > 8" >"$TEST_TMP/sums" &&
		[ "$(sed 1d "$TEST_TMP/sums" | tr '\n' ' ')" = \
			'1|0 1|0 1|0 ' ] &&
		[ "$(sed -n '1s/|.*//p' "$TEST_TMP/sums")" -gt 1000 ] &&
		sed -n 1p "$TEST_TMP/sums" | grep -qx '\([0-9]*\)|\1'
}

# The views of v_occupancy: 6 of 7 and 2 of 7; v_pinned: 1 of 2 pages.
how_full()
{
	ask "SELECT live_per_slab, slabs, pages, round(occupied_pct, 1)
		FROM v_occupancy WHERE name = 'thing' ORDER BY 1" \
		'2|1|1|28.6 6|1|1|85.7 ' &&
	ask "SELECT pages, empty_pages, pinned_pages, pinned_pct
		FROM v_pinned WHERE name = 'thing'" '2|0|1|50.0 '
}

who_holds()
{
	details --pins 2 &&
		ask "SELECT grow_number, call_site, objs, oldest_ns FROM slab_pin
			JOIN cache ON id = cache_id WHERE name = 'thing'
			ORDER BY call_site" \
			'2|f+0x1/0x10|1|7000 2|g+0x2/0x10|1|8000 '
}

# The first allocation grows slab 1, refills seven, and hands one out.
steps()
{
	details --steps 1-2 &&
		ask "SELECT event, seq, kind, objs, grow_number FROM step
			JOIN cache ON id = cache_id WHERE name = 'thing'" \
			'1|0|grow|7|1 1|1|refill|7| 1|2|miss|1|1 2|0|hit|1|1 '
}

# 8 x 504 and 2 x 504 bytes. Lifetimes: 100 us in [65536, 131072) and 1000 us
# in [524288, 1048576).
call_sites()
{
	details --call-sites &&
		ask "SELECT name, allocs, frees, requested_bytes, live_objs
			FROM call_site ORDER BY name" \
			'f+0x1/0x10|8|0|4032|7 g+0x2/0x10|2|0|1008|1 h+0x3/0x10|0|2|0|0 ' &&
		ask "SELECT from_ns, below_ns, objs FROM lifetime
			WHERE cache = 'thing'" \
			'65536|131072|1 524288|1048576|1 ' || return
	# a second run of the trace has them already
	"$SLABSIM" run -q "$TEST_TMP/in.txt" --db "$db" --call-sites \
		>"$TEST_TMP/out" && ask 'SELECT count(*) FROM call_site' '3 '
}

# Blocks that the page source holds, after the reaper took slabs: those of
# order o are pages of the node, touched but not in use.
free_blocks_are_free_pages()
{
	rm -f "$db"
	"$SLABSIM" run -q traces/samples/grow-shrink/trace.txt.xz --db "$db" \
		-m 2x2 >"$TEST_TMP/out" &&
		ask "SELECT count(*) FROM node_page_stat p WHERE
			touched_frames - in_use_pages <> ifnull((SELECT
			sum(free_block_pages) FROM v_page_order v WHERE
			v.sample_id = p.sample_id AND v.node_id = p.node_id), 0)" \
			'0 ' &&
		ask "SELECT max(free_block_pages) > 0 FROM v_page_order" '1 '
}

# Each miss is of one class; each live object is in one slab.
sums_agree()
{
	ask "SELECT count(*), sum(allocmiss) > 100 FROM v_cpu_stat WHERE
		allocmiss <> miss_cold + miss_reaped + miss_capacity
		+ miss_stranded + miss_other OR allocmiss IS NULL" '0| ' &&
	ask "SELECT sum(allocmiss) > 100, sum(miss_cold) > 0,
		sum(miss_capacity) > 0, sum(miss_stranded) > 0,
		sum(miss_reaped) > 0 FROM v_miss WHERE k = 100" '1|1|1|1|1 ' &&
	ask "SELECT count(*) FROM v_cache v WHERE k = 100 AND live_objs <>
		ifnull((SELECT sum(live_per_slab * slabs) FROM v_occupancy o
		WHERE o.cache_id = v.cache_id), 0)" '0 ' &&
	ask "SELECT count(*) FROM v_cache v WHERE k = 100 AND pages <>
		ifnull((SELECT sum(pages) FROM v_occupancy o
		WHERE o.cache_id = v.cache_id), 0)" '0 '
}

# What is looked at does not change: a run with all details ends the same.
details_change_nothing()
{
	rm -f "$db"
	for more in '' '--slabs all --pins 4 --steps 100-2000 --call-sites'; do
		# shellcheck disable=SC2086
		"$SLABSIM" run -q traces/samples/fork-100k/trace.txt.xz \
			--db "$db" -m 2x2 --samples 5 $more >"$TEST_TMP/out" ||
			return
	done
	for view in v_slabinfo v_miss v_frag_cache; do
		ask "SELECT count(*) FROM (SELECT k, name, x.* FROM
			(SELECT * FROM $view WHERE run_id = 1) x) " "$(sqlite3 \
			"$db" "SELECT count(*) FROM $view WHERE run_id = 2") " ||
			return
	done
	ask "SELECT count(*) FROM (SELECT k, name, active_objs, num_slabs,
		grown, reaped, allochit, freemiss FROM v_slabinfo WHERE
		run_id = 1 EXCEPT SELECT k, name, active_objs, num_slabs, grown,
		reaped, allochit, freemiss FROM v_slabinfo WHERE run_id = 2)" \
		'0 ' &&
		ask "SELECT count(*) > 1000, max(event), min(event) FROM step" \
			'1|2000|100 ' &&
		ask 'SELECT count(*) FROM pragma_foreign_key_check' '0 '
}

bad_usage()
{
	"$SLABSIM" run -q "$TEST_TMP/in.txt" --db "$TEST_TMP/x.db" "$@" \
		2>"$TEST_TMP/err"
	[ $? = 2 ] && grep -qe "$1" "$TEST_TMP/err"
}

ftrace >"$TEST_TMP/in.txt"
check 'show slabs --at a time' slabs_at_a_time
check 'maps of slabs in every array' maps_of_every_array
check 'the same as integers' integers_of_every_array
check 'show slabs says who holds' shown_of_every_array
check 'maps add up, and with the arrays' maps_add_up
check 'slabs one by one' slabs_one_by_one
check 'how full they are' how_full
check 'who holds them' who_holds
check 'steps' steps
check 'call sites and lifetimes' call_sites
check 'free blocks are free pages' free_blocks_are_free_pages
check 'sums agree' sums_agree
check 'details change nothing' details_change_nothing
refuses 2 'did you mean "thing"' "$SLABSIM" run -q "$TEST_TMP/in.txt" \
	--db "$TEST_TMP/x.db" -m 1x1 --slabs thin
check 'steps must be a range' bad_usage --steps 5-1
check 'pins must be a number' bad_usage --pins 0
check 'nothing is left of a refused run' [ ! -e "$TEST_TMP/x.db" ]

finish
