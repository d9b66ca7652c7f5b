/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See check.h. Values are the same when their texts are (six digits of
 * ratios): so a file that was just written always passes.
 */
#define _GNU_SOURCE

#include "reports/check.h"

#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "reports/config_diff.h"
#include "reports/text.h"

/* --- do they compare? ---------------------------------------------------- */

/* Adds to the reason; what does not fit is cut. */
__attribute__((format(printf, 2, 3))) static void
add_reason(struct check *check, const char *format, ...)
{
	size_t used = strlen(check->reason);
	va_list args;

	va_start(args, format);
	vsnprintf(check->reason + used, sizeof(check->reason) - used, format,
		  args);
	va_end(args);
}

static void differ(struct check *check, const char *what, const char *was,
		   const char *now)
{
	char was_text[200], now_text[200];

	if (!strcmp(was, now))
		return;
	text_visible(was, was_text, sizeof(was_text));
	text_visible(now, now_text, sizeof(now_text));
	add_reason(check, "%sanother %s: baseline %s, run %s",
		   *check->reason ? "; " : "", what, was_text, now_text);
}

#define MAX_SETTINGS_TOLD 4

struct settings {
	struct check *check;
	size_t nr;
};

static void add_setting(void *context, const char *key, const char *was,
			const char *now)
{
	struct settings *settings = context;

	if (settings->nr++ < MAX_SETTINGS_TOLD)
		add_reason(settings->check, "%s%s: baseline %s, run %s",
			   settings->nr > 1 ? ", " : "", key, was, now);
}

/* Configurations are long: told is where they differ. */
static void differ_in_settings(struct check *check, struct report *report)
{
	const char *was = check->baseline.config, *now = check->setup.config;
	struct settings settings = { check, 0 };

	if (!strcmp(was, now))
		return;
	add_reason(check,
		   "%sanother configuration: ", *check->reason ? "; " : "");
	config_diff(report, was, now, add_setting, &settings);
	if (settings.nr > MAX_SETTINGS_TOLD)
		add_reason(check, ", and %zu more",
			   settings.nr - MAX_SETTINGS_TOLD);
	else if (!settings.nr)
		add_reason(check, "written otherwise");
}

static void find_reason(struct check *check, struct report *report)
{
	char was[24], now[24];

	if (!check->setup.complete) {
		add_reason(check, "the run did not come to its end (it is "
				  "partial)");
		return;
	}
	snprintf(was, sizeof(was), "%lld",
		 (long long)check->baseline.model_version);
	snprintf(now, sizeof(now), "%lld",
		 (long long)check->setup.model_version);
	differ(check, "model version", was, now);
	differ(check, "trace", check->baseline.digest, check->setup.digest);
	differ_in_settings(check, report);
	if (!*check->reason && !check->baseline.nr)
		add_reason(check, "the baseline has no metrics");
}

/* --- metric by metric ---------------------------------------------------- */

static const struct metric_row *find_metric(const struct metric_list *list,
					    const char *line_name)
{
	const char *slash = strrchr(line_name, '/');
	const char *metric = slash ? slash + 1 : line_name;
	char name[640];

	for (size_t i = 0; i < list->nr; i++) {
		if (strcmp(list->rows[i].name, metric) != 0)
			continue;
		baseline_name(list->rows[i].cache, list->rows[i].name, name,
			      sizeof(name));
		if (!strcmp(name, line_name))
			return &list->rows[i];
	}
	return NULL;
}

static bool beyond(const struct baseline_line *line, double was, double now)
{
	double change = fabs(now - was);

	return change > line->abs && change > line->rel_pct / 100 * fabs(was);
}

static enum check_verdict judge(const struct baseline_line *line,
				const struct metric_row *row, const char *now)
{
	double was;
	char *end;

	if (!row)
		return CHECK_GONE;
	if (!strcmp(now, line->value))
		return CHECK_SAME;
	was = strtod(line->value, &end);
	if (*end || end == line->value || row->value.kind == METRIC_NONE)
		return CHECK_CHANGED; /* a number came, or went */
	if (!beyond(line, was, row->value.real))
		return CHECK_SAME;
	if (!*line->better)
		return CHECK_CHANGED;
	return (row->value.real > was) == !strcmp(line->better, "higher") ?
		       CHECK_IMPROVED :
		       CHECK_WORSE;
}

static int compare(struct check *check, bool exact, struct report_error *error)
{
	const struct metric_row *row;
	struct check_result *result;

	check->results =
		calloc(check->baseline.nr + 1, sizeof(*check->results));
	if (!check->results) {
		*error = (struct report_error){ -ENOMEM, "out of memory" };
		return -ENOMEM;
	}
	for (size_t i = 0; i < check->baseline.nr; i++) {
		result = &check->results[check->nr++];
		result->line = &check->baseline.lines[i];
		row = find_metric(&check->list, result->line->name);
		snprintf(result->now, sizeof(result->now), "-");
		if (row)
			metric_value_text(&row->value, result->now,
					  sizeof(result->now));
		result->verdict = judge(result->line, row, result->now);
		result->failed = result->verdict > CHECK_IMPROVED ||
				 (exact && result->verdict == CHECK_IMPROVED);
		check->nr_failed += result->failed;
		check->nr_improved += result->verdict == CHECK_IMPROVED;
	}
	return 0;
}

int check_read(struct check *check, struct report *report,
	       const char *baseline_path, bool exact,
	       struct report_error *error)
{
	char path[400];
	int code;

	*check = (struct check){ .baseline_path = baseline_path };
	/* one without its end may have no sample at all */
	if (run_setup_read(report, &check->setup) ||
	    (check->setup.complete &&
	     (report_select_sample(report, UINT64_MAX) ||
	      metric_list_read(report, &check->list)))) {
		*error = report->error;
		return error->code;
	}
	code = baseline_read(baseline_path, &check->baseline, error);
	if (code == -ENOENT) {
		text_visible(baseline_path, path, sizeof(path));
		add_reason(check, "%s: no baseline there; --update makes one",
			   path);
		return 0;
	}
	if (code)
		return code;
	find_reason(check, report);
	if (!report->error.code)
		return *check->reason ? 0 : compare(check, exact, error);
	*error = report->error;
	return error->code;
}

void check_release(struct check *check)
{
	run_setup_release(&check->setup);
	metric_list_release(&check->list);
	baseline_release(&check->baseline);
	free(check->results);
}

bool check_passed(const struct check *check)
{
	return !*check->reason && !check->nr_failed;
}

/* --- updating ------------------------------------------------------------ */

static bool set(char **text, const char *to)
{
	char *copy = strdup(to);

	if (!copy)
		return false;
	free(*text);
	*text = copy;
	return true;
}

static bool update_heading(struct check *check, FILE *out)
{
	struct baseline *baseline = &check->baseline;
	struct run_setup *setup = &check->setup;

	if (baseline->digest && baseline->model_version != setup->model_version)
		fprintf(out, "- # model\t%lld\n+ # model\t%lld\n",
			(long long)baseline->model_version,
			(long long)setup->model_version);
	if (baseline->digest && strcmp(baseline->digest, setup->digest) != 0)
		fprintf(out, "- # trace\t%s\n+ # trace\t%s\n", baseline->digest,
			setup->digest);
	if (baseline->config && strcmp(baseline->config, setup->config) != 0)
		fprintf(out, "- # config\t%s\n+ # config\t%s\n",
			baseline->config, setup->config);
	baseline->model_version = setup->model_version;
	return set(&baseline->digest, setup->digest) &&
	       set(&baseline->config, setup->config);
}

/* Lines of metrics that the run does not have go. */
static void remove_gone(struct check *check, FILE *out)
{
	struct baseline *baseline = &check->baseline;

	for (size_t i = baseline->nr; i-- > 0;) {
		if (find_metric(&check->list, baseline->lines[i].name))
			continue;
		fprintf(out, "- %s\t%s\n", baseline->lines[i].name,
			baseline->lines[i].value);
		baseline_remove(baseline, i);
	}
}

static bool update_line(struct check *check, const struct metric_row *row,
			const struct check_update *update, bool add, FILE *out)
{
	size_t before = check->baseline.nr;
	struct baseline_line *line;
	char name[640], value[40];
	bool is_new;

	baseline_name(row->cache, row->name, name, sizeof(name));
	metric_value_text(&row->value, value, sizeof(value));
	for (size_t i = 0; !add && i < before; i++)
		add = !strcmp(check->baseline.lines[i].name, name);
	if (!add)
		return true;
	line = baseline_line(&check->baseline, name);
	if (!line)
		return false;
	is_new = check->baseline.nr > before;
	if (is_new) {
		line->abs = update->abs;
		line->rel_pct = update->rel_pct;
	}
	if (!is_new && strcmp(line->value, value) != 0)
		fprintf(out, "- %s\t%s\n", name, line->value);
	if (is_new || strcmp(line->value, value) != 0)
		fprintf(out, "+ %s\t%s\n", name, value);
	return set(&line->value, value) && set(&line->unit, row->unit) &&
	       set(&line->better, row->better);
}

int check_update(struct check *check, const struct check_update *update,
		 FILE *out, struct report_error *error)
{
	bool fresh = !check->baseline.digest, ok, add;
	const struct metric_row *row;

	if (!check->setup.complete) {
		*error = (struct report_error){
			-ENOTSUP, "the run did not come to its end (it is "
				  "partial): no baseline"
		};
		return error->code;
	}
	ok = update_heading(check, out);
	remove_gone(check, out);
	for (size_t i = 0; ok && i < check->list.nr; i++) {
		row = &check->list.rows[i];
		add = update->metric ?
			      !fnmatch(update->metric, row->name, 0) :
			      fresh && metric_is_usual(row->cache, row->name);
		ok = update_line(check, row, update, add, out);
	}
	baseline_sort(&check->baseline);
	if (ok)
		return 0;
	*error = (struct report_error){ -ENOMEM, "out of memory" };
	return error->code;
}
