#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: tests/check_recordings.sh DIRECTORY [SLABSIM]
#
# Imports every text below DIRECTORY (trace.txt, trace_pipe.txt, report.txt,
# perf-script.txt, with .gz, .xz, .zst or nothing behind) and compares its
# totals with the analysis.txt beside it, which another program has counted.
# Prints a table in Markdown (docs/TRACE-CHECKS.md keeps one); exit 1 when a
# total differs or an import fails. Not part of "make check": recordings are
# large, and not in the tree.

directory=${1:?usage: tests/check_recordings.sh DIRECTORY [SLABSIM]}
slabsim=${2:-./slabsim}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# What the other program counted: "name number" a line.
expected()
{
	sed -n -e 's/^events \([0-9]*\) .*/events \1/p' \
		-e 's/^allocs \([0-9]*\) frees \([0-9]*\) null frees \([0-9]*\) unmatched frees \([0-9]*\) allocs over a live ptr \([0-9]*\) .*/allocs \1\
frees \2\
null_frees \3\
unknown_frees \4\
implicit_frees \5/p' "$1" | head -n 6
}

# The clock's unit changes no count; recordings with losses are wanted.
counted()
{
	"$slabsim" import -q --max-loss 1000000000 --clock-hz 1000000000 \
		"$1" -o "$scratch/out.slt" 2>"$scratch/err" || return 1
	"$slabsim" info --json "$scratch/out.slt" >"$scratch/json"
	tr ',{' '\n\n' <"$scratch/json" |
		sed -n 's/^"\([a-z_]*\)":"\{0,1\}\([^"]*\)"\{0,1\}$/\1 \2/p' |
		awk '!seen[$1]++'
}

# A free of a descriptor of the allocator's own, older than the trace, is one
# of an unknown object to the other program: "8 + 1 own =".
# Cells are "8 =", "8, not 9", or "8" where there is nothing to compare with.
compare()
{
	awk -v names='events allocs frees null_frees unknown_frees implicit_frees' '
	FILENAME == ARGV[1] { want[$1] = $2; next }
	{ got[$1] = $2 }
	END {
		n = split(names, name, " ")
		sum = got["unknown_frees"] + got["own_dropped"]
		for (i = 1; i <= n; i++) {
			x = name[i]
			if (!(x in want))
				cell = got[x]
			else if (want[x] == got[x])
				cell = got[x] " ="
			else if (x == "unknown_frees" && want[x] == sum)
				cell = got[x] " + " got["own_dropped"] " own ="
			else {
				cell = got[x] ", not " want[x]
				wrong = 1
			}
			printf "| %s ", cell
		}
		printf "| %s | %s |\n", got["lost"], got["unparsed"]
		exit wrong
	}' "$scratch/want" "$scratch/got"
}

rc=0
echo '| recording | events | allocs | frees | of NULL | unknown | over live | lost | unparsed |'
echo '|---|---|---|---|---|---|---|---|---|'
find "$directory" -type f \( -name 'trace.txt*' -o -name 'trace_pipe.txt*' \
	-o -name 'report.txt*' -o -name 'perf-script.txt*' \) | LC_ALL=C sort \
	>"$scratch/files"
while read -r file; do
	name=${file#"$directory"/}
	: >"$scratch/want"
	[ -e "$(dirname "$file")/analysis.txt" ] &&
		expected "$(dirname "$file")/analysis.txt" >"$scratch/want"
	# perf records another set of events than the ring buffer beside it
	case $file in
	*perf-script*) : >"$scratch/want" ;;
	esac
	printf '| %s ' "$name"
	if counted "$file" >"$scratch/got"; then
		compare || rc=1
	else
		rc=1
		sed -e "s|$directory/||g" -e 's/^slabsim: //' \
			-e 's/.*/| refused: & | | | | | | | |/' \
			"$scratch/err" | head -n 1
	fi
done <"$scratch/files"
exit $rc
