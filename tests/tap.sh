# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# TAP for shell tests: source it, check things, call finish last.
#
#	check "what holds" COMMAND...    ok when the command succeeds
#	refuses CODE "text" COMMAND...   ok when it exits with CODE, says one
#	                                 line on stderr that holds the text, and
#	                                 nothing on stdout
#	skip "what" "why"
#	finish                           the plan; exit 1 when anything failed
#
# A failing check shows what the command wrote, as TAP comments.

# By hand a test has no scratch directory of tests/run: not "/", then.
: "${TEST_TMP:?run it by tests/run, or set TEST_TMP to an empty directory}"

tap_nr=0
tap_failed=0

tap_result()
{
	tap_nr=$((tap_nr + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_nr - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_nr - $2"
		sed 's/^/# /' "$TEST_TMP/tap.out" "$TEST_TMP/tap.err" |
			head -n 40
	fi
}

check()
{
	tap_what=$1
	shift
	"$@" >"$TEST_TMP/tap.out" 2>"$TEST_TMP/tap.err"
	tap_result $? "$tap_what"
}

refuses()
{
	tap_code=$1
	tap_text=$2
	shift 2
	"$@" >"$TEST_TMP/tap.out" 2>"$TEST_TMP/tap.err"
	tap_rc=$?
	[ $tap_rc = "$tap_code" ] || echo "exit code $tap_rc" \
		>>"$TEST_TMP/tap.err"
	[ $tap_rc = "$tap_code" ] && [ ! -s "$TEST_TMP/tap.out" ] &&
		[ "$(wc -l <"$TEST_TMP/tap.err")" = 1 ] &&
		grep -qF -e "$tap_text" "$TEST_TMP/tap.err"
	tap_result $? "exit $tap_code: $tap_text"
}

skip()
{
	tap_nr=$((tap_nr + 1))
	echo "ok $tap_nr - $1 # SKIP $2"
}

finish()
{
	echo "1..$tap_nr"
	[ $tap_failed = 0 ]
	exit
}
