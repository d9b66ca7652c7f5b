/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A check's result in the formats that CI systems read.
 */
#include <string.h>

#include "reports/check.h"
#include "reports/text.h"

static const char *const verdict_words[] = {
	[CHECK_SAME] = "same",   [CHECK_IMPROVED] = "improved",
	[CHECK_WORSE] = "worse", [CHECK_CHANGED] = "changed",
	[CHECK_GONE] = "gone",
};

static const char *status_word(const struct check *check)
{
	if (*check->reason)
		return "incomparable";
	return check->nr_failed ? "regression" : "pass";
}

/* "grown of dentry is worse: 120 slabs, was 114; tolerance 5 and 2.5 %" */
static void sentence(const struct check_result *result, char *text,
		     size_t text_bytes)
{
	const struct baseline_line *line = result->line;
	bool tolerant = line->abs > 0.0 || line->rel_pct > 0.0;
	char tolerance[80] = "";

	if (tolerant)
		snprintf(tolerance, sizeof(tolerance),
			 "; tolerance %g and %g %%", line->abs, line->rel_pct);
	if (result->verdict == CHECK_GONE)
		snprintf(text, text_bytes,
			 "%.300s is gone: the run has no such metric, was "
			 "%.40s %s",
			 line->name, line->value, line->unit);
	else
		snprintf(text, text_bytes, "%.300s is %s: %s %s, was %.40s%s",
			 line->name, verdict_words[result->verdict],
			 result->now, line->unit, line->value, tolerance);
}

static bool worth_telling(const struct check_result *result)
{
	return result->verdict != CHECK_SAME;
}

static void summary(const struct check *check, char *text, size_t text_bytes)
{
	if (*check->reason)
		snprintf(text, text_bytes, "not comparable: %s", check->reason);
	else
		snprintf(text, text_bytes,
			 "%zu metrics: %zu failed, %zu improved", check->nr,
			 check->nr_failed, check->nr_improved);
}

/* --- text, TAP ----------------------------------------------------------- */

static void print_text(FILE *out, const struct check *check)
{
	char text[1200];

	for (size_t i = 0; i < check->nr; i++) {
		if (!worth_telling(&check->results[i]))
			continue;
		sentence(&check->results[i], text, sizeof(text));
		fprintf(out, "%s  %s\n",
			check->results[i].failed ? "FAIL" : "    ", text);
	}
	summary(check, text, sizeof(text));
	fprintf(out, "%s: %s\n", status_word(check), text);
}

static void print_tap(FILE *out, const struct check *check)
{
	const struct check_result *result;
	char text[1200];

	fputs("TAP version 13\n", out);
	if (*check->reason) {
		fputs("Bail out! not comparable: ", out);
		text_print_tap(out, check->reason);
		putc('\n', out);
		return;
	}
	fprintf(out, "1..%zu\n", check->nr);
	for (size_t i = 0; i < check->nr; i++) {
		result = &check->results[i];
		fprintf(out, "%sok %zu - ", result->failed ? "not " : "",
			i + 1);
		text_print_tap(out, result->line->name);
		putc('\n', out);
		sentence(result, text, sizeof(text));
		if (worth_telling(result))
			fprintf(out, "# %s\n", text);
	}
}

/* --- JUnit --------------------------------------------------------------- */

/*
 * What went wrong is said twice: some systems show the attribute of the
 * element, others its text.
 */
static void print_trouble(FILE *out, const char *element, const char *type,
			  const char *text)
{
	fprintf(out, ">\n    <%s type=\"%s\" message=\"", element, type);
	text_print_html(out, text);
	fputs("\">", out);
	text_print_html(out, text);
	fprintf(out, "</%s>\n  </testcase>\n", element);
}

static void print_testcase(FILE *out, const struct check_result *result)
{
	const char *slash = strrchr(result->line->name, '/');
	char cache[512] = "run", text[1200];

	if (slash)
		snprintf(cache, sizeof(cache), "%.*s",
			 (int)(slash - result->line->name), result->line->name);
	fputs("  <testcase classname=\"", out);
	text_print_html(out, cache);
	fputs("\" name=\"", out);
	text_print_html(out, slash ? slash + 1 : result->line->name);
	putc('"', out);
	if (!result->failed) {
		fputs("/>\n", out);
		return;
	}
	sentence(result, text, sizeof(text));
	print_trouble(out, "failure", verdict_words[result->verdict], text);
}

static void print_junit(FILE *out, const struct check *check)
{
	bool broken = *check->reason != '\0';

	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"slabsim\" tests=\"%zu\" failures=\"%zu\" "
		"errors=\"%d\">\n",
		broken ? 1 : check->nr, check->nr_failed, broken);
	if (broken) {
		fputs("  <testcase classname=\"run\" name=\"comparable\"", out);
		print_trouble(out, "error", "incomparable", check->reason);
	}
	for (size_t i = 0; i < check->nr; i++)
		print_testcase(out, &check->results[i]);
	fputs("</testsuite>\n", out);
}

/* --- GitHub -------------------------------------------------------------- */

/* In workflow commands %, CR and LF are escaped; in properties : and , too. */
static void print_command_text(FILE *out, const char *text, bool property)
{
	for (; *text; text++) {
		if (*text == '%' || *text == '\r' || *text == '\n' ||
		    (property && (*text == ':' || *text == ',')))
			fprintf(out, "%%%02X", (unsigned char)*text);
		else
			putc(*text, out);
	}
}

static void print_annotation(FILE *out, const struct check *check,
			     const char *level, unsigned int line,
			     const char *text)
{
	fprintf(out, "::%s file=", level);
	print_command_text(out, check->baseline_path, true);
	if (line)
		fprintf(out, ",line=%u", line);
	fputs(",title=slabsim::", out);
	print_command_text(out, text, false);
	putc('\n', out);
}

static void print_github(FILE *out, const struct check *check)
{
	const struct check_result *result;
	char text[1200];

	for (size_t i = 0; i < check->nr; i++) {
		result = &check->results[i];
		if (!worth_telling(result))
			continue;
		sentence(result, text, sizeof(text));
		print_annotation(out, check,
				 result->failed ? "error" : "notice",
				 result->line->line, text);
	}
	summary(check, text, sizeof(text));
	if (*check->reason)
		print_annotation(out, check, "error", 0, text);
	else
		fprintf(out, "slabsim: %s: %s\n", status_word(check), text);
}

/* --- JSON ---------------------------------------------------------------- */

static void print_json_number(FILE *out, const char *name, const char *value)
{
	fprintf(out, ",\"%s\":%s", name, strcmp(value, "-") ? value : "null");
}

static void print_json(FILE *out, const struct check *check)
{
	const struct check_result *result;

	fprintf(out, "{\"schema\":1,\"status\":\"%s\",\"reason\":",
		status_word(check));
	text_print_json(out, check->reason);
	fprintf(out,
		",\"metrics\":%zu,\"failed\":%zu,\"improved\":%zu,"
		"\"baseline\":",
		check->nr, check->nr_failed, check->nr_improved);
	text_print_json(out, check->baseline_path);
	fputs(",\"results\":[", out);
	for (size_t i = 0; i < check->nr; i++) {
		result = &check->results[i];
		fprintf(out, "%s\n{\"metric\":", i ? "," : "");
		text_print_json(out, result->line->name);
		fprintf(out, ",\"verdict\":\"%s\",\"failed\":%s",
			verdict_words[result->verdict],
			result->failed ? "true" : "false");
		print_json_number(out, "was", result->line->value);
		print_json_number(out, "now", result->now);
		fputs(",\"unit\":", out);
		text_print_json(out, result->line->unit);
		fprintf(out, ",\"better\":\"%s\",\"abs\":%g,\"rel_pct\":%g}",
			result->line->better, result->line->abs,
			result->line->rel_pct);
	}
	fputs("]}\n", out);
}

/* The shape of github-action-benchmark's customSmallerIsBetter. */
static void print_benchmark(FILE *out, const struct check *check)
{
	const struct check_result *result;
	const char *comma = "";

	putc('[', out);
	for (size_t i = 0; i < check->nr; i++) {
		result = &check->results[i];
		if (strcmp(result->line->better, "lower") != 0 ||
		    !strcmp(result->now, "-"))
			continue;
		fprintf(out, "%s\n{\"name\":", comma);
		text_print_json(out, result->line->name);
		fputs(",\"unit\":", out);
		text_print_json(out, result->line->unit);
		fprintf(out, ",\"value\":%s}", result->now);
		comma = ",";
	}
	fputs("]\n", out);
}

/* --- Markdown ------------------------------------------------------------ */

static void print_cell(FILE *out, const char *text)
{
	putc(' ', out);
	text_print_markdown(out, text);
	fputs(" |", out);
}

static void print_markdown(FILE *out, const struct check *check)
{
	const struct check_result *result;
	char text[1200];

	summary(check, text, sizeof(text));
	fprintf(out, "**slabsim: %s** (", status_word(check));
	text_print_markdown(out, text);
	fputs(")\n", out);
	if (!check->nr_failed && !check->nr_improved)
		return;
	fputs("\n| metric | verdict | was | now | unit |\n"
	      "|---|---|--:|--:|---|\n",
	      out);
	for (size_t i = 0; i < check->nr; i++) {
		result = &check->results[i];
		if (!worth_telling(result))
			continue;
		putc('|', out);
		print_cell(out, result->line->name);
		print_cell(out, verdict_words[result->verdict]);
		print_cell(out, result->line->value);
		print_cell(out, result->now);
		print_cell(out, result->line->unit);
		putc('\n', out);
	}
}

void check_print(FILE *out, const struct check *check, enum check_format format)
{
	static void (*const printers[])(FILE *, const struct check *) = {
		[CHECK_TEXT] = print_text,
		[CHECK_TAP] = print_tap,
		[CHECK_JUNIT] = print_junit,
		[CHECK_GITHUB] = print_github,
		[CHECK_JSON] = print_json,
		[CHECK_MARKDOWN] = print_markdown,
		[CHECK_BENCHMARK] = print_benchmark,
	};

	printers[format](out, check);
}
