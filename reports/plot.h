/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pictures of a run: what slabsim plot draws. A kind is a row of the table in
 * plot_kinds.c: a query, and a gnuplot script that draws its rows.
 */
#ifndef REPORTS_PLOT_H
#define REPORTS_PLOT_H

#include <stdio.h>

#include "reports/db.h"

enum plot_format { PLOT_PNG, PLOT_SVG, PLOT_PDF, PLOT_DUMB, NR_PLOT_FORMATS };

/* Their names, the words of "plot --term". */
extern const char *const plot_format_names[NR_PLOT_FORMATS];

/* What a kind looks at, besides the run. */
enum plot_option {
	PLOT_CACHE = 1,       /* of one cache, when one is chosen */
	PLOT_NEEDS_CACHE = 2, /* of one cache: there must be one */
	PLOT_AT = 4,          /* at the chosen sample */
	PLOT_TOP = 8,         /* of the first so many */
	PLOT_RUNS = 16,       /* of several runs */
	PLOT_OVER_TIME = 32,  /* losses of the recording are marked in it */
	PLOT_PASSES = 64,     /* and the reaper's ticks */
	PLOT_NODES = 128,     /* of more than two nodes: run --steps */
};

struct plot_kind {
	const char *name, *title, *summary;
	const char *hint;      /* for the command line, after @summary */
	const char *sql;       /* rows to draw; see plot_data.h */
	const char *cache_sql; /* where one cache is chosen; NULL: @sql */
	const char *gp;
	unsigned int options; /* enum plot_option */
	const char *remedy;   /* where there are no rows: how to get some */
};

extern const struct plot_kind plot_kinds[];
extern const size_t nr_plot_kinds;

/* Why the chosen run has no rows for the kind, and how to get some. */
const char *plot_remedy(struct report *report, const struct plot_kind *kind);

struct plot {
	const struct plot_kind *kind;
	enum plot_format format;
	const int64_t *runs; /* to lay over each other; borrowed */
	size_t nr_runs;      /* 0: the chosen run alone */
	int64_t top;         /* 0: 8 */
	const char *keep;    /* leave KEEP.gp and KEEP.tsv; NULL: nothing */
};

/*
 * plot_draw - draw the chosen run (cache, sample)
 * @out: path of the picture, which appears whole or not at all; "-": stdout.
 *
 * Return: 0 or a code of @report; -ENODATA with the remedy when the run has no
 * such data, -EINVAL when a cache would have to be chosen.
 */
int plot_draw(struct report *report, const struct plot *plot, const char *out);

/*
 * plot_draw_to - the same into an open file, such as tmpfile()
 * @picture: borrowed; must have a descriptor; written from where that stands.
 */
int plot_draw_to(struct report *report, const struct plot *plot, FILE *picture);

#endif
