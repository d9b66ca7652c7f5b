/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See baseline.h. */
#define _GNU_SOURCE

#include "reports/baseline.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"

#define FIRST_LINE "# slabsim baseline 1"
#define COLUMNS "# metric\tvalue\tunit\tbetter\tabs\trel"
#define NR_FIELDS 6

void baseline_name(const char *cache, const char *metric, char *name,
		   size_t name_bytes)
{
	char visible[512];

	text_visible(cache, visible, sizeof(visible));
	snprintf(name, name_bytes, "%s%s%s", visible, *visible ? "/" : "",
		 metric);
}

void baseline_release(struct baseline *baseline)
{
	while (baseline->nr)
		baseline_remove(baseline, baseline->nr - 1);
	free(baseline->lines);
	free(baseline->digest);
	free(baseline->config);
	free(baseline->rest);
}

void baseline_remove(struct baseline *baseline, size_t at)
{
	struct baseline_line *line = &baseline->lines[at];

	free(line->name);
	free(line->value);
	free(line->unit);
	free(line->better);
	free(line->comment);
	baseline->nr--;
	memmove(line, line + 1, (baseline->nr - at) * sizeof(*line));
}

struct baseline_line *baseline_line(struct baseline *baseline, const char *name)
{
	size_t room = baseline->room ? 2 * baseline->room : 256;
	struct baseline_line *grown;

	for (size_t i = 0; i < baseline->nr; i++) {
		if (!strcmp(baseline->lines[i].name, name))
			return &baseline->lines[i];
	}
	if (baseline->nr == baseline->room) {
		grown = realloc(baseline->lines, room * sizeof(*grown));
		if (!grown)
			return NULL;
		baseline->lines = grown;
		baseline->room = room;
	}
	grown = &baseline->lines[baseline->nr];
	*grown = (struct baseline_line){ .name = strdup(name),
					 .value = strdup("-"),
					 .unit = strdup(""),
					 .better = strdup(""),
					 .comment = strdup("") };
	baseline->nr++;
	return grown->name && grown->value && grown->unit && grown->better &&
			       grown->comment ?
		       grown :
		       NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct baseline_line *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void baseline_sort(struct baseline *baseline)
{
	if (baseline->nr)
		qsort(baseline->lines, baseline->nr, sizeof(*baseline->lines),
		      by_name);
}

/* --- writing ------------------------------------------------------------- */

void baseline_write(FILE *out, const struct baseline *baseline)
{
	const struct baseline_line *line;

	fprintf(out,
		FIRST_LINE
		"\n# model\t%lld\n# trace\t%s\n# config\t%s\n#\n" COLUMNS "\n",
		(long long)baseline->model_version, baseline->digest,
		baseline->config);
	for (size_t i = 0; i < baseline->nr; i++) {
		line = &baseline->lines[i];
		fprintf(out, "%s%s\t%s\t%s\t%s\t%.12g\t%.12g%%\n",
			line->comment, line->name, line->value, line->unit,
			*line->better ? line->better : "-", line->abs,
			line->rel_pct);
	}
	fputs(baseline->rest ? baseline->rest : "", out);
}

/* --- reading ------------------------------------------------------------- */

struct reading {
	const char *path;
	struct baseline *baseline;
	struct report_error *error;
	unsigned int line;
	char *comment; /* lines not yet given to a metric; owned */
	size_t comment_bytes;
	FILE *comments;
};

static int bad(struct reading *reading, const char *what)
{
	reading->error->code = -EBADMSG;
	snprintf(reading->error->text, sizeof(reading->error->text),
		 "%s:%u: %s", reading->path, reading->line, what);
	return -EBADMSG;
}

static int unreadable(const char *path, int code, struct report_error *error)
{
	error->code = code;
	snprintf(error->text, sizeof(error->text), "%s: %s", path,
		 strerror(errno));
	return code;
}

static int no_memory(struct report_error *error)
{
	*error = (struct report_error){ -ENOMEM, "out of memory" };
	return -ENOMEM;
}

/* A tolerance: a number, not below 0, with @end behind it. */
static bool tolerance(const char *text, const char *end, double *number)
{
	char *rest;

	*number = strtod(text, &rest);
	return rest != text && !strcmp(rest, end) && *number >= 0.0 &&
	       isfinite(*number);
}

static bool skip_digits(const char **text)
{
	size_t nr = strspn(*text, "0123456789");

	*text += nr;
	return nr != 0;
}

/* A number of JSON, into which it goes as it is; or "-", none. */
static bool is_value(const char *text)
{
	if (!strcmp(text, "-"))
		return true;
	text += *text == '-';
	if (*text == '0')
		text++;
	else if (!skip_digits(&text))
		return false;
	if (*text == '.' && (text++, !skip_digits(&text)))
		return false;
	if (*text == 'e' || *text == 'E') {
		text += text[1] == '+' || text[1] == '-' ? 2 : 1;
		if (!skip_digits(&text))
			return false;
	}
	return !*text;
}

static bool replace(char **text, const char *with)
{
	free(*text);
	*text = strdup(with);
	return *text != NULL;
}

/* What was collected, owned; collecting begins anew. */
static char *take_comment(struct reading *reading)
{
	char *comment;
	bool ok = fclose(reading->comments) == 0;

	comment = reading->comment;
	reading->comment = NULL;
	reading->comments =
		open_memstream(&reading->comment, &reading->comment_bytes);
	if (ok && reading->comments)
		return comment;
	free(comment);
	return NULL;
}

static int add_line(struct reading *reading, char *const *field)
{
	size_t before = reading->baseline->nr;
	struct baseline_line *line;
	double abs, rel;

	if (!is_value(field[1]))
		return bad(reading, "expected a number such as 98.5, or - for "
				    "none, in the second field");
	if (strcmp(field[3], "lower") != 0 && strcmp(field[3], "higher") != 0 &&
	    strcmp(field[3], "-") != 0)
		return bad(reading, "expected lower, higher or - in the fourth "
				    "field");
	if (!tolerance(field[4], "", &abs) || !tolerance(field[5], "%", &rel))
		return bad(reading, "expected tolerances such as 5 and 2.5% in "
				    "the last two fields");
	line = baseline_line(reading->baseline, field[0]);
	if (line && reading->baseline->nr == before)
		return bad(reading, "this metric is there already");
	if (!line || !replace(&line->value, field[1]) ||
	    !replace(&line->unit, field[2]) ||
	    !replace(&line->better, strcmp(field[3], "-") ? field[3] : ""))
		return no_memory(reading->error);
	line->abs = abs;
	line->rel_pct = rel;
	line->line = reading->line;
	free(line->comment);
	line->comment = take_comment(reading);
	return line->comment ? 0 : no_memory(reading->error);
}

static int read_metric(struct reading *reading, char *text)
{
	char *field[NR_FIELDS], *rest = text;
	int nr = 0;

	while (rest && nr < NR_FIELDS)
		field[nr++] = strsep(&rest, "\t");
	if (nr < NR_FIELDS || rest || !*field[0] || !*field[1])
		return bad(reading, "expected six fields with tabs between: "
				    "metric, value, unit, better, abs, rel");
	return add_line(reading, field);
}

/* "# trace\t..." and its like; other comments are kept. */
static int read_comment(struct reading *reading, const char *text)
{
	struct baseline *baseline = reading->baseline;
	bool ok = true;

	if (!strncmp(text, "# model\t", 8))
		baseline->model_version = strtoll(text + 8, NULL, 10);
	else if (!strncmp(text, "# trace\t", 8))
		ok = replace(&baseline->digest, text + 8);
	else if (!strncmp(text, "# config\t", 9))
		ok = replace(&baseline->config, text + 9);
	else if (strcmp(text, COLUMNS) != 0 &&
		 (strcmp(text, "#") != 0 || baseline->nr))
		fprintf(reading->comments, "%s\n", text);
	return ok ? 0 : no_memory(reading->error);
}

static int read_line(struct reading *reading, char *text)
{
	if (reading->line == 1 && strcmp(text, FIRST_LINE) != 0)
		return bad(reading,
			   "no baseline of slabsim: expected \"" FIRST_LINE
			   "\"");
	if (reading->line == 1)
		return 0;
	if (!text_is_plain(text))
		return bad(reading, "expected text in UTF-8 without control "
				    "characters");
	if (!*text || *text == '#')
		return read_comment(reading, text);
	return read_metric(reading, text);
}

static int read_lines(struct reading *reading, FILE *in)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t bytes;
	int code = 0;

	while (!code && (bytes = getline(&text, &room, in)) > 0) {
		reading->line++;
		while (bytes && strchr("\r\n", text[bytes - 1]))
			text[--bytes] = '\0';
		code = read_line(reading, text);
	}
	free(text);
	if (!code && ferror(in))
		return unreadable(reading->path, -EIO, reading->error);
	if (!code && !reading->line++)
		code = bad(reading,
			   "an empty file: expected \"" FIRST_LINE "\"");
	if (!code && (reading->baseline->model_version < 0 ||
		      !reading->baseline->digest || !reading->baseline->config))
		code = bad(reading,
			   "not all of the lines \"# model\", \"# trace\" and "
			   "\"# config\" are there");
	if (code)
		return code;
	baseline_sort(reading->baseline);
	reading->baseline->rest = take_comment(reading);
	return reading->baseline->rest ? 0 : no_memory(reading->error);
}

int baseline_read(const char *path, struct baseline *baseline,
		  struct report_error *error)
{
	struct reading reading = { .path = path,
				   .baseline = baseline,
				   .error = error };
	FILE *in = fopen(path, "r");
	int code;

	*baseline = (struct baseline){ .model_version = -1 };
	if (!in)
		return unreadable(path, errno == ENOENT ? -ENOENT : -EIO,
				  error);
	reading.comments =
		open_memstream(&reading.comment, &reading.comment_bytes);
	code = reading.comments ? read_lines(&reading, in) : no_memory(error);
	if (reading.comments)
		fclose(reading.comments);
	free(reading.comment);
	fclose(in);
	return code;
}
