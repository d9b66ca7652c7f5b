#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The page of slabsim report in a real browser: tests/report_browser.mjs.
# SHOTS=DIR leaves pictures there.

SLABSIM=${SLABSIM:-./slabsim}

for tool in chromium chromedriver node gnuplot; do
	command -v "$tool" >/dev/null && continue
	echo "ok 1 - the report in a browser # SKIP no $tool"
	echo 1..1
	exit 0
done

. tests/report_pages.sh

# time limit: 300 s

# 10^6 events on a machine of 16 CPUs, with all slabs at every sample
"$SLABSIM" gen -q zipf --events 1000000 -o "$TEST_TMP/big.slt" >/dev/null &&
	"$SLABSIM" run -q "$TEST_TMP/big.slt" --machine 4x4 --slabs all \
		--db "$TEST_TMP/big.db" >/dev/null &&
	make_database "$TEST_TMP/a.db" &&
	make_hostile_database "$TEST_TMP/evil.db" || exit 1

# Losses, and CPU 3 goes when vm_area_struct has got another limit.
printf '%s\n' '1ms tune 0 vm_area_struct 8 4 0' '500ms offline 0 3' \
	>"$TEST_TMP/acts" &&
	"$SLABSIM" run -q tests/fixtures/text/pipe-lost.txt.xz -m 2x2 \
		--max-loss 99999 --slabs vm_area_struct \
		--actions "$TEST_TMP/acts" --db "$TEST_TMP/acts.db" \
		>/dev/null || exit 1
for name in a evil big acts; do
	"$SLABSIM" report "$TEST_TMP/$name.db" -o "$TEST_TMP/$name.html" ||
		exit 1
done
HOME=$TEST_TMP exec node tests/report_browser.mjs "$TEST_TMP/a.html" \
	"$TEST_TMP/evil.html" "$TEST_TMP/big.html" "$TEST_TMP/acts.html" \
	${SHOTS:+"$SHOTS"}
