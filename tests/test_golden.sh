#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The recordings of the real mm/slab.c, byte for byte: every output that the
# real file made is made, equals it, and nothing else is made.
#
# time limit: 600 s
. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
golden=tests/golden

plain()
{
	if [ -e "$1" ]; then cat "$1"; else zcat "$1.gz"; fi
}

# recorded NAME: the plain or compressed recording of that name exists
recorded()
{
	[ -e "$golden/$1" ] || [ -e "$golden/$1.gz" ]
}

# same NAME EXTENSION: the recording against the output, or neither exists
same()
{
	if recorded "$1.$2"; then
		plain "$golden/$1.$2" | cmp - "$TEST_TMP/out.$2" && return
		diff <(plain "$golden/$1.$2") "$TEST_TMP/out.$2" | head -n 4
		return 1
	fi
	[ ! -e "$TEST_TMP/out.$2" ]
}

# replay NAME [OPTION]
replay()
{
	plain "$golden/$1.ops" >"$TEST_TMP/in.ops"
	"$SLABSIM" script $2 "$TEST_TMP/in.ops" --out "$TEST_TMP/out"
}

# build NAME SUFFIX [OPTION]: one scenario in one build, if it was recorded
build()
{
	recorded "$1$2.snap.csv" || return
	check "$1$2 runs" replay "$1" $3
	for extension in snap.csv trace.csv slabinfo.txt; do
		check "$1$2.$extension" same "$1$2" "$extension"
	done
}

sums()
{
	(cd "$golden" && sha256sum --quiet -c SHA256SUMS)
}

check "the recordings are the ones that were given" sums
for ops in "$golden"/*.ops "$golden"/*.ops.gz; do
	name=$(basename "${ops%.gz}" .ops)
	build "$name" ""
	build "$name" .debug --debug
done
finish
