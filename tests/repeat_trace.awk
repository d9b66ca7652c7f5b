# SPDX-License-Identifier: GPL-2.0-or-later
#
# A long trace out of a short one: the ftrace text on the input N times over,
# each copy later by the span of the trace and with pointers of its own (one
# of eight sets in turn, so that live objects stay bounded).
#
#	xz -dc trace.txt.xz | awk -v N=510 -f tests/repeat_trace.awk | \
#		slabsim import - -o long.slt
#
# For measuring memory; not part of "make check".
BEGIN { n = 0 }
/^#/ { next }
match($0, / [0-9]+\.[0-9]+: /) {
	time = substr($0, RSTART + 1, RLENGTH - 3)
	split(time, part, ".")
	at = part[1] * 1000000 + part[2]
	if (!n)
		first = at
	head[n] = substr($0, 1, RSTART)
	tail[n] = substr($0, RSTART + RLENGTH - 2)
	us[n++] = at - first
	# "ptr=00000000" and eight digits: the first eight are the copy's
	text = tail[n - 1]
	if (match(text, /ptr=00000000[0-9a-f]/) &&
	    substr(text, RSTART + 12, 8) != "00000000") {
		before[n - 1] = substr(text, 1, RSTART + 3)
		tail[n - 1] = substr(text, RSTART + 12)
	}
}
END {
	span = us[n - 1] + 1
	for (copy = 0; copy < N; copy++) {
		set = sprintf("%08x", copy % 8 + 1)
		for (i = 0; i < n; i++) {
			at = copy * span + us[i]
			s = int(at / 1000000)
			between = i in before ? before[i] set : ""
			printf "%s%d.%06d%s%s\n", head[i], s,
				at - s * 1000000, between, tail[i]
		}
	}
}
