/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See run_sums.h. */
#include "sim/run_sums.h"

#include "sim/cli.h"
#include "sim/report_cli.h"

static void open_and_prepare(struct run_sums *sums, struct report_error *error)
{
	sums->report = report_open(sums->db, error);
	if (sums->report)
		sums->query = run_summary_prepare(sums->report);
}

void run_sums_prepare(void *arg)
{
	struct report_error error;

	open_and_prepare(arg, &error);
}

int run_sums_read(struct run_sums *sums, int64_t run_id,
		  struct run_summary *summary)
{
	struct report_error error;

	if (!sums->report)
		open_and_prepare(sums, &error);
	if (!sums->report) {
		talk("%s", error.text);
		return exit_code_of(error.code);
	}
	sums->report->run_id = run_id;
	if (!report_select_sample(sums->report, UINT64_MAX))
		run_summary_query(sums->report, sums->query, summary);
	return report_cli_result(sums->report);
}

void run_sums_release(struct run_sums *sums)
{
	sqlite3_finalize(sums->query);
	report_close(sums->report);
	sums->query = NULL;
	sums->report = NULL;
}
