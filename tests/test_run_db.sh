#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim run and its database: the same run twice is the same file, host
# tables apart; whatever ends a run, the file is valid and says "partial".

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
fork=traces/samples/fork-100k/trace.txt.xz
shrink=traces/samples/grow-shrink/trace.txt.xz
slt=$TEST_TMP/fork.slt
db=$TEST_TMP/run.db

# --- the same twice ----------------------------------------------------------

without_host()
{
	sqlite3 "$1" .dump | grep -v 'INSERT INTO host_'
}

same_dump()
{
	rm -f "$TEST_TMP/a.db" "$TEST_TMP/b.db"
	"$SLABSIM" run -q "$1" --machine "$2" --db "$TEST_TMP/a.db" \
		--label one >"$TEST_TMP/a.out" &&
	cp "$1" "$TEST_TMP/copy${1##*/trace}" &&
	(
		# another time, directory, name, locale
		cd / && LC_ALL=C TZ=Asia/Tokyo "$absolute" run \
			"$TEST_TMP/copy${1##*/trace}" --machine "$2" \
			--db "$TEST_TMP/b.db" --label other
	) >"$TEST_TMP/b.out" &&
	without_host "$TEST_TMP/a.db" >"$TEST_TMP/a.sql" &&
	without_host "$TEST_TMP/b.db" >"$TEST_TMP/b.sql" &&
	[ "$(wc -l <"$TEST_TMP/a.sql")" -gt 1000 ] &&
	cmp "$TEST_TMP/a.sql" "$TEST_TMP/b.sql"
}

same_summary()
{
	sed 's/^run .*//; s/^label .*//; s/, [^ ]*xz$//' "$TEST_TMP/a.out" \
		>"$TEST_TMP/a.text"
	sed 's/^run .*//; s/^label .*//; s/, [^ ]*xz$//' "$TEST_TMP/b.out" \
		>"$TEST_TMP/b.text"
	cmp "$TEST_TMP/a.text" "$TEST_TMP/b.text"
}

# The second run of a file holds what the first holds.
second_equals_first()
{
	rm -f "$db"
	"$SLABSIM" run -q "$slt" --db "$db" >/dev/null &&
	"$SLABSIM" run -q "$slt" --db "$db" >/dev/null &&
	[ "$(sqlite3 "$db" 'SELECT count(*) FROM run, trace')" = 2 ] &&
	[ "$(sqlite3 "$db" 'SELECT count(*) > 5000 FROM v_slabinfo
		WHERE run_id = 2')" = 1 ] &&
	[ "$(sqlite3 "$db" 'SELECT count(*) FROM (SELECT k, time_ns,
		active_objs, name, grown, allochit FROM v_slabinfo
		WHERE run_id = 2 EXCEPT SELECT k, time_ns,
		active_objs, name, grown, allochit FROM v_slabinfo
		WHERE run_id = 1)')" = 0 ]
}

# --- the default machine and the summary -------------------------------------

tells_the_default_machine()
{
	rm -f "$db"
	"$SLABSIM" run "$slt" --db "$db" 2>&1 >/dev/null |
		grep -F '1 node, 4 CPUs' | grep -F -e '--machine'
}

says_both_kernels()
{
	grep -q '^simulated  *SLAB of Linux 2\.6\.36' "$TEST_TMP/a.out" &&
		grep -q '^traced  *Linux' "$TEST_TMP/a.out"
}

# 48241 allocations and 49386 frees, by the recording's analysis.txt.
json_summary()
{
	rm -f "$db"
	"$SLABSIM" run -q --json "$slt" --db "$db" >"$TEST_TMP/json" &&
		grep -q '^{"schema":1,"run":1,"status":"complete",' \
			"$TEST_TMP/json" &&
		[ "$(sqlite3 :memory: "SELECT json_extract(readfile('$TEST_TMP/json'),
			'\$.events')")" = 97627 ]
}

samples_by_time()
{
	rm -f "$db"
	"$SLABSIM" run -q "$slt" --db "$db" --sample 500ms >/dev/null &&
		[ "$(sqlite3 "$db" 'SELECT group_concat(time_ns) FROM
			(SELECT time_ns FROM sample ORDER BY k LIMIT 4)')" = \
			0,500000000,1000000000,1500000000 ]
}

# Everything on one CPU of eight: no other counts anything.
cpu_map_maps()
{
	rm -f "$db"
	"$SLABSIM" run -q "$slt" --db "$db" --machine 2x4 \
		--cpu-map 5,5,5,5 >/dev/null &&
		[ "$(sqlite3 "$db" 'SELECT group_concat(DISTINCT cpu) FROM v_cpu
			WHERE k = 100 AND allochit > 10000')" = 5 ] &&
		"$SLABSIM" run -q "$slt" --db "$db" --machine 1x3 |
			grep -q '^folded  *1 traced CPUs'
}

start_tick_shifts()
{
	rm -f "$db"
	"$SLABSIM" run -q "$slt" --db "$db" --start-tick 5000 >/dev/null &&
		[ "$(sqlite3 "$db" 'SELECT tick >= 5000 FROM sample
			WHERE k = 1')" = 1 ]
}

# --- ends --------------------------------------------------------------------

long_run()
{
	# shellcheck disable=SC2086
	$1 "$SLABSIM" run -q "$slt" --db "$db" --machine 2x2 \
		--samples 400000 --keyframe 1
}

sane()
{
	[ "$(sqlite3 "$db" 'PRAGMA integrity_check')" = ok ] &&
		[ "$(sqlite3 "$db" 'SELECT count(*) FROM
			pragma_foreign_key_check')" = 0 ] &&
		"$SLABSIM" show "$db" runs
}

partial()
{
	sane && [ "$(sqlite3 "$db" 'SELECT status FROM run')" = partial ]
}

runless()
{
	sane && [ "$(sqlite3 "$db" 'SELECT count(*) FROM run')" = 0 ]
}

# No file at all, one without rows (or bytes), or one with a partial run. What
# was not yet committed is undone by whoever opens the file next; "timeout -s
# KILL" may end before the run does, which then still holds its lock.
killed()
{
	rm -f "$db" "$db-journal"
	long_run "timeout -s KILL $1"
	[ -e "$db" ] || return 0
	sqlite3 -cmd '.timeout 10000' "$db" \
		'SELECT count(*) FROM sqlite_master' || return
	[ ! -s "$db" ] || partial || runless
}

interrupted()
{
	rm -f "$db"
	long_run "timeout --preserve-status -s $1 1"
	[ $? = 130 ] && partial &&
		[ "$(sqlite3 "$db" 'SELECT stop_reason FROM run')" = \
			interrupted ] &&
		[ ! -e "$db-journal" ] && "$SLABSIM" show "$db" >/dev/null
}

# What is there already stays, whatever happens to the second run.
keeps_the_first_run()
{
	rm -f "$db"
	"$SLABSIM" run -q "$slt" --db "$db" >/dev/null || return
	long_run 'timeout -s KILL 0.7'
	sane && [ "$(sqlite3 "$db" 'SELECT status FROM run')" = "complete
partial" ]
}

# --- bad files ---------------------------------------------------------------

run_into()
{
	"$SLABSIM" run -q "$slt" --db "$1"
}

no_such_trace_no_database()
{
	rm -f "$db"
	"$SLABSIM" run -q "$TEST_TMP/none.slt" --db "$db"
	[ $? = 4 ] && [ ! -e "$db" ]
}

truncated_trace()
{
	head -c "$1" "$slt" >"$TEST_TMP/cut.slt"
	rm -f "$db"
	"$SLABSIM" run -q "$TEST_TMP/cut.slt" --db "$db" 2>"$TEST_TMP/cut.err"
	[ $? = 3 ] && [ -s "$TEST_TMP/cut.err" ] &&
		{ [ ! -e "$db" ] || partial; }
}

# A cache of 9,000,000 bytes once reached the model's panic: exit 5.
huge_cache()
{
	head='              sh-71      [000] .....     8.068102: kmem_cache_'
	printf '# tracer: nop\n#\n' >"$TEST_TMP/huge.txt"
	printf '%salloc: call_site=f+0x2b/0x180 ptr=0000000058d4c54c bytes_req=9000000 bytes_alloc=9000000 gfp_flags=GFP_KERNEL node=-1\n' \
		"$head" >>"$TEST_TMP/huge.txt"
	printf '%sfree: call_site=f+0x2b/0x180 ptr=0000000058d4c54c name=huge\n' \
		"$head" >>"$TEST_TMP/huge.txt"
	rm -f "$db"
	"$SLABSIM" run -q "$TEST_TMP/huge.txt" --db "$db" 2>"$TEST_TMP/huge.err"
	[ $? = 3 ] && grep -q "cache 'huge' of 9000000 bytes cannot be created" \
		"$TEST_TMP/huge.err" && [ ! -e "$db" ]
}

small_disk()
{
	rm -f "$db"
	(
		ulimit -f 300
		"$SLABSIM" run -q "$slt" --db "$db" --keyframe 1
	) 2>"$TEST_TMP/small.err"
	[ $? = 4 ] && [ "$(wc -l <"$TEST_TMP/small.err")" = 1 ] &&
		grep -q 'cannot write the database' "$TEST_TMP/small.err" &&
		{ [ ! -e "$db" ] || partial; }
}

# Where already the first commit of a run fails, it is the disk that is named,
# not "out of memory", as once was told.
no_room_to_begin()
{
	rm -f "$db"
	(
		ulimit -f 16
		"$SLABSIM" run -q "$slt" --db "$db"
	) 2>"$TEST_TMP/begin.err"
	[ $? = 4 ] && [ "$(wc -l <"$TEST_TMP/begin.err")" = 1 ] &&
		grep -q 'cannot write the database' "$TEST_TMP/begin.err" &&
		! grep -q 'stored' "$TEST_TMP/begin.err" && [ ! -e "$db" ]
}

# Told once, not after all repetitions, which nothing could be stored of.
no_room_to_begin_a_repeated_run()
{
	rm -f "$db"
	(
		ulimit -f 16
		"$SLABSIM" run -q "$slt" --db "$db" --engine threads \
			--order free --repeat 3
	) 2>"$TEST_TMP/begin.err"
	[ $? = 4 ] && [ "$(wc -l <"$TEST_TMP/begin.err")" = 1 ] &&
		grep -q 'cannot write the database' "$TEST_TMP/begin.err" &&
		! grep -q 'stored' "$TEST_TMP/begin.err" && [ ! -e "$db" ]
}

# A disk that fails from the SYNC_FAILS-th wait for it on; how many there were
# stands in SYNC_COUNT. A file that is new is not waited for: one with a run in
# it is.
make_bad_disk()
{
	cat >"$TEST_TMP/sync.c" <<-'EOF'
		#include <errno.h>
		#include <stdio.h>
		#include <stdlib.h>
		int fsync(int fd)
		{
			static int nr;
			FILE *count = fopen(getenv("SYNC_COUNT"), "w");

			(void)fd;
			fprintf(count, "%d\n", ++nr);
			fclose(count);
			errno = EIO;
			return nr < atoi(getenv("SYNC_FAILS")) ? 0 : -1;
		}
		int fdatasync(int fd) { return fsync(fd); }
	EOF
	cc -shared -fPIC -o "$TEST_TMP/sync.so" "$TEST_TMP/sync.c"
}

# on_a_bad_disk TRACE FAILS
on_a_bad_disk()
{
	cp "$TEST_TMP/a.db" "$TEST_TMP/bad.db" &&
	SYNC_FAILS=$2 SYNC_COUNT="$TEST_TMP/sync.count" \
		LD_PRELOAD="$TEST_TMP/sync.so" "$SLABSIM" run -q "$1" \
		--db "$TEST_TMP/bad.db" \
		>"$TEST_TMP/sync.out" 2>"$TEST_TMP/sync.err"
}

bad_disk()
{
	on_a_bad_disk "$slt" 1
	[ $? = 4 ] && [ "$(wc -l <"$TEST_TMP/sync.err")" = 1 ] &&
		grep -q 'cannot write the database: disk I/O error' \
			"$TEST_TMP/sync.err" && [ ! -s "$TEST_TMP/sync.out" ]
}

# Where only the last commit fails, the run is not said to be there. (The very
# last wait is for the directory, which SQLite does not insist on.)
bad_at_the_end()
{
	on_a_bad_disk "$slt" 1000 && [ -s "$TEST_TMP/sync.out" ] &&
		last=$(cat "$TEST_TMP/sync.count") && [ "$last" -gt 4 ] || return
	on_a_bad_disk "$slt" $((last - 1))
	[ $? = 4 ] && [ "$(wc -l <"$TEST_TMP/sync.err")" = 1 ] &&
		[ ! -s "$TEST_TMP/sync.out" ]
}

# The disk was not named where the trace was bad, too: its last block, here.
bad_disk_and_bad_trace()
{
	cp "$slt" "$TEST_TMP/spoilt.slt" &&
		printf 'spoilt' | dd of="$TEST_TMP/spoilt.slt" bs=1 \
			seek=$(($(wc -c <"$slt") * 9 / 10)) conv=notrunc \
			2>/dev/null || return
	on_a_bad_disk "$TEST_TMP/spoilt.slt" 1000
	on_a_bad_disk "$TEST_TMP/spoilt.slt" \
		$(($(cat "$TEST_TMP/sync.count") - 1))
	[ $? = 3 ] && [ "$(wc -l <"$TEST_TMP/sync.err")" = 2 ] &&
		sed -n 1p "$TEST_TMP/sync.err" | grep 'stored as partial' &&
		sed -n 2p "$TEST_TMP/sync.err" | grep 'I/O error'
}

full_disk()
{
	rm -f "$TEST_TMP/disk/run.db"
	run_into "$TEST_TMP/disk/run.db" 2>"$TEST_TMP/full.err"
	[ $? = 4 ] && [ "$(wc -l <"$TEST_TMP/full.err")" = 1 ] || return
	db=$TEST_TMP/disk/run.db
	[ ! -e "$db" ] || partial
	code=$?
	db=$TEST_TMP/run.db
	return $code
}

# A process that may not write the file: root is asked to step down.
as_nobody()
{
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	else
		"$@"
	fi
}

read_only()
{
	chmod 444 "$TEST_TMP/a.db"
	before=$(cksum <"$TEST_TMP/a.db")
	as_nobody "$SLABSIM" run -q "$slt" --db "$TEST_TMP/a.db" \
		2>"$TEST_TMP/ro.err"
	[ $? = 4 ] && [ "$(wc -l <"$TEST_TMP/ro.err")" = 1 ] &&
		[ "$(cksum <"$TEST_TMP/a.db")" = "$before" ] &&
		as_nobody "$SLABSIM" show "$TEST_TMP/a.db"
}

# --- -------------------------------------------------------------------------

absolute=$(cd "$(dirname "$SLABSIM")" && pwd)/$(basename "$SLABSIM")
"$SLABSIM" import -q "$fork" -o "$slt" || exit 1

if command -v sqlite3 >/dev/null; then
	check 'the same run twice: fork-100k' same_dump "$fork" 2x2
	check 'and the same summary' same_summary
	check 'the same run twice: grow-shrink' same_dump "$shrink" 2x2
	check 'a run does not depend on the runs before it' second_equals_first
	check 'the default machine is told' tells_the_default_machine
	check 'the summary says both kernels' says_both_kernels
	check 'the summary as JSON' json_summary
	check 'samples by time' samples_by_time
	check 'CPUs are mapped' cpu_map_maps
	check 'the first tick can be chosen' start_tick_shifts
	for delay in 0.02 0.1 0.4 1.1 3; do
		check "killed after $delay s" killed $delay
	done
	check 'Ctrl-C' interrupted INT
	check 'SIGTERM' interrupted TERM
	check 'a killed run leaves the others alone' keeps_the_first_run
	size=$(wc -c <"$slt")
	for bytes in 0 3 64 5000 $((size / 2)) $((size - 1)); do
		check "a trace cut after $bytes bytes" truncated_trace $bytes
	done
	check 'a cache that no machine can create' huge_cache
	check 'no trace, no database' no_such_trace_no_database
	check 'a file that may not grow' small_disk
	check 'no room for the beginning of a run' no_room_to_begin
	check 'no room for that of a repeated run' \
		no_room_to_begin_a_repeated_run
	if grep -q fsanitize "${B:-build}/flags" 2>/dev/null; then
		skip 'a disk that cannot sync' 'sanitizers come first'
	elif make_bad_disk 2>/dev/null; then
		check 'a disk that cannot sync' bad_disk
		check 'nor at the end' bad_at_the_end
		check 'nor read its trace to the end' bad_disk_and_bad_trace
	else
		skip 'a disk that cannot sync' 'no compiler'
	fi
else
	skip 'the database' 'no sqlite3 command'
fi

mkdir -p "$TEST_TMP/disk"
if [ "$(id -u)" = 0 ] &&
   mount -t tmpfs -o size=300k tmpfs "$TEST_TMP/disk" 2>/dev/null; then
	check 'a full disk' full_disk
	umount "$TEST_TMP/disk"
else
	skip 'a full disk' 'no tmpfs may be mounted'
fi

chmod 755 "$TEST_TMP" && chmod 644 "$slt"
if as_nobody "$SLABSIM" version >/dev/null 2>&1 &&
   as_nobody test -r "$slt" && [ -e "$TEST_TMP/a.db" ]; then
	check 'a read-only database' read_only
else
	skip 'a read-only database' 'cannot become another user'
fi

echo 'not a database at all, but long enough to be looked at' \
	>"$TEST_TMP/text.db"
refuses 3 'text.db' run_into "$TEST_TMP/text.db"
refuses 4 'unable to open' run_into "$TEST_TMP/no/such/dir/run.db"
refuses 4 'unable to open' run_into "$TEST_TMP"
if command -v sqlite3 >/dev/null; then
	sqlite3 "$TEST_TMP/newer.db" 'PRAGMA application_id = 1397506370;
		PRAGMA user_version = 99; CREATE TABLE t (x)'
	refuses 6 'schema 99' run_into "$TEST_TMP/newer.db"
fi
refuses 2 '--cpu-map' "$SLABSIM" run -q "$slt" --db "$db" --cpu-map 0,1
refuses 2 '--cpu-map' "$SLABSIM" run -q "$slt" --db "$db" --cpu-map 0,1,2,9
refuses 2 '--machine' "$SLABSIM" run -q "$slt" --db "$db" --machine 2by2
refuses 2 '--sample' "$SLABSIM" run -q "$slt" --db "$db" --sample 1ns

finish
