/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layout of /proc/slabinfo, as mm/slab.c prints it. */
#include "reports/slabinfo_text.h"

#include <inttypes.h>

static const char headings[] =
	"slabinfo - version: 2.1 (statistics)\n"
	"# name            <active_objs> <num_objs> <objsize> <objperslab> "
	"<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : "
	"slabdata <active_slabs> <num_slabs> <sharedavail> : globalstat "
	"<listallocs> <maxobjs> <grown> <reaped> <error> <maxfreeable> "
	"<nodeallocs> <remotefrees> <alienoverflow> : cpustat <allochit> "
	"<allocmiss> <freehit> <freemiss>\n";

/* What stands before a column of numbers, and its width. */
static const struct {
	const char *before;
	int width;
} layout[SLABINFO_NUMBERS] = {
	{ " ", 6 }, { " ", 6 }, { " ", 6 },
	{ " ", 4 }, { " ", 4 }, { " : tunables ", 4 },
	{ " ", 4 }, { " ", 4 }, { " : slabdata ", 6 },
	{ " ", 6 }, { " ", 6 }, { " : globalstat ", 7 },
	{ " ", 6 }, { " ", 5 }, { " ", 4 },
	{ " ", 4 }, { " ", 4 }, { " ", 4 },
	{ " ", 4 }, { " ", 4 }, { " : cpustat ", 6 },
	{ " ", 6 }, { " ", 6 }, { " ", 6 },
};

void slabinfo_print_headings(FILE *out)
{
	fputs(headings, out);
}

void slabinfo_print_row(FILE *out, const char *name,
			const int64_t numbers[SLABINFO_NUMBERS])
{
	fprintf(out, "%-17s", name);
	for (int i = 0; i < SLABINFO_NUMBERS; i++)
		fprintf(out, "%s%*" PRId64, layout[i].before, layout[i].width,
			numbers[i]);
	putc('\n', out);
}
