#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim import: a real recording against an independent count, and bad
# input, options and disks, each with its exit code and nothing left behind.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
fixture=tests/fixtures/fork-head.txt
out=$TEST_TMP/out.slt

import()
{
	"$SLABSIM" import "$@"
}

# What an awk program counts in ftrace text: events, allocations, frees of
# something, of NULL, of pointers not allocated before; allocations of
# pointers still in use.
reference_count()
{
	awk '
	/^#/ { next }
	{ events++ }
	/: (kmem_cache_alloc|kmalloc): / {
		allocs++
		match($0, /ptr=[0-9a-f]+/)
		ptr = substr($0, RSTART, RLENGTH)
		implicit += ptr in live
		live[ptr]
	}
	/: (kmem_cache_free|kfree): / {
		match($0, /ptr=[0-9a-f]+/)
		ptr = substr($0, RSTART, RLENGTH)
		if (ptr ~ /=0+$/) {
			nulls++
			next
		}
		frees++
		unknown += !(ptr in live)
		delete live[ptr]
	}
	END {
		print "events", events
		print "allocs", allocs + 0
		print "frees", frees + 0
		print "null_frees", nulls + 0
		print "unknown_frees", unknown + 0
		print "implicit_frees", implicit + 0
	}' "$1"
}

same_counts()
{
	reference_count "$1" >"$TEST_TMP/reference"
	import -q "$1" -o "$out" || return 1
	"$SLABSIM" info --json "$out" | tr ',' '\n' |
		sed -n 's/^"\([a-z_]*\)":\([0-9]*\)$/\1 \2/p' |
		grep -E '^(events|allocs|frees|(null|unknown|implicit)_frees) ' |
		head -n 6 | sort >"$TEST_TMP/counted"
	sort "$TEST_TMP/reference" | diff - "$TEST_TMP/counted"
}

no_temporary_files()
{
	[ -z "$(find "$TEST_TMP" -name '.slabsim-*')" ]
}

usage_error()
{
	text=$1
	shift
	import "$@"
	[ $? = 2 ] && grep -qF -e "$text" "$TEST_TMP/tap.err"
}

# --- good input ---------------------------------------------------------------

check 'counts of a real recording' same_counts $fixture
for recording in traces/samples/*/trace.txt.xz; do
	[ -e "$recording" ] || continue
	xz -dc "$recording" >"$TEST_TMP/sample.txt"
	check "counts of $recording" same_counts "$TEST_TMP/sample.txt"
done

summary_on_stderr()
{
	import $fixture -o "$out" && [ ! -s "$TEST_TMP/tap.out" ] &&
		grep -q ': 320 events on 4 CPUs ' "$TEST_TMP/tap.err"
}
check 'a summary on stderr' summary_on_stderr

quiet()
{
	import -q $fixture -o "$out" && [ ! -s "$TEST_TMP/tap.err" ]
}
check 'nothing with -q' quiet

options_anywhere()
{
	import $fixture --max-loss 5 -q -o "$TEST_TMP/a.slt" &&
		import -o "$TEST_TMP/b.slt" -q --max-loss=5 $fixture &&
		cmp "$TEST_TMP/a.slt" "$TEST_TMP/b.slt"
}
check 'options before and after; same bytes' options_anywhere

from_a_pipe()
{
	import -q - -o "$out" <$fixture && [ -s "$out" ]
}
check 'from standard input' from_a_pipe

xz_same_events()
{
	xz -kc $fixture >"$TEST_TMP/f.txt.xz"
	import -q "$TEST_TMP/f.txt.xz" -o "$TEST_TMP/x.slt" &&
		import -q $fixture -o "$out" || return 1
	for file in x out; do
		"$SLABSIM" info --json "$TEST_TMP/$file.slt" |
			sed 's/"source":"[^"]*","digest":"[^"]*"//' \
			>"$TEST_TMP/$file.json"
	done
	cmp "$TEST_TMP/x.json" "$TEST_TMP/out.json"
}
check '.xz gives the same' xz_same_events

digest_of_the_file()
{
	import -q $fixture -o "$out" || return 1
	# what "xxhsum -H1" prints of it
	"$SLABSIM" info --json "$out" |
		grep -qF '"digest":"xxh64:a52015e6f443f31e"'
}
check 'the digest is that of xxhsum' digest_of_the_file

sample=traces/samples/fork-100k/trace.txt.xz

two_jobs()
{
	import -q --jobs 1 $sample -o "$TEST_TMP/one.slt" &&
		import -q --jobs 2 $sample -o "$TEST_TMP/two.slt" &&
		cmp "$TEST_TMP/one.slt" "$TEST_TMP/two.slt"
}
check 'two jobs make the same bytes as one' two_jobs

# Both read a plain file, each block at its place; a pipe they read in turns.
two_jobs_read()
{
	xz -dc $sample >"$TEST_TMP/plain.txt" &&
		import -q --jobs 2 "$TEST_TMP/plain.txt" \
			-o "$TEST_TMP/two.slt" &&
		import -q "$TEST_TMP/plain.txt" -o "$TEST_TMP/one.slt" &&
		cmp "$TEST_TMP/one.slt" "$TEST_TMP/two.slt" &&
		import -q - -o "$TEST_TMP/one.slt" <"$TEST_TMP/plain.txt" &&
		import -q --jobs 2 - -o "$TEST_TMP/two.slt" \
			<"$TEST_TMP/plain.txt" &&
		cmp "$TEST_TMP/one.slt" "$TEST_TMP/two.slt" &&
		xz -dc $sample | import -q --jobs 2 - -o "$TEST_TMP/two.slt" &&
		cmp "$TEST_TMP/one.slt" "$TEST_TMP/two.slt"
}
check 'two jobs make the same bytes of a file, and of a pipe' two_jobs_read

# A line that is not understood has the same number and text.
two_jobs_complain()
{
	sed '60000s/ptr=.*/no pointer/; $d' "$TEST_TMP/plain.txt" \
		>"$TEST_TMP/bad.txt"
	printf '%s' "$(tail -n 1 "$TEST_TMP/plain.txt")" >>"$TEST_TMP/bad.txt"
	for jobs in 1 2; do
		import --max-loss 5 --jobs $jobs "$TEST_TMP/bad.txt" \
			-o "$TEST_TMP/$jobs.slt" 2>&1 |
			sed "s/$jobs\.slt//" >"$TEST_TMP/$jobs.said"
	done
	grep -q 60000 "$TEST_TMP/1.said" &&
		cmp "$TEST_TMP/1.said" "$TEST_TMP/2.said" &&
		cmp "$TEST_TMP/1.slt" "$TEST_TMP/2.slt"
}
check 'two jobs find the same faults' two_jobs_complain

salvage_a_cut_file()
{
	head -c 90000 "$TEST_TMP/one.slt" >"$TEST_TMP/cut.slt"
	"$SLABSIM" info "$TEST_TMP/cut.slt" 2>/dev/null && return 1
	"$SLABSIM" import --salvage "$TEST_TMP/cut.slt" \
		-o "$TEST_TMP/saved.slt" 2>"$TEST_TMP/saved.err" &&
		grep -q 'good blocks; .* events lost' "$TEST_TMP/saved.err" &&
		"$SLABSIM" run "$TEST_TMP/saved.slt" \
			--db "$TEST_TMP/saved.db" >/dev/null
}
check 'what is good of a cut file is saved' salvage_a_cut_file

salvage_needs_another_file()
{
	"$SLABSIM" import --salvage "$TEST_TMP/cut.slt" \
		-o "$TEST_TMP/cut.slt" 2>/dev/null
	[ $? = 2 ]
}
check 'a file is not salvaged over itself' salvage_needs_another_file

default_name()
{
	top=$PWD
	case $SLABSIM in
	/*) program=$SLABSIM ;;
	*) program=$top/$SLABSIM ;;
	esac
	cp $fixture "$TEST_TMP/my.trace.txt"
	(cd "$TEST_TMP" && "$program" import -q my.trace.txt) &&
		[ -s "$TEST_TMP/my.trace.slt" ]
}
check 'the default name of the output' default_name

# --- usage --------------------------------------------------------------------

refuses 2 'unknown option "--max-lost", did you mean "--max-loss"?' \
	"$SLABSIM" import --max-lost 3 $fixture
refuses 2 'unknown option "-x"' "$SLABSIM" import -qx $fixture
check 'no operand' usage_error 'expected a recording'
check 'two operands' usage_error 'one recording' a b
check 'a bad number' usage_error '"x" is not a number' --max-loss x $fixture
check 'no such CPU rule' usage_error 'old or new' --implicit-cpu=any $fixture
check 'a pipe needs -o' usage_error '-o FILE is needed' -
check 'no trace file to standard output' \
	usage_error 'cannot be written to standard output' $fixture -o -
check 'a value is no option' import -q -o "$TEST_TMP/--weird" $fixture

# --- bad input ----------------------------------------------------------------

bad()
{
	rm -f "$out"
	refuses 3 "$1" "$SLABSIM" import "$TEST_TMP/in" -o "$out"
	check '... and nothing is left' [ ! -e "$out" ]
}

: >"$TEST_TMP/in"
bad 'in: it is empty'
head -c 5000 "$SLABSIM" >"$TEST_TMP/in"
bad 'in: this is a program'
printf '\001\002\003\004\005\006\007' >"$TEST_TMP/in"
bad 'in: it is binary'
xz -kc $fixture | head -c 1000 >"$TEST_TMP/in"
bad 'in: truncated .xz'
head -n 100 $fixture >"$TEST_TMP/in"
bad '232 events lost'
sed '50s/     8\.[0-9]*/     1.000000/' $fixture >"$TEST_TMP/in"
bad 'in:50: time goes back'
sed 's/ptr=[0-9a-f]*/ptr=(____ptrval____)/' $fixture >"$TEST_TMP/in"
bad 'in:13: pointers are hidden'
sed 's/8\.\([0-9]*\):/8\1:/' $fixture >"$TEST_TMP/in"
bad 'in:13: the trace'"'"'s clock has no unit'

said_with_the_lines()
{
	(cat $fixture; echo 'line of noise'; printf 'cut in the mid') \
		>"$TEST_TMP/in"
	import "$TEST_TMP/in" -o "$out"
	[ $? = 3 ] && [ ! -e "$out" ] &&
		grep -qF 'line 333 not understood: line of noise' \
			"$TEST_TMP/tap.err" &&
		grep -qF 'accept the loss with --max-loss 2' "$TEST_TMP/tap.err"
}
check 'unreadable lines are shown' said_with_the_lines
check '--max-loss accepts them' import --max-loss 2 "$TEST_TMP/in" -o "$out"

refuses 3 '--strict' "$SLABSIM" import --strict $fixture -o "$TEST_TMP/s.slt"
refuses 4 'No such file' "$SLABSIM" import "$TEST_TMP/none" -o "$out"
refuses 4 'a directory' "$SLABSIM" import "$TEST_TMP" -o "$TEST_TMP/d.slt"

# --- bad disks ----------------------------------------------------------------

refuses 4 'no/dir.slt: cannot create' \
	"$SLABSIM" import $fixture -o "$TEST_TMP/no/dir.slt"
refuses 4 'not a regular file' "$SLABSIM" import $fixture -o /dev/null
check '/dev/null is still a device' [ -c /dev/null ]
refuses 4 'it is not overwritten' \
	"$SLABSIM" import "$TEST_TMP/in" -o "$TEST_TMP/in"

# shellcheck disable=SC3045
small_files()
{
	mkdir -p "$TEST_TMP/small"
	(ulimit -f 1 && "$SLABSIM" import -q $fixture \
		-o "$TEST_TMP/small/o.slt") 2>"$TEST_TMP/small.err"
	[ $? = 4 ] && grep -q 'cannot write' "$TEST_TMP/small.err" &&
		[ -z "$(ls -A "$TEST_TMP/small")" ]
}
check 'a file over the limit of the shell' small_files

# The header still finds room, some block of events does not: with two jobs,
# either thread may be the one that writes it.
# shellcheck disable=SC3045
no_room_for_blocks()
{
	(ulimit -f 64 && "$SLABSIM" import -q --jobs "$1" \
		"$TEST_TMP/plain.txt" -o "$TEST_TMP/small/o.slt") \
		2>"$TEST_TMP/small.err"
	[ $? = 4 ] && [ "$(wc -l <"$TEST_TMP/small.err")" = 1 ] &&
		grep -q 'o.slt: cannot write: File too large' \
			"$TEST_TMP/small.err" &&
		[ -z "$(ls -A "$TEST_TMP/small")" ]
}
check 'a limit that is reached in the middle' no_room_for_blocks 1
check 'a limit that is reached in the middle, two jobs' no_room_for_blocks 2

full_disk()
{
	"$SLABSIM" import -q --jobs "$1" "$TEST_TMP/plain.txt" \
		-o "$TEST_TMP/disk/o.slt" 2>"$TEST_TMP/full.err"
	[ $? = 4 ] && [ "$(wc -l <"$TEST_TMP/full.err")" = 1 ] &&
		grep -q 'No space left' "$TEST_TMP/full.err" &&
		[ -z "$(ls -A "$TEST_TMP/disk")" ]
}

read_only_disk()
{
	mount -o remount,ro "$TEST_TMP/disk" &&
		refused_by_the_disk 'Read-only file system'
}

refused_by_the_disk()
{
	"$SLABSIM" import -q $fixture -o "$TEST_TMP/disk/o.slt" \
		2>"$TEST_TMP/ro.err"
	[ $? = 4 ] && grep -q "$1" "$TEST_TMP/ro.err"
}

mkdir "$TEST_TMP/disk"
if mount -t tmpfs -o size=32k none "$TEST_TMP/disk" 2>/dev/null; then
	check 'a full disk' full_disk 1
	check 'a full disk, two jobs' full_disk 2
	check 'a read-only disk' read_only_disk
	umount "$TEST_TMP/disk"
elif [ "$(id -u)" != 0 ]; then
	skip 'a full disk' 'only root may mount a small one'
	chmod 500 "$TEST_TMP/disk"
	check 'a read-only directory' refused_by_the_disk 'Permission denied'
else
	skip 'a full disk' 'no permission to mount a small one'
	skip 'a read-only directory' 'root may write anywhere'
fi

# --- Ctrl-C -------------------------------------------------------------------

# Told to stop when there is nothing more to read, but not the end: the fifo
# stays open. That it was opened says that signals are caught by then.
interrupted()
{
	fifo=$TEST_TMP/fifo-$1
	mkfifo "$fifo" || return 1
	"$SLABSIM" import -q --jobs "$1" "$fifo" -o "$TEST_TMP/i.slt" \
		2>"$TEST_TMP/i.err" &
	import_pid=$!
	exec 3>"$fifo"
	head -n 3000 "$TEST_TMP/plain.txt" >&3
	kill -TERM $import_pid
	wait $import_pid
	rc=$?
	exec 3>&-
	[ $rc = 130 ] && [ ! -e "$TEST_TMP/i.slt" ] &&
		[ "$(wc -l <"$TEST_TMP/i.err")" = 1 ] &&
		grep -q 'interrupted' "$TEST_TMP/i.err"
}
check 'stops when told to, leaving nothing' interrupted 1
check 'stops when told to, with two jobs' interrupted 2

check 'no temporary file was left anywhere' no_temporary_files

finish
