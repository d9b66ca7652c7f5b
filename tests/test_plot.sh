#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slabsim plot: pictures where gnuplot is there, one clear line where not, and
# the database as it was.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
absolute=$(cd "$(dirname "$SLABSIM")" && pwd)/$(basename "$SLABSIM")
db=$TEST_TMP/run.db
out=$TEST_TMP/out

is_png()
{
	[ "$(head -c 8 "$1" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
}

# Nothing but the picture, and the database untouched.
draws()
{
	rm -rf "$out"
	mkdir "$out"
	before=$(cksum <"$db")
	"$SLABSIM" plot "$db" memory -o "$out/$@" &&
		[ "$(cksum <"$db")" = "$before" ] &&
		[ ! -e "$db-journal" ]
}

png()
{
	draws a.png && is_png "$out/a.png" && [ "$(ls "$out")" = a.png ]
}

svg()
{
	draws a.svg && grep -q '<svg' "$out/a.svg" &&
		grep -qF 'simulated: SLAB 2.6.36' "$out/a.svg" &&
		grep -qF 'traced: Linux' "$out/a.svg" &&
		grep -qF 'simulated time [s]' "$out/a.svg" &&
		grep -qF 'memory of slabs [MiB]' "$out/a.svg"
}

to_stdout()
{
	"$SLABSIM" plot memory "$db" -o - >"$TEST_TMP/stdout.png" &&
		is_png "$TEST_TMP/stdout.png"
}

# A kept script is whole: gnuplot alone draws the same picture of it.
keeps_a_script()
{
	draws a.svg --keep && [ -s "$out/a.svg.gp" ] &&
		gnuplot -d "$out/a.svg.gp" >"$out/b.svg" &&
		cmp "$out/a.svg" "$out/b.svg"
}

# Paths are no part of a script.
evil_path()
{
	draws "it's \`touch x\` \$(touch x).png" &&
		is_png "$out/it's \`touch x\` \$(touch x).png" && [ ! -e x ]
}

ignores_settings()
{
	mkdir -p "$TEST_TMP/home"
	echo 'set terminal dumb; set output "/dev/null"; exit' \
		>"$TEST_TMP/home/.gnuplot"
	HOME=$TEST_TMP/home png
}

same_picture_twice()
{
	draws a.png && mv "$out/a.png" "$TEST_TMP/first.png" &&
		draws a.png && cmp "$TEST_TMP/first.png" "$out/a.png"
}

full_disk()
{
	"$SLABSIM" plot memory "$db" -o - >/dev/full 2>"$TEST_TMP/full.err"
	[ $? = 4 ]
}

leaves_nothing()
{
	[ -z "$(ls -A "$out")" ] && [ "$(cksum <"$db")" = "$before" ]
}

without_gnuplot()
{
	PATH=$TEST_TMP/nowhere "$absolute" plot "$db" memory \
		-o "$out/a.png" --keep
}

failing_gnuplot()
{
	PATH=$TEST_TMP/fails "$absolute" plot "$db" memory -o "$out/a.png"
}

"$SLABSIM" run -q traces/samples/grow-shrink/trace.txt.xz --machine 2x2 \
	--db "$db" >/dev/null || exit 1

if command -v gnuplot >/dev/null; then
	check 'a PNG' png
	check 'an SVG with units and both kernels' svg
	check 'to standard output' to_stdout
	check 'a script is kept' keeps_a_script
	check 'any path' evil_path
	check 'settings of the user do not matter' ignores_settings
	check 'the same picture twice' same_picture_twice
	check 'a full disk' full_disk
	refuses 4 'No such file' "$SLABSIM" plot "$db" memory \
		-o "$TEST_TMP/no/such/dir/a.png"
else
	skip 'pictures' 'no gnuplot'
fi

rm -rf "$out"
mkdir "$out" "$TEST_TMP/fails"
before=$(cksum <"$db")
refuses 4 'gnuplot' without_gnuplot
check 'without gnuplot nothing is left behind' leaves_nothing
printf '#!/bin/sh\necho half a picture\nexit 1\n' >"$TEST_TMP/fails/gnuplot"
chmod +x "$TEST_TMP/fails/gnuplot"
refuses 4 'gnuplot failed' failing_gnuplot
check 'when gnuplot fails nothing is left behind' leaves_nothing

cd "$TEST_TMP" || exit 1
refuses 2 '.png' "$absolute" plot "$db" memory -o a.gif
refuses 2 'did you mean "dentry"' "$absolute" plot "$db" memory -c dentri
refuses 4 'none.db' "$absolute" plot memory none.db

finish
