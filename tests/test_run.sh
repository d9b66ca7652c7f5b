#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The test runner must not lose a failure: every way for a test to go wrong,
# fed to it, and the closing line it must print.

. tests/tap.sh

# fake NAME: a test script from stdin
fake()
{
	{
		echo '#!/bin/sh'
		cat
	} >"$TEST_TMP/$1.sh"
	chmod +x "$TEST_TMP/$1.sh"
}

# closes "N passed, ..." EXIT FAKE...
closes()
{
	line=$1
	code=$2
	shift 2
	for name in "$@"; do
		set -- "$@" "$TEST_TMP/$name.sh"
		shift
	done
	TMPDIR=$TEST_TMP tests/run "$@"
	[ $? = "$code" ] && [ "$(tail -n 1 "$TEST_TMP/tap.out")" = "$line" ]
}

says()
{
	TMPDIR=$TEST_TMP tests/run "$TEST_TMP/$1.sh"
	grep -qxF -e "$2" "$TEST_TMP/tap.out"
}

fake good <<'END'
echo 1..2
echo ok 1 - a
echo ok 2 - b
END
fake plan_last <<'END'
echo ok 1 - a
echo 1..1
END
fake bad <<'END'
echo 1..2
echo not ok 1 - a
echo ok 2 - b
exit 1
END
fake silent_exit <<'END'
echo 1..1
echo ok 1 - a
exit 3
END
fake short <<'END'
echo 1..3
echo ok 1 - a
END
fake long <<'END'
echo 1..1
echo ok 1 - a
echo ok 2 - b
END
fake no_plan <<'END'
echo ok 1 - a
END
fake nothing <<'END'
exit 0
END
fake killed <<'END'
echo 1..2
echo not ok 1 - a
kill -SEGV $$
END
fake skips <<'END'
echo 1..2
echo 'ok 1 - a # SKIP no b here'
echo ok 2 - c
END
fake skips_all <<'END'
echo '1..0 # SKIP no b here'
END
fake two_groups <<'END'
echo 1..1
echo ok 1 - a
echo 1..1
echo ok 1 - b
END
fake scratch <<'END'
echo 1..1
[ -d "$TEST_TMP" ] && [ -z "$(ls "$TEST_TMP")" ] && echo ok 1 - a
END

check 'all pass' closes '2 passed, 0 failed' 0 good
check 'the plan may come last' closes '1 passed, 0 failed' 0 plan_last
check 'sums over tests' closes '3 passed, 0 failed' 0 good plan_last
check 'a failure' closes '3 passed, 1 failed' 1 good bad
check 'an exit status' closes '1 passed, 1 failed' 1 silent_exit
check 'fewer than planned' closes '1 passed, 1 failed' 1 short
check 'more than planned' closes '2 passed, 1 failed' 1 long
check 'no plan' closes '1 passed, 1 failed' 1 no_plan
check 'no output at all' closes '0 passed, 1 failed' 1 nothing
check 'killed after a failure' closes '0 passed, 2 failed' 1 killed
check 'a skip' closes '1 passed, 0 failed, 1 skipped' 0 skips
check 'all skipped' closes '0 passed, 0 failed, 1 skipped' 0 skips_all
check 'two plans' closes '2 passed, 0 failed' 0 two_groups
check 'an empty scratch directory' closes '1 passed, 0 failed' 0 scratch
check 'a failure is named' says bad 'FAIL bad: not ok 1 - a'
check 'a skip is named' says skips 'SKIP skips: ok 1 - a # SKIP no b here'
refuses 2 'no such test: absent' tests/run -t absent "$TEST_TMP/good.sh"
rm -rf "$TEST_TMP"/slabsim-tests.*

finish
