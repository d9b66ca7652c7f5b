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

/*
 * Without gnuplot all kinds fail alike; @told is the last sentence, so that it
 * stands there once. The page is good without pictures; what else fails, the
 * database for one, leaves no page.
 */
static void print_no_gnuplot(FILE *out, struct report *report, char *told)
{
	if (strcmp(told, report->error.text) != 0) {
		fputs("<p class=\"note\">Not drawn: ", out);
		text_print_html(out, report->error.text);
		fputs("</p>\n", out);
		strcpy(told, report->error.text);
	}
	report->error.code = 0;
}

/* What the run did not store is no fault of the page: it is told last. */
static void print_lacking(FILE *lacking, struct report *report,
			  const struct plot_kind *kind)
{
	fprintf(lacking, "<li><b>%s</b>: ", kind->title);
	report->error.code = 0;
	text_print_html(lacking, plot_remedy(report, kind));
	fputs("</li>\n", lacking);
}

/* The picture as SVG, owned; NULL: the error is set. */
static char *draw(struct report *report, const struct plot_kind *kind)
{
	struct plot plot = { .kind = kind, .format = PLOT_SVG };
	FILE *picture = tmpfile();
	char *svg = NULL;

	if (!picture) {
		report_fail(report, -EIO, "no temporary file: %s",
			    strerror(errno));
		return NULL;
	}
	if (!plot_draw_to(report, &plot, picture)) {
		svg = read_all(picture);
		if (!svg)
			report_fail(report, -ENOMEM, "out of memory");
	}
	fclose(picture);
	return svg;
}

static void print_plot(FILE *out, struct report *report, size_t number)
{
	const struct plot_kind *kind = &plot_kinds[number];
	char *svg = draw(report, kind);

	if (!svg)
		return;
	fprintf(out,
		"<figure role=\"img\" aria-label=\"%s\">\n"
		"<figcaption>%s: %s</figcaption>\n",
		kind->title, kind->title, kind->summary);
	print_svg(out, svg, number + 1);
	fputs("</figure>\n", out);
	free(svg);
}

static void print_plots(FILE *out, struct report *report, FILE *lacking)
{
	char told[sizeof(report->error.text)] = "";

	for (size_t i = 0; i < nr_plot_kinds && !report->error.code; i++) {
		if (!is_shown(&plot_kinds[i]))
			continue;
		print_plot(out, report, i);
		if (report->error.code == -ENODATA)
			print_lacking(lacking, report, &plot_kinds[i]);
		else if (report->error.code == -ECHILD)
			print_no_gnuplot(out, report, told);
	}
}

void page_plots(FILE *out, struct report *report)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *lacking = open_memstream(&text, &bytes);

	if (!lacking) {
		report_fail(report, -ENOMEM, "out of memory");
		return;
	}
	fputs("<section id=\"plots\"><h2>Pictures</h2>\n", out);
	print_plots(out, report, lacking);
	if (fclose(lacking))
		report_fail(report, -ENOMEM, "out of memory");
	else if (bytes)
		fprintf(out,
			"<h3>Not drawn of this run</h3>\n"
			"<ul class=\"lacking\">\n%s</ul>\n",
			text);
	free(text);
	fputs("</section>\n", out);
}
