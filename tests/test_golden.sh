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
families='[a-z]*'

plain()
{
	if [ -e "$1" ]; then cat "$1"; else zcat "$1.gz"; fi
}

# same NAME EXTENSION: the recording against the output, or neither exists
same()
{
	if [ -e "$golden/$1.$2" ] || [ -e "$golden/$1.$2.gz" ]; then
		plain "$golden/$1.$2" | cmp - "$TEST_TMP/out.$2" && return
		diff <(plain "$golden/$1.$2") "$TEST_TMP/out.$2" | head -n 4
		return 1
	fi
	[ ! -e "$TEST_TMP/out.$2" ]
}

replay()
{
	plain "$golden/$1.ops" >"$TEST_TMP/in.ops"
	"$SLABSIM" script "$TEST_TMP/in.ops" --out "$TEST_TMP/out"
}

sums()
{
	(cd "$golden" && sha256sum --quiet -c SHA256SUMS)
}

check "the recordings are the ones that were given" sums
for family in $families; do
	for ops in "$golden"/$family.ops "$golden"/$family.ops.gz; do
		[ -e "$ops" ] || continue
		name=$(basename "${ops%.gz}" .ops)
		check "$name runs" replay "$name"
		for extension in snap.csv trace.csv slabinfo.txt; do
			check "$name.$extension" same "$name" "$extension"
		done
	done
done
finish
