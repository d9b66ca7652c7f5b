/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See compare.h. Both lists are in the same order, so one walk over both
 * finds the pairs; a metric that only one run has stands beside nothing.
 */
#include "reports/compare.h"

#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "reports/config_diff.h"
#include "reports/heading.h"
#include "reports/text.h"

struct side {
	struct report *report;
	struct heading heading;
	struct run_setup setup;
	struct metric_list list;
};

struct comparison {
	FILE *out;
	const struct compare_options *options;
	struct side a, b;
	size_t nr_same, nr_different, nr_printed;
};

/* A metric of both, or of one of them. */
struct pair {
	const char *cache, *name, *unit, *better;
	struct metric_value a, b;
};

static const struct metric_value nothing = { METRIC_NONE, 0, 0.0 };

static bool same_value(const struct metric_value *a,
		       const struct metric_value *b)
{
	return a->kind == b->kind && a->number == b->number &&
	       !(a->real < b->real) && !(a->real > b->real);
}

/* --- numbers as text ----------------------------------------------------- */

struct pair_text {
	char a[40], b[40], change[40], percent[40];
	const char *verdict; /* of B against A */
};

static const char *verdict(const struct pair *pair)
{
	bool up = pair->b.real > pair->a.real;

	if (!*pair->better || pair->a.kind == METRIC_NONE ||
	    pair->b.kind == METRIC_NONE || same_value(&pair->a, &pair->b))
		return "";
	return up == !strcmp(pair->better, "higher") ? "better" : "worse";
}

static void describe_pair(const struct pair *pair, struct pair_text *text)
{
	double change = pair->b.real - pair->a.real;

	metric_value_text(&pair->a, text->a, sizeof(text->a));
	metric_value_text(&pair->b, text->b, sizeof(text->b));
	text->verdict = verdict(pair);
	strcpy(text->change, "-");
	strcpy(text->percent, "-");
	if (pair->a.kind == METRIC_NONE || pair->b.kind == METRIC_NONE)
		return;
	if (pair->a.kind == METRIC_INT && pair->b.kind == METRIC_INT)
		snprintf(text->change, sizeof(text->change), "%+lld",
			 (long long)(pair->b.number - pair->a.number));
	else
		snprintf(text->change, sizeof(text->change), "%+.6g", change);
	if (fabs(pair->a.real) > 0.0)
		snprintf(text->percent, sizeof(text->percent), "%+.1f",
			 100.0 * change / fabs(pair->a.real));
}

/* --- the walk ------------------------------------------------------------ */

static bool wanted(const struct compare_options *options, const char *cache,
		   const char *name)
{
	if (options->cache &&
	    strcmp(options->cache, *cache ? cache : COMPARE_TOTAL) != 0)
		return false;
	if (options->metric)
		return fnmatch(options->metric, name, 0) == 0;
	return metric_is_usual(cache, name);
}

typedef void pair_fn(struct comparison *comparison, const struct pair *pair);

static void take_pair(struct comparison *c, const struct metric_row *named,
		      struct metric_value a, struct metric_value b,
		      pair_fn *print)
{
	struct pair pair = { named->cache,  named->name, named->unit,
			     named->better, a,           b };
	bool same = same_value(&a, &b);

	if (!wanted(c->options, pair.cache, pair.name))
		return;
	if (same)
		c->nr_same++;
	else
		c->nr_different++;
	if (!same || c->options->all)
		print(c, &pair);
}

static void for_each_pair(struct comparison *c, pair_fn *print)
{
	const struct metric_list *a = &c->a.list, *b = &c->b.list;
	size_t i = 0, j = 0;
	int order;

	c->nr_same = c->nr_different = 0;
	while (i < a->nr || j < b->nr) {
		if (i == a->nr)
			order = 1;
		else if (j == b->nr)
			order = -1;
		else
			order = metric_compare_names(a->rows[i].cache,
						     a->rows[i].name,
						     b->rows[j].cache,
						     b->rows[j].name);
		if (order > 0)
			take_pair(c, &b->rows[j], nothing, b->rows[j].value,
				  print);
		else
			take_pair(c, &a->rows[i], a->rows[i].value,
				  order ? nothing : b->rows[j].value, print);
		i += order <= 0;
		j += order >= 0;
	}
}

/* --- table and markdown -------------------------------------------------- */

static const char *cache_word(const struct pair *pair)
{
	return *pair->cache ? pair->cache : COMPARE_TOTAL;
}

static void print_row(struct comparison *c, const struct pair *pair)
{
	struct pair_text text;
	char cache[256];

	describe_pair(pair, &text);
	text_visible(cache_word(pair), cache, sizeof(cache));
	fprintf(c->out, "%-20s  %-19s  %14s  %14s  %12s  %8s  %-11s  %s\n",
		cache, pair->name, text.a, text.b, text.change, text.percent,
		pair->unit, text.verdict);
}

static void print_markdown_row(struct comparison *c, const struct pair *pair)
{
	struct pair_text text;

	describe_pair(pair, &text);
	fputs("| ", c->out);
	text_print_markdown(c->out, cache_word(pair));
	fprintf(c->out, " | %s | %s | %s | %s | %s | %s | %s |\n", pair->name,
		text.a, text.b, text.change, text.percent, pair->unit,
		text.verdict);
}

/* A line over the table, which is Markdown where there is a @mark before it. */
__attribute__((format(printf, 3, 4))) static void
print_line(FILE *out, const char *mark, const char *format, ...)
{
	char line[1200];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fputs(mark, out);
	if (*mark)
		text_print_markdown(out, line);
	else
		fputs(line, out);
	putc('\n', out);
}

static void print_side(FILE *out, const char *mark, const char *word,
		       const struct side *side)
{
	char db[256];

	text_visible(side->report->path, db, sizeof(db));
	print_line(out, mark, "%s  run %lld of %s%s%s%s: %s; %s, %s", word,
		   (long long)side->heading.run, db,
		   *side->heading.label ? ", " : "", side->heading.label,
		   side->heading.complete ? "" : ", partial",
		   side->heading.simulated, side->heading.traced,
		   side->heading.source);
}

struct setups {
	FILE *out;
	const char *mark;
};

static void print_setting(void *context, const char *key, const char *a,
			  const char *b)
{
	const struct setups *setups = context;

	print_line(setups->out, setups->mark, "differs: %s: %s, %s", key, a, b);
}

/* What differs in what decides the runs, line by line. */
static void print_setups(FILE *out, const char *mark, const struct side *a,
			 const struct side *b)
{
	struct setups setups = { out, mark };
	char in_a[100], in_b[100];

	text_visible(a->setup.digest, in_a, sizeof(in_a));
	text_visible(b->setup.digest, in_b, sizeof(in_b));
	if (strcmp(in_a, in_b) != 0)
		print_setting(&setups, "trace", in_a, in_b);
	config_diff(a->report, a->setup.config, b->setup.config, print_setting,
		    &setups);
	if (a->setup.model_version != b->setup.model_version)
		print_line(out, mark,
			   "differs: model version: %lld, %lld: differences "
			   "may be those of slabsim",
			   (long long)a->setup.model_version,
			   (long long)b->setup.model_version);
}

static void print_counts(const struct comparison *c, const char *mark)
{
	fprintf(c->out, "\n%s%zu differ, %zu are the same%s%s\n", mark,
		c->nr_different, c->nr_same,
		c->options->all || !c->nr_same ? "" : ": --all",
		c->options->metric ? "" : "; other metrics: --metric '*'");
}

static void print_table(struct comparison *c)
{
	print_side(c->out, "", "A", &c->a);
	print_side(c->out, "", "B", &c->b);
	print_setups(c->out, "", &c->a, &c->b);
	fprintf(c->out, "\n%-20s  %-19s  %14s  %14s  %12s  %8s  %-11s  %s\n",
		"cache", "metric", "A", "B", "change", "%", "unit", "B is");
	for_each_pair(c, print_row);
	print_counts(c, "");
}

static void print_markdown(struct comparison *c)
{
	print_side(c->out, "- ", "A", &c->a);
	print_side(c->out, "- ", "B", &c->b);
	print_setups(c->out, "- ", &c->a, &c->b);
	fputs("\n| cache | metric | A | B | change | % | unit | B is |\n"
	      "|---|---|--:|--:|--:|--:|---|---|\n",
	      c->out);
	for_each_pair(c, print_markdown_row);
	print_counts(c, "");
}

/* --- for machines -------------------------------------------------------- */

static void print_json_value(FILE *out, const char *name,
			     const struct metric_value *value)
{
	char text[40];

	metric_value_text(value, text, sizeof(text));
	fprintf(out, ",\"%s\":%s", name,
		value->kind == METRIC_NONE ? "null" : text);
}

static void print_json_row(struct comparison *c, const struct pair *pair)
{
	fputs(c->nr_printed++ ? ",\n{\"cache\":" : "\n{\"cache\":", c->out);
	if (*pair->cache)
		text_print_json(c->out, pair->cache);
	else
		fputs("null", c->out);
	fprintf(c->out, ",\"metric\":\"%s\",\"unit\":\"%s\"", pair->name,
		pair->unit);
	print_json_value(c->out, "a", &pair->a);
	print_json_value(c->out, "b", &pair->b);
	fprintf(c->out, ",\"b_is\":\"%s\"}", verdict(pair));
}

static void print_json_side(FILE *out, const char *name,
			    const struct side *side)
{
	fprintf(out, "\"%s\":{\"run\":%lld,\"status\":\"%s\",\"db\":", name,
		(long long)side->heading.run,
		side->heading.complete ? "complete" : "partial");
	text_print_json(out, side->report->path);
	fputs(",\"label\":", out);
	text_print_json(out, side->heading.label);
	fputs(",\"trace_digest\":", out);
	text_print_json(out, side->setup.digest);
	fputs(",\"machine\":", out);
	text_print_json(out, side->setup.machine);
	fputs(",\"profile\":", out);
	text_print_json(out, side->setup.profile);
	fprintf(out, ",\"model_version\":%lld},\n",
		(long long)side->setup.model_version);
}

static void print_json(struct comparison *c)
{
	fputs("{\"schema\":1,\n", c->out);
	print_json_side(c->out, "a", &c->a);
	print_json_side(c->out, "b", &c->b);
	fputs("\"rows\":[", c->out);
	for_each_pair(c, print_json_row);
	fprintf(c->out, "],\n\"differ\":%zu,\"same\":%zu}\n", c->nr_different,
		c->nr_same);
}

static void print_csv_row(struct comparison *c, const struct pair *pair)
{
	struct pair_text text;

	describe_pair(pair, &text);
	text_print_csv(c->out, cache_word(pair));
	fprintf(c->out, ",%s,%s,%s,%s,%s\n", pair->name, pair->unit,
		pair->a.kind == METRIC_NONE ? "" : text.a,
		pair->b.kind == METRIC_NONE ? "" : text.b, text.verdict);
}

static void print_csv(struct comparison *c)
{
	fputs("cache,metric,unit,a,b,b_is\n", c->out);
	for_each_pair(c, print_csv_row);
}

/* --- all ----------------------------------------------------------------- */

static int read_side(struct side *side)
{
	if (heading_read(side->report, &side->heading) ||
	    run_setup_read(side->report, &side->setup) ||
	    metric_list_read(side->report, &side->list))
		return side->report->error.code;
	return 0;
}

int compare_print(FILE *out, struct report *a, struct report *b,
		  const struct compare_options *options)
{
	struct comparison c = { .out = out, .options = options };
	int code;

	c.a.report = a;
	c.b.report = b;
	code = read_side(&c.a);
	if (!code)
		code = read_side(&c.b);
	if (!code && options->metric &&
	    !metric_list_matches(&c.a.list, options->metric) &&
	    !metric_list_matches(&c.b.list, options->metric))
		code = -ENOENT;
	if (!code && options->format == COMPARE_TABLE)
		print_table(&c);
	else if (!code && options->format == COMPARE_MARKDOWN)
		print_markdown(&c);
	else if (!code && options->format == COMPARE_JSON)
		print_json(&c);
	else if (!code)
		print_csv(&c);
	run_setup_release(&c.a.setup);
	run_setup_release(&c.b.setup);
	metric_list_release(&c.a.list);
	metric_list_release(&c.b.list);
	return code;
}
