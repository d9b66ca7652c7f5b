#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# time limit: 300 s
#
# Whatever ends a run or a merge, wherever: the file opens, is sound, and holds
# complete runs or ones marked partial. Two at once, and readers meanwhile.
# .ci/run kills more often: KILLS_OF_RUNS, KILLS_OF_MERGES.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
slt=$TEST_TMP/in.slt
db=$TEST_TMP/run.db
kills_of_runs=${KILLS_OF_RUNS:-30}
kills_of_merges=${KILLS_OF_MERGES:-20}

if ! command -v sqlite3 >/dev/null; then
	skip 'durability' 'no sqlite3 command'
	finish
fi

run()
{
	"$SLABSIM" run -q "$slt" -m 2x2 --samples "$1" --keyframe 1 --db "$2" \
		>"$TEST_TMP/run.out"
}

# Sound, and complete runs have all their samples and their end.
sound()
{
	[ -s "$1" ] || return 0 # not even begun
	# killed within the first commit: SQLite has undone it, nothing is left
	[ "$(sqlite3 -cmd '.timeout 20000' "$1" 'SELECT count(*) FROM
		sqlite_master')" = 0 ] && return 0
	[ "$(sqlite3 -cmd '.timeout 20000' "$1" 'PRAGMA integrity_check;
		SELECT count(*) FROM pragma_foreign_key_check;
		SELECT count(*) FROM run WHERE status NOT IN
			('\''partial'\'', '\''complete'\'');
		SELECT count(*) FROM run r WHERE status = '\''complete'\'' AND
			(events IS NULL OR (SELECT count(*) FROM sample s WHERE
			s.run_id = r.id) <> (SELECT config ->> '\''samples'\'' +
			1 FROM run x WHERE x.id = r.id) OR NOT EXISTS (SELECT 1
			FROM slab_occupancy o JOIN sample s ON s.id = o.sample_id
			WHERE s.run_id = r.id))')" = 'ok
0
0
0' ]
}

now_ms()
{
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}0" | sed 's/^0*//'
}

# delays SEED NR MAX_MS: so many times from 0 to the highest, in seconds
delays()
{
	awk -v seed="$1" -v nr="$2" -v max="$3" 'BEGIN {
		srand(seed)
		while (nr--)
			printf "%.4f\n", rand() * max / 1000
	}'
}

# killed_after DELAY COMMAND...
killed_after()
{
	delay=$1
	shift
	"$@" >"$TEST_TMP/killed.out" 2>&1 &
	pid=$!
	sleep "$delay"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	return 0
}

# As long as one takes here and now, and a little longer.
measure()
{
	begin=$(now_ms)
	"$@" || return
	span=$(($(now_ms) - begin))
	span=$((span * 6 / 5 + 20))
}

# Every tenth begins with a new file: creation is killed, too.
killed_runs()
{
	measure run 30 "$db" || return
	seed=$$
	echo "seed $seed, up to $span ms"
	nr=0
	for delay in $(delays $seed "$kills_of_runs" $span); do
		[ $((nr % 10)) = 0 ] && rm -f "$db" "$db-journal"
		nr=$((nr + 1))
		killed_after "$delay" "$SLABSIM" run -q "$slt" -m 2x2 \
			--samples 30 --keyframe 1 --db "$db"
		sound "$db" || {
			echo "not sound after kill $nr at $delay s"
			return 1
		}
	done
	# and life goes on
	run 5 "$db" && sound "$db" && [ "$(sqlite3 "$db" 'SELECT status FROM run
		ORDER BY id DESC LIMIT 1')" = complete ]
}

some_runs_were_killed_in_the_middle()
{
	sqlite3 "$db" 'SELECT status, count(*) FROM run GROUP BY status'
}

# A merge is there or not: two runs more, or none.
killed_merges()
{
	rm -f "$TEST_TMP/from.db" "$TEST_TMP/base.db" "$db" "$db-journal"
	run 60 "$TEST_TMP/from.db" && run 60 "$TEST_TMP/from.db" &&
		run 1 "$TEST_TMP/base.db" || return
	cp "$TEST_TMP/base.db" "$db" &&
		measure "$SLABSIM" db merge -q --db "$db" "$TEST_TMP/from.db" ||
		return
	seed=$$
	echo "seed $seed, up to $span ms"
	nr=0
	half=0
	cp "$TEST_TMP/base.db" "$db"
	for delay in $(delays $seed "$kills_of_merges" $span); do
		nr=$((nr + 1))
		killed_after "$delay" "$SLABSIM" db merge -q --db "$db" \
			"$TEST_TMP/from.db"
		sound "$db" || {
			echo "not sound after kill $nr at $delay s"
			return 1
		}
		case $(sqlite3 "$db" 'SELECT count(*) FROM run') in
		1) half=$((half + 1)) ;;
		3) cp "$TEST_TMP/base.db" "$db" ;;
		*) echo "half a merge after kill $nr"; return 1 ;;
		esac
	done
	echo "$half of $nr were killed before their end"
	sound "$TEST_TMP/from.db" && [ "$(sqlite3 "$TEST_TMP/from.db" \
		'SELECT count(*) FROM run')" = 2 ]
}

# An upgrade is done or not; the run that was there is there.
killed_upgrades()
{
	seed=$$
	echo "seed $seed"
	for delay in $(delays $seed 20 40); do
		rm -f "$db" "$db-journal"
		sqlite3 "$db" <tests/fixtures/db/schema-2.sql || return
		killed_after "$delay" "$SLABSIM" db upgrade -q "$db"
		case $(sqlite3 "$db" 'PRAGMA integrity_check;
			PRAGMA user_version; SELECT count(*) FROM run' |
			tr '\n' ' ') in
		'ok 2 1 ' | 'ok 4 1 ') ;;
		*) echo "half an upgrade after $delay s"; return 1 ;;
		esac
	done
}

# --- at once -----------------------------------------------------------------

# What a run gives does not depend on who else writes into the file.
rows_of()
{
	sqlite3 "$1" "SELECT v.k, v.time_ns, v.name, v.active_objs, v.num_slabs,
		v.grown, v.reaped, v.allochit, v.allocmiss, v.freemiss,
		v.remotefrees FROM v_slabinfo v WHERE run_id = $2
		ORDER BY v.k, v.chain_position"
}

two_at_once()
{
	rm -f "$db" "$TEST_TMP/lone.db"
	run 40 "$TEST_TMP/lone.db" || return
	for i in 1 2 3 4; do
		"$SLABSIM" run -q "$slt" -m 2x2 --samples 40 --keyframe 1 \
			--label "$i" --db "$db" >"$TEST_TMP/$i.out" 2>&1 &
	done
	wait
	sound "$db" && [ "$(sqlite3 "$db" "SELECT count(*) FROM run WHERE
		status = 'complete'")" = 4 ] || {
		cat "$TEST_TMP"/[1-4].out
		return 1
	}
	rows_of "$TEST_TMP/lone.db" 1 >"$TEST_TMP/lone.txt"
	for i in 1 2 3 4; do
		rows_of "$db" $i | cmp - "$TEST_TMP/lone.txt" || return
	done
}

# Longer than a transaction lasts: each must get its turn.
long_ones_take_turns()
{
	rm -f "$db"
	for i in 1 2; do
		timeout -s INT 5 "$SLABSIM" run -q "$slt" -m 2x2 \
			--samples 100000 --keyframe 1 --label "$i" \
			--db "$db" >"$TEST_TMP/$i.out" 2>&1 &
		pids="$pids $!"
	done
	sleep 4
	during=$(sqlite3 -cmd '.timeout 20000' "$db" 'SELECT count(DISTINCT
		run_id) FROM sample')
	wait
	grep -h 'locked\|cannot' "$TEST_TMP/1.out" "$TEST_TMP/2.out" && return 1
	sound "$db" && echo "$during runs had samples after 4 s" &&
		[ "$(sqlite3 "$db" "SELECT count(*) FROM run WHERE
			status = 'partial' AND stop_reason = 'interrupted'")" = 2 ] &&
		[ "$(sqlite3 "$db" "SELECT count(DISTINCT run_id) FROM sample")" = 2 ]
}

# Readers wait, or see what was committed: never an error, never half a sample.
readers_meanwhile()
{
	rm -f "$db"
	run 1 "$db" || return
	"$SLABSIM" run -q "$slt" -m 2x2 --samples 300 --keyframe 1 --db "$db" \
		>"$TEST_TMP/1.out" 2>&1 &
	pid=$!
	nr=0
	while kill -0 $pid 2>/dev/null && [ $nr -lt 200 ]; do
		nr=$((nr + 1))
		"$SLABSIM" show "$db" --run 1 >"$TEST_TMP/show.out" &&
			"$SLABSIM" db ls "$db" >"$TEST_TMP/ls.out" || return
	done
	wait $pid || return
	echo "$nr readings"
	[ $nr -gt 0 ] && sound "$db" && [ "$(sqlite3 "$db" "SELECT count(*) FROM
		run WHERE status = 'complete'")" = 2 ]
}

# --- full disks --------------------------------------------------------------

# A disk of that size, with a first run on it: it stays, the next is told in
# one line.
full_disk()
{
	mount -t tmpfs -o "size=$1" tmpfs "$TEST_TMP/disk" || return
	cp "$TEST_TMP/small.db" "$TEST_TMP/disk/run.db" &&
		"$SLABSIM" run -q "$slt" -m 2x2 --samples 50 --keyframe 1 \
			--db "$TEST_TMP/disk/run.db" >"$TEST_TMP/full.out" \
			2>"$TEST_TMP/full.err"
	code=$?
	"$SLABSIM" db merge -q --db "$TEST_TMP/disk/run.db" "$TEST_TMP/big.db" \
		>"$TEST_TMP/full.out" 2>"$TEST_TMP/merge.err"
	merge_code=$?
	cp "$TEST_TMP/disk/run.db" "$TEST_TMP/full.db"
	[ ! -e "$TEST_TMP/disk/run.db-journal" ] ||
		cp "$TEST_TMP/disk/run.db-journal" "$TEST_TMP/full.db-journal"
	umount "$TEST_TMP/disk"
	[ $code = 4 ] && [ $merge_code = 4 ] &&
		[ "$(wc -l <"$TEST_TMP/full.err")" = 1 ] &&
		[ "$(wc -l <"$TEST_TMP/merge.err")" = 1 ] &&
		sound "$TEST_TMP/full.db" && [ "$(sqlite3 "$TEST_TMP/full.db" \
		"SELECT count(*) FROM run WHERE status = 'complete'")" = 1 ]
}

# -----------------------------------------------------------------------------

"$SLABSIM" gen -q forkstorm --events 3000 -o "$slt" || exit 1
check "$kills_of_runs runs killed at random moments" killed_runs
check 'what they left' some_runs_were_killed_in_the_middle
check "$kills_of_merges merges killed at random moments" killed_merges
check '20 upgrades killed at random moments' killed_upgrades
check 'four runs into one new file at once' two_at_once
check 'long ones take turns' long_ones_take_turns
check 'readers meanwhile' readers_meanwhile

mkdir -p "$TEST_TMP/disk"
rm -f "$TEST_TMP/small.db" "$TEST_TMP/big.db"
run 1 "$TEST_TMP/small.db" && run 50 "$TEST_TMP/big.db"
small_kb=$(($(wc -c <"$TEST_TMP/small.db") / 1024))
if [ "$(id -u)" = 0 ] &&
   mount -t tmpfs -o size=64k tmpfs "$TEST_TMP/disk" 2>/dev/null; then
	umount "$TEST_TMP/disk"
	for more in 8 200; do
		check "a disk with $more kB left" full_disk \
			$((small_kb + more))k
	done
else
	skip 'a full disk' 'no tmpfs may be mounted'
fi

finish
