#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: tests/cookbook.sh SLABSIM SCRATCH
#
# Prints docs/COOKBOOK.md with the answers that a database made now gives: what
# the file must be. To bring it up to date, and then to read what changed:
#
#	tests/cookbook.sh ./slabsim /tmp >/tmp/c.md && mv /tmp/c.md docs/COOKBOOK.md

slabsim=$1
scratch=$2
db=$scratch/cookbook.db
rm -f "$db"

# The runs, as the file says.
sed -n '/^```sh$/,/^```$/p' docs/COOKBOOK.md | grep '^slabsim ' |
	sed "s|^slabsim |'$slabsim' |; s|cookbook\\.db|'$db'|" \
	>"$scratch/cookbook.runs"
sh -e "$scratch/cookbook.runs" >"$scratch/cookbook.out" || exit 1

# Old answers out, new ones in behind each question.
# Blank lines wait: those before an old answer go with it.
awk -v db="$db" -v sql="$scratch/cookbook.sql" '
	function put(line) {
		while (blank > 0) {
			print ""
			blank--
		}
		print line
	}
	/^```text$/ { skip = 1; blank = 0; next }
	skip { skip = !/^```$/; next }
	/^$/ { blank++; next }
	{ put($0) }
	/^```sql$/ { question = 1; printf "" >sql; next }
	question && /^```$/ {
		question = 0
		close(sql)
		print "\n```text"
		command = "sqlite3 -header \"" db "\" <\"" sql "\" 2>&1"
		while ((command | getline line) > 0)
			print line
		close(command)
		print "```"
		next
	}
	question { print >sql }' docs/COOKBOOK.md
