#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: docs/gallery/make.sh [bench]     ("make gallery", "make bench-plots")
#
# Makes docs/GALLERY.md and its pictures of the bundled recordings; "bench"
# leaves the docs alone and prints what each kind costs in each format: CPU
# seconds of slabsim and gnuplot (the least of three), and the file's KiB.
# $SLABSIM is the program, or ./slabsim.

slabsim=${SLABSIM:-./slabsim}
work=$(mktemp -d) || exit 4
trap 'rm -rf "$work"' EXIT
db=$work/run.db
page=docs/GALLERY.md

# replay SAMPLE MACHINE LABEL SLABS
replay()
{
	"$slabsim" run -q "traces/samples/$1/trace.txt.xz" --machine "$2" \
		--label "$3" --db "$db" --slabs "$4" --call-sites >/dev/null
}

# A recording that lost events.
replay_lossy()
{
	"$slabsim" run -q tests/fixtures/text/pipe-lost.txt.xz --machine 2x2 \
		--max-loss 99999 --label lossy --db "$work/lossy.db" \
		--slabs vm_area_struct >/dev/null
}

# each FUNCTION: FUNCTION KIND OPTIONS... for every picture of the gallery
each()
{
	$1 memory --run grow
	$1 fragmentation --run grow
	$1 heatmap --run fork -c vm_area_struct
	$1 slabmap --run fork -c size-128 --at 20ms
	$1 hits --run fork
	$1 misses --run fork
	$1 arrays --run fork -c vm_area_struct
	$1 alien --run fork
	$1 lifetimes --run grow
	$1 growth --run grow
	$1 occupancy --run grow
	$1 top --run grow --top 10
	$1 runs --run fork --run fork-4x1
	name=losses db=$work/lossy.db $1 memory --run lossy
}

# costs FORMAT COMMAND...: CPU seconds, least of three
costs()
{
	TIMEFORMAT='%U %S'
	for _ in 1 2 3; do
		{ time "$@" >/dev/null 2>&1; } 2>&1
	done | awk '{ t = $1 + $2; if (NR == 1 || t < least) least = t }
		END { printf "%.2f", least }'
}

bench_kind()
{
	printf '%-14s' "${name:-$1}"
	for format in png svg pdf dumb; do
		file=$work/picture.$format
		rm -f "$file"
		seconds=$(costs "$slabsim" plot "$db" "$@" --term $format \
			-o "$file")
		[ -s "$file" ] || { echo "no $file" >&2; exit 1; }
		printf ' %5s %5d' "$seconds" \
			$((($(wc -c <"$file") + 1023) / 1024))
	done
	echo
}

draw_kind()
{
	file=${name:-$1}
	"$slabsim" plot "$db" "$@" -o "docs/gallery/$file.svg" || exit
	cat <<END >>"$page"

## $file

$("$slabsim" plot list | sed -n "s/^  $1  *//p")

    slabsim plot $*

![$file](gallery/$file.svg)
END
}

replay grow-shrink 2x2 grow dentry &&
	replay fork-100k 2x2 fork vm_area_struct,size-128 &&
	replay fork-100k 4x1 fork-4x1 vm_area_struct && replay_lossy || exit

if [ "$1" = bench ]; then
	echo 'CPU seconds and KiB of each kind of picture:'
	echo '                 png    KiB   svg   KiB   pdf   KiB  dumb   KiB'
	each bench_kind
	exit
fi

cat >"$page" <<'END'
# Gallery

Made by `make gallery` of the bundled recordings of Linux 6.1 (see
traces/samples/README.md), replayed on the allocator of 2.6.36:

    slabsim run traces/samples/grow-shrink/trace.txt.xz --machine 2x2 \
        --label grow --slabs dentry --call-sites
    slabsim run traces/samples/fork-100k/trace.txt.xz --machine 2x2 \
        --label fork --slabs vm_area_struct,size-128 --call-sites
    slabsim run traces/samples/fork-100k/trace.txt.xz --machine 4x1 \
        --label fork-4x1 --slabs vm_area_struct --call-sites

    slabsim run tests/fixtures/text/pipe-lost.txt.xz --machine 2x2 \
        --label lossy --slabs vm_area_struct --max-loss 99999

Losses of the recording are named at the foot of a picture. Where it is known
when they happened, marks stand on the axis of time, in every picture over time,
as in the last one here; of the others the foot says "times unknown".
END
each draw_kind
