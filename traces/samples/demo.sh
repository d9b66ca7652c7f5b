#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: traces/samples/demo.sh [DIR]     ("make demo": from the top, in demo/)
#
# Replays the bundled recordings into DIR, made anew: a database, pictures,
# slabinfo files; and prints a short comparison. Each command is shown, so
# that it can be typed again. $SLABSIM is the program, or ./slabsim.

dir=${1:-demo}
slabsim=${SLABSIM:-./slabsim}
samples=$(dirname "$0")
db=$dir/demo.db

# An earlier demo is replaced, anything else left alone.
make_room()
{
	if [ -e "$db" ]; then
		rm -rf "$dir"
	elif [ -e "$dir" ] && ! rmdir "$dir" 2>/dev/null; then
		echo "demo: $dir exists and is no earlier demo" >&2
		exit 2
	fi
	mkdir -p "$dir" || exit 4
}

# into FILE COMMAND...: shows the command and runs it; FILE "-": stdout
into()
{
	file=$1
	shift
	if [ "$file" = - ]; then
		echo "\$ $*"
		"$@" || exit
	else
		echo "\$ $* >$file"
		"$@" >"$file" || exit
	fi
}

# replay SAMPLE MACHINE
replay()
{
	name=$1-$2
	into "$dir/$name.run.txt" "$slabsim" run "$dir/$1.slt" -q \
		--machine "$2" --label "$name" --db "$db"
	into "$dir/$name.slabinfo.txt" "$slabsim" show "$db" -q \
		--format slabinfo
	into - "$slabsim" plot "$db" memory -o "$dir/$name.memory.png"
	into - "$slabsim" plot "$db" memory -o "$dir/$name.memory.svg"
}

make_room
for sample in fork-100k grow-shrink; do
	into - "$slabsim" import -q "$samples/$sample/trace.txt.xz" \
		--kernel "Linux 6.1.192 with SLAB" -o "$dir/$sample.slt"
	into "$dir/$sample.info.txt" "$slabsim" info "$dir/$sample.slt"
done
replay fork-100k 2x2
replay fork-100k 4x1
replay grow-shrink 2x2

cat <<END

Recorded on Linux 6.1 with its SLAB, 2 nodes of 2 CPUs; simulated: the
allocator of Linux 2.6.36 on the machine named. So these are not the numbers
of the recorded kernel, which stand in $samples/*/slabinfo.*

END
sqlite3 -header -column "$db" <"$samples/demo.sql" || exit

# beside SAMPLE: the real kernel's counters and those of its own allocator
beside()
{
	printf '\n'
	into - "$slabsim" validate -q "$samples/$1/trace.txt.xz" --machine 2x2 \
		--slabinfo-before "$samples/$1/slabinfo.t0" \
		--slabinfo-after "$samples/$1/slabinfo.t1" --label "$1" \
		--plot "$dir/$1.validate.svg" --totals
}

cat <<END

How far can that be trusted? The same recordings on the recorded kernel's own
allocator (profile 6.1), started from its /proc/slabinfo, beside what the real
kernel counted:
END
beside fork-100k
beside grow-shrink

cat <<END

In $dir/
  demo.db             all runs: tables, views, dictionary (metric_def)
  *.validate.svg      simulated against real, cache by cache
  *.memory.png, .svg  slabs and live objects over time
  *.slabinfo.txt      /proc/slabinfo of each simulated machine, at the end
  *.run.txt           the summary of each run, with what was lost or guessed
  *.slt, *.info.txt   the imported traces and what they hold

Next: $slabsim show $db --run 1
      $slabsim validate ... without --totals: every cache
      $slabsim run $dir/grow-shrink.slt --machine 1x4 --db $db
      a trace of your own: README.md
END
