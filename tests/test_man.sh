#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The manual pages are made of --help: a page for each command, and every long
# option of a command in its page. They are made in a directory of this test's:
# in build/man they were rewritten while "make install" of another test took them.
. tests/tap.sh

B=${B:-build}
SLABSIM=${SLABSIM:-./slabsim}
unset MAKEFLAGS MFLAGS

if ! command -v help2man >/dev/null; then
	skip "manual pages" "help2man is not installed"
	finish
fi

# "-o all": the program that the other tests run, not one made anew
check "make man" make -s -o all -o "$SLABSIM" -o "${SLABSIM#./}" B="$B" \
	MAN="$TEST_TMP/man" man

options()
{
	"$SLABSIM" "$1" --help | grep -o -e '--[a-z][a-z-]*' | sort -u
}

page_has_all()
{
	for option in $(options "$1"); do
		sed 's/\\-/-/g' "$TEST_TMP/man/slabsim-$1.1" | grep -qF -e "$option" ||
			{ echo "$option is missing"; return 1; }
	done
}

for command in $("$SLABSIM" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
	[ "$command" = help ] && continue
	check "slabsim-$command.1 has all options" page_has_all "$command"
done
finish
