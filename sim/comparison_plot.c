/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the data of comparison.gp, which draws it in the theme of all plots. */
#define _POSIX_C_SOURCE 200809L

#include "sim/comparison_plot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reports/gnuplot.h"
#include "reports/text.h"
#include "reports/theme.gp.h"
#include "sim/cli.h"
#include "sim/comparison.gp.h"

static const enum compared drawn[] = {
	COMPARED_allochit,    COMPARED_allocmiss,     COMPARED_freemiss,
	COMPARED_remotefrees, COMPARED_alienoverflow, COMPARED_grown,
};
#define NR_DRAWN (sizeof(drawn) / sizeof(drawn[0]))

/* Zeroes have no place on logarithmic axes: they lie on a line of their own. */
#define ZERO 0.5

static double place(int64_t number)
{
	return number > 0 ? (double)number : ZERO;
}

static void print_data(FILE *script, const struct comparison *comparison)
{
	for (size_t i = 0; i < NR_DRAWN; i++) {
		fprintf(script, "$%s << END\n", compared_names[drawn[i]]);
		/* so that a block is never empty */
		fprintf(script, "NaN NaN\n");
		for (uint32_t r = 0; r < comparison->nr; r++) {
			const struct comparison_row *row = &comparison->rows[r];
			int64_t real = row->real[drawn[i]];
			int64_t predicted = row->predicted[drawn[i]];

			if (!row->has_stats || !row->traced ||
			    (real <= 0 && predicted <= 0))
				continue;
			fprintf(script, "%.1f %.1f\n", place(real),
				place(predicted));
		}
		fprintf(script, "END\n");
	}
}

static int64_t highest(const struct comparison *comparison)
{
	int64_t top = 10;

	for (uint32_t r = 0; r < comparison->nr; r++) {
		for (size_t i = 0; i < NR_DRAWN; i++) {
			const struct comparison_row *row = &comparison->rows[r];

			if (row->traced && row->real[drawn[i]] > top)
				top = row->real[drawn[i]];
			if (row->traced && row->predicted[drawn[i]] > top)
				top = row->predicted[drawn[i]];
		}
	}
	return top;
}

static void write_script(FILE *script, const struct validation *v,
			 const struct validate_options *options,
			 const char *out)
{
	char text[512], shape[160];
	size_t length = strlen(out);

	machine_spec_describe(&v->spec, shape, sizeof(shape));
	fprintf(script,
		"PAGE_WIDTH = 1200\nPAGE_HEIGHT = 1200\nTITLE_SIZE = 26\n"
		"NR_ROWS = 0\nNOTE = ''\nFORMAT = '%s'\n",
		length > 4 && !strcmp(out + length - 4, ".svg") ? "svg" :
								  "png");
	snprintf(text, sizeof(text),
		 "%s%sSimulated against real, cache by cache",
		 options->label ? options->label : "",
		 options->label ? ": " : "");
	text_set_gnuplot(script, "TITLE", text);
	snprintf(text, sizeof(text), "%s on %s", v->profile->name, shape);
	text_set_gnuplot(script, "SIMULATED", text);
	snprintf(text, sizeof(text), "%s, %s, %" PRIu64 " events",
		 v->header->source,
		 *v->header->kernel ? v->header->kernel : "kernel unknown",
		 v->events);
	text_set_gnuplot(script, "TRACED", text);
	fprintf(script, "TOP = %" PRId64 "\n", 2 * highest(&v->comparison));
	print_data(script, &v->comparison);
	fputs(theme_gp, script);
	fputs(comparison_gp, script);
}

int comparison_plot(const struct validation *validation,
		    const struct validate_options *options, const char *out)
{
	struct report report = { .path = NULL };
	FILE *script = tmpfile();

	if (!script) {
		talk("no temporary file: %s", strerror(errno));
		return EXIT_IO;
	}
	write_script(script, validation, options, out);
	gnuplot_run(&report, script, out);
	fclose(script);
	if (!report.error.code)
		return EXIT_OK;
	talk("%s", report.error.text);
	return EXIT_IO;
}
