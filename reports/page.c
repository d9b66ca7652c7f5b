/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See page.h. page.html is the frame: a line "@name" in it is replaced by a
 * part. A Content-Security-Policy in it forbids the page any fetch, and
 * whatever a name in the database says, it gets into the page as text: through
 * text_print_html, or into JSON inside <script> through print_script.
 */
#define _POSIX_C_SOURCE 200809L

#include "reports/page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reports/heading.h"
#include "reports/page.css.h"
#include "reports/page.html.h"
#include "reports/page_data.js.h"
#include "reports/page_draw.js.h"
#include "reports/page_player.js.h"
#include "reports/page_private.h"
#include "reports/page_table.js.h"
#include "reports/text.h"

static void print_title(FILE *out, struct report *report)
{
	struct heading heading;
	char title[400];

	if (!report->run_id) {
		fputs("Lessons of the slab allocator", out);
		return;
	}
	if (heading_read(report, &heading))
		return;
	snprintf(title, sizeof(title), "%s (run %lld)",
		 *heading.label  ? heading.label :
		 *heading.source ? heading.source :
				   "A run",
		 (long long)heading.run);
	text_print_html(out, title);
}

/*
 * JSON where HTML looks for </script> and <!--: these begin with a byte that
 * stands only in JSON's strings, so it can be written as an escape. U+2028 and
 * U+2029 end a line in older JavaScript.
 */
static void print_script(FILE *out, const char *json)
{
	for (; *json; json++) {
		bool ends_line = !strncmp(json, "\xe2\x80\xa8", 3) ||
				 !strncmp(json, "\xe2\x80\xa9", 3);

		if (ends_line) {
			json += 2;
			fputs(*json == '\xa8' ? "\\u2028" : "\\u2029", out);
		} else if (strchr("<>&", *json)) {
			fprintf(out, "\\u%04x", (unsigned int)*json);
		} else {
			putc(*json, out);
		}
	}
}

static void print_data(FILE *out, struct report *report)
{
	char *json = NULL;
	size_t bytes;
	FILE *text = open_memstream(&json, &bytes);

	if (!text) {
		report_fail(report, -ENOMEM, "out of memory");
		return;
	}
	fputs("{\"run\":", text);
	page_run_json(text, report);
	fputs(",\"lessons\":", text);
	page_lessons_json(text, report);
	fputs("}", text);
	if (fclose(text))
		report_fail(report, -ENOMEM, "out of memory");
	else
		print_script(out, json);
	free(json);
}

static void print_part(FILE *out, struct report *report, const char *name,
		       size_t bytes)
{
#define IS(word) (bytes == strlen(word) && !strncmp(name, word, bytes))
	if (IS("title"))
		print_title(out, report);
	else if (IS("style"))
		fputs(page_css, out);
	else if (IS("summary") && report->run_id)
		page_summary(out, report);
	else if (IS("plots") && report->run_id)
		page_plots(out, report);
	else if (IS("caches") && report->run_id)
		page_caches(out, report);
	else if (IS("latency") && report->run_id)
		page_latency(out, report);
	else if (IS("data"))
		print_data(out, report);
	else if (IS("code"))
		fprintf(out, "%s%s%s%s", page_data_js, page_draw_js,
			page_player_js, page_table_js);
#undef IS
}

int page_print(FILE *out, struct report *report)
{
	const char *line, *end;

	if (!report->run_id &&
	    !report_number(report, "SELECT count(*) FROM lesson"))
		return report_fail(report, -EBADMSG,
				   "%s: neither runs nor lessons in it",
				   report->path);
	for (line = page_html; *line && !report->error.code; line = end + 1) {
		end = strchr(line, '\n');
		if (*line == '@')
			print_part(out, report, line + 1,
				   (size_t)(end - line - 1));
		else
			fwrite(line, 1, (size_t)(end - line), out);
		putc('\n', out);
	}
	return report->error.code;
}
