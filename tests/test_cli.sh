#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The front door: help, version, unknown words, and output that cannot be
# written. What the commands do is tested elsewhere.

. tests/tap.sh

SLABSIM=${SLABSIM:-./slabsim}
commands='record import info gen cut merge convert run show plot report script step explain version'

prints()
{
	text=$1
	shift
	"$@" && grep -qF -e "$text" "$TEST_TMP/tap.out" &&
		[ ! -s "$TEST_TMP/tap.err" ]
}

same_output()
{
	"$SLABSIM" help "$1" >"$TEST_TMP/a" &&
		"$SLABSIM" "$1" --help >"$TEST_TMP/b" &&
		cmp "$TEST_TMP/a" "$TEST_TMP/b"
}

usage_on_stderr()
{
	"$SLABSIM"
	[ $? = 2 ] && [ ! -s "$TEST_TMP/tap.out" ] &&
		grep -q '^usage: slabsim COMMAND' "$TEST_TMP/tap.err"
}

full_disk()
{
	"$SLABSIM" help >/dev/full
	[ $? = 4 ] && grep -q '^slabsim: standard output: ' "$TEST_TMP/tap.err"
}

lines_are_short()
{
	"$SLABSIM" help "$1" | expand | awk '
	length > 80 { print "long: " $0; bad = 1 }
	END { exit bad }'
}

version_is_that_of_the_source()
{
	version=$(sed -n 's/^#define SLABSIM_VERSION "\(.*\)"/\1/p' sim/version.h)
	"$SLABSIM" version
	[ "$(head -n 1 "$TEST_TMP/tap.out")" = "slabsim $version" ]
}

same_version_by_option()
{
	[ "$("$SLABSIM" version)" = "$("$SLABSIM" --version)" ]
}

# What the documents tell people to type must exist.
documents_name_known_commands()
{
	cat README.md ARCHITECTURE.md CONTRIBUTING.md docs/*.md |
		grep -o '[/`]slabsim [a-z][a-z]*' | sort -u |
		sed 's/.* //' >"$TEST_TMP/named"
	while read -r name; do
		"$SLABSIM" help "$name" >/dev/null || echo "in documents: $name"
	done <"$TEST_TMP/named"
	[ -s "$TEST_TMP/named" ] && [ ! -s "$TEST_TMP/tap.out" ]
}

check 'no command: usage, exit 2' usage_on_stderr
check 'help lists the commands' prints '  import ' "$SLABSIM" help
check '--help does too' prints '  import ' "$SLABSIM" --help
for command in $commands; do
	check "help $command: usage" prints "Usage: slabsim $command" \
		"$SLABSIM" help "$command"
	check "$command --help: the same" same_output "$command"
	check "help $command: 80 columns" lines_are_short "$command"
done
refuses 2 'unknown command "imprt", did you mean "import"?' "$SLABSIM" imprt
refuses 2 'unknown command "xyzzy", see "slabsim help"' "$SLABSIM" xyzzy
refuses 2 'unknown command "imprt"' "$SLABSIM" help imprt
refuses 2 'one command at a time' "$SLABSIM" help import info
# Half of them did not say which word was one too many.
one_operand()
{
	"$SLABSIM" "$1" one two >"$TEST_TMP/two.out" 2>"$TEST_TMP/two.err"
	[ $? = 2 ] && [ ! -s "$TEST_TMP/two.out" ] &&
		grep -q ': one [a-z]* at a time: "two" is too many$' \
			"$TEST_TMP/two.err"
}
for command in import info cut convert run report validate check export script \
	step explain; do
	check "$command takes one file" one_operand $command
done
refuses 2 'unknown command "a?b"' "$SLABSIM" 'a
b'
for command in $commands; do
	refuses 2 '--no-such-option' "$SLABSIM" "$command" --no-such-option
done
check 'version' version_is_that_of_the_source
check '--version' same_version_by_option
check 'version names the profile' prints '2.6.36' "$SLABSIM" version
check 'version --json' prints '"schema":1' "$SLABSIM" version --json
check 'build options' prints sqlite "$SLABSIM" version --build-options
refuses 2 'did you mean "--build-options"?' \
	"$SLABSIM" version --biuld-options
check 'a full disk is an error' full_disk
check 'documents name commands that exist' documents_name_known_commands

finish
