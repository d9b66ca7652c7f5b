# SPDX-License-Identifier: GPL-2.0-or-later
#
# cache-flags.csv (name, four columns of 0 or 1, sorted by name as bytes)
# into the rows of a table in C, see cache_flags.c.
BEGIN { FS = "," }
NR == 1 { next }
NF != 5 || $0 ~ /["\\]/ || ($2 $3 $4 $5) !~ /^[01][01][01][01]$/ {
	print FILENAME ":" FNR ": not name,0|1,0|1,0|1,0|1" >"/dev/stderr"
	exit 1
}
{
	printf "{ \"%s\", %s%s%s%s0 },\n", $1, $2 ? "CACHE_DEF_HWALIGN | " : "",
		$3 ? "CACHE_DEF_RECLAIM | " : "", $4 ? "CACHE_DEF_RCU | " : "",
		$5 ? "CACHE_DEF_CTOR | " : ""
}
