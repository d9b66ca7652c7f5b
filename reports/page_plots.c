/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page's pictures: what "slabsim plot" draws, as SVG inside the page. The
 * names in the SVGs of one gnuplot are the same in each, so each picture gets
 * its own: "gp" becomes "p2gp".
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "reports/page_private.h"
#include "reports/plot.h"
#include "reports/text.h"

/* Of one run, and without having to choose a cache. */
static bool is_shown(const struct plot_kind *kind)
{
	return !(kind->options & (PLOT_NEEDS_CACHE | PLOT_RUNS));
}

/* All of a file; owned; NULL: no memory or an error. */
static char *read_all(FILE *file)
{
	char *text;
	long bytes;

	if (fseek(file, 0, SEEK_END) || (bytes = ftell(file)) < 0)
		return NULL;
	rewind(file);
	text = malloc((size_t)bytes + 1);
	if (!text)
		return NULL;
	text[fread(text, 1, (size_t)bytes, file)] = '\0';
	return text;
}

/* Does an id, or a reference to one, begin at the end of what was written? */
static bool is_id(const char *svg, const char *at)
{
	static const char *const before[] = { "id=\"", "id='", "href=\"#",
					      "href='#", "url(#" };

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		size_t bytes = strlen(before[i]);

		if ((size_t)(at - svg) >= bytes &&
		    !strncmp(at - bytes, before[i], bytes))
			return true;
	}
	return false;
}

/* From <svg on: an XML declaration and a DOCTYPE have no place in HTML. */
static void print_svg(FILE *out, const char *text, size_t number)
{
	const char *svg = strstr(text, "<svg");

	for (const char *c = svg; c && *c; c++) {
		if (is_id(svg, c))
			fprintf(out, "p%zu", number);
		putc(*c, out);
	}
}

/* A kind whose rows the run lacks says so, as does a missing gnuplot. */
static void print_error(FILE *out, struct report *report)
{
	fputs("<p class=\"note\">Not drawn: ", out);
	text_print_html(out, report->error.text);
	fputs("</p>\n", out);
	report->error.code = 0;
}

static void print_plot(FILE *out, struct report *report, size_t number)
{
	const struct plot_kind *kind = &plot_kinds[number];
	struct plot plot = { .kind = kind, .format = PLOT_SVG };
	FILE *picture = tmpfile();
	char *svg = NULL;

	if (!picture) {
		report_fail(report, -EIO, "no temporary file: %s",
			    strerror(errno));
		return;
	}
	if (!plot_draw_to(report, &plot, picture))
		svg = read_all(picture);
	fclose(picture);
	if (report->error.code == -EIO || report->error.code == -EBADMSG)
		print_error(out, report);
	if (svg) {
		fprintf(out,
			"<figure role=\"img\" aria-label=\"%s\">\n"
			"<figcaption>%s: %s</figcaption>\n",
			kind->title, kind->title, kind->summary);
		print_svg(out, svg, number + 1);
		fputs("</figure>\n", out);
	}
	free(svg);
}

void page_plots(FILE *out, struct report *report)
{
	fputs("<section id=\"plots\"><h2>Pictures</h2>\n", out);
	for (size_t i = 0; i < nr_plot_kinds && !report->error.code; i++) {
		if (is_shown(&plot_kinds[i]))
			print_plot(out, report, i);
	}
	fputs("</section>\n", out);
}
